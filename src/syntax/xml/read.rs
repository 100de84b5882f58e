//! roxmltree's tree, read into ours.

use std::ops::Range;

use memchr::{memchr2, memmem};
use roxmltree::{Node, ParsingOptions};

use super::{
    Attribute, Cause, Comment, Document, Element, Fault, Loose, MOST_LEVELS, Scalar, fault, guard, markup,
};
use crate::source::{FileId, Span};

/// roxmltree lets an element begin in the document and end in an entity, or the other way round.
const IN_HALVES: &str = "an element of which only one end stands in an entity";

/// Parses and converts a text.
pub(super) fn document(file: FileId, text: &str) -> Result<Document, Fault> {
    guard::check(text).map_err(|fault| Fault { cause: Cause::Limit, ..fault })?;
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let tree = roxmltree::Document::parse_with_options(text, options)
        .map_err(|error| fault::explain(text, &error))?;
    let mut reader = Reader { file, text, comments: Vec::new(), loose: Vec::new() };
    let mut root = None;
    for node in tree.root().children() {
        if node.is_comment() {
            reader.comment(node);
        } else if node.is_element() {
            if node.range().is_empty() {
                return Err(Fault::new(node.range().start..node.range().start + 1, IN_HALVES));
            }
            root = Some(reader.element(node, None, 1)?);
        }
    }
    let root = root.ok_or_else(|| Fault::new(0..0, "no root element"))?;
    let Reader { comments, mut loose, .. } = reader;
    loose.sort_by_key(|loose| loose.span);
    Ok(Document { root, comments, loose })
}

struct Reader<'a> {
    file: FileId,
    text: &'a str,
    comments: Vec<Comment>,
    loose: Vec<Loose>,
}

/// What has been read of an element's text.
struct Joined {
    text: String,
    inner: usize,
    verbatim: usize,
    /// True once something visible was read: `inner` and `verbatim` are settled.
    visible: bool,
}

impl Reader<'_> {
    fn span(&self, range: &Range<usize>) -> Span {
        Span::new(self.file, range.start, range.end)
    }

    fn after(&self, at: usize) -> &str {
        self.text.get(at..).unwrap_or_default()
    }

    fn comment(&mut self, node: Node<'_, '_>) {
        let text = node.text().unwrap_or_default().to_owned();
        self.comments.push(Comment { span: self.span(&node.range()), text });
    }

    /// An element and what it holds. `level` is 1 for the root. `reference` is the place of whatever an
    /// entity brings in: the start tag around the reference, since the entity's own text lies outside the
    /// root.
    fn element(
        &mut self,
        node: Node<'_, '_>,
        reference: Option<&Range<usize>>,
        level: usize,
    ) -> Result<Element, Fault> {
        let (range, start_tag) = match reference {
            Some(place) => (place.clone(), place.clone()),
            None => {
                let range = node.range();
                let from = node.attributes().next_back().map_or(range.start, |last| last.range().end);
                let end = markup::start_tag_end(self.text, from);
                (range.clone(), range.start..end)
            }
        };
        if level > MOST_LEVELS {
            return Err(Fault::too_deep(start_tag));
        }
        let span = self.span(&range);
        let attributes = node
            .attributes()
            .map(|attribute| Attribute {
                name: attribute.name().to_owned(),
                namespace: attribute.namespace().map(str::to_owned),
                value: match reference {
                    None => self.attribute_value(attribute.value(), &attribute.range()),
                    Some(_) => Scalar::read(attribute.value(), "", span, range.start),
                },
            })
            .collect();
        let mut children = Vec::with_capacity(node.children().filter(Node::is_element).count());
        let mut blank = "";
        let mut joined =
            Joined { text: String::new(), inner: start_tag.end, verbatim: 0, visible: reference.is_some() };
        let mut loose: Vec<Loose> = Vec::new();
        // Offset behind the last child whose place is known.
        let mut behind = start_tag.end;
        for child in node.children() {
            if child.is_text() {
                let text = child.text().unwrap_or_default();
                let value = text.trim_start();
                if joined.text.is_empty() && value.is_empty() {
                    blank = text;
                } else {
                    if reference.is_none() && !value.is_empty() {
                        loose.push(self.loose_text(value.trim_end(), behind));
                    }
                    self.join(&mut joined, text, value, behind);
                }
                continue;
            }
            let place = child.range();
            let own = reference.is_none()
                && place.start >= behind
                && place.start < place.end
                && place.end <= range.end;
            if !own && reference.is_none() && (place.end < place.start || place.end > range.start) {
                return Err(Fault::new(start_tag, IN_HALVES));
            }
            if own {
                behind = place.end;
            }
            if child.is_element() {
                if let Some(last) = loose.last_mut().filter(|last| own && self.leads_to(last, &place)) {
                    last.before = Some(self.span(&place));
                }
                let reference = if own { None } else { Some(&start_tag) };
                children.push(self.element(child, reference, level + 1)?);
            } else if child.is_comment() && own {
                self.comment(child);
            }
        }
        if joined.text.is_empty() && children.is_empty() {
            blank.clone_into(&mut joined.text);
        }
        if !children.is_empty() {
            self.loose.append(&mut loose);
        }
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Ok(Element {
            name: node.tag_name().name().to_owned(),
            namespace: node.tag_name().namespace().map(str::to_owned),
            span,
            start_tag: self.span(&start_tag),
            attributes,
            children,
            text: Scalar {
                text: joined.text,
                span,
                inner: clamp(joined.inner),
                verbatim: clamp(joined.verbatim),
            },
        })
    }

    fn attribute_value(&self, value: &str, range: &Range<usize>) -> Scalar {
        let raw = self.text.get(range.clone()).unwrap_or_default();
        let inner = memchr2(b'"', b'\'', raw.as_bytes()).map_or(range.start, |quote| range.start + quote + 1);
        let verbatim = same(value, self.after(inner), b'&');
        Scalar {
            text: value.to_owned(),
            span: self.span(range),
            inner: u32::try_from(inner).unwrap_or(u32::MAX),
            verbatim: u32::try_from(verbatim).unwrap_or(u32::MAX),
        }
    }

    /// A visible text that stands in the file at or behind `from`.
    fn loose_text(&self, text: &str, from: usize) -> Loose {
        let (at, _) = self.visible(from);
        let rest = self.after(at);
        let length = if rest.starts_with(text) { text.len() } else { rest.find('<').unwrap_or(rest.len()) };
        let end = at + rest.get(..length).unwrap_or_default().trim_end().len();
        Loose { span: self.span(&(at..end)), text: text.to_owned(), before: None }
    }

    /// True where nothing but blanks and comments stands between a text and the element behind it on its line.
    fn leads_to(&self, loose: &Loose, element: &Range<usize>) -> bool {
        let Some(mut between) = self.text.get(loose.span.end as usize..element.start) else { return false };
        loop {
            between = between.trim_start_matches([' ', '\t']);
            match between.strip_prefix("<!--").and_then(|inside| inside.split_once("-->")) {
                Some((_, behind)) => between = behind,
                None => return between.is_empty(),
            }
        }
    }

    /// Adds a text that stands in the file at or behind `from`; `value` is the text without leading white
    /// space.
    fn join(&self, joined: &mut Joined, text: &str, value: &str, from: usize) {
        if !joined.visible {
            joined.visible = true;
            let lead = text.len() - value.len();
            let (at, stop) = self.visible(from);
            let known = same(value, self.after(at), stop);
            match at.checked_sub(lead) {
                Some(inner) => (joined.inner, joined.verbatim) = (inner, lead + known),
                None => (joined.inner, joined.verbatim) = (at, 0),
            }
        }
        joined.text.push_str(text);
    }

    /// Offset of the first visible character at or behind `at`, CDATA marks skipped, and the byte at which
    /// text stops being verbatim.
    fn visible(&self, mut at: usize) -> (usize, u8) {
        let mut stop = b'&';
        loop {
            let rest = self.after(at);
            let trimmed = rest.trim_start();
            at += rest.len() - trimmed.len();
            if stop == b'&' && trimmed.starts_with("<![CDATA[") {
                at += b"<![CDATA[".len();
                stop = b']';
            } else if stop == b']' && trimmed.starts_with("]]>") {
                at += b"]]>".len();
                stop = b'&';
            } else {
                return (at, stop);
            }
        }
    }
}

/// How many leading bytes of `value` stand so in `raw`: up to a reference outside of CDATA (`stop` is `&`),
/// up to the end of the section inside (`stop` is `]`).
fn same(value: &str, raw: &str, stop: u8) -> usize {
    let equal = match raw.as_bytes().get(..value.len()) {
        Some(raw) if raw == value.as_bytes() => value.len(),
        _ => {
            let pairs = value.bytes().zip(raw.bytes());
            let equal = pairs.take_while(|(left, right)| left == right).count();
            (0..=equal).rev().find(|end| value.is_char_boundary(*end)).unwrap_or(0)
        }
    };
    let raw = raw.as_bytes().get(..equal).unwrap_or_default();
    if stop == b'&' {
        memchr2(b'&', b'<', raw).unwrap_or(equal)
    } else {
        memmem::find(raw, b"]]>").unwrap_or(equal)
    }
}
