//! From dotted keys to the tree that templates read (`JinjaParser.getHierarchicalDottedKeyMap`).

use super::origin::span_of;
use super::{Data, Fault, FaultKind};
use crate::render::value::{Map, Value};

/// The tree, built in Java's order: a table gives way to a value that is put later under its key, and the
/// other way round.
pub(super) fn context(data: &Data) -> Result<Map, Vec<Fault>> {
    let mut context = Map::new();
    let mut faults = Vec::new();
    for (key, held) in data.iter() {
        if !put(&mut context, key, &held.value) {
            faults.push(bad_key(data, key));
        }
    }
    super::outcome(faults).map(|()| context)
}

fn bad_key(data: &Data, key: &str) -> Fault {
    Fault::new(
        FaultKind::Key,
        span_of(data, key),
        format!("the key {key} cannot be taken apart: it is empty, or a single quote has no partner"),
        "name the key without single quotes, or in double quotes if it has a dot",
    )
}

/// Puts a value into the tree; false where Java throws.
fn put(map: &mut Map, key: &str, value: &Value) -> bool {
    let Some(parts) = parts_of(key) else { return false };
    let Some((last, tables)) = parts.split_last() else { return false };
    let Some(value) = tree(value) else { return false };
    let mut map = map;
    for table in tables {
        if !matches!(map.get(table), Some(Value::Map(_))) {
            map.insert(table.clone(), Value::Map(Map::new()));
        }
        match map.get_mut(table) {
            Some(Value::Map(inner)) => map = inner,
            _ => return false,
        }
    }
    map.insert(last.clone(), value);
    true
}

/// An array with its tables as trees; any other value as it is.
fn tree(value: &Value) -> Option<Value> {
    let Value::List(items) = value else { return Some(value.clone()) };
    let items = items.iter().map(|item| match item {
        Value::Map(flat) => {
            let mut map = Map::new();
            flat.iter().all(|(key, value)| put(&mut map, key, value)).then_some(Value::Map(map))
        }
        other => tree(other),
    });
    items.collect::<Option<_>>().map(Value::List)
}

/// The parts of a dotted key; what stands in single quotes is one part (`JinjaParser.getDottedKeyArray`).
/// None where a quote has no partner.
pub(super) fn parts_of(key: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    for (place, piece) in key.split('\'').enumerate() {
        if place % 2 == 1 {
            parts.push(piece.to_owned());
        } else {
            parts.extend(piece.split('.').filter(|part| !part.is_empty()).map(str::to_owned));
        }
    }
    key.matches('\'').count().is_multiple_of(2).then_some(parts)
}
