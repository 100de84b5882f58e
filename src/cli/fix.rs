//! `apimlint check --fix`: writes what fixes make of files, or shows it as a diff.

use std::collections::BTreeSet;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use similar::{DiffOp, TextDiff};

use super::output::replace;
use super::terminal;
use crate::check::{Options, Outcome, check};
use crate::fix::{Change, Wanted, changes, encode_like};
use crate::report::counted;
use crate::source::SourceFile;
use crate::syntax::secrets;

/// A fix can uncover what the next run mends; more rounds than this find nothing.
const MOST_ROUNDS: usize = 10;
/// Lines around a change in a diff.
const CONTEXT: usize = 3;

/// Lints and mends until nothing is left that is safe to mend.
pub(super) fn mended(options: &Options) -> Result<Outcome, String> {
    let (mut fixes, mut files) = (0, BTreeSet::new());
    let mut outcome = check(options);
    for _ in 0..MOST_ROUNDS {
        let changes = changes(&outcome.deployment.sources, &outcome.diagnostics, Wanted::Safe);
        if files.is_empty() {
            changes.archives.iter().for_each(|archive| {
                terminal::note(&format!("{archive} is an archive, which is never written"));
            });
        }
        // Nodes may share a file through links: one text at a time.
        let mut written: BTreeSet<PathBuf> = BTreeSet::new();
        for change in &changes.files {
            let path = on_disk(options, change.file)?;
            if written.insert(path.clone()) {
                replace(&path, &bytes(&path, change)?.1)?;
                fixes += change.fixes;
            }
        }
        if written.is_empty() {
            break;
        }
        files.extend(written);
        outcome = check(options);
    }
    if fixes > 0 {
        let (fixes, files) = (counted(fixes, "fix", "fixes"), counted(files.len(), "file", "files"));
        terminal::note(&format!("{fixes} applied to {files}"));
    }
    Ok(outcome)
}

/// What all fixes would change, those that change running behaviour included, as a diff that `patch -p0` takes.
pub(super) fn diff(options: &Options, outcome: &Outcome, show_secrets: bool) -> Result<Vec<u8>, String> {
    let changes = changes(&outcome.deployment.sources, &outcome.diagnostics, Wanted::All);
    let mut text = Vec::new();
    let mut shown: BTreeSet<PathBuf> = BTreeSet::new();
    for archive in &changes.archives {
        terminal::note(&format!("{archive} is an archive, which is never written"));
    }
    for change in &changes.files {
        let path = on_disk(options, change.file)?;
        if !shown.insert(path.clone()) {
            continue;
        }
        let (old, new) = bytes(&path, change)?;
        let secret_lines = if show_secrets { BTreeSet::new() } else { secret_lines(change.file) };
        match unified(&change.file.viewer_path, &old, &new, &secret_lines) {
            Some(diff) => text.extend(diff),
            None => terminal::note(&format!(
                "{}: what would change stands on a line with a secret; --show-secrets shows it",
                change.file.viewer_path
            )),
        }
    }
    Ok(text)
}

fn on_disk(options: &Options, file: &SourceFile) -> Result<PathBuf, String> {
    let path = options.request.working_folder.join(&file.viewer_path);
    fs::canonicalize(path).map_err(|error| format!("{} cannot be found: {error}", file.viewer_path))
}

/// The bytes of a file before and after a change.
fn bytes(path: &Path, change: &Change<'_>) -> Result<(Vec<u8>, Vec<u8>), String> {
    let shown = &change.file.viewer_path;
    let old = fs::read(path).map_err(|error| format!("{shown} cannot be read: {error}"))?;
    let new = encode_like(&old, &change.file.text, &change.text).ok_or_else(|| {
        format!("{shown} cannot be changed: its encoding has no inverse here, or it changed meanwhile")
    })?;
    Ok((old, new))
}

/// Numbers of the lines that hold a secret.
fn secret_lines(file: &SourceFile) -> BTreeSet<usize> {
    let line = |offset: usize| {
        let before = file.text.as_bytes().get(..offset).unwrap_or_default();
        before.iter().filter(|byte| **byte == b'\n').count()
    };
    let ranges = secrets::secret_ranges(&file.path, &file.text);
    ranges.into_iter().flat_map(|range: Range<usize>| line(range.start)..=line(range.end)).collect()
}

/// A unified diff without the lines that hold secrets; `None` where such a line would change. The context shrinks on both
/// sides alike: `patch` takes a lopsided one for the start or the end of the file.
fn unified(path: &str, old: &[u8], new: &[u8], secret_lines: &BTreeSet<usize>) -> Option<Vec<u8>> {
    let diff = TextDiff::from_lines(old, new);
    let is_clean = |radius: &usize| {
        let groups = diff.grouped_ops(*radius);
        !groups.iter().flatten().flat_map(DiffOp::old_range).any(|line| secret_lines.contains(&line))
    };
    let radius = (0..=CONTEXT).rev().find(is_clean)?;
    let mut text = Vec::new();
    let mut unified = diff.unified_diff();
    unified.context_radius(radius).header(path, path);
    // Writing to memory cannot fail.
    unified.to_writer(&mut text).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn context_shrinks_where_a_secret_stands_beside_a_change() {
        let old = b"a\nb\nsecret\nc\nd\ne\n";
        let new = b"a\nb\nsecret\nc\nD\ne\n";
        let diff = |lines: &[usize]| {
            let lines = lines.iter().copied().collect();
            unified("x", old, new, &lines).map(|diff| String::from_utf8(diff).unwrap())
        };
        assert!(diff(&[]).unwrap().contains(" secret\n"));
        assert_eq!(diff(&[2]).unwrap(), "--- x\n+++ x\n@@ -4,3 +4,3 @@\n c\n-d\n+D\n e\n");
        assert_eq!(diff(&[2, 3]).unwrap(), "--- x\n+++ x\n@@ -5 +5 @@\n-d\n+D\n");
        assert_eq!(diff(&[4]), None);
    }
}
