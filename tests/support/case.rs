//! What the tests over the cases of the corpus share: what a case says about itself, its nodes, and a copy to run in.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::fs;
use std::path::{Path, PathBuf};

use apimlint::input::NodeArgument;

use crate::support::{entries, name};

/// What case.toml says about the case itself; everything else in it is the inventory.
pub struct Why {
    /// The file with the lines about the case turned into comments, so that places stay.
    pub inventory: String,
    /// True where a file of the case is broken on purpose.
    pub unread: bool,
}

/// Reads the case.toml of a case.
pub fn why(folder: &Path) -> Result<Why, String> {
    let text = fs::read_to_string(folder.join("case.toml")).map_err(|error| format!("case.toml: {error}"))?;
    let table: toml_edit::DocumentMut = text.parse().map_err(|error| format!("case.toml: {error}"))?;
    if !table.get("why").and_then(|why| why.as_str()).is_some_and(|why| why.contains(' ')) {
        return Err("case.toml must say why the case exists: why = \"...\"".to_owned());
    }
    let is_own =
        |line: &str| line.split('=').next().is_some_and(|key| ["why", "unread"].contains(&key.trim()));
    let lines =
        text.lines().map(|line| if is_own(line) { format!("# {line}\n") } else { format!("{line}\n") });
    let unread = table.get("unread").and_then(|unread| unread.as_bool()).unwrap_or(false);
    Ok(Why { inventory: lines.collect(), unread })
}

/// A node argument for each entry of a folder, by name.
pub fn nodes_in(folder: &Path) -> Vec<NodeArgument> {
    let name_of = |path: &Path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        [".tar.gz", ".tgz", ".tar", ".zip"]
            .iter()
            .find_map(|end| name.strip_suffix(end))
            .unwrap_or(name)
            .to_owned()
    };
    let argument = |path: PathBuf| NodeArgument { name: Some(name_of(&path)), path };
    entries(folder).into_iter().map(argument).collect()
}

/// Copies a folder with all that is in it.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in entries(from) {
        let target = to.join(name(&entry));
        if entry.is_dir() {
            copy_folder(&entry, &target);
        } else {
            fs::copy(&entry, &target).unwrap();
        }
    }
}
