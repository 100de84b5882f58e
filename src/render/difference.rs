//! Unified diffs between texts, as `patch` takes them.

use std::borrow::Cow;

use similar::{Algorithm, DiffOp, DiffTag};

/// What `patch` takes for a file that is not there.
const NOTHING: &str = "/dev/null";
/// Lines around a change.
const CONTEXT: usize = 3;

/// One of two texts that are compared.
#[derive(Debug, Clone)]
pub(super) struct Side<'a> {
    /// Path behind `---` or `+++`.
    pub(super) path: &'a str,
    /// The bytes.
    pub(super) bytes: &'a [u8],
    /// The bytes as they are printed, line for line: with secrets masked.
    pub(super) shown: Cow<'a, [u8]>,
}

impl Side<'_> {
    /// Where the other side has a file and this one has none.
    pub(super) fn nothing() -> Self {
        Self { path: NOTHING, bytes: b"", shown: Cow::Borrowed(b"") }
    }
}

/// The unified diff from `old` to `new`; `None` where both are the same. Lines end in line feeds alone, as for `patch`.
pub(super) fn unified(old: &Side<'_>, new: &Side<'_>) -> Option<Vec<u8>> {
    if old.bytes == new.bytes && old.path != NOTHING {
        return None;
    }
    let (before, after) = (lines(old.bytes), lines(new.bytes));
    let operations = similar::capture_diff_slices(Algorithm::Myers, &before, &after);
    let (before, after) = (lines(&old.shown), lines(&new.shown));
    let mut out = Vec::new();
    for (mark, side) in [("---", old), ("+++", new)] {
        // `patch` ends a name at the first blank unless a tab ends it.
        let end = if side.path.contains(' ') { "\t" } else { "" };
        out.extend(format!("{mark} {}{end}\n", side.path).bytes());
    }
    for hunk in similar::group_diff_ops(operations, CONTEXT) {
        write_hunk(&mut out, &hunk, &before, &after);
    }
    Some(out)
}

fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').collect()
}

fn write_hunk(out: &mut Vec<u8>, operations: &[DiffOp], before: &[&[u8]], after: &[&[u8]]) {
    let (Some(first), Some(last)) = (operations.first(), operations.last()) else { return };
    let old = first.old_range().start..last.old_range().end;
    let new = first.new_range().start..last.new_range().end;
    out.extend(format!("@@ -{} +{} @@\n", extent(old), extent(new)).bytes());
    for operation in operations {
        let (tag, old, new) = operation.as_tag_tuple();
        if tag == DiffTag::Equal {
            write_lines(out, b' ', before.get(old));
        } else {
            write_lines(out, b'-', before.get(old));
            write_lines(out, b'+', after.get(new));
        }
    }
}

/// First line, from 1, and how many; of no lines the one before them.
fn extent(lines: std::ops::Range<usize>) -> String {
    match lines.len() {
        0 => format!("{},0", lines.start),
        1 => format!("{}", lines.start + 1),
        count => format!("{},{count}", lines.start + 1),
    }
}

fn write_lines(out: &mut Vec<u8>, mark: u8, lines: Option<&[&[u8]]>) {
    for line in lines.unwrap_or_default() {
        out.push(mark);
        out.extend_from_slice(line);
        if !line.ends_with(b"\n") {
            out.extend_from_slice(b"\n\\ No newline at end of file\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side<'a>(path: &'a str, text: &'a str) -> Side<'a> {
        Side { path, bytes: text.as_bytes(), shown: Cow::Borrowed(text.as_bytes()) }
    }

    #[track_caller]
    fn assert_diff(old: Side<'_>, new: Side<'_>, expected: &str) {
        let text = unified(&old, &new).map(|bytes| String::from_utf8(bytes).unwrap());
        assert_eq!(text.as_deref().unwrap_or(""), expected);
    }

    #[test]
    fn equal_texts_have_no_diff() {
        assert_diff(side("a/x", "1\n2\n"), side("b/x", "1\n2\n"), "");
    }

    #[test]
    fn a_changed_line_stands_in_its_context() {
        assert_diff(
            side("a/x", "1\n2\n3\n4\n5\n6\n7\n8\n9\n"),
            side("b/x", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n"),
            "--- a/x\n+++ b/x\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n",
        );
    }

    #[test]
    fn new_files_and_missing_line_feeds_are_marked() {
        assert_diff(
            Side::nothing(),
            side("b/a b", "1\n2"),
            "--- /dev/null\n+++ b/a b\t\n@@ -0,0 +1,2 @@\n+1\n+2\n\\ No newline at end of file\n",
        );
        assert_diff(
            side("a/x", "1"),
            side("b/x", "1\n"),
            "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-1\n\\ No newline at end of file\n+1\n",
        );
    }

    #[test]
    fn lines_that_differ_only_in_what_is_masked_are_shown_masked() {
        let masked = |path, text: &'static str| Side {
            path,
            bytes: text.as_bytes(),
            shown: Cow::Owned(text.replace(['x', 'y'], "*").into_bytes()),
        };
        assert_diff(
            masked("a/x", "a\npw=x\n"),
            masked("b/x", "a\npw=y\n"),
            "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-pw=*\n+pw=*\n",
        );
    }
}
