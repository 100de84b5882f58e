//! Keys as one JSON document.

use serde::Serialize;

use super::Answer;
use crate::target::history::History;
use crate::target::keys::catalogue::versions_of;
use crate::target::keys::{Default, Implication, Key, Place, example};
use crate::target::pattern::Pattern;

/// Of this document; it grows when a reader of the last one would stumble.
const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    version: &'a str,
    keys: Vec<KeyEntry<'a>>,
}

#[derive(Serialize)]
struct KeyEntry<'a> {
    key: String,
    r#type: &'static str,
    default: Option<DefaultEntry<'a>>,
    values: &'a [String],
    values_only: bool,
    unit: Option<&'a str>,
    places: Vec<PlaceEntry<'a>>,
    renamed_to: Vec<String>,
    renamed_from: Vec<String>,
    implies: Vec<ImplicationEntry<'a>>,
    implied_by: Vec<ImplicationEntry<'a>>,
    versions: Vec<&'static str>,
    example: String,
}

#[derive(Serialize)]
struct DefaultEntry<'a> {
    value: &'a str,
    source: &'static str,
}

#[derive(Serialize)]
struct PlaceEntry<'a> {
    file: &'a str,
    path: &'a str,
    role: &'static str,
    conditions: &'a [String],
}

#[derive(Serialize)]
struct ImplicationEntry<'a> {
    when: &'a str,
    key: String,
    value: &'a str,
}

#[derive(Serialize)]
struct HistoryDocument<'a> {
    schema_version: u32,
    from: &'a str,
    to: &'a str,
    came: Vec<String>,
    went: Vec<String>,
    renamed: Vec<RenamedEntry>,
    defaults: Vec<ChangedEntry<'a>>,
}

#[derive(Serialize)]
struct RenamedEntry {
    from: String,
    to: String,
}

#[derive(Serialize)]
struct ChangedEntry<'a> {
    key: String,
    from: Option<DefaultEntry<'a>>,
    to: Option<DefaultEntry<'a>>,
}

/// All facts of the keys.
///
/// # Errors
/// Where the document cannot be made.
pub fn answer(answer: &Answer<'_>) -> Result<String, String> {
    let keys = answer.keys.iter().map(|key| entry(key, answer)).collect();
    text(&Document { schema_version: SCHEMA_VERSION, version: answer.version, keys })
}

/// What changed between two versions.
///
/// # Errors
/// Where the document cannot be made.
pub fn history(history: &History<'_>, from: &str, to: &str) -> Result<String, String> {
    let names = |keys: &[&Key]| keys.iter().map(|key| key.pattern.to_string()).collect();
    let renamed = history.renamed.iter();
    let changed = history.defaults.iter();
    text(&HistoryDocument {
        schema_version: SCHEMA_VERSION,
        from,
        to,
        came: names(&history.came),
        went: names(&history.went),
        renamed: renamed
            .map(|(from, to)| RenamedEntry { from: from.pattern.to_string(), to: to.pattern.to_string() })
            .collect(),
        defaults: changed
            .map(|(from, to)| ChangedEntry {
                key: from.pattern.to_string(),
                from: from.default.as_ref().map(default),
                to: to.default.as_ref().map(default),
            })
            .collect(),
    })
}

fn text(document: &impl Serialize) -> Result<String, String> {
    let text = serde_json::to_string_pretty(document);
    text.map(|text| text + "\n").map_err(|error| format!("the document cannot be made: {error}"))
}

fn entry<'a>(key: &'a Key, answer: &Answer<'_>) -> KeyEntry<'a> {
    let name = key.pattern.to_string();
    KeyEntry {
        r#type: key.kind.as_str(),
        default: key.default.as_ref().map(default),
        values: &key.values.known,
        values_only: key.values.only,
        unit: key.unit.as_deref(),
        places: key.places.iter().map(place).collect(),
        renamed_to: names(&key.renamed_to),
        renamed_from: names(&key.renamed_from),
        implies: key.implies.iter().map(implication).collect(),
        implied_by: key.implied_by.iter().map(implication).collect(),
        versions: versions_of(&name).iter().collect(),
        example: example::of(key, answer.index),
        key: name,
    }
}

fn default(default: &Default) -> DefaultEntry<'_> {
    DefaultEntry { value: &default.value, source: default.source.name() }
}

fn place(place: &Place) -> PlaceEntry<'_> {
    let role = place.role.as_str();
    PlaceEntry { file: &place.file, path: &place.path, role, conditions: &place.conditions }
}

fn implication(implication: &Implication) -> ImplicationEntry<'_> {
    ImplicationEntry { when: &implication.when, key: implication.key.to_string(), value: &implication.value }
}

fn names(patterns: &[Pattern]) -> Vec<String> {
    patterns.iter().map(Pattern::to_string).collect()
}
