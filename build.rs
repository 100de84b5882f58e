//! Compresses the target models: as text they would be a fifth of the program.

use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use flate2::Compression;
use flate2::write::DeflateEncoder;

const MODELS: &str = "rules/models";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={MODELS}");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    for entry in fs::read_dir(MODELS)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "model") {
            compress(&path, &out)?;
        }
    }
    Ok(())
}

fn compress(path: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
    let name = path.file_name().ok_or("a model has a name")?;
    let mut encoder = DeflateEncoder::new(fs::File::create(folder.join(name))?, Compression::best());
    encoder.write_all(&fs::read(path)?)?;
    encoder.finish()?;
    Ok(())
}
