//! Why a text is no XML, said at the cause: a parser notices late, the operator wants the tag to mend.

use std::ops::Range;

use memchr::{memchr, memchr_iter, memmem};
use roxmltree::{Error, TextPos};

use super::Fault;
use super::markup::{Kind, Piece, Pieces, name_at};
use crate::syntax::Cause;

/// A fault with the offset at which a parser cannot go on.
struct Found {
    noticed: usize,
    fault: Fault,
}

impl Found {
    fn new(noticed: usize, range: Range<usize>, reason: impl Into<String>) -> Self {
        Self { noticed, fault: Fault::new(range, reason) }
    }
}

/// What to say about a text that the parser refused with `error`.
pub(super) fn explain(text: &str, error: &Error) -> Fault {
    let at = offset(text, error);
    let fault = match look(text) {
        Some(found) if found.noticed <= at => found.fault,
        _ => translate(text, error, at),
    };
    template(text, &fault).unwrap_or(fault)
}

/// Byte offset of an error; errors without a place come at the end of the text.
fn offset(text: &str, error: &Error) -> usize {
    let placeless = matches!(
        error,
        Error::UnclosedRootNode
            | Error::NoRootNode
            | Error::UnexpectedEndOfStream
            | Error::NodesLimitReached
            | Error::AttributesLimitReached
            | Error::NamespacesLimitReached
    );
    if placeless { text.len() } else { byte_offset(text, error.pos()) }
}

/// roxmltree counts rows by LF alone and columns in characters.
fn byte_offset(text: &str, position: TextPos) -> usize {
    let row = usize::try_from(position.row).unwrap_or(1);
    let column = usize::try_from(position.col).unwrap_or(1);
    let start = match row.checked_sub(2) {
        None => 0,
        Some(index) => memchr_iter(b'\n', text.as_bytes()).nth(index).map_or(text.len(), |found| found + 1),
    };
    let line = text.get(start..).unwrap_or_default();
    line.char_indices().nth(column.saturating_sub(1)).map_or(text.len(), |(index, _)| start + index)
}

/// Files that a template engine is still to render are no fault of whoever wrote the XML in them.
fn template(text: &str, fault: &Fault) -> Option<Fault> {
    let say = |at: usize, mark: &str| Fault {
        cause: Cause::Template,
        ..Fault::new(at..at + mark.len(), format!("template text (`{mark}`), not XML: render the file first"))
    };
    let mut first_tag = None;
    for piece in Pieces::new(text) {
        if matches!(piece.kind, Kind::Comment | Kind::CharacterData | Kind::Instruction | Kind::Doctype) {
            continue;
        }
        // A `<%` is a piece of its own: a `<` that begins nothing, its `%` in the text behind it.
        let start = piece.range.start;
        if piece.kind == Kind::Stray && text.get(start..).is_some_and(|rest| rest.starts_with("<%")) {
            return Some(say(start, "<%"));
        }
        let slice = text.get(piece.range.clone()).unwrap_or_default();
        if first_tag.is_none() && slice.trim_start().starts_with('#') {
            return Some(say(start + slice.find('#').unwrap_or(0), "#"));
        }
        for mark in ["{%", "{{"] {
            let Some(at) = slice.find(mark).map(|found| start + found) else { continue };
            if mark == "{%" || first_tag.is_none() || same_line(text, at, fault.range.start) {
                return Some(say(at, mark));
            }
        }
        if first_tag.is_none() && piece.kind != Kind::Text {
            first_tag = Some(start);
        }
    }
    None
}

fn same_line(text: &str, one: usize, other: usize) -> bool {
    let between = one.min(other)..one.max(other);
    text.get(between).is_some_and(|between| memchr(b'\n', between.as_bytes()).is_none())
}

/// An element that is open.
struct Open<'a> {
    name: &'a str,
    tag: Range<usize>,
    /// A tag right behind text may be a `<` that belongs to a value, perhaps a secret one: its name is not
    /// said.
    behind_text: bool,
}

/// The first fault in the order of the text that tags, comments and references alone tell.
fn look(text: &str) -> Option<Found> {
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut root_seen = false;
    let mut behind_text = false;
    for piece in Pieces::new(text) {
        let slice = text.get(piece.range.clone()).unwrap_or_default();
        let start = piece.range.start;
        let found = match piece.kind {
            Kind::Text if open.is_empty() => outside(text, &piece, slice, root_seen),
            Kind::Text => in_text(slice, start),
            Kind::Comment => in_comment(&piece, slice),
            Kind::CharacterData if !piece.closed => {
                let range = start..start + b"<![CDATA[".len();
                Some(Found::new(start, range, "this CDATA section is never closed by `]]>`"))
            }
            Kind::CharacterData => None,
            Kind::Instruction => in_instruction(text, &piece, slice),
            Kind::Doctype if !piece.closed => {
                let range = start..start + b"<!DOCTYPE".len();
                Some(Found::new(start, range, "this document type declaration is never closed"))
            }
            Kind::Doctype => None,
            Kind::Stray => {
                let reason = "this `<` begins no tag: a plain `<` is written &lt;";
                Some(Found::new(start, start..start + 1, reason))
            }
            Kind::EndTag => close(&mut open, &piece, slice, behind_text),
            Kind::StartTag | Kind::EmptyTag if root_seen && open.is_empty() => {
                Some(Found::new(start, piece.range.clone(), "a second root element: XML has one"))
            }
            Kind::StartTag | Kind::EmptyTag => in_start_tag(&piece, slice),
        };
        if found.is_some() {
            return found;
        }
        if piece.kind == Kind::StartTag {
            let name = name_at(slice.get(1..).unwrap_or_default());
            open.push(Open { name, tag: piece.range.clone(), behind_text });
        }
        root_seen |= matches!(piece.kind, Kind::StartTag | Kind::EmptyTag);
        behind_text = piece.kind == Kind::Text && !slice.trim().is_empty();
    }
    let unclosed = open.pop()?;
    Some(Found::new(text.len(), unclosed.tag.clone(), unclosed.never_closed()))
}

impl Open<'_> {
    fn never_closed(&self) -> String {
        if self.behind_text {
            "this tag is never closed; a plain `<` is written &lt;".to_owned()
        } else {
            format!("{} is never closed", tag_name(self.name))
        }
    }
}

/// `<name>` for a reason, cut where a name is no name any more.
fn tag_name(name: &str) -> String {
    let short: String = name.chars().take(64).collect();
    if short.len() == name.len() { format!("<{short}>") } else { format!("<{short}...>") }
}

fn outside(text: &str, piece: &Piece, slice: &str, root_seen: bool) -> Option<Found> {
    let trimmed = slice.trim_matches([' ', '\t', '\r', '\n']);
    if trimmed.is_empty() {
        return None;
    }
    let lead = slice.find(trimmed).unwrap_or(0);
    let start = piece.range.start + lead;
    let line = trimmed.lines().next().unwrap_or(trimmed);
    let reason = if root_seen {
        "text behind the root element"
    } else if text.get(piece.range.end..).is_some_and(is_declaration) {
        "text before the XML declaration"
    } else {
        "text before the root element"
    };
    Some(Found::new(start, start..start + line.len(), reason))
}

fn is_declaration(text: &str) -> bool {
    text.strip_prefix("<?xml").is_some_and(|rest| rest.starts_with([' ', '\t', '\r', '\n']))
}

fn in_text(slice: &str, start: usize) -> Option<Found> {
    let closing = memmem::find(slice.as_bytes(), b"]]>").map(|at| {
        let range = start + at..start + at + 3;
        Found::new(start, range, "`]]>` in text: it is written ]]&gt;")
    });
    closing.or_else(|| in_references(slice, start))
}

/// The first `&` that begins no reference.
fn in_references(slice: &str, start: usize) -> Option<Found> {
    memchr_iter(b'&', slice.as_bytes()).find_map(|at| {
        let rest = slice.get(at + 1..).unwrap_or_default();
        let closed = |length: usize| length > 0 && rest.as_bytes().get(length) == Some(&b';');
        let right = match rest.strip_prefix('#') {
            Some(number) => {
                let digits = number.bytes().take_while(u8::is_ascii_hexdigit).count();
                let x_digits = number
                    .strip_prefix('x')
                    .map_or(0, |hex| hex.bytes().take_while(u8::is_ascii_hexdigit).count());
                closed(digits + 1) && digits > 0 || closed(x_digits + 2) && x_digits > 0
            }
            None => closed(name_at(rest).len()),
        };
        (!right).then(|| Found::new(start + at, start + at..start + at + 1, RAW_AMPERSAND))
    })
}

const RAW_AMPERSAND: &str = "a plain `&` is written &amp;";

fn in_comment(piece: &Piece, slice: &str) -> Option<Found> {
    let start = piece.range.start;
    let range = start..start + 4;
    let inner = slice.get(4..).unwrap_or_default();
    let dashes = memmem::find(inner.as_bytes(), b"--");
    let well = piece.closed && dashes.is_some_and(|at| at + 3 == inner.len());
    if well {
        return None;
    }
    let nested = dashes.is_some_and(|at| {
        inner.get(..at).is_some_and(|before| before.ends_with("<!")) && inner.len() > at + 3
    });
    let reason = if nested {
        "this comment holds another one: comments do not nest"
    } else if piece.closed {
        "this comment holds `--`, which may only end it"
    } else {
        "this comment is never closed by `-->`"
    };
    Some(Found::new(start, range, reason))
}

fn in_instruction(text: &str, piece: &Piece, slice: &str) -> Option<Found> {
    let start = piece.range.start;
    if !piece.closed {
        let range = start..start + 2;
        return Some(Found::new(start, range, "this processing instruction is never closed by `?>`"));
    }
    if start == 0 || !is_declaration(slice) {
        return None;
    }
    let before = text.get(..start).unwrap_or_default();
    let reason = if before.trim().is_empty() {
        "white space before the XML declaration"
    } else if Pieces::new(before).any(|piece| matches!(piece.kind, Kind::StartTag | Kind::EmptyTag)) {
        "an XML declaration in the middle of the file"
    } else {
        "the XML declaration must stand first"
    };
    Some(Found::new(start, piece.range.clone(), reason))
}

/// Pops the element that an end tag closes.
fn close(open: &mut Vec<Open<'_>>, piece: &Piece, slice: &str, behind_text: bool) -> Option<Found> {
    let start = piece.range.start;
    if !piece.closed {
        return Some(Found::new(start, start..start + 2, "this end tag has no `>`"));
    }
    let name = name_at(slice.get(2..).unwrap_or_default());
    match open.last() {
        Some(last) if last.name == name => {
            open.pop();
            None
        }
        Some(last) if open.iter().any(|element| element.name == name) => {
            Some(Found::new(start, last.tag.clone(), last.never_closed()))
        }
        Some(last) if !behind_text && !last.behind_text => {
            let reason = format!("</{}> closes nothing: {} is open", cut(name), tag_name(last.name));
            Some(Found::new(start, piece.range.clone(), reason))
        }
        _ => Some(Found::new(start, piece.range.clone(), "this end tag closes nothing")),
    }
}

fn cut(name: &str) -> String {
    name.chars().take(64).collect()
}

fn in_start_tag(piece: &Piece, slice: &str) -> Option<Found> {
    let start = piece.range.start;
    let bytes = slice.as_bytes();
    let mut at = 1 + name_at(slice.get(1..).unwrap_or_default()).len();
    let mut names: Vec<&str> = Vec::new();
    loop {
        let rest = slice.get(at..)?;
        let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        at += rest.len() - trimmed.len();
        if trimmed.is_empty() {
            let reason = "this tag has no `>`; a plain `<` is written &lt;";
            return Some(Found::new(start, start..start + slice.trim_end().len(), reason));
        }
        if matches!(trimmed, ">" | "/>") {
            return None;
        }
        let name = name_at(trimmed);
        if name.is_empty() || trimmed.len() == rest.len() {
            return None;
        }
        let value = trimmed.get(name.len()..)?.trim_start();
        let Some(value) = value.strip_prefix('=').map(str::trim_start) else {
            let range = start + at..start + at + name.len();
            return Some(Found::new(start + at, range, "this attribute has no value"));
        };
        let opening = slice.len() - value.len();
        let Some(quote) = value.bytes().next().filter(|byte| matches!(byte, b'"' | b'\'')) else {
            let range = start + at..start + at + name.len();
            return Some(Found::new(start + at, range, "the value of this attribute has no quotes"));
        };
        let Some(length) = memchr(quote, bytes.get(opening + 1..)?) else {
            let range = start + at..start + at + name.len();
            let reason =
                "the value of this attribute is never closed: a quote is missing, or a `<` is to be &lt;";
            return Some(Found::new(start + at, range, reason));
        };
        let inner = slice.get(opening + 1..opening + 1 + length)?;
        if let Some(found) = in_references(inner, start + opening + 1) {
            return Some(found);
        }
        if names.contains(&name) {
            let range = start + at..start + opening + length + 2;
            let reason = format!("attribute {} stands twice in this tag", cut(name));
            return Some(Found::new(start + at, range, reason));
        }
        names.push(name);
        at = opening + length + 2;
    }
}

/// What the parser said, where the markup alone tells nothing. `at` is the place of the error.
fn translate(text: &str, error: &Error, at: usize) -> Fault {
    let token = |at: usize| {
        let rest = text.get(at..).unwrap_or_default();
        let name = name_at(rest).len();
        let length = if name > 0 { name } else { rest.chars().next().map_or(0, char::len_utf8) };
        at..at + length
    };
    let reference = || {
        let rest = text.get(at..).unwrap_or_default();
        let length = memchr(b';', rest.as_bytes().get(..64.min(rest.len())).unwrap_or_default());
        at..at + length.map_or(1, |length| length + 1)
    };
    match error {
        Error::NoRootNode if text.trim().is_empty() => Fault::new(0..0, "the file is empty"),
        Error::NoRootNode => Fault::new(0..0, "no root element"),
        Error::UnknownNamespace(prefix, _) => {
            let before = text.get(..at).unwrap_or_default();
            let tag = before.strip_suffix('<').map(str::trim_end);
            let in_value = tag.is_some_and(|before| !before.is_empty() && !before.ends_with('>'));
            let reason = if in_value {
                "namespace prefix is not declared; a plain `<` is written &lt;".to_owned()
            } else {
                format!("namespace prefix {} is not declared", cut(prefix))
            };
            Fault::new(token(at), reason)
        }
        Error::DuplicatedNamespace(..) => Fault::new(token(at), "namespace prefix declared twice in one tag"),
        Error::InvalidXmlPrefixUri(_)
        | Error::UnexpectedXmlUri(_)
        | Error::UnexpectedXmlnsUri(_)
        | Error::InvalidElementNamePrefix(_) => {
            Fault::new(token(at), "the prefixes xml and xmlns are reserved")
        }
        Error::DuplicatedAttribute(name, _) => {
            Fault::new(token(at), format!("attribute {} stands twice in this tag", cut(name)))
        }
        Error::UnknownEntityReference(name, _) if is_external(text, name) => {
            let reason = "reference to an external entity, which is never opened";
            Fault { cause: Cause::Limit, ..Fault::new(reference(), reason) }
        }
        Error::UnknownEntityReference(..) => {
            Fault::new(reference(), "entity is not declared; a plain `&` is written &amp;")
        }
        Error::MalformedEntityReference(_) => Fault::new(token(at), RAW_AMPERSAND),
        Error::EntityReferenceLoop(_) => {
            Fault::new(token(at), "entities refer to each other in a loop or too deep")
        }
        Error::UnexpectedEntityCloseTag(_) => {
            Fault::new(token(at), "end tag of an entity that begins outside of it")
        }
        Error::UnexpectedCloseTag(..) => Fault::new(token(at), "end tag that does not fit"),
        Error::InvalidAttributeValue(_) => Fault::new(token(at), "`<` in an attribute value is written &lt;"),
        Error::NonXmlChar(letter, _) => {
            let reason = format!("control character U+{:04X}, which XML does not allow", u32::from(*letter));
            Fault::new(token(at), reason)
        }
        Error::InvalidName(_) => Fault::new(token(at), "a name that XML does not allow"),
        Error::InvalidExternalID(_) => Fault::new(token(at), "a malformed external id"),
        Error::InvalidChar(expected, _, _) => {
            Fault::new(token(at), format!("`{}` is missing here", char::from(*expected)))
        }
        Error::InvalidChar2(expected, _, _) => Fault::new(token(at), format!("{expected} is missing here")),
        Error::InvalidString(expected, _) => Fault::new(token(at), format!("`{expected}` is missing here")),
        Error::InvalidComment(_) => Fault::new(token(at), "this comment holds `--`, which may only end it"),
        Error::InvalidCharacterData(_) => Fault::new(token(at), "`]]>` in text: it is written ]]&gt;"),
        Error::UnexpectedDeclaration(_) => Fault::new(token(at), "the XML declaration must stand first"),
        Error::UnknownToken(_) => Fault::new(token(at), "markup that XML does not know"),
        Error::UnclosedRootNode | Error::UnexpectedEndOfStream => {
            Fault::new(at..at, "the file ends too early")
        }
        _ => Fault::new(token(at), "not well-formed"),
    }
}

/// True where the text declares the entity by a system or public identifier.
fn is_external(text: &str, name: &str) -> bool {
    memmem::find_iter(text.as_bytes(), b"<!ENTITY").any(|at| {
        let rest = text.get(at + b"<!ENTITY".len()..).unwrap_or_default().trim_start();
        let value = rest.strip_prefix(name).map(str::trim_start);
        value.is_some_and(|value| value.starts_with("SYSTEM") || value.starts_with("PUBLIC"))
    })
}
