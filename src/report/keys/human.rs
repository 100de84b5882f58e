//! Keys for people.

use std::fmt::Write as _;

use super::{Answer, conditions, facts};
use crate::report::{clean, counted};
use crate::target::keys::{Key, example};

/// More keys than these are listed, one a line.
const MOST_IN_FULL: usize = 4;

/// How many facts of one kind are told.
const MOST_ALIKE: usize = 12;

/// All facts of a few keys, or a list of many.
#[must_use]
pub fn answer(answer: &Answer<'_>) -> String {
    if answer.keys.len() > MOST_IN_FULL {
        return list(answer);
    }
    let mut text = String::new();
    for (place, key) in answer.keys.iter().enumerate() {
        text.push_str(if place == 0 { "" } else { "\n" });
        full(key, answer, &mut text);
    }
    text
}

fn full(key: &Key, answer: &Answer<'_>, text: &mut String) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "{}", key.pattern);
    for alike in facts(key).chunk_by(|left, right| left.0 == right.0) {
        for (heading, fact) in alike.iter().take(MOST_ALIKE) {
            let _ = writeln!(text, "  {heading:15}  {}", clean(fact));
        }
        more(alike.len(), MOST_ALIKE, text);
    }
    for place in key.places.iter().take(MOST_ALIKE) {
        let _ = writeln!(text, "  {:15}  {} {}", place.role.as_str(), place.file, clean(&place.path));
        if !place.conditions.is_empty() {
            let _ = writeln!(text, "  {:15}    {}", "", clean(&conditions(place)));
        }
    }
    more(key.places.len(), MOST_ALIKE, text);
    if key.places.is_empty() {
        let _ = writeln!(text, "  {:15}  no template reads it", "fills");
    }
    for line in example::of(key, answer.index).lines() {
        let _ = writeln!(text, "    {}", clean(line));
    }
}

fn more(count: usize, told: usize, text: &mut String) {
    if count > told {
        // Writing to a string does not fail.
        let _ = writeln!(text, "  {:15}  and {} more: see --format json", "", count - told);
    }
}

fn list(answer: &Answer<'_>) -> String {
    let width = answer.keys.iter().map(|key| key.pattern.to_string().len()).max().unwrap_or(0).min(60);
    let mut text = String::new();
    for key in answer.keys {
        let default = key.default.as_ref().map_or("", |default| default.value.as_str());
        let place =
            key.places.first().map(|place| format!("{} {}", place.file, place.path)).unwrap_or_default();
        let line =
            format!("{:width$}  {:15}  {default:20}  {place}", key.pattern.to_string(), key.kind.as_str());
        // Writing to a string does not fail.
        let _ = writeln!(text, "{}", clean(line.trim_end()));
    }
    let _ = writeln!(text, "\n{} of {}", counted(answer.keys.len(), "key", "keys"), answer.version);
    text
}
