//! Compresses the data under `rules`: as text it would be a third of the program.

use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use flate2::Compression;
use flate2::write::DeflateEncoder;

/// Folders of data and the endings of the files to compress.
const DATA: [(&str, &str); 4] = [
    ("rules/models", "model"),
    ("rules/vanilla", "settings"),
    ("rules/vanilla", "list"),
    ("rules/schema", "catalogue"),
];

/// The folder of the cards, which become one file: they have much in common.
const CARDS: &str = "rules";

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    for (folder, ending) in DATA {
        for path in files(Path::new(folder), ending)? {
            let name = path.file_name().ok_or("a file has a name")?;
            compress(&fs::read(&path)?, &out.join(name))?;
        }
    }
    println!("cargo::rerun-if-changed=rules");
    compress(&cards()?, &out.join("cards"))
}

/// The name and the text of each card, each ended by a byte that stands in no text.
fn cards() -> Result<Vec<u8>, Box<dyn Error>> {
    let mut cards = Vec::new();
    for path in files(Path::new(CARDS), "md")? {
        let name = path.file_stem().ok_or("a file has a name")?;
        for part in [name.as_encoded_bytes(), &fs::read(&path)?] {
            cards.extend_from_slice(part);
            cards.push(0);
        }
    }
    Ok(cards)
}

/// The files of this ending directly in a folder, sorted.
fn files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == ending) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn compress(bytes: &[u8], path: &Path) -> Result<(), Box<dyn Error>> {
    let mut encoder = DeflateEncoder::new(fs::File::create(path)?, Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()?;
    Ok(())
}
