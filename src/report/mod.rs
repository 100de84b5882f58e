//! Prints findings: one file for each format.

pub mod human;
pub mod json;

use crate::diagnostic::{Diagnostic, Severity, Unread};
use crate::model::Deployment;

/// Everything that a report shows.
#[derive(Debug, Clone, Copy)]
pub struct Results<'a> {
    /// The nodes and their sources.
    pub deployment: &'a Deployment,
    /// The findings in order.
    pub diagnostics: &'a [Diagnostic],
    /// So many findings were silenced by comments.
    pub suppressed: usize,
    /// What could not be read.
    pub unread: &'a [Unread],
}

impl Results<'_> {
    /// Number of findings of this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }
}
