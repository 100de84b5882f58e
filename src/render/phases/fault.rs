//! What stops the server in one of the phases.

use crate::source::Span;

/// Something that the Java mapper throws on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which check failed.
    pub kind: FaultKind,
    /// The value or key in deployment.toml that leads there; none where only the pack's own files take part.
    pub span: Option<Span>,
    /// One line, lower case: what is wrong, with names as written. It holds no value that could be a secret.
    pub what: String,
    /// What to change, as an instruction.
    pub change: String,
}

/// The check that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// A key that the mapper cannot take apart.
    Key,
    /// A value of a type that the mapper does not expect (`ClassCastException` and its like).
    Type,
    /// `$ref{…}`.
    Reference,
    /// `$env{…}`.
    EnvironmentVariable,
    /// `$sys{…}`.
    SystemProperty,
    /// `$secret{…}`.
    Secret,
    /// A duration.
    Unit,
    /// A rule of validator.json.
    Validation,
    /// One of the pack's JSON files holds what the mapper cannot use.
    Rules,
}

impl FaultKind {
    /// Why it matters, in one clause.
    #[must_use]
    pub fn why(self) -> &'static str {
        match self {
            Self::Type | Self::Key => {
                "the server crashes with a stack trace while it reads deployment.toml and does not start"
            }
            Self::Rules => "the server fails with every deployment.toml that uses this rule",
            _ => "the server refuses its configuration and does not start",
        }
    }
}

impl Fault {
    /// A fault at a place in deployment.toml.
    pub(super) fn new(
        kind: FaultKind,
        span: Option<Span>,
        what: impl Into<String>,
        change: impl Into<String>,
    ) -> Self {
        Self { kind, span, what: what.into(), change: change.into() }
    }

    /// A fault of one of the pack's JSON files.
    pub(super) fn of_rules(file: &str, what: impl std::fmt::Display) -> Self {
        Self::new(
            FaultKind::Rules,
            None,
            format!("{file} of the pack: {what}"),
            format!("restore {file} from an untouched pack"),
        )
    }
}
