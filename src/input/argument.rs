//! NODE arguments, and the names that nodes go by.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};
use std::str::FromStr;

use super::archive;
use super::error::InputError;
use super::tree::shown_path;

/// One NODE argument: `[NAME=]PATH`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeArgument {
    /// The name, where one was given.
    pub name: Option<String>,
    /// The path as given.
    pub path: PathBuf,
}

impl NodeArgument {
    /// Reads an argument that need not be UTF-8. What stands before the first `=` is the name unless it has a slash,
    /// so that `./a=b` is a path. The error is one clause.
    pub fn read(argument: &OsStr) -> Result<Self, String> {
        let Some(text) = argument.to_str() else {
            return Ok(Self { name: None, path: PathBuf::from(argument) });
        };
        let (name, path) = match text.split_once('=') {
            Some((name, path)) if !name.contains(['/', '\\']) => (Some(name.trim()), path),
            _ => (None, text),
        };
        if name.is_some_and(str::is_empty) {
            return Err(format!("\"{text}\" has no NAME before the \"=\""));
        }
        if path.is_empty() {
            return Err(format!("\"{text}\" has no PATH"));
        }
        Ok(Self { name: name.map(str::to_owned), path: PathBuf::from(path) })
    }
}

impl FromStr for NodeArgument {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::read(OsStr::new(text))
    }
}

/// Everything that names the inputs of one run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// The nodes in the order given; empty: those of the inventory.
    pub nodes: Vec<NodeArgument>,
    /// `--proxy`.
    pub proxy: Option<PathBuf>,
    /// `--hosts`.
    pub hosts: Option<PathBuf>,
    /// `--config`; without it the inventory is looked for upwards from the working folder.
    pub config: Option<PathBuf>,
    /// The baseline.
    pub baseline: BaselineRequest,
    /// What the node `-` holds.
    pub stdin: Option<Stdin>,
    /// The folder that relative paths count from; absolute.
    pub working_folder: PathBuf,
}

/// Which baseline counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum BaselineRequest {
    /// The one that the inventory names, if any.
    #[default]
    Inventory,
    /// `--baseline`.
    File(PathBuf),
    /// None, whatever the inventory says: it is about to be written.
    Off,
}

/// A file that comes over standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stdin {
    /// `--stdin-filename`: what the file is, and where it would lie.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The PATH that stands for standard input.
pub const STDIN: &str = "-";

/// The names of the nodes, in order: the given ones, and for the others the shortest suffix of the path that no other
/// node has. An error for a node that has an earlier one's name or path.
pub(super) fn names(nodes: &[NodeArgument], working_folder: &Path) -> Vec<Result<String, InputError>> {
    let shown = |node: &NodeArgument| shown_path(&node.path, working_folder);
    let unnamed: Vec<(usize, [Vec<String>; 2])> = nodes
        .iter()
        .enumerate()
        .filter(|(_, node)| node.name.is_none())
        .map(|(index, node)| (index, [true, false].map(|cut| parts(&node.path, working_folder, cut))))
        .collect();
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    for node in nodes {
        if let Some(name) = &node.name {
            taken.entry(name.clone()).or_insert_with(|| shown(node));
        }
    }
    let mut names = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        let path = shown(node);
        if let Some(name) = &node.name {
            let first = nodes.iter().take(index).find(|earlier| earlier.name.as_ref() == Some(name));
            names.push(match first {
                Some(first) => {
                    Err(InputError::DuplicateName { name: name.clone(), first: shown(first), path })
                }
                None => Ok(name.clone()),
            });
            continue;
        }
        let Some((_, own)) = unnamed.iter().find(|(at, _)| *at == index) else { continue };
        let is_same = |other: &[Vec<String>; 2]| other.last() == own.last();
        if unnamed.iter().any(|(at, other)| *at < index && is_same(other)) {
            names.push(Err(InputError::DuplicatePath { path }));
            continue;
        }
        let rivals = || unnamed.iter().filter(|(at, other)| *at != index && !is_same(other));
        let mut candidates = own.iter().enumerate().flat_map(|(variant, parts)| {
            (1..=parts.len().max(1)).map(move |length| (variant, length, suffix(parts, length)))
        });
        let free = candidates.find(|(variant, length, candidate)| {
            !taken.contains_key(&candidate.join("/"))
                && rivals().all(|(_, other)| {
                    other.get(*variant).is_none_or(|parts| suffix(parts, *length) != *candidate)
                })
        });
        names.push(match free {
            Some((_, _, name)) => {
                let name = name.join("/");
                taken.insert(name.clone(), path);
                Ok(name)
            }
            None => {
                let name = own.first().map(|parts| suffix(parts, 1).join("/")).unwrap_or_default();
                let first = taken.get(&name).cloned().unwrap_or_else(|| name.clone());
                Err(InputError::DuplicateName { name, first, path })
            }
        });
    }
    names
}

fn suffix(parts: &[String], length: usize) -> &[String] {
    parts.get(parts.len().saturating_sub(length)..).unwrap_or(parts)
}

/// The parts of the absolute path, `.` and `..` resolved by their text; the last one without an archive's extension.
fn parts(path: &Path, working_folder: &Path, without_extension: bool) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in working_folder.join(path).components() {
        match part {
            Component::Normal(name) => parts.push(name.to_string_lossy().into_owned()),
            Component::ParentDir => {
                parts.pop();
            }
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    if let (true, Some(last)) = (without_extension, parts.last_mut()) {
        *last = archive::stem(last).to_owned();
    }
    parts
}

/// The parts of the absolute path by its text alone, for comparing.
pub(super) fn lexical(path: &Path, working_folder: &Path) -> Vec<String> {
    parts(path, working_folder, false)
}
