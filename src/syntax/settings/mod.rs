//! Documents as flat lists of settings, each with a path that names rather than counts.
//!
//! XML paths are XPath-like over local names: `/Server/Ports/Offset`,
//! `/Server/Service/Connector[@port='9443']/@proxyPort`. Elements that repeat are told apart by an attribute
//! (`parameter[@name='port']`) or a child (`datasource[name='WSO2AM_DB']`), and by position only where
//! neither is there or two agree: the first goes without, the second is `member[2]`. In properties files the
//! path is the key; in JSON and TOML it is a dotted key in which items of arrays are `[name='Default']` or
//! `[1]`, counted from 1.

mod form;
mod keyed;
pub mod paths;
mod properties;
mod xml;

pub use form::{Form, value_digest};
pub use keyed::build as build_json;
pub use xml::{Key as XmlKey, apart as xml_apart, build as build_xml, keys_of as xml_keys_of};

use std::collections::BTreeMap;

use crate::source::Span;
use crate::syntax::quoted;

/// One value of a document under its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The path, unique within its document.
    pub path: String,
    /// The value as the server reads it, white space around element text removed; arrays of scalars in one
    /// line, `["a", "b"]`.
    pub value: String,
    /// Whether the format knows the value as text.
    pub kind: Kind,
    /// Where it stands: the leaf element, the attribute, the value token.
    pub span: Span,
}

/// What a format takes a value for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text; everything in XML and properties files.
    Text,
    /// A number, `true`, `false`, `null`, a date, or an array.
    Literal,
}

impl Setting {
    /// The value with JSON quotes where it is text: tells `"true"` from `true`.
    pub fn literal(&self) -> String {
        match self.kind {
            Kind::Text => quoted(&self.value),
            Kind::Literal => self.value.clone(),
        }
    }
}

/// A document that can be flattened.
pub trait Settings {
    /// All settings in document order. What the path already says (the name of a named element) is not
    /// repeated, unless the element holds nothing else: then it is a setting with an empty value.
    fn settings(&self) -> Vec<Setting>;

    /// Path of the innermost element, attribute or key that covers a byte offset; empty where nothing does.
    fn path_at(&self, offset: u32) -> String;
}

/// Numbers labels that occur more than once: the second `member` becomes `member[2]`.
#[derive(Default)]
struct Labels(BTreeMap<String, usize>);

impl Labels {
    fn number(&mut self, label: String) -> String {
        let count = self.0.entry(label.clone()).or_insert(0);
        *count += 1;
        match *count {
            1 => label,
            position => format!("{label}[{position}]"),
        }
    }
}

/// `[name='value']`, with the quotes that the value leaves free; `None` for what names nothing well: empty,
/// very long, of several lines, with both quotes, or with an `@`, behind which a password may hide.
fn predicate(name: &str, value: &str) -> Option<String> {
    let quote = if value.contains('\'') { '"' } else { '\'' };
    let fit = !value.is_empty() && value.len() <= 200 && !value.contains(['\n', '\r', '@', quote]);
    fit.then(|| format!("[{name}={quote}{value}{quote}]"))
}

/// Cuts `[predicate]` off the front.
fn cut(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('[')?;
    let mut quote = None;
    for (index, letter) in inner.char_indices() {
        match quote {
            Some(open) if letter == open => quote = None,
            Some(_) => {}
            None if letter == '\'' || letter == '"' => quote = Some(letter),
            None if letter == ']' => return Some((inner.get(..index)?, inner.get(index + 1..)?)),
            None => {}
        }
    }
    None
}

/// The one spelling of values that every reader takes alike: booleans in lower case, one blank for any white space.
pub fn plain_spelling(value: &str) -> String {
    if value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false") {
        return value.to_ascii_lowercase();
    }
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn covers(span: Span, offset: u32) -> bool {
    span.start <= offset && (offset < span.end || span.start == span.end)
}
