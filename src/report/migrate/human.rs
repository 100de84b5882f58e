//! The summary of a migration on a terminal: counts, and what needs a person.

use std::fmt::Write as _;

use super::{risk, tasks, unproved};
use crate::migrate::Risk;
use crate::migrate::run::Migration;

/// More tasks are in the report.
const MOST_TASKS: usize = 15;

/// The summary. `place` is the folder of the report, or `None` where nothing is written.
pub fn report_human(migration: &Migration<'_>, place: Option<&str>) -> String {
    let mut text = String::new();
    for migrated in &migration.nodes {
        let node = migrated.legacy.node;
        let counts = migrated.counts();
        let version = node.version.map_or_else(String::new, |version| format!(" {version}"));
        let _ = writeln!(
            text,
            "{}:{version} to {}: {} migrated, {} default, {} obsolete, {} carried, {} manual",
            node.name,
            migration.target.version,
            counts.migrated,
            counts.default,
            counts.obsolete,
            counts.carried,
            counts.manual
        );
        if let Some(proof) = &migrated.proof {
            let _ = writeln!(
                text,
                "  {} proved with {}, {} failed",
                proof.proved,
                proof.pack,
                proof.failed.len()
            );
        }
        for note in migrated.decisions.notes.iter().filter(|note| note.risk == Risk::High) {
            let _ = writeln!(text, "  note: {}", note.text);
        }
    }
    for note in &migration.notes {
        let _ = writeln!(text, "note: {}", note.text);
    }
    if let Some(unproved) = unproved(migration) {
        let _ = writeln!(text, "note: {unproved}");
    }
    let tasks = tasks(migration);
    if !tasks.is_empty() {
        text.push_str("\nfor a person to do, worst first:\n");
    }
    for task in tasks.iter().take(MOST_TASKS) {
        let count = match task.settings.len() {
            1 => "1 setting".to_owned(),
            count => format!("{count} settings"),
        };
        let _ =
            writeln!(text, "  [{}] {} {} ({count}): {}", risk(task.risk), task.nodes(), task.file, task.note);
    }
    if tasks.len() > MOST_TASKS {
        let _ = writeln!(text, "  and {} more in the report", tasks.len() - MOST_TASKS);
    }
    if !migration.steps.is_empty() {
        let _ =
            writeln!(text, "\n{} steps besides the configuration are in the report", migration.steps.len());
    }
    for unread in &migration.unread {
        let node = unread.node.as_deref().map(|node| format!("{node} ")).unwrap_or_default();
        let line = unread.line.map(|line| format!(":{line}")).unwrap_or_default();
        let _ = writeln!(text, "unread: {node}{}{line}: {}", unread.file, unread.reason);
    }
    if let Some(place) = place {
        let _ = writeln!(text, "\nreport: {place}/report.md, {place}/report.html, {place}/report.json");
    }
    text
}
