//! Findings as plain data: what renderers print, and nothing about how.

use crate::source::Span;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Works until something happens.
    Warning,
    /// The deployment will break, lose data or be open.
    Error,
}

impl Severity {
    /// The word of the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl std::str::FromStr for Severity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "info" => Ok(Self::Info),
            "warning" => Ok(Self::Warning),
            "error" => Ok(Self::Error),
            other => Err(format!("unknown severity \"{other}\"; known are error, warning and info")),
        }
    }
}

/// A place that takes part in a finding, with a few words about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The element, attribute, key or value.
    pub span: Span,
    /// About five words; may be empty.
    pub message: String,
}

impl Label {
    /// A label at a span.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into() }
    }
}

/// One finding, ready for a renderer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Code of the rule, such as `CL004`.
    pub code: String,
    /// Name of the rule, such as `wka-peer-missing`.
    pub rule: String,
    /// Severity after the card, its variant and the user's settings were asked.
    pub severity: Severity,
    /// One line, lower case, with the node and the values seen.
    pub message: String,
    /// What to change.
    pub help: Option<String>,
    /// Where the change is to be made.
    pub primary: Label,
    /// The other places that take part, in the order in which a reader wants them.
    pub related: Vec<Label>,
    /// Identifies the finding across moved lines.
    pub fingerprint: String,
    /// The change that mends it, where it is known.
    pub fix: Option<Fix>,
}

/// A change that mends a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// True where nothing but the finding changes, so that `--fix` applies it without asking.
    pub is_safe: bool,
    /// What to replace, all in one file; none overlaps another.
    pub edits: Vec<Edit>,
}

/// A text in place of another. It holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What goes.
    pub span: Span,
    /// What comes.
    pub text: String,
}

/// A finding that is not reported, and what keeps it silent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silenced {
    /// The finding.
    pub diagnostic: Diagnostic,
    /// What keeps it silent.
    pub by: Silencer,
}

/// What keeps a finding silent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Silencer {
    /// A comment in the file, with the reason that it gives; may be empty.
    Comment(String),
    /// The baseline.
    Baseline,
}

/// A file that could not be read or parsed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// The node, or `None` for the proxy, the hosts file and the inventory.
    pub node: Option<String>,
    /// Path relative to the node's home.
    pub file: String,
    /// Line from 1 where the reader gave up; `None` when the file could not be opened at all.
    pub line: Option<u32>,
    /// Column from 1, in characters.
    pub column: Option<u32>,
    /// Why, in one clause.
    pub reason: String,
    /// Path for viewers, as [`crate::source::SourceFile::viewer_path`].
    pub viewer_path: String,
}

impl Unread {
    /// A file on no node that could not be opened at all; `path` serves viewers, too.
    pub fn outside(path: impl Into<String>, reason: impl Into<String>) -> Self {
        let path = path.into();
        Self {
            node: None,
            file: path.clone(),
            line: None,
            column: None,
            reason: reason.into(),
            viewer_path: path,
        }
    }
}
