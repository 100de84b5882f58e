//! What a home sets otherwise than the vanilla data of its version.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::Path;

use apimlint::catalog::lines;
use apimlint::catalog::vanilla::{self, Pack};
use apimlint::syntax::secrets;

use crate::files;

/// Prints one line for each setting that differs, under the heading of its file: what the pack says behind `-`, what
/// the home says behind `+`. A file that only one of them has is one line.
pub fn print(home: &Path, pack: &Pack) -> Result<(), Box<dyn Error>> {
    let written: BTreeSet<String> = files::configuration(home)?.into_iter().collect();
    let known: BTreeSet<String> = pack.paths().map(str::to_owned).collect();
    for path in written.union(&known) {
        match (known.contains(path), written.contains(path)) {
            (true, true) => {
                let known = files::vanilla_settings(pack, path);
                match files::settings(home, path) {
                    Ok(own) => differences(path, known, own),
                    Err(error) => println!("? {error}"),
                }
            }
            (false, _) => println!("+ [{path}]"),
            (true, false) if vanilla::is_made_at_start(path) => {}
            (true, false) => println!("- [{path}]"),
        }
    }
    Ok(())
}

fn differences(path: &str, vanilla: files::Lines, own: files::Lines) {
    if vanilla == own {
        return;
    }
    let vanilla: BTreeMap<_, _> = vanilla.into_iter().collect();
    let own: BTreeMap<_, _> = own.into_iter().collect();
    let keys: BTreeSet<&String> = vanilla.keys().chain(own.keys()).collect();
    println!("[{path}]");
    for key in keys.into_iter().filter(|key| vanilla.get(*key) != own.get(*key)) {
        for (sign, value) in [('-', vanilla.get(key)), ('+', own.get(key))] {
            if let Some(value) = value {
                print!("{sign} {}", lines::line(key, &shown(key, value)));
            }
        }
    }
}

fn shown(path: &str, value: &str) -> String {
    let mut names = path.split(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '_' | '-'));
    let is_secret = names.rfind(|name| !name.is_empty()).is_some_and(secrets::is_secret_key);
    if is_secret { "********".to_owned() } else { secrets::mask("text", value) }
}
