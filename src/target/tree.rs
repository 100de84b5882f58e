//! What a template can produce, without its layout: elements, attributes, entries and the expressions that fill them.

use super::formula::Formula;

/// The form of the file that a template makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Elements and attributes.
    Xml,
    /// One entry a line.
    Properties,
    /// Anything else, as its text.
    Text,
}

impl Form {
    /// The form that a file of this name has.
    #[must_use]
    pub fn of(path: &str) -> Self {
        match path.rsplit_once('.') {
            Some((_, "xml")) => Self::Xml,
            Some((_, "properties")) => Self::Properties,
            _ => Self::Text,
        }
    }
}

/// A file that a pack renders.
#[derive(Debug, Clone, PartialEq)]
pub struct FileModel {
    /// Home-relative, such as `repository/conf/carbon.xml`.
    pub path: String,
    /// How the nodes are to be read.
    pub form: Form,
    /// What the file consists of.
    pub nodes: Vec<Node>,
}

/// A part of a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// An XML element.
    Element(Element),
    /// An attribute; stands among the attributes of an element only.
    Attribute(Named),
    /// A line of a properties file.
    Entry(Named),
    /// Text as the template has it: entities of XML are not resolved.
    Literal(String),
    /// The text of an expression.
    Hole(Formula),
    /// The first branch whose condition holds.
    If(Vec<Branch>),
    /// Its nodes once for each item.
    For(Loop),
    /// A variable of the template.
    Set(String, Formula),
    /// An expression for its effect, such as `list.append(x)`.
    Do(Formula),
}

/// An element.
#[derive(Debug, Clone, PartialEq)]
pub struct Element {
    /// The name with its prefix; literal text and holes.
    pub name: Vec<Node>,
    /// Attributes, with the conditions and loops around them.
    pub attributes: Vec<Node>,
    /// Elements and text, with the conditions and loops around them.
    pub children: Vec<Node>,
}

/// An attribute, or an entry of a properties file.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// The name or key; literal text and holes.
    pub name: Vec<Node>,
    /// Text, with the conditions and loops around its parts.
    pub value: Vec<Node>,
}

/// One way through an `if`.
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    /// `None` for `else`.
    pub condition: Option<Formula>,
    /// What it produces.
    pub nodes: Vec<Node>,
}

/// A `for`.
#[derive(Debug, Clone, PartialEq)]
pub struct Loop {
    /// The loop variables.
    pub variables: Vec<String>,
    /// What is gone through.
    pub over: Formula,
    /// What each item produces.
    pub nodes: Vec<Node>,
}
