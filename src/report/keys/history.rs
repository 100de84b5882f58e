//! What changed between two versions, for people and as Markdown.

use std::fmt::Write as _;

use super::markdown::code;
use crate::report::{clean, counted};
use crate::target::history::History;
use crate::target::keys::Key;

/// A line for each key under what happened to it.
#[must_use]
pub fn human(history: &History<'_>, from: &str, to: &str) -> String {
    let mut text = String::new();
    for (heading, lines) in sections(history, &|text| clean(text)) {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{heading} from {from} to {to}: {}", counted(lines.len(), "key", "keys"));
        for line in lines {
            let _ = writeln!(text, "  {line}");
        }
    }
    text
}

/// A list for each thing that can happen to a key.
#[must_use]
pub fn markdown(history: &History<'_>, from: &str, to: &str) -> String {
    let mut text = format!("# Keys of deployment.toml from {from} to {to}\n");
    for (heading, lines) in sections(history, &code) {
        // Writing to a string does not fail.
        let _ = writeln!(text, "\n## {heading}: {}\n", counted(lines.len(), "key", "keys"));
        for line in lines {
            let _ = writeln!(text, "- {line}");
        }
    }
    text
}

fn sections(history: &History<'_>, mark: &dyn Fn(&str) -> String) -> [(&'static str, Vec<String>); 4] {
    let name = |key: &Key| mark(&key.pattern.to_string());
    let default = |key: &Key| match &key.default {
        Some(default) => mark(&default.value),
        None => "none".to_owned(),
    };
    let renamed = history.renamed.iter().map(|(from, to)| format!("{} → {}", name(from), name(to)));
    let defaults = history.defaults.iter();
    [
        ("renamed", renamed.collect()),
        (
            "other default",
            defaults
                .map(|(from, to)| format!("{}: {} → {}", name(from), default(from), default(to)))
                .collect(),
        ),
        ("gone", history.went.iter().map(|key| name(key)).collect()),
        ("new", history.came.iter().map(|key| name(key)).collect()),
    ]
}
