//! The report of a migration in Markdown.

use std::fmt::Write as _;

use super::{
    BESIDES, DIFFERENT, SECTIONS, STEPS, before, beside, contrast, now, risk, settings, tasks, unproved,
};
use crate::migrate::Status;
use crate::migrate::run::{Migrated, Migration};
use crate::syntax::secrets;

/// The document.
pub fn report_markdown(migration: &Migration<'_>) -> String {
    let mut text = format!("# Migration to API Manager {}\n\n", migration.target.version);
    summary(migration, &mut text);
    if !migration.notes.is_empty() {
        text.push('\n');
    }
    for note in &migration.notes {
        let _ = writeln!(text, "- **{}**: {}", risk(note.risk), plain(&note.text));
    }
    if let Some(unproved) = unproved(migration) {
        let _ = writeln!(text, "\n{}.", plain(&unproved));
    }
    to_do(migration, &mut text);
    if !migration.steps.is_empty() {
        let _ = writeln!(text, "\n## {STEPS}\n");
    }
    for step in &migration.steps {
        let _ = writeln!(text, "- [ ] **{}**: {}", risk(step.risk), plain(&step.text));
    }
    if !migration.unread.is_empty() {
        text.push_str("\n## Not read\n\n");
        for unread in &migration.unread {
            let node = unread.node.as_deref().map(|node| format!("{node}: ")).unwrap_or_default();
            let line = unread.line.map(|line| format!(":{line}")).unwrap_or_default();
            let _ = writeln!(text, "- {node}{}{line}: {}", code(&unread.file), plain(&unread.reason));
        }
    }
    for migrated in &migration.nodes {
        node(migrated, &mut text);
    }
    text
}

fn summary(migration: &Migration<'_>, text: &mut String) {
    text.push_str("| node | from | migrated | default | obsolete | carried | manual |\n");
    text.push_str("| --- | --- | ---: | ---: | ---: | ---: | ---: |\n");
    for migrated in &migration.nodes {
        let counts = migrated.counts();
        let version = migrated.legacy.node.version.map_or_else(String::new, |version| version.to_string());
        let _ = writeln!(
            text,
            "| {} | {version} | {} | {} | {} | {} | {} |",
            plain(&migrated.legacy.node.name),
            counts.migrated,
            counts.default,
            counts.obsolete,
            counts.carried,
            counts.manual
        );
    }
}

fn to_do(migration: &Migration<'_>, text: &mut String) {
    let tasks = tasks(migration);
    if tasks.is_empty() {
        return;
    }
    text.push_str("\n## To do, worst first\n\n");
    for task in tasks {
        let _ = writeln!(
            text,
            "- [ ] **{}**, {}, {}: {}",
            risk(task.risk),
            plain(&task.nodes()),
            code(task.file),
            plain(task.note)
        );
        for (node, setting) in task.settings.iter().filter(|(_, setting)| !setting.path.is_empty()) {
            let _ = writeln!(
                text,
                "  - {} line {}: {} = {}",
                plain(node),
                setting.line,
                code(&secrets::hide(&setting.path)),
                code(&now(setting))
            );
        }
    }
}

fn node(migrated: &Migrated<'_>, text: &mut String) {
    let _ = writeln!(text, "\n## {}", plain(&migrated.legacy.node.name));
    if !migrated.decisions.notes.is_empty() {
        text.push('\n');
    }
    for note in &migrated.decisions.notes {
        let _ = writeln!(text, "- **{}**: {}", risk(note.risk), plain(&note.text));
    }
    if let Some(proof) = &migrated.proof {
        let _ = writeln!(
            text,
            "\nRendered with {}: {} settings proved, {} failed, {} in files that no template makes.",
            plain(&proof.pack),
            proof.proved,
            proof.failed.len(),
            proof.not_rendered.len()
        );
        proof.failed.iter().for_each(|failed| {
            let _ = writeln!(text, "- failed: {}", code(failed));
        });
    }
    if !migrated.carried.is_empty() {
        text.push_str("\nFiles to copy into the new home, from `carry/`:\n\n");
        migrated.carried.iter().for_each(|file| {
            let _ = writeln!(text, "- {}", code(file));
        });
    }
    for (head, diff) in [(DIFFERENT, contrast(migrated)), (BESIDES, beside(migrated))] {
        if !diff.is_empty() {
            let fence = fence(&diff);
            let _ = write!(text, "\n### {head}\n\n{fence}diff\n{diff}{fence}\n");
        }
    }
    for (status, title, meaning) in SECTIONS {
        let of_status: Vec<_> =
            settings(migrated).filter(|(_, decision)| decision.status.as_str() == status).collect();
        if of_status.is_empty() {
            continue;
        }
        let _ = write!(text, "\n### {title} ({})\n\n{meaning}\n\n", of_status.len());
        text.push_str(
            "| place | setting | value | in the pack | keys or note |\n| --- | --- | --- | --- | --- |\n",
        );
        for (setting, decision) in of_status {
            let keys = match &decision.status {
                Status::Migrated { keys } => keys.iter().map(|key| code(key)).collect::<Vec<_>>().join(", "),
                _ => String::new(),
            };
            let note = decision.note.as_deref().map(plain).unwrap_or_default();
            let _ = writeln!(
                text,
                "| {}:{} | {} | {} | {} | {} |",
                plain(&setting.file),
                setting.line,
                code(&secrets::hide(&setting.path)),
                code(&now(setting)),
                code(&before(setting)),
                [keys, note].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(". ")
            );
        }
    }
}

/// Text without meaning to Markdown.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '&' => {
                out.push('\\');
                out.push(letter);
            }
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}

/// What opens and closes a block of code that holds a text.
fn fence(text: &str) -> String {
    let runs = text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(runs.max(2) + 1)
}

/// Text as code, also within a table.
fn code(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let text = text.replace(char::is_control, " ").replace('|', "\\|");
    let runs = text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(runs + 1);
    if runs == 0 { format!("{fence}{text}{fence}") } else { format!("{fence} {text} {fence}") }
}
