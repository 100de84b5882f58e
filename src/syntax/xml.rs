//! XML files as a tree of elements by local name, with a place for every element, attribute and text.

mod fault;
mod guard;
mod markup;
mod read;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::{Cause, Scalar, SyntaxError};
use crate::source::{FileId, Span};

/// Deepest nesting of elements.
const MOST_LEVELS: usize = 256;

/// A syntax error before it knows its file.
#[derive(Debug)]
struct Fault {
    range: Range<usize>,
    reason: String,
    cause: Cause,
}

impl Fault {
    fn new(range: Range<usize>, reason: impl Into<String>) -> Self {
        Self { range, reason: reason.into(), cause: Cause::Mistake }
    }

    fn too_deep(range: Range<usize>) -> Self {
        let reason = format!("more than {MOST_LEVELS} levels of nesting: refused");
        Self { cause: Cause::Limit, ..Self::new(range, reason) }
    }
}

/// One element. Comments and processing instructions are left out of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Local name; prefixes change nothing.
    pub name: String,
    /// Namespace URI, if any.
    pub namespace: Option<String>,
    /// From `<` of the start tag to `>` of the end tag.
    pub span: Span,
    /// The start tag alone.
    pub start_tag: Span,
    /// The attributes in document order, namespace declarations left out.
    pub attributes: Vec<Attribute>,
    /// The child elements in document order.
    pub children: Vec<Element>,
    /// All text directly inside this element, CDATA and entities resolved, pieces joined, not trimmed; white
    /// space before the first visible piece and between child elements is left out. `span` is the element's;
    /// `inner` is such that the first visible character has its true place in the file, however line ends
    /// before it were read: `trimmed` gives the true start of the value.
    pub text: Scalar,
}

/// One attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Local name.
    pub name: String,
    /// Namespace URI, if any (`svns:secretAlias`).
    pub namespace: Option<String>,
    /// The value; `span` covers `name="value"`, `inner` is behind the opening quote.
    pub value: Scalar,
}

/// A comment, kept beside the tree for suppressions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// From `<!--` to `-->`.
    pub span: Span,
    /// What stands between.
    pub text: String,
}

/// A parsed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The root element.
    pub root: Element,
    /// All comments in document order.
    pub comments: Vec<Comment>,
    /// All text beside child elements, in document order.
    pub loose: Vec<Loose>,
}

/// Visible text between child elements: what only looks like a comment, or what was left of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loose {
    /// Without the white space around it.
    pub span: Span,
    /// What stands there.
    pub text: String,
    /// The element that begins behind it on the same line.
    pub before: Option<Span>,
}

impl Element {
    /// First child with this local name: where a leaf occurs twice, the server's readers take the first.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// All children with this local name.
    pub fn children_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> + 'a {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The element reached by first children along `names`.
    pub fn descend(&self, names: &[&str]) -> Option<&Self> {
        names.iter().try_fold(self, |element, name| element.child(name))
    }

    /// The attribute with this local name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// Text of the attribute with this local name.
    pub fn attribute_text(&self, name: &str) -> Option<&str> {
        self.attribute(name).map(|attribute| attribute.value.text.as_str())
    }

    /// First child of this name whose attribute `attribute` has this value, such as
    /// `parameter[@name='domain']`.
    pub fn child_with(&self, name: &str, attribute: &str, value: &str) -> Option<&Self> {
        self.children
            .iter()
            .find(|child| child.name == name && child.attribute_text(attribute) == Some(value))
    }
}

/// Parses a decoded text. Never panics, opens no external entity, and refuses what only an attack needs: more
/// than 1 MB of expanded entities, 1,000 attributes on one element, 256 levels of nesting.
pub fn parse(file: FileId, text: &str) -> Result<Document, SyntaxError> {
    read::document(file, text).map_err(|fault| SyntaxError {
        cause: fault.cause,
        ..SyntaxError::new(file, fault.range.start, fault.range.end, fault.reason)
    })
}
