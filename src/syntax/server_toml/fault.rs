//! Why the server does not take a file.

use crate::source::Span;

/// What the server does with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// It logs an error with line and column, and does not start.
    Rejected,
    /// It dies of a `StackOverflowError` that names no line.
    Overflow,
}

/// One place that has to change before the server reads the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The place to change.
    pub span: Span,
    /// What the server does.
    pub kind: FaultKind,
    /// What is wrong: one clause, without any value from the file that might be a secret.
    pub reason: String,
    /// The change to make.
    pub help: String,
    /// The place that it clashes with: where the key or table was first defined.
    pub earlier: Option<Span>,
}

impl Fault {
    pub(super) fn rejected(span: Span, reason: impl Into<String>, help: impl Into<String>) -> Self {
        Self { span, kind: FaultKind::Rejected, reason: reason.into(), help: help.into(), earlier: None }
    }

    pub(super) fn overflow(span: Span, reason: impl Into<String>, help: impl Into<String>) -> Self {
        Self { kind: FaultKind::Overflow, ..Self::rejected(span, reason, help) }
    }

    pub(super) fn clashing_with(self, earlier: Span) -> Self {
        Self { earlier: Some(earlier), ..self }
    }
}

impl FaultKind {
    /// What the server does with the file, as a clause.
    #[must_use]
    pub fn consequence(self) -> &'static str {
        match self {
            Self::Rejected => "the server refuses the file and does not start",
            Self::Overflow => "the server dies at start with a StackOverflowError that names no line",
        }
    }
}
