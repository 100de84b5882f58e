//! Writes a set of files: none over an existing one, each whole or not at all.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

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

    /// Writes all files below `folder`; without `force` nothing at all where one of them exists.
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
        self.files.iter().try_for_each(|(path, content)| {
            let path = folder.join(path);
            write(&path, content, force)
                .map_err(|error| format!("{} cannot be written: {error}", path.display()))
        })
    }
}

fn write(path: &Path, content: &[u8], force: bool) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    let persisted = if force { file.persist(path) } else { file.persist_noclobber(path) };
    persisted.map(drop).map_err(|error| error.error)
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
