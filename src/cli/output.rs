//! Writes a set of files: none over an existing one, each whole or not at all.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::input::refusal;

/// Files to be written below one folder.
#[derive(Debug, Default)]
pub(super) struct Files {
    files: Vec<(PathBuf, Vec<u8>)>,
}

impl Files {
    /// Adds a file. The path is relative; what would leave the folder is refused.
    pub(super) fn add(
        &mut self,
        path: impl Into<PathBuf>,
        content: impl Into<Vec<u8>>,
    ) -> Result<(), String> {
        let path = path.into();
        let stays = path.components().all(|part| matches!(part, std::path::Component::Normal(_)));
        if !stays {
            return Err(format!("{} lies outside the folder to write to", path.display()));
        }
        self.files.push((path, content.into()));
        Ok(())
    }

    /// Writes all files below `folder`, which is made where it is not there; without `force` nothing at all
    /// where one of them exists. Every file lies complete beside its place before the first one is put there:
    /// a full disk leaves what was there, and nobody reads half a file.
    pub(super) fn write(&self, folder: &Path, force: bool) -> Result<(), String> {
        if !force {
            let existing = self
                .files
                .iter()
                .map(|(path, _)| folder.join(path))
                .find(|path| path.symlink_metadata().is_ok());
            if let Some(path) = existing {
                return Err(format!("{} exists: nothing is written; --force writes over it", path.display()));
            }
        }
        let mut folders = BTreeSet::new();
        let staged = self.files.iter().map(|(path, content)| {
            let path = folder.join(path);
            stage(&path, content, &mut folders).map_err(|error| failed(&path, &error))
        });
        let staged: Vec<_> = staged.collect::<Result<_, _>>()?;
        staged.into_iter().try_for_each(|staged| staged.put(force))
    }
}

/// Writes a text in place of an existing file, which keeps its permissions, whole or not at all.
pub(super) fn replace(path: &Path, content: &[u8]) -> Result<(), String> {
    let staged = stage(path, content, &mut BTreeSet::new()).map_err(|error| failed(path, &error))?;
    staged.put(true)
}

/// A file that lies complete beside its place.
#[derive(Debug)]
struct Staged {
    file: NamedTempFile,
    path: PathBuf,
}

impl Staged {
    fn put(self, force: bool) -> Result<(), String> {
        let Self { file, path } = self;
        let persisted = if force { file.persist(&path) } else { file.persist_noclobber(&path) };
        persisted.map(drop).map_err(|refused| failed(&path, &refused.error))
    }
}

fn failed(path: &Path, error: &std::io::Error) -> String {
    format!("{} cannot be written: {}", path.display(), refusal(error))
}

/// Writes a file beside its place, with the permissions of the one that lies there. What a link leads to is
/// replaced, not the link, so that the place can be another one. `made` are the folders that are known to be
/// there.
fn stage(path: &Path, content: &[u8], made: &mut BTreeSet<PathBuf>) -> std::io::Result<Staged> {
    let mut path = path.to_owned();
    let mut known = fs::symlink_metadata(&path).ok();
    if known.as_ref().is_some_and(fs::Metadata::is_symlink) {
        path = fs::canonicalize(&path)?;
        known = Some(fs::metadata(&path)?);
    }
    if known.as_ref().is_some_and(fs::Metadata::is_dir) {
        return Err(std::io::ErrorKind::IsADirectory.into());
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    if !made.contains(folder) {
        fs::create_dir_all(folder)?;
        made.insert(folder.to_owned());
    }
    let mut file = temporary(folder)?;
    file.write_all(content)?;
    if let Some(known) = known {
        file.as_file().set_permissions(known.permissions())?;
    }
    Ok(Staged { file, path })
}

/// A new file with the permissions that the umask leaves; by default it would be for its owner alone.
fn temporary(folder: &Path) -> std::io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".apimlint-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}
