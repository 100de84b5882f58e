//! What an expression throws.

use super::tree::FaultKind;

/// Why an expression, or the whole template, came to no end.
#[derive(Debug, Clone)]
pub(super) struct Raised {
    pub kind: FaultKind,
    pub reason: String,
    /// True where it is this renderer that gives up, and on everything.
    pub ends_all: bool,
}

impl Raised {
    /// A Java exception that becomes a fatal template error.
    pub fn fatal(reason: impl Into<String>) -> Self {
        Self { kind: FaultKind::Fatal, reason: reason.into(), ends_all: false }
    }

    /// One that becomes a warning.
    pub fn ignored(reason: impl Into<String>) -> Self {
        Self { kind: FaultKind::Ignored, reason: reason.into(), ends_all: false }
    }

    /// Java may go on, but what it gives is not known here.
    pub fn unsupported(reason: impl Into<String>) -> Self {
        Self { kind: FaultKind::Unsupported, reason: reason.into(), ends_all: false }
    }

    /// A bound that keeps a hostile template from taking all time or memory.
    pub fn limit(reason: impl Into<String>) -> Self {
        Self { kind: FaultKind::Unsupported, reason: reason.into(), ends_all: true }
    }
}
