//! What files say: parsers that give trees with byte spans, and nothing about meaning.
//!
//! Only this module names a crate that reads a format.

pub mod amqp;
pub mod certificate;
pub mod encoding;
pub mod hosts;
pub mod java_hash;
pub mod jdbc;
pub mod json;
pub mod key_store;
pub mod nginx;
pub mod placeholder;
pub mod properties;
pub mod secrets;
pub mod server_toml;
pub mod settings;
pub mod toml;
pub mod url;
pub mod url_group;
pub mod xml;

use std::ops::Range;

use crate::source::{FileId, Span};

/// Bytes in hexadecimal digits, lower case.
pub fn hexadecimal(bytes: impl IntoIterator<Item = u8>) -> String {
    bytes.into_iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A text in quotes on one line, as JSON and a basic string of TOML spell it.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            control if control.is_control() => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// A text value with the places it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar {
    /// The value as the reader of the format sees it: entities and escapes resolved.
    pub text: String,
    /// The place that a finding about this value points at: the whole leaf element or the whole attribute in XML,
    /// the value token (with its quotes) in JSON, TOML, nginx and properties files.
    pub span: Span,
    /// Byte offset in the file at which the raw text of the value starts.
    pub inner: u32,
    /// So many leading bytes of `text` stand in the file as they are; behind them something was escaped.
    pub verbatim: u32,
}

impl Scalar {
    /// A value that stands in the file without any escape.
    pub fn plain(text: impl Into<String>, span: Span, inner: u32) -> Self {
        let text = text.into();
        let verbatim = u32::try_from(text.len()).unwrap_or(u32::MAX);
        Self { text, span, inner, verbatim }
    }

    /// A value read from `raw`, which starts at byte `inner`; how much of it is verbatim is found by comparing.
    pub fn read(text: impl Into<String>, raw: &str, span: Span, inner: usize) -> Self {
        let text = text.into();
        let same = text.bytes().zip(raw.bytes()).take_while(|(left, right)| left == right).count();
        let clamp = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Self { text, span, inner: clamp(inner), verbatim: clamp(same) }
    }

    /// The place of a part of the value, given as a byte range of `text`; the whole place where an escape stands
    /// before the end of the part, so that its bytes cannot be told.
    pub fn part(&self, range: Range<usize>) -> Span {
        let end = u32::try_from(range.end).unwrap_or(u32::MAX);
        let start = u32::try_from(range.start).unwrap_or(u32::MAX);
        if end <= self.verbatim && start <= end {
            Span { file: self.span.file, start: self.inner + start, end: self.inner + end }
        } else {
            self.span
        }
    }

    /// The value without surrounding white space, its part spans still right.
    pub fn trimmed(&self) -> Self {
        let lead = self.text.len() - self.text.trim_start().len();
        let text = self.text.trim();
        let lead = u32::try_from(lead).unwrap_or(u32::MAX);
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        Self {
            text: text.to_owned(),
            span: self.span,
            inner: self.inner.saturating_add(lead.min(self.verbatim)),
            verbatim: self.verbatim.saturating_sub(lead).min(length),
        }
    }
}

/// Why a text is not what its format asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where the cause stands.
    pub span: Span,
    /// One clause, lower case, without any value from the file that might be a secret.
    pub reason: String,
    /// Whose doing it is.
    pub cause: Cause,
}

/// Whose doing it is that a text does not parse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Its author's: no reader of the format takes it.
    Mistake,
    /// A template that somebody is still to render.
    Template,
    /// Ours: it goes beyond what we are willing to read.
    Limit,
}

impl SyntaxError {
    /// An error at a byte range.
    pub fn new(file: FileId, start: usize, end: usize, reason: impl Into<String>) -> Self {
        Self::at(Span::new(file, start, end), reason)
    }

    /// An error at a place.
    pub fn at(span: Span, reason: impl Into<String>) -> Self {
        Self { span, reason: reason.into(), cause: Cause::Mistake }
    }
}
