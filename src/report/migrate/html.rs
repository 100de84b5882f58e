//! The report of a migration as one HTML file without any reference to another.

use std::fmt::Write as _;

use super::{
    BESIDES, DIFFERENT, SECTIONS, STEPS, before, beside, contrast, now, risk, settings, tasks, unproved,
};
use crate::migrate::run::{Migrated, Migration};
use crate::migrate::{Note, Status};
use crate::syntax::secrets;

const STYLE: &str = include_str!("style.css");

/// The document.
pub fn report_html(migration: &Migration<'_>) -> String {
    let version = migration.target.version;
    let mut text = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Migration to API Manager {version}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <h1>Migration to API Manager {version}</h1>\n"
    );
    summary(migration, &mut text);
    notes(&migration.notes, &mut text);
    if let Some(unproved) = unproved(migration) {
        let _ = writeln!(text, "<p>{}.</p>", escaped(&unproved));
    }
    to_do(migration, &mut text);
    if !migration.steps.is_empty() {
        let _ = writeln!(text, "<h2>{STEPS}</h2>");
        notes(&migration.steps, &mut text);
    }
    if !migration.unread.is_empty() {
        text.push_str("<h2>Not read</h2>\n<ul>\n");
        for unread in &migration.unread {
            let node = unread.node.as_deref().map(|node| format!("{node}: ")).unwrap_or_default();
            let line = unread.line.map(|line| format!(":{line}")).unwrap_or_default();
            let _ = writeln!(
                text,
                "<li>{}<code>{}{line}</code>: {}</li>",
                escaped(&node),
                escaped(&unread.file),
                escaped(&unread.reason)
            );
        }
        text.push_str("</ul>\n");
    }
    migration.nodes.iter().for_each(|migrated| node(migrated, &mut text));
    text.push_str("</body>\n</html>\n");
    text
}

fn summary(migration: &Migration<'_>, text: &mut String) {
    text.push_str("<table class=\"summary\">\n<tr><th>node</th><th>from</th>");
    for (_, title, meaning) in SECTIONS {
        let _ = write!(text, "<th title=\"{meaning}\">{}</th>", title.to_lowercase());
    }
    text.push_str("</tr>\n");
    for migrated in &migration.nodes {
        let counts = migrated.counts();
        let version = migrated.legacy.node.version.map_or_else(String::new, |version| version.to_string());
        let _ = writeln!(
            text,
            "<tr><td>{}</td><td>{version}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escaped(&migrated.legacy.node.name),
            counts.manual,
            counts.migrated,
            counts.carried,
            counts.obsolete,
            counts.default
        );
    }
    text.push_str("</table>\n");
}

fn to_do(migration: &Migration<'_>, text: &mut String) {
    let tasks = tasks(migration);
    if tasks.is_empty() {
        return;
    }
    text.push_str("<h2>To do, worst first</h2>\n<ul class=\"tasks\">\n");
    for task in tasks {
        let risk = risk(task.risk);
        let _ = write!(
            text,
            "<li><label><input type=\"checkbox\"> <b class=\"{risk}\">{risk}</b> {} <code>{}</code>: {}</label>",
            escaped(&task.nodes()),
            escaped(task.file),
            escaped(task.note)
        );
        let settings: Vec<_> = task.settings.iter().filter(|(_, setting)| !setting.path.is_empty()).collect();
        if !settings.is_empty() {
            let _ = write!(text, "<details><summary>{} settings</summary><ul>", settings.len());
            for (node, setting) in settings {
                let _ = write!(
                    text,
                    "<li>{} line {}: <code>{}</code> = <code>{}</code></li>",
                    escaped(node),
                    setting.line,
                    escaped(&secrets::hide(&setting.path)),
                    escaped(&now(setting))
                );
            }
            text.push_str("</ul></details>");
        }
        text.push_str("</li>\n");
    }
    text.push_str("</ul>\n");
}

fn node(migrated: &Migrated<'_>, text: &mut String) {
    let _ = writeln!(text, "<h2>{}</h2>", escaped(&migrated.legacy.node.name));
    notes(&migrated.decisions.notes, text);
    if let Some(proof) = &migrated.proof {
        let _ = writeln!(
            text,
            "<p>Rendered with {}: {} settings proved, {} failed, {} in files that no template makes.</p>",
            escaped(&proof.pack),
            proof.proved,
            proof.failed.len(),
            proof.not_rendered.len()
        );
        list("Failed", proof.failed.iter(), text);
    }
    list("Files to copy into the new home, from carry/", migrated.carried.iter(), text);
    for (head, diff) in [(DIFFERENT, contrast(migrated)), (BESIDES, beside(migrated))] {
        if !diff.is_empty() {
            let _ = write!(text, "<h3>{head}</h3>\n<pre>{}</pre>\n", escaped(&diff));
        }
    }
    for (status, title, meaning) in SECTIONS {
        let of_status: Vec<_> =
            settings(migrated).filter(|(_, decision)| decision.status.as_str() == status).collect();
        if of_status.is_empty() {
            continue;
        }
        let _ = write!(
            text,
            "<h3>{title} ({})</h3>\n<p>{meaning}</p>\n<table>\n<tr><th>place</th><th>setting</th><th>value</th>\
             <th>in the pack</th><th>keys or note</th></tr>\n",
            of_status.len()
        );
        for (setting, decision) in of_status {
            let keys = match &decision.status {
                Status::Migrated { keys } => {
                    keys.iter().map(|key| format!("<code>{}</code> ", escaped(key))).collect::<String>()
                }
                _ => String::new(),
            };
            let _ = writeln!(
                text,
                "<tr><td>{}:{}</td><td><code>{}</code></td><td><code>{}</code></td><td><code>{}</code></td><td>{keys}{}</td></tr>",
                escaped(&setting.file),
                setting.line,
                escaped(&secrets::hide(&setting.path)),
                escaped(&now(setting)),
                escaped(&before(setting)),
                escaped(decision.note.as_deref().unwrap_or(""))
            );
        }
        text.push_str("</table>\n");
    }
}

fn notes(notes: &[Note], text: &mut String) {
    if notes.is_empty() {
        return;
    }
    text.push_str("<ul>\n");
    for note in notes {
        let risk = risk(note.risk);
        let _ = writeln!(text, "<li><b class=\"{risk}\">{risk}</b> {}</li>", escaped(&note.text));
    }
    text.push_str("</ul>\n");
}

fn list<'a>(title: &str, items: impl Iterator<Item = &'a String>, text: &mut String) {
    let items: String = items.map(|item| format!("<li><code>{}</code></li>\n", escaped(item))).collect();
    if !items.is_empty() {
        let _ = write!(text, "<p>{title}:</p>\n<ul>\n{items}</ul>\n");
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            letter if letter.is_control() && letter != '\n' => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}
