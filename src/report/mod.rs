//! Prints findings: one file for each format.

pub mod card;
pub mod changes;
pub mod diff;
pub mod explanation;
pub mod github;
pub mod gitlab;
pub mod human;
pub mod json;
pub mod junit;
pub mod keys;
pub mod markdown;
pub mod migrate;
mod place;
pub mod sarif;

use std::sync::Arc;

use crate::catalog::card::Card;
use crate::diagnostic::{Diagnostic, Severity, Silenced, Unread};
use crate::model::Node;
use crate::source::Sources;

/// Everything that a report shows.
#[derive(Debug, Clone, Copy)]
pub struct Results<'a> {
    /// The nodes; none where only a deployment.toml and a pack were looked at.
    pub nodes: &'a [Node],
    /// Every file that labels point into.
    pub sources: &'a Sources,
    /// The findings in order.
    pub diagnostics: &'a [Diagnostic],
    /// The findings that are silenced, in the same order.
    pub silenced: &'a [Silenced],
    /// The rules that ran, by code.
    pub rules: &'a [Arc<Card>],
    /// What could not be read.
    pub unread: &'a [Unread],
}

impl Results<'_> {
    /// Number of findings of this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }
}

/// The text without control characters and without marks that turn its direction: a file could draw what is not there.
fn clean(text: &str) -> String {
    text.chars().map(|letter| if is_unsafe(letter) { '\u{fffd}' } else { letter }).collect()
}

fn is_unsafe(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A number with its noun.
#[must_use]
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
