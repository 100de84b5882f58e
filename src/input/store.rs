//! Where bytes come from: a folder, an archive, or a single file.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::error::refusal;

/// Larger files are refused by name.
pub const MOST_FILE_BYTES: u64 = 16 * 1024 * 1024;
/// Files and folders that one listing goes through; what is larger is no configuration.
const MOST_LISTED: usize = 20_000;
/// Folders that one listing descends; no product nests its configuration deeper.
const MOST_DEPTH: usize = 32;

/// A name in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The name.
    pub(super) name: String,
    /// True for a folder, and for a link to one.
    pub(super) is_folder: bool,
}

/// A source of files. Paths have `/`, none at either end; the empty path is the top.
pub(super) trait Store: Send + Sync + std::fmt::Debug {
    /// What lies directly in a folder, sorted; empty when there is none.
    fn entries(&self, folder: &str) -> Vec<Entry>;
    /// Everything below a folder that is no folder itself, sorted, hidden files left out.
    fn files(&self, folder: &str) -> Vec<String>;
    /// True for anything there that is no folder, readable or not.
    fn is_file(&self, path: &str) -> bool;
    /// True for a folder.
    fn is_folder(&self, path: &str) -> bool;
    /// The bytes; `None` when nothing is there, else one clause that says why not.
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String>;
    /// What was met and left out so far: a path and one clause.
    fn left_out(&self) -> Vec<(String, String)>;
}

/// Notes of a store, gathered behind a shared reference.
#[derive(Debug, Default)]
pub(super) struct LeftOut(Mutex<BTreeMap<String, String>>);

impl LeftOut {
    /// Notes a path once; the first reason stays.
    pub(super) fn note(&self, path: impl Into<String>, reason: impl Into<String>) {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        notes.entry(path.into()).or_insert_with(|| reason.into());
    }

    /// All notes, sorted by path.
    pub(super) fn all(&self) -> Vec<(String, String)> {
        let notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        notes.iter().map(|(path, reason)| (path.clone(), reason.clone())).collect()
    }
}

/// A folder on disk. Links are followed, since mounted volumes are made of them; loops are not.
#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
    left_out: Arc<LeftOut>,
}

impl Folder {
    /// The folder at this path.
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root, left_out: Arc::default() }
    }

    /// The path on disk; `None` for a path that would leave the folder.
    fn on_disk(&self, path: &str) -> Option<PathBuf> {
        if path.is_empty() {
            return Some(self.root.clone());
        }
        is_plain(path).then(|| self.root.join(path))
    }

    /// The path below the root with `/`, non-UTF-8 parts escaped.
    fn below_root(&self, path: &Path) -> String {
        below(&self.root, path)
    }

    fn note_walk_error(&self, error: &ignore::Error) {
        let (path, reason) = describe(error);
        let Some(path) = path else { return };
        let is_editor_lock = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".#"));
        if !is_editor_lock {
            self.left_out.note(self.below_root(&path), reason);
        }
    }
}

fn below(root: &Path, path: &Path) -> String {
    with_slashes(path.strip_prefix(root).unwrap_or(path))
}

/// True for a link to a folder that it lies in.
fn leads_up(link: &Path) -> bool {
    let parent = link.parent().and_then(|parent| parent.canonicalize().ok());
    let target = link.canonicalize().ok();
    parent.zip(target).is_some_and(|(parent, target)| parent.starts_with(target))
}

/// Path and reason of an error of the walk, through the layers in which it is wrapped.
fn describe(error: &ignore::Error) -> (Option<PathBuf>, String) {
    match error {
        ignore::Error::WithPath { path, err } => {
            let (inner, reason) = describe(err);
            (Some(inner.unwrap_or_else(|| path.clone())), reason)
        }
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => describe(err),
        ignore::Error::Loop { child, .. } => (Some(child.clone()), UPWARD.to_owned()),
        ignore::Error::Io(error) => (None, refusal(error)),
        _ => (None, "the system refused it".to_owned()),
    }
}

impl Store for Folder {
    fn entries(&self, folder: &str) -> Vec<Entry> {
        let Some(path) = self.on_disk(folder) else { return Vec::new() };
        let listing = match fs::read_dir(&path) {
            Ok(listing) => listing,
            Err(error) => {
                if error.kind() == std::io::ErrorKind::PermissionDenied {
                    self.left_out.note(folder, refusal(&error));
                }
                return Vec::new();
            }
        };
        let mut entries = Vec::new();
        for entry in listing.flatten().take(MOST_LISTED) {
            let is_folder = match entry.file_type() {
                Ok(kind) if kind.is_symlink() => fs::metadata(entry.path()).is_ok_and(|kind| kind.is_dir()),
                Ok(kind) => kind.is_dir(),
                Err(_) => false,
            };
            match entry.file_name().into_string() {
                Ok(name) => entries.push(Entry { name, is_folder }),
                Err(_) => self.left_out.note(self.below_root(&entry.path()), NOT_UTF8),
            }
        }
        entries.sort_by(|left, right| left.name.cmp(&right.name));
        entries
    }

    fn files(&self, folder: &str) -> Vec<String> {
        let Some(path) = self.on_disk(folder) else { return Vec::new() };
        if !path.is_dir() {
            return Vec::new();
        }
        let mut walk = ignore::WalkBuilder::new(&path);
        walk.standard_filters(false).hidden(true).follow_links(true).max_depth(Some(MOST_DEPTH));
        let (root, left_out) = (self.root.clone(), Arc::clone(&self.left_out));
        walk.filter_entry(move |entry| {
            let is_loop = entry.path_is_symlink() && entry.depth() > 0 && leads_up(entry.path());
            if is_loop {
                left_out.note(below(&root, entry.path()), UPWARD);
            }
            !is_loop
        });
        let mut files = Vec::new();
        for (count, entry) in walk.build().enumerate() {
            if count >= MOST_LISTED {
                self.left_out.note(folder, format!("holds more than {MOST_LISTED} files and folders"));
                break;
            }
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    self.note_walk_error(&error);
                    continue;
                }
            };
            if entry.file_type().is_none_or(|kind| kind.is_dir()) {
                continue;
            }
            if entry.path().to_str().is_none() && entry.path().strip_prefix(&self.root).is_ok_and(not_utf8) {
                self.left_out.note(self.below_root(entry.path()), NOT_UTF8);
                continue;
            }
            files.push(self.below_root(entry.path()));
        }
        files.sort();
        files
    }

    fn is_file(&self, path: &str) -> bool {
        let Some(path) = self.on_disk(path) else { return false };
        fs::symlink_metadata(&path).is_ok_and(|kind| {
            if kind.is_symlink() {
                !fs::metadata(&path).is_ok_and(|kind| kind.is_dir())
            } else {
                !kind.is_dir()
            }
        })
    }

    fn is_folder(&self, path: &str) -> bool {
        self.on_disk(path).is_some_and(|path| path.is_dir())
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        let Some(path) = self.on_disk(path) else { return Ok(None) };
        match fs::symlink_metadata(&path) {
            Err(error) if is_absence(&error) => return Ok(None),
            Err(error) => return Err(refusal(&error)),
            Ok(_) => {}
        }
        read_bounded(&path)
    }

    fn left_out(&self) -> Vec<(String, String)> {
        self.left_out.all()
    }
}

/// A single file.
#[derive(Debug)]
pub(super) struct SingleFile {
    content: Content,
    name: String,
}

/// Where the bytes of a single file are.
#[derive(Debug)]
enum Content {
    Disk(PathBuf),
    Given(Vec<u8>),
}

impl SingleFile {
    /// The file at this path; `name` is the one path that the store knows.
    pub(super) fn new(path: PathBuf, name: impl Into<String>) -> Self {
        Self { content: Content::Disk(path), name: name.into() }
    }

    /// A file whose bytes are given.
    pub(super) fn given(bytes: Vec<u8>, name: impl Into<String>) -> Self {
        Self { content: Content::Given(bytes), name: name.into() }
    }
}

impl Store for SingleFile {
    fn entries(&self, folder: &str) -> Vec<Entry> {
        if folder.is_empty() { vec![Entry { name: self.name.clone(), is_folder: false }] } else { Vec::new() }
    }

    fn files(&self, folder: &str) -> Vec<String> {
        if folder.is_empty() { vec![self.name.clone()] } else { Vec::new() }
    }

    fn is_file(&self, path: &str) -> bool {
        path == self.name
    }

    fn is_folder(&self, path: &str) -> bool {
        path.is_empty()
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        match &self.content {
            _ if path != self.name => Ok(None),
            Content::Disk(path) => read_bounded(path),
            Content::Given(bytes) if bytes.len() as u64 > MOST_FILE_BYTES => Err(too_large()),
            Content::Given(bytes) => Ok(Some(bytes.clone())),
        }
    }

    fn left_out(&self) -> Vec<(String, String)> {
        Vec::new()
    }
}

/// What is said about a link whose target is not there.
pub(super) const DANGLING: &str = "it is a link to nothing";
const UPWARD: &str = "is a link to a folder above it, which is not followed";
/// What is said about a name that no output could spell.
pub(super) const NOT_UTF8: &str = "its name is not UTF-8";

/// Reads a regular file of at most [`MOST_FILE_BYTES`]. What it is is asked before it is opened, since opening a FIFO
/// would wait for a writer. `None` is a folder.
pub(super) fn read_bounded(path: &Path) -> Result<Option<Vec<u8>>, String> {
    let kind = fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => DANGLING.to_owned(),
        _ => refusal(&error),
    })?;
    if kind.is_dir() {
        return Ok(None);
    }
    if !kind.is_file() {
        return Err("it is not a regular file".to_owned());
    }
    if kind.len() > MOST_FILE_BYTES {
        return Err(too_large());
    }
    let file = fs::File::open(path).map_err(|error| refusal(&error))?;
    let mut bytes = Vec::with_capacity(usize::try_from(kind.len()).unwrap_or(0));
    file.take(MOST_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(|error| refusal(&error))?;
    if bytes.len() as u64 > MOST_FILE_BYTES {
        return Err(too_large());
    }
    Ok(Some(bytes))
}

/// The reason for refusing a large file.
pub(super) fn too_large() -> String {
    format!("it is larger than {} MB", MOST_FILE_BYTES / 1024 / 1024)
}

/// True for a relative path that goes only down.
pub(super) fn is_plain(path: &str) -> bool {
    !path.split('/').any(|part| part.is_empty() || part == "." || part == "..")
        && !path.contains('\\')
        && !path.contains('\0')
        && !path.split('/').next().is_some_and(|first| first.contains(':'))
}

/// The path with `/`; parts that are not UTF-8 have U+FFFD where a byte has no character.
pub(super) fn with_slashes(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    let text = parts.join("/");
    if let Some(rest) = text.strip_prefix("//") { format!("/{rest}") } else { text }
}

fn not_utf8(path: &Path) -> bool {
    path.to_str().is_none()
}

fn is_absence(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
}
