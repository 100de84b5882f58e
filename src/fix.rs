//! Applies the edits of findings to the texts of files.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Edit};
use crate::source::{FileId, SourceFile, Sources};

/// Which fixes count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Those that change nothing but the finding.
    Safe,
    /// Those, and the ones that change running behaviour.
    All,
}

/// A file with its fixes applied.
#[derive(Debug)]
pub struct Change<'a> {
    /// The file.
    pub file: &'a SourceFile,
    /// The text after the fixes.
    pub text: String,
    /// So many findings are mended.
    pub fixes: usize,
}

/// What fixes make of the files.
#[derive(Debug, Default)]
pub struct Changes<'a> {
    /// The files that change, in the order of the findings.
    pub files: Vec<Change<'a>>,
    /// Archives with findings that could be mended: they are never written.
    pub archives: Vec<&'a str>,
}

/// Applies what is wanted. Of fixes that overlap the first counts: the next run sees what is left.
pub fn changes<'a>(sources: &'a Sources, diagnostics: &[Diagnostic], wanted: Wanted) -> Changes<'a> {
    let mut changes = Changes::default();
    let mut order: Vec<FileId> = Vec::new();
    let mut fixes: BTreeMap<FileId, Vec<&[Edit]>> = BTreeMap::new();
    for diagnostic in diagnostics {
        let fix = diagnostic.fix.as_ref().filter(|fix| fix.is_safe || wanted == Wanted::All);
        let Some((fix, first)) = fix.and_then(|fix| Some((fix, fix.edits.first()?))) else { continue };
        let file = first.span.file;
        match sources.file(file) {
            Some(source) if source.in_archive => changes.archives.push(&source.viewer_path),
            Some(_) => {
                if !order.contains(&file) {
                    order.push(file);
                }
                fixes.entry(file).or_default().push(&fix.edits);
            }
            None => {}
        }
    }
    changes.archives.dedup();
    for file in order {
        let (Some(source), Some(fixes)) = (sources.file(file), fixes.get(&file)) else { continue };
        let (text, count) = apply(&source.text, fixes);
        if count > 0 {
            changes.files.push(Change { file: source, text, fixes: count });
        }
    }
    changes
}

/// The text with the fixes that do not overlap, and their number. A fix is applied whole or not at all; one that asks
/// for the very edits of an earlier one is applied with it.
fn apply(text: &str, fixes: &[&[Edit]]) -> (String, usize) {
    let mut taken: Vec<&Edit> = Vec::new();
    let mut count = 0;
    for fix in fixes {
        let fits = |edit: &Edit| text.get(edit.span.start as usize..edit.span.end as usize).is_some();
        let is_free = |edit: &Edit| !taken.iter().any(|other| touches(other, edit));
        if fix.iter().all(|edit| fits(edit) && (taken.contains(&edit) || is_free(edit))) {
            for edit in *fix {
                if !taken.contains(&edit) {
                    taken.push(edit);
                }
            }
            count += 1;
        }
    }
    taken.sort_by_key(|edit| edit.span);
    let mut changed = String::with_capacity(text.len());
    let mut from = 0;
    for edit in taken {
        changed.push_str(text.get(from..edit.span.start as usize).unwrap_or_default());
        changed.push_str(&edit.text);
        from = edit.span.end as usize;
    }
    changed.push_str(text.get(from..).unwrap_or_default());
    (changed, count)
}

/// True where two edits share a byte or begin at one place.
fn touches(left: &Edit, right: &Edit) -> bool {
    let (left, right) = (left.span, right.span);
    left.start == right.start || left.start < right.end && right.start < left.end
}

/// The bytes of a text in the encoding of a file whose bytes meant another text; `None` where the encoding cannot be
/// told or lacks a character.
pub fn encode_like(bytes: &[u8], old: &str, new: &str) -> Option<Vec<u8>> {
    const MARK: &[u8] = b"\xEF\xBB\xBF";
    type Encoding = fn(&str) -> Option<Vec<u8>>;
    let encodings: [Encoding; 7] = [
        |text| Some(text.as_bytes().to_vec()),
        |text| Some([MARK, text.as_bytes()].concat()),
        |text| text.chars().map(|letter| u8::try_from(u32::from(letter)).ok()).collect(),
        |text| Some(text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        |text| Some(text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        |text| Some([0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()),
        |text| Some([0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect()),
    ];
    encodings.iter().find(|encode| encode(old).as_deref() == Some(bytes)).and_then(|encode| encode(new))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit { span: Span::new(FileId { owner: 0, index: 0 }, start, end), text: text.to_owned() }
    }

    #[test]
    fn edits_are_applied_once_and_never_overlap() {
        let text = "0123456789";
        let apply = |fixes: &[&[Edit]]| apply(text, fixes);
        let (first, same) = ([edit(2, 4, "x")], [edit(2, 4, "x")]);
        assert_eq!(apply(&[&first, &same]), ("01x456789".to_owned(), 2));
        assert_eq!(apply(&[&[edit(6, 8, "")], &[edit(0, 1, "ab")]]), ("ab1234589".to_owned(), 2));
        assert_eq!(apply(&[&first, &[edit(3, 5, "y")]]), ("01x456789".to_owned(), 1));
        assert_eq!(apply(&[&first, &[edit(2, 2, "y")]]), ("01x456789".to_owned(), 1));
        assert_eq!(apply(&[&first, &[edit(4, 4, "y")]]), ("01xy456789".to_owned(), 2));
        assert_eq!(apply(&[&first, &[edit(8, 9, ""), edit(3, 4, "")]]), ("01x456789".to_owned(), 1));
        assert_eq!(apply(&[&[edit(8, 99, "")]]), (text.to_owned(), 0));
        assert_eq!(super::apply("é", &[&[edit(1, 2, "")]]), ("é".to_owned(), 0));
    }

    #[test]
    fn a_file_keeps_its_encoding() {
        let (old, new) = ("<a>é</a>", "<b>é</b>");
        let utf_16 = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_be_bytes).collect() };
        for (bytes, expected) in [
            (old.as_bytes().to_vec(), new.as_bytes().to_vec()),
            ([b"\xEF\xBB\xBF", old.as_bytes()].concat(), [b"\xEF\xBB\xBF", new.as_bytes()].concat()),
            (b"<a>\xE9</a>".to_vec(), b"<b>\xE9</b>".to_vec()),
            ([&b"\xFE\xFF"[..], &utf_16(old)].concat(), [&b"\xFE\xFF"[..], &utf_16(new)].concat()),
        ] {
            assert_eq!(encode_like(&bytes, old, new), Some(expected));
        }
        assert_eq!(encode_like(b"<a>\x82</a>", old, new), None);
        assert_eq!(encode_like(b"<a>\xE9</a>", old, "€"), None);
    }
}
