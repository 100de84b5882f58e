//! How rendered files differ from those on disk, and from what another deployment.toml renders.

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use super::difference::{Side, unified};
use super::mask::Masked;
use super::rendering::{RenderedFile, Rendering};
use crate::diagnostic::Unread;
use crate::input::refusal;

/// The folder of a home that most rendered files lie in.
const CONF: &str = "repository/conf/";

/// A file that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its path below the folder that was compared with, or below the home.
    pub path: String,
    /// The unified diff, with secrets masked unless they were to be shown. `patch -p1` takes it where none was masked.
    pub diff: Vec<u8>,
}

/// What the server would change in a folder: a home, or a `repository/conf`, in which rendered files that lie elsewhere
/// have no place. Files of the folder that no template renders are not looked at.
///
/// # Errors
/// Files that are there and cannot be read.
pub fn against_folder(
    folder: &Path,
    rendering: &Rendering<'_>,
    show_secrets: bool,
) -> Result<Vec<Change>, Vec<Unread>> {
    if !folder.is_dir() {
        return Err(vec![unread(folder, "is no folder".to_owned())]);
    }
    let is_home = folder.join("repository").is_dir();
    let (mut changes, mut faults) = (Vec::new(), Vec::new());
    for file in &rendering.files {
        let Some(path) = (if is_home { Some(file.path.as_str()) } else { file.path.strip_prefix(CONF) })
        else {
            continue;
        };
        let on_disk = folder.join(path);
        match fs::read(&on_disk) {
            Ok(existing) => changes.extend(change(path, Some(&existing), file, show_secrets)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                changes.extend(change(path, None, file, show_secrets));
            }
            Err(error) => faults.push(unread(&on_disk, refusal(&error))),
        }
    }
    if faults.is_empty() { Ok(changes) } else { Err(faults) }
}

fn unread(path: &Path, reason: String) -> Unread {
    Unread::outside(path.display().to_string(), reason)
}

fn change(path: &str, existing: Option<&[u8]>, file: &RenderedFile, show_secrets: bool) -> Option<Change> {
    if existing == Some(file.text().as_bytes()) {
        return None;
    }
    let masked = Masked::of_rendered(file, show_secrets);
    let (old_path, new_path) = (format!("a/{path}"), format!("b/{path}"));
    let new = rendered_side(&new_path, file, &masked);
    let old = existing.map(|bytes| {
        let shown = if show_secrets {
            Cow::Borrowed(bytes)
        } else {
            let text = String::from_utf8_lossy(bytes);
            Cow::Owned(Masked::of_existing(path, &text, &masked).all().into_bytes())
        };
        Side { path: &old_path, bytes, shown }
    });
    let diff = unified(&old.unwrap_or_else(Side::nothing), &new)?;
    Some(Change { path: path.to_owned(), diff })
}

/// How the files of one rendering would change with another of the same pack.
#[must_use]
pub fn between(old: &Rendering<'_>, new: &Rendering<'_>, show_secrets: bool) -> Vec<Change> {
    let pairs = old.files.iter().zip(&new.files).filter(|(old, new)| old.text() != new.text());
    let changes = pairs.filter_map(|(old, new)| {
        let (old_path, new_path) = (format!("a/{}", old.path), format!("b/{}", new.path));
        let masks = [old, new].map(|file| Masked::of_rendered(file, show_secrets));
        let [old_masked, new_masked] = &masks;
        let diff =
            unified(&rendered_side(&old_path, old, old_masked), &rendered_side(&new_path, new, new_masked))?;
        Some(Change { path: new.path.clone(), diff })
    });
    changes.collect()
}

fn rendered_side<'a>(path: &'a str, file: &'a RenderedFile, masked: &Masked<'_>) -> Side<'a> {
    Side { path, bytes: file.text().as_bytes(), shown: Cow::Owned(masked.all().into_bytes()) }
}
