//! Placeholders of other template engines in values, such as `{{ .Release.Name }}` of Helm: they are filled before the
//! server starts, so that its own engine, which would choke on them, never sees them.

use super::super::inversion::draft::Draft;
use super::super::{Key, KeyPart};
use crate::render::value::{Map, Value};

/// Opens an expression or a statement, and how it is written where it shall mean nothing: with a word joiner.
const OPENINGS: [(&str, &str); 2] = [("{{", "{\u{2060}{"), ("{%", "{\u{2060}%")];

/// The text without meaning to the server's template engine.
pub(in super::super) fn covered(text: &str) -> String {
    OPENINGS.iter().fold(text.to_owned(), |text, (opening, cover)| text.replace(opening, cover))
}

/// The text as it was.
pub(super) fn restored(text: &str) -> String {
    OPENINGS.iter().fold(text.to_owned(), |text, (opening, cover)| text.replace(cover, opening))
}

/// A draft whose values mean nothing to the server's template engine.
pub(super) fn covered_draft(draft: &Draft) -> Draft {
    Draft::of(mapped(draft.root(), covered))
}

/// A value without meaning to the server's template engine.
pub(in super::super) fn covered_value(value: &Value) -> Value {
    mapped_value(value, covered)
}

/// A value as it was.
pub(super) fn restored_value(value: &Value) -> Value {
    mapped_value(value, restored)
}

/// A key whose tables of arrays are named as they were.
pub(super) fn restored_key(key: &Key) -> Key {
    let part = |part: &KeyPart| match part {
        KeyPart::Item { index, identity: Some((field, name)) } => {
            KeyPart::Item { index: *index, identity: Some((field.clone(), restored(name))) }
        }
        other => other.clone(),
    };
    Key(key.0.iter().map(part).collect())
}

fn mapped(map: &Map, change: fn(&str) -> String) -> Map {
    map.iter().map(|(key, value)| (key.to_owned(), mapped_value(value, change))).collect()
}

fn mapped_value(value: &Value, change: fn(&str) -> String) -> Value {
    match value {
        Value::Text(text) => Value::Text(change(text)),
        Value::List(items) => Value::List(items.iter().map(|item| mapped_value(item, change)).collect()),
        Value::Map(map) => Value::Map(mapped(map, change)),
        other => other.clone(),
    }
}
