//! Placeholders of other template engines in values, such as `{{ .Release.Name }}` of Helm: they are filled before the
//! server starts, so that its own engine, which would choke on them, never sees them.

use super::inversion::draft::Draft;
use super::{Assignment, Customised, Decisions, Key, KeyPart, Legacy, Status};
use crate::render::value::{Map, Value};

/// Opens an expression or a statement, and how it is written where it shall mean nothing: with a word joiner.
const OPENINGS: [(&str, &str); 2] = [("{{", "{\u{2060}{"), ("{%", "{\u{2060}%")];

/// The text without meaning to the server's template engine.
pub(super) fn covered(text: &str) -> String {
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
pub(super) fn covered_value(value: &Value) -> Value {
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

/// A node whose customised settings mean nothing to the server's template engine; [`Legacy::settings`] are so always.
pub(super) fn covered_legacy<'a>(legacy: &Legacy<'a>) -> Legacy<'a> {
    let setting = |setting: &Customised| Customised {
        path: covered(&setting.path),
        value: setting.value.as_deref().map(covered),
        vanilla: setting.vanilla.as_deref().map(covered),
        shown: setting.shown.as_deref().map(covered),
        vanilla_shown: setting.vanilla_shown.as_deref().map(covered),
        ..setting.clone()
    };
    let customised = legacy.customised.iter().map(setting).collect();
    Legacy { node: legacy.node, pack: legacy.pack, customised }
}

/// Decisions whose keys, values and notes are as they were; the evidence is looked for with placeholders covered.
pub(super) fn restored_decisions(mut decisions: Decisions) -> Decisions {
    for decision in &mut decisions.settings {
        decision.note = decision.note.as_deref().map(restored);
        if let Status::Migrated { keys } = &mut decision.status {
            keys.iter_mut().for_each(|key| *key = restored(key));
        }
    }
    for Assignment { key, value, .. } in &mut decisions.assignments {
        *key = restored_key(key);
        *value = restored_value(value);
    }
    decisions.notes.iter_mut().for_each(|note| note.text = restored(&note.text));
    decisions
}

/// True where a value holds a placeholder.
pub(super) fn has_placeholder(value: &Value) -> bool {
    match value {
        Value::Text(text) => OPENINGS.iter().any(|(opening, _)| text.contains(opening)),
        Value::List(items) => items.iter().any(has_placeholder),
        Value::Map(map) => map.iter().any(|(_, value)| has_placeholder(value)),
        _ => false,
    }
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
