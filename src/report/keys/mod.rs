//! Answers about the keys of deployment.toml.

pub mod history;
pub mod human;
pub mod json;
pub mod markdown;

use crate::target::keys::catalogue::versions_of;
use crate::target::keys::{DefaultSource, Index, Key, Place};

/// Keys that answer a question.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// The keys, sorted.
    pub keys: &'a [&'a Key],
    /// All keys.
    pub index: &'a Index,
    /// The version that was asked about.
    pub version: &'a str,
}

/// The facts of a key in words, each with its heading.
fn facts(key: &Key) -> Vec<(&'static str, String)> {
    let mut facts = vec![("type", key.kind.as_str().to_owned())];
    facts.extend(key.default.as_ref().map(|default| {
        let text = match default.source {
            DefaultSource::Key => format!("the value of {}", default.value),
            source => format!("{} ({})", default.value, source.as_str()),
        };
        ("default", text)
    }));
    if !key.values.known.is_empty() {
        let only = if key.values.only { " and no others" } else { "" };
        facts.push(("values", key.values.known.join(", ") + only));
    }
    facts.extend(
        key.unit.as_ref().map(|unit| ("unit", format!("{unit}; a text such as \"15m\" is converted"))),
    );
    facts.extend(key.renamed_to.iter().map(|other| ("renamed to", other.to_string())));
    facts.extend(key.renamed_from.iter().map(|other| ("usually written", other.to_string())));
    facts.extend(
        key.implies
            .iter()
            .map(|other| ("implies", format!("{} = {} if it is \"{}\"", other.key, other.value, other.when))),
    );
    facts.extend(
        key.implied_by
            .iter()
            .map(|other| ("implied by", format!("{} = \"{}\": {}", other.key, other.when, other.value))),
    );
    let versions = versions_of(&key.pattern.to_string());
    if !versions.is_empty() {
        facts.push(("versions", versions.to_string()));
    }
    facts
}

/// The conditions of a place in one line; empty where there are none.
fn conditions(place: &Place) -> String {
    if place.conditions.is_empty() { String::new() } else { format!("if {}", place.conditions.join(" and ")) }
}
