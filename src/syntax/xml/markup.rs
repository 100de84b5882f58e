//! A tolerant look at XML markup: where each tag, comment and text lies, well-formed or not.

use std::ops::Range;

use memchr::{memchr, memchr2, memmem};

/// What a piece of markup is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Comment,
    CharacterData,
    Instruction,
    Doctype,
    StartTag,
    EmptyTag,
    EndTag,
    /// A `<` that begins nothing.
    Stray,
}

/// One piece; the pieces of a text lie end to end.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) kind: Kind,
    pub(super) range: Range<usize>,
    /// False where the text or the next tag begins before the piece ends.
    pub(super) closed: bool,
}

/// The pieces of a text in order.
pub(super) struct Pieces<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Pieces<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        let start = self.at;
        let bytes = self.text.as_bytes().get(start..)?;
        let first = *bytes.first()?;
        let (kind, end, closed) = if first != b'<' {
            (Kind::Text, memchr(b'<', bytes).unwrap_or(bytes.len()), true)
        } else {
            measure(bytes)
        };
        let end = start + end.max(1);
        self.at = end;
        Some(Piece { kind, range: start..end, closed })
    }
}

/// Kind and length of the markup that begins at the first byte, a `<`, and whether it is closed.
fn measure(bytes: &[u8]) -> (Kind, usize, bool) {
    let until = |kind: Kind, lead: usize, mark: &[u8]| match bytes
        .get(lead..)
        .and_then(|rest| memmem::find(rest, mark))
    {
        Some(found) => (kind, lead + found + mark.len(), true),
        None => (kind, bytes.len(), false),
    };
    if bytes.starts_with(b"<!--") {
        return until(Kind::Comment, 4, b"-->");
    }
    if bytes.starts_with(b"<![CDATA[") {
        return until(Kind::CharacterData, 9, b"]]>");
    }
    if bytes.starts_with(b"<?") {
        return until(Kind::Instruction, 2, b"?>");
    }
    if bytes.starts_with(b"<!DOCTYPE") {
        return match doctype_end(bytes) {
            Some(end) => (Kind::Doctype, end, true),
            None => (Kind::Doctype, bytes.len(), false),
        };
    }
    match bytes.get(1) {
        Some(b'/') => {
            let end = memchr2(b'>', b'<', bytes.get(1..).unwrap_or_default()).map(|found| found + 1);
            match end {
                Some(end) if bytes.get(end) == Some(&b'>') => (Kind::EndTag, end + 1, true),
                Some(end) => (Kind::EndTag, end, false),
                None => (Kind::EndTag, bytes.len(), false),
            }
        }
        Some(byte) if byte.is_ascii_alphabetic() || matches!(byte, b'_' | b':') || !byte.is_ascii() => {
            start_tag(bytes)
        }
        _ => (Kind::Stray, 1, false),
    }
}

/// Kind and length of a start tag, and whether it is closed. `>` and quotes may stand in attribute values,
/// `<` not.
fn start_tag(bytes: &[u8]) -> (Kind, usize, bool) {
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'>' if bytes.get(at - 1) == Some(&b'/') => return (Kind::EmptyTag, at + 1, true),
            b'>' => return (Kind::StartTag, at + 1, true),
            b'<' => break,
            quote @ (b'"' | b'\'') => {
                let rest = bytes.get(at + 1..).unwrap_or_default();
                match memchr2(*quote, b'<', rest) {
                    Some(found) if rest.get(found) == Some(quote) => at += found + 2,
                    Some(found) => return (Kind::StartTag, at + 1 + found, false),
                    None => return (Kind::StartTag, bytes.len(), false),
                }
            }
            _ => at += 1,
        }
    }
    (Kind::StartTag, at, false)
}

/// Length of the document type declaration that begins at the first byte.
fn doctype_end(bytes: &[u8]) -> Option<usize> {
    let mut at = b"<!DOCTYPE".len();
    let mut inside = false;
    loop {
        let rest = bytes.get(at..)?;
        let first = *rest.first()?;
        if rest.starts_with(b"<!--") {
            at += 4 + memmem::find(rest.get(4..)?, b"-->")? + 3;
        } else if rest.starts_with(b"<?") {
            at += 2 + memmem::find(rest.get(2..)?, b"?>")? + 2;
        } else {
            at += match first {
                b'"' | b'\'' => 2 + memchr(first, rest.get(1..)?)?,
                b'>' if !inside => return Some(at + 1),
                _ => 1,
            };
            match first {
                b'[' => inside = true,
                b']' => inside = false,
                _ => {}
            }
        }
    }
}

/// Offset just behind the start tag that begins at `start`; `from` may lie anywhere in it outside of quotes.
pub(super) fn start_tag_end(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'>' => return at,
            b'"' | b'\'' => {
                let rest = bytes.get(at..).unwrap_or_default();
                at += memchr(*byte, rest).map_or(rest.len(), |found| found + 1);
            }
            _ => {}
        }
    }
    at
}

/// The name at the start of `text`: letters, digits, `_ : . -`.
pub(super) fn name_at(text: &str) -> &str {
    let end = text
        .char_indices()
        .find(|(_, letter)| !(letter.is_alphanumeric() || matches!(letter, '_' | ':' | '.' | '-')))
        .map_or(text.len(), |(index, _)| index);
    text.get(..end).unwrap_or_default()
}
