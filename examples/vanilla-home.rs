//! Writes the XML files that the rules know of an untouched pack, so that benchmarks have whole nodes to read.
//!
//! usage: `cargo run --example vanilla-home -- 2.6.0 FOLDER`

#![allow(clippy::print_stderr, reason = "an example speaks on the terminal")]

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

use apimlint::catalog::vanilla;
use apimlint::source::FileId;
use apimlint::syntax::xml::Element;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [version, folder] = arguments.as_slice() else {
        eprintln!("usage: vanilla-home VERSION FOLDER");
        return ExitCode::from(2);
    };
    let Some(pack) = vanilla::pack("wso2am", version) else {
        eprintln!("no vanilla settings of API Manager {version}");
        return ExitCode::from(2);
    };
    match write(pack, Path::new(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn write(pack: &vanilla::Pack, folder: &Path) -> io::Result<()> {
    for path in pack.paths().filter(|path| path.ends_with(".xml")) {
        let Some(document) = pack.xml(path, FileId { owner: 0, index: 0 }) else { continue };
        let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        print(&document.root, 0, &mut text);
        let target = folder.join(path);
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(target, text)?;
    }
    Ok(())
}

/// Prints an element on lines of its own.
fn print(element: &Element, depth: usize, text: &mut String) {
    let indent = "    ".repeat(depth);
    let _ = write!(text, "{indent}<{}", element.name);
    for attribute in &element.attributes {
        let _ = write!(text, " {}=\"{}\"", attribute.name, escaped(&attribute.value.text));
    }
    let _ = write!(text, ">{}", escaped(element.text.text.trim()));
    if !element.children.is_empty() {
        text.push('\n');
        element.children.iter().for_each(|child| print(child, depth + 1, text));
        text.push_str(&indent);
    }
    let _ = writeln!(text, "</{}>", element.name);
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
