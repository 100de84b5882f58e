//! The Code Quality report of GitLab.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::Results;
use super::place::{Place, unread_path};
use crate::diagnostic::{Diagnostic, Severity, Unread};
use crate::source::Sources;
use crate::syntax::hexadecimal;

#[derive(Serialize)]
struct Entry {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

/// A list of findings; a file that could not be read is one of severity `blocker`.
pub fn report_gitlab(results: &Results<'_>) -> Result<String, serde_json::Error> {
    let unread = results.unread.iter().map(of_unread);
    let found = results.diagnostics.iter().map(|one| of_diagnostic(results.sources, one));
    let entries: Vec<Entry> = unread.chain(found).collect();
    Ok(serde_json::to_string_pretty(&entries)? + "\n")
}

fn of_diagnostic(sources: &Sources, diagnostic: &Diagnostic) -> Entry {
    let place = Place::of(sources, diagnostic.primary.span);
    let mut description = format!("{}: {}", diagnostic.code, diagnostic.message);
    if place.in_archive.is_some() {
        description.push_str(&format!(" ({})", place.text()));
    }
    if let Some(help) = &diagnostic.help {
        description.push_str(&format!("; {help}"));
    }
    Entry {
        description,
        check_name: diagnostic.rule.clone(),
        fingerprint: diagnostic.fingerprint.clone(),
        severity: match diagnostic.severity {
            Severity::Error => "critical",
            Severity::Warning => "major",
            Severity::Info => "info",
        },
        location: Location { lines: Lines { begin: place.region().0.line }, path: place.path },
    }
}

fn of_unread(unread: &Unread) -> Entry {
    let path = unread_path(unread);
    let mut hash = Sha256::new();
    for part in ["unread", &path, &unread.file, &unread.reason] {
        hash.update(part);
        hash.update([0]);
    }
    Entry {
        description: format!("{} cannot be read: {}", unread.file, unread.reason),
        check_name: "unread".to_owned(),
        fingerprint: hexadecimal(hash.finalize().into_iter().take(16)),
        severity: "blocker",
        location: Location { path, lines: Lines { begin: unread.line.unwrap_or(1) } },
    }
}
