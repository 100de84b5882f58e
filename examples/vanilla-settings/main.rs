//! Prints the settings of an untouched API Manager or App Manager home in the format of `rules/vanilla`, or what a home
//! sets otherwise than that data.
//!
//! - `cargo run --example vanilla-settings -- HOME > rules/vanilla/PRODUCT-VERSION.settings`
//! - `cargo run --example vanilla-settings -- --compare HOME`
//!
//! What the first prints is facts for a person to review, since public packs have been touched: see
//! `rules/vanilla/README.md`.

mod compare;
mod files;
mod keys;

use std::error::Error;
use std::path::{Path, PathBuf};

use apimlint::catalog::lines;
use apimlint::catalog::vanilla::{self, Pack};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let is_comparison = arguments.first().is_some_and(|first| first == "--compare");
    if is_comparison {
        arguments.remove(0);
    }
    let home = PathBuf::from(arguments.first().ok_or("give the home of a pack")?);
    let (product, version) = identity(&home)?;
    if is_comparison {
        let pack = vanilla::pack(product, &version).ok_or(format!("{product} {version} is not known"))?;
        return compare::print(&home, pack);
    }
    let older = || vanilla::packs(product).take_while(|pack| pack.version != version);
    let mapper = home.join("repository/resources/conf");
    let is_toml = mapper.join("default.json").is_file();
    if is_toml {
        keys::print(&mapper)?;
    }
    let paths = if is_toml { files::without_template(&home)? } else { files::configuration(&home)? };
    for path in paths {
        print_file(&home, &path, older())?;
    }
    Ok(())
}

/// Product and version as carbon.xml tells them.
fn identity(home: &Path) -> Result<(&'static str, String), Box<dyn Error>> {
    let settings = files::settings(home, "repository/conf/carbon.xml")?;
    let value = |wanted: &str| {
        settings
            .iter()
            .find(|(path, _)| path == wanted)
            .map(|(_, value)| value.clone())
            .ok_or(wanted.to_owned())
    };
    let product = if value("/Server/ServerKey")? == "AppM" { "wso2appm" } else { "wso2am" };
    Ok((product, value("/Server/Version")?))
}

/// Prints the section of a file, by reference where an older pack says the same.
fn print_file(
    home: &Path,
    path: &str,
    mut older: impl Iterator<Item = &'static Pack>,
) -> Result<(), Box<dyn Error>> {
    let settings = files::settings(home, path)?;
    let same = |pack: &&Pack| pack.has(path) && files::vanilla_settings(pack, path) == settings;
    match older.find(same) {
        Some(pack) => println!("{}", lines::heading_line(path, Some(pack.version))),
        None => println!("{}{}", lines::heading_line(path, None), lines::body(&settings)),
    }
    Ok(())
}
