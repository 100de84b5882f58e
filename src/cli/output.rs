//! Writes a set of files: none over an existing one, each whole or not at all.

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

    /// Writes all files below `folder`, which is made where it is not there; without `force` nothing at all where one of
    /// them exists. Every file lies complete beside its place before the first one is put there: a full disk leaves what
    /// was there, and nobody reads half a file.
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
        let staged = self.files.iter().map(|(path, content)| {
            let path = folder.join(path);
            // What a link leads to is replaced, not the link.
            let path = fs::canonicalize(&path).unwrap_or(path);
            stage(&path, content).map(|file| (file, path.clone())).map_err(|error| failed(&path, &error))
        });
        let staged: Vec<_> = staged.collect::<Result<_, _>>()?;
        staged.into_iter().try_for_each(|(file, path)| {
            let persisted = if force { file.persist(&path) } else { file.persist_noclobber(&path) };
            persisted.map(drop).map_err(|refused| failed(&path, &refused.error))
        })
    }
}

fn failed(path: &Path, error: &std::io::Error) -> String {
    format!("{} cannot be written: {}", path.display(), refusal(error))
}

/// Writes a file beside its place, with the permissions of the one that lies there.
fn stage(path: &Path, content: &[u8]) -> std::io::Result<NamedTempFile> {
    if path.is_dir() {
        return Err(std::io::ErrorKind::IsADirectory.into());
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".apimlint-");
    // A temporary file is for its owner alone unless told otherwise; the umask still counts.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(content)?;
    if let Ok(known) = fs::metadata(path) {
        file.as_file().set_permissions(known.permissions())?;
    }
    Ok(file)
}

/// Writes a text in place of an existing file, which keeps its permissions, whole or not at all.
pub(super) fn replace(path: &Path, content: &[u8]) -> Result<(), String> {
    let replaced = fs::metadata(path).and_then(|data| {
        let mut file = NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
        file.write_all(content)?;
        file.as_file().set_permissions(data.permissions())?;
        file.as_file().sync_all()?;
        file.persist(path).map(drop).map_err(|error| error.error)
    });
    replaced.map_err(|error| format!("{} cannot be written: {error}", path.display()))
}
