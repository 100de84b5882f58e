//! From written keys to the mapper's own ones (`KeyMapper`, key-mappings.json).

use super::origin::{Held, Spots};
use super::{Data, Fault, collect, outcome};
use crate::render::value::{LinkedMap, Map, Step, Value};

const FILE: &str = "key-mappings.json";

/// Renames the keys, in Java's order: where several written keys stand for one internal key, the last of them
/// wins.
pub(super) fn map(data: &mut Data, mappings: &Map) -> Result<(), Vec<Fault>> {
    let mut faults = Vec::new();
    let mut mapped = LinkedMap::new();
    for (number, (key, held)) in data.iter().enumerate() {
        match mappings.get(key) {
            None => {
                mapped.insert(key.clone(), held.clone());
            }
            Some(Value::Text(internal)) => {
                mapped.insert(internal.clone(), held.clone());
            }
            Some(Value::List(internals)) => {
                for internal in internals {
                    collect(&mut faults, put_twin(&mut mapped, key, internal, held, number));
                }
            }
            // Java drops keys whose mapping is of any other type.
            Some(_) => {}
        }
    }
    for (key, target) in mappings.iter() {
        collect(&mut faults, map_array_key(&mut mapped, key, target));
    }
    data.clear();
    data.put_all(mapped);
    outcome(faults)
}

fn put_twin(
    mapped: &mut LinkedMap<Held>,
    key: &str,
    internal: &Value,
    held: &Held,
    number: usize,
) -> Result<(), Fault> {
    let Value::Text(internal) = internal else {
        return Err(Fault::of_rules(FILE, format!("the keys listed for {key} are not all of type text")));
    };
    mapped.insert(internal.clone(), Held { twins: Some(number), ..held.clone() });
    Ok(())
}

/// `"a:b": "a:c"` renames `b` to `c` in each table of the array `a`, which is an internal key already.
fn map_array_key(mapped: &mut LinkedMap<Held>, key: &str, target: &Value) -> Result<(), Fault> {
    let (array, field) = match parts(key).as_slice() {
        [array, field] => (*array, *field),
        [] | [_] => return Ok(()),
        _ => return Err(Fault::of_rules(FILE, format!("the key {key} has more than one colon"))),
    };
    let Some(Held { value: Value::List(items), .. }) = mapped.get(array) else { return Ok(()) };
    let has_field = |item: &Value| matches!(item, Value::Map(map) if map.contains_key(field));
    if !items.iter().any(has_field) {
        return Ok(());
    }
    let fields = target_fields(target)?;
    let Some(held) = mapped.get_mut(array) else { return Ok(()) };
    if let Value::List(items) = &mut held.value {
        items.iter_mut().for_each(|item| rename(item, field, &fields));
    }
    held.spots = rename_spots(&held.spots, field, &fields);
    share(mapped, array);
    Ok(())
}

/// Java's `split(":")`: empty parts at the end do not count.
fn parts(key: &str) -> Vec<&str> {
    let mut parts: Vec<_> = key.split(':').collect();
    while parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    parts
}

/// The new names of a field. There are none where the mapping is neither text nor array: the field is lost.
fn target_fields(target: &Value) -> Result<Vec<String>, Fault> {
    let targets = match target {
        Value::List(targets) => targets.as_slice(),
        Value::Text(_) => std::slice::from_ref(target),
        _ => &[],
    };
    let field = |target: &Value| {
        let parts = match target {
            Value::Text(target) => parts(target),
            _ => Vec::new(),
        };
        match parts.as_slice() {
            [_, field] => Ok((*field).to_owned()),
            _ => Err(Fault::of_rules(FILE, "the target of an array key is not text with one colon")),
        }
    };
    targets.iter().map(field).collect()
}

fn rename(item: &mut Value, field: &str, fields: &[String]) {
    let Value::Map(map) = item else { return };
    match map.remove(field) {
        Some(Value::Null) | None => {}
        Some(value) => map.extend(fields.iter().map(|name| (name.clone(), value.clone()))),
    }
}

fn rename_spots(spots: &Spots, field: &str, fields: &[String]) -> Spots {
    let mut renamed = Spots::new();
    for (steps, spot) in spots {
        match steps.as_slice() {
            [index @ Step::Index(_), Step::Key(key), rest @ ..] if key == field => {
                for name in fields {
                    let head = [index.clone(), Step::Key(name.clone())];
                    renamed.insert([&head, rest].concat(), *spot);
                }
            }
            _ => {
                renamed.insert(steps.clone(), *spot);
            }
        }
    }
    renamed
}

/// The keys that one written key stands for hold one and the same Java list.
fn share(mapped: &mut LinkedMap<Held>, key: &str) {
    let Some(held) = mapped.get(key).filter(|held| held.twins.is_some()).cloned() else { return };
    for (_, other) in mapped.iter_mut() {
        if other.twins == held.twins {
            *other = held.clone();
        }
    }
}
