//! One node's files, not yet parsed, under their home-relative paths.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::archive;
use super::error::{InputError, refusal};
pub use super::layout::TreeKind;
use super::layout::{self, Found, Layout};
use super::store::{DANGLING, Entry, Folder, SingleFile, Store, with_slashes};

/// A node's files over a folder, an archive in memory, or a single file. Nothing is read or walked before it is asked
/// for. Paths are home-relative with `/` and compared case by case: `repository/conf/carbon.xml`.
#[derive(Debug)]
pub struct Tree {
    store: Box<dyn Store>,
    layout: Layout,
    kind: TreeKind,
    shown: String,
    in_archive: bool,
}

impl Tree {
    /// Opens a node: a home, an overlay, an archive of either, or a single configuration file. A relative path counts
    /// from the working folder.
    pub fn open(path: &Path, working_folder: &Path) -> Result<Self, InputError> {
        let Located { on_disk, shown, is_folder } = locate(path, working_folder)?;
        if is_folder {
            Self::over(folder(on_disk, &shown)?, shown, false)
        } else {
            Self::open_file(on_disk, shown)
        }
    }

    /// A folder that is no node (the proxy's): its paths are its own.
    pub(super) fn plain_folder(on_disk: PathBuf, shown: String) -> Self {
        let layout = Layout::home("");
        Self {
            store: Box::new(Folder::new(on_disk)),
            layout,
            kind: TreeKind::Overlay,
            shown,
            in_archive: false,
        }
    }

    /// A file that is no node (the hosts file, the inventory), under its own name.
    pub(super) fn plain_file(on_disk: PathBuf, name: &str, shown: String) -> Self {
        let layout = Layout::single(name, name);
        let store = Box::new(SingleFile::new(on_disk, name));
        Self { store, layout, kind: TreeKind::SingleFile, shown, in_archive: false }
    }

    /// What lies directly in a folder of a plain tree.
    pub(super) fn entries(&self, folder: &str) -> Vec<Entry> {
        self.store.entries(folder)
    }

    fn open_file(on_disk: PathBuf, shown: String) -> Result<Self, InputError> {
        let name = on_disk.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if let Some(format) = archive::Format::of(&name) {
            let store = archive::open(&on_disk, format, archive::is_wanted)
                .map_err(|reason| InputError::BrokenArchive { path: shown.clone(), reason })?;
            return Self::over(Box::new(store), shown, true);
        }
        let known = (name != super::inventory::FILE_NAME).then(|| layout::place_of_file(&name)).flatten();
        let Some(home) = known else { return Err(InputError::UnknownFile { path: shown }) };
        Ok(Self {
            layout: Layout::single(&home, &name),
            store: Box::new(SingleFile::new(on_disk, name)),
            kind: TreeKind::SingleFile,
            shown,
            in_archive: false,
        })
    }

    /// A node that is one file whose bytes are given. The path tells what it is.
    pub fn open_content(path: &Path, bytes: &[u8], working_folder: &Path) -> Result<Self, InputError> {
        let shown = shown_path(path, working_folder);
        let folder = shown
            .find("repository/")
            .filter(|at| *at == 0 || shown.get(..*at).is_some_and(|before| before.ends_with('/')));
        let below_home = folder.and_then(|at| shown.get(at..)).filter(|home| layout::is_configuration(home));
        let name = shown.rsplit('/').next().unwrap_or_default();
        let home = below_home.map(str::to_owned).or_else(|| layout::place_of_file(name));
        let Some(home) = home.filter(|_| name != super::inventory::FILE_NAME) else {
            return Err(InputError::UnknownFile { path: shown });
        };
        Ok(Self {
            layout: Layout::single(&home, name),
            store: Box::new(SingleFile::given(bytes.to_vec(), name)),
            kind: TreeKind::SingleFile,
            shown,
            in_archive: false,
        })
    }

    fn over(store: Box<dyn Store>, shown: String, in_archive: bool) -> Result<Self, InputError> {
        match layout::find(store.as_ref()) {
            Found::Node(layout) => {
                let kind = layout::kind(&layout, store.as_ref());
                Ok(Self { store, layout, kind, shown, in_archive })
            }
            Found::Several(inside) => Err(InputError::SeveralNodes { path: shown, inside }),
            Found::Nothing if in_archive && !store.left_out().is_empty() => {
                let reason =
                    store.left_out().into_iter().map(|(path, reason)| format!("{path}: {reason}")).next();
                Err(InputError::BrokenArchive { path: shown, reason: reason.unwrap_or_default() })
            }
            Found::Nothing => Err(InputError::NotANode { path: shown }),
        }
    }

    /// True when the input has this file, readable or not.
    pub fn has(&self, path: &str) -> bool {
        self.layout.to_store(path).iter().any(|path| self.store.is_file(path))
    }

    /// True when the input holds this folder. Where it does not, the absence of a file in it proves nothing.
    pub fn has_folder(&self, folder: &str) -> bool {
        let folder = folder.trim_end_matches('/');
        self.layout.to_store(folder).iter().any(|path| self.store.is_folder(path))
            || self
                .layout
                .to_store(&format!("{folder}/"))
                .iter()
                .any(|path| self.store.is_folder(path.trim_end_matches('/')))
    }

    /// The files in a folder and below it, sorted; hidden files are left out. Walks this folder alone.
    pub fn list(&self, folder: &str) -> Vec<String> {
        let folder = folder.trim_matches('/');
        let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let (folders, files) = self.layout.folders(&folder);
        let mut found: BTreeSet<String> = BTreeSet::new();
        let listed = folders.iter().flat_map(|folder| self.store.files(folder));
        let single = files.into_iter().filter(|file| self.store.is_file(file));
        for path in listed.chain(single) {
            if let Some(home) = self.layout.to_home(&path)
                && home.starts_with(&folder)
            {
                found.insert(home);
            }
        }
        found.into_iter().collect()
    }

    /// The bytes of a file; `None` when it is not there, else one clause that says why it cannot be read.
    pub fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        for path in self.layout.to_store(path) {
            if let Some(bytes) = self.store.read(&path)? {
                return Ok(Some(bytes));
            }
        }
        Ok(None)
    }

    /// The path for viewers: relative to the working folder, with `/`; the archive's where the file lies in one.
    /// For a file that is not there, the place where it would be.
    pub fn viewer_path(&self, path: &str) -> String {
        if self.in_archive || self.kind == TreeKind::SingleFile {
            return self.shown.clone();
        }
        let places = self.layout.to_store(path);
        let there = places.iter().find(|path| self.store.is_file(path)).or(places.first());
        join(&self.shown, there.map_or(path, String::as_str))
    }

    /// True when the files lie in an archive.
    pub fn is_in_archive(&self) -> bool {
        self.in_archive
    }

    /// How much of the node was given.
    pub fn kind(&self) -> TreeKind {
        self.kind
    }

    /// PATH as the user wrote it, relative to the working folder where it lies below it, with `/`.
    pub fn path(&self) -> &str {
        &self.shown
    }

    /// What was met on the way and left out: home-relative path where the layout tells, and one clause.
    pub fn left_out(&self) -> Vec<(String, String)> {
        let home = |path: String| self.layout.to_home(&path).unwrap_or(path);
        self.store.left_out().into_iter().map(|(path, reason)| (home(path), reason)).collect()
    }
}

/// What a path on the command line leads to.
#[derive(Debug)]
pub(super) struct Located {
    pub(super) on_disk: PathBuf,
    /// For output.
    pub(super) shown: String,
    /// Otherwise it is a regular file.
    pub(super) is_folder: bool,
}

/// Finds the folder or file at a path, which counts from the working folder where it is relative.
pub(super) fn locate(path: &Path, working_folder: &Path) -> Result<Located, InputError> {
    let shown = shown_path(path, working_folder);
    let on_disk = normal(&working_folder.join(path));
    let kind = fs::metadata(&on_disk).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound if fs::symlink_metadata(&on_disk).is_err() => {
            InputError::Missing { path: shown.clone() }
        }
        std::io::ErrorKind::NotFound => {
            InputError::Unreadable { path: shown.clone(), reason: DANGLING.to_owned() }
        }
        std::io::ErrorKind::NotADirectory => InputError::Missing { path: shown.clone() },
        _ => InputError::Unreadable { path: shown.clone(), reason: refusal(&error) },
    })?;
    if kind.is_dir() || kind.is_file() {
        Ok(Located { on_disk, shown, is_folder: kind.is_dir() })
    } else {
        Err(InputError::NotAFile { path: shown })
    }
}

/// The store of a folder that can be listed and has something in it.
pub(super) fn folder(on_disk: PathBuf, shown: &str) -> Result<Box<dyn Store>, InputError> {
    let mut listing = fs::read_dir(&on_disk)
        .map_err(|error| InputError::Unreadable { path: shown.to_owned(), reason: refusal(&error) })?;
    if listing.next().is_none() {
        return Err(InputError::EmptyFolder { path: shown.to_owned() });
    }
    Ok(Box::new(Folder::new(on_disk)))
}

/// Joins a shown path and a path below it.
pub(super) fn join(shown: &str, path: &str) -> String {
    match shown {
        "" | "." => path.to_owned(),
        _ => format!("{}/{path}", shown.trim_end_matches('/')),
    }
}

/// A path for output: as given, with `/`, without `.` and without a slash at its end; relative to the working folder
/// where an absolute one lies below it.
pub(super) fn shown_path(path: &Path, working_folder: &Path) -> String {
    let path = if path.is_absolute() { path.strip_prefix(working_folder).unwrap_or(path) } else { path };
    let text = with_slashes(
        &path.components().filter(|part| *part != std::path::Component::CurDir).collect::<PathBuf>(),
    );
    if text.is_empty() { ".".to_owned() } else { text }
}

/// The path without `.` parts. `..` stays: behind a link it does not undo the part before it.
fn normal(path: &Path) -> PathBuf {
    path.components().filter(|part| *part != std::path::Component::CurDir).collect()
}
