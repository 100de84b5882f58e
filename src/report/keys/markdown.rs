//! Keys as Markdown: the catalogue of a version.

use std::fmt::Write as _;

use super::{Answer, conditions, facts};
use crate::target::keys::{Key, example};
use crate::target::pattern::Step;

/// A section for each first part of the keys, an entry for each key.
#[must_use]
pub fn answer(answer: &Answer<'_>) -> String {
    let mut text = format!("# Keys of deployment.toml in WSO2 API Manager {}\n", answer.version);
    for keys in answer.keys.chunk_by(|left, right| first(left) == first(right)) {
        // Writing to a string does not fail.
        let _ = writeln!(text, "\n## {}", keys.first().map(|key| first(key)).unwrap_or_default());
        for key in keys {
            entry(key, answer, &mut text);
        }
    }
    text
}

fn first(key: &Key) -> String {
    key.pattern.0.first().map_or_else(String::new, |step| match step {
        Step::Key(name) => name.to_string(),
        Step::Each | Step::Any => "*".to_owned(),
    })
}

fn entry(key: &Key, answer: &Answer<'_>, text: &mut String) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "\n### `{}`\n", key.pattern);
    for (heading, fact) in facts(key) {
        let _ = writeln!(text, "- {heading}: {}", code(&fact));
    }
    for place in &key.places {
        let role = place.role.as_str();
        let path = if place.path.is_empty() { String::new() } else { format!(" {}", code(&place.path)) };
        let when = conditions(place).strip_prefix("if ").map(|when| format!(", if {}", code(when)));
        let _ = writeln!(text, "- {role} `{}`{path}{}", place.file, when.unwrap_or_default());
    }
    let _ = write!(text, "\n```toml\n{}```\n", example::of(key, answer.index));
}

/// Text in which Markdown finds nothing to mark up.
pub(super) fn code(text: &str) -> String {
    let fence = if text.contains('`') { "``" } else { "`" };
    format!("{fence}{}{fence}", text.replace(['\n', '\r'], " "))
}
