//! Writes `rules/schema` anew from the embedded models: `cargo run --example target-schema`.

use std::error::Error;
use std::fs;

use apimlint::target::schema;

fn main() -> Result<(), Box<dyn Error>> {
    for (name, text) in schema::embedded::files() {
        fs::write(format!("rules/schema/{name}"), text)?;
    }
    Ok(())
}
