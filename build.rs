//! Compresses the target models, the catalogue of keys and the settings of untouched packs: as text they would be a
//! third of the program.

use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use flate2::Compression;
use flate2::write::DeflateEncoder;

/// Folders of data and the endings of the files to compress.
const DATA: [(&str, &str); 3] =
    [("rules/models", "model"), ("rules/vanilla", "settings"), ("rules/schema", "catalogue")];

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    for (folder, ending) in DATA {
        println!("cargo::rerun-if-changed={folder}");
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == ending) {
                compress(&path, &out)?;
            }
        }
    }
    Ok(())
}

fn compress(path: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
    let name = path.file_name().ok_or("a file has a name")?;
    let mut encoder = DeflateEncoder::new(fs::File::create(folder.join(name))?, Compression::best());
    encoder.write_all(&fs::read(path)?)?;
    encoder.finish()?;
    Ok(())
}
