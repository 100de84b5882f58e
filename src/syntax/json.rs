//! JSON as site.json uses it: `//` and `/* */` comments and trailing commas are welcome.

use super::{Scalar, SyntaxError};
use crate::source::{FileId, Span};

/// A JSON value with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`.
    Null(Span),
    /// `true` or `false`; `text` is the word.
    Boolean(Scalar, bool),
    /// A number as written.
    Number(Scalar),
    /// A string; `span` includes the quotes.
    String(Scalar),
    /// An array.
    Array(Span, Vec<Value>),
    /// An object; members in file order.
    Object(Span, Vec<Member>),
}

/// One member of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The name; `span` includes the quotes.
    pub name: Scalar,
    /// The value.
    pub value: Value,
}

/// A parsed file: the value and its comments (place, text without the comment marks).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The value.
    pub root: Value,
    /// Comments in file order.
    pub comments: Vec<(Span, String)>,
}

impl Value {
    /// The value's place.
    pub fn span(&self) -> Span {
        match self {
            Self::Null(span) | Self::Array(span, _) | Self::Object(span, _) => *span,
            Self::Boolean(scalar, _) | Self::Number(scalar) | Self::String(scalar) => scalar.span,
        }
    }

    /// Member of an object by name; the last one wins, as in JavaScript.
    pub fn get(&self, name: &str) -> Option<&Member> {
        match self {
            Self::Object(_, members) => members.iter().rev().find(|member| member.name.text == name),
            _ => None,
        }
    }
}

/// Parses a decoded text.
pub fn parse(file: FileId, text: &str) -> Result<Document, SyntaxError> {
    let _ = text;
    Err(SyntaxError::new(file, 0, 0, "not yet"))
}
