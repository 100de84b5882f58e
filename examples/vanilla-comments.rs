//! Prints digests of the comments in the configuration of untouched homes, for `rules/vanilla/comments.list`.
//!
//! `cargo run --example vanilla-comments -- HOME...`

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks on the terminal")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use apimlint::catalog::{comments, vanilla};
use apimlint::source::FileId;
use apimlint::syntax::settings::Form;
use apimlint::syntax::{encoding, json, properties, toml, xml};

const FILE: FileId = FileId { owner: 0, index: 0 };

fn main() -> io::Result<()> {
    let mut digests = BTreeSet::new();
    for home in env::args_os().skip(1).map(PathBuf::from) {
        for folder in ["repository/conf", "repository/deployment/server"] {
            walk(&home, &home.join(folder), &mut digests)?;
        }
    }
    println!(
        "# Comments that packs of 2.0.0 to 4.5.0 ship: the first 12 digits of the SHA-256 of their words."
    );
    digests.iter().for_each(|digest| println!("{digest}"));
    Ok(())
}

fn walk(home: &Path, folder: &Path, digests: &mut BTreeSet<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(home, &path, digests)?;
            continue;
        }
        let name =
            path.strip_prefix(home).map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
        if vanilla::is_configuration(&name) {
            match comments_of(&name, &fs::read(&path)?) {
                Ok(found) => digests.extend(found.iter().map(|comment| comments::digest(comment))),
                Err(reason) => eprintln!("{name}: {reason}"),
            }
        }
    }
    Ok(())
}

fn comments_of(name: &str, bytes: &[u8]) -> Result<Vec<String>, String> {
    let form = Form::of(name);
    let text = encoding::decode(form.encoding(), bytes).map_err(|error| error.reason)?;
    let plain = |comments: Vec<(apimlint::source::Span, String)>| {
        comments.into_iter().map(|(_, text)| text).collect()
    };
    Ok(match form {
        Form::Xml => {
            let document = xml::parse(FILE, &text).map_err(|error| error.reason)?;
            document.comments.into_iter().map(|comment| comment.text).collect()
        }
        Form::Properties => plain(properties::parse(FILE, &text).comments),
        Form::Json => plain(json::parse(FILE, &text).map_err(|error| error.reason)?.comments),
        Form::Toml => plain(toml::parse(FILE, &text).map_err(|error| error.reason)?.comments),
        Form::Text => Vec::new(),
    })
}
