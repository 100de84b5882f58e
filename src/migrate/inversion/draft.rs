//! A deployment.toml in the making: keys as users write them, with their values.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::matching::is_named;
use crate::migrate::{Key, KeyPart};
use crate::render::value::{Map, Value};
use crate::source::FileId;
use crate::syntax::server_toml::is_bare_key;
use crate::syntax::toml::{self, Item, Kind, Table};
use crate::syntax::{json, quoted};

/// The values of a deployment.toml.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    root: Map,
}

impl Draft {
    /// A draft that says what a file says already.
    pub fn of(root: Map) -> Self {
        Self { root }
    }

    /// What a deployment.toml says; none where it is no TOML.
    pub fn read(text: &str) -> Option<Self> {
        let document = toml::parse(FileId::NOWHERE, text.trim_start_matches('\u{feff}')).ok()?;
        Some(Self::of_toml(&document))
    }

    /// What a deployment.toml says.
    pub fn of_toml(document: &toml::Document) -> Self {
        Self { root: table_of_toml(&document.root) }
    }

    /// What a deployment.toml says that is recorded as JSON.
    pub fn of_json(root: &json::Value) -> Self {
        match value_of_json(root) {
            Value::Map(root) => Self { root },
            _ => Self::default(),
        }
    }

    /// The key with the places that its tables of arrays have here, which it names by their identity; none where it
    /// stands not here.
    pub fn place(&self, key: &Key) -> Option<Key> {
        let mut placed = Key::default();
        for part in &key.0 {
            let found = match part {
                KeyPart::Item { identity: Some((field, name)), .. } => {
                    let Some(Value::List(items)) = self.get(&placed) else { return None };
                    let index = items.iter().position(|item| is_named(item, field, name))?;
                    KeyPart::Item { index, identity: Some((field.clone(), name.clone())) }
                }
                part => part.clone(),
            };
            placed.0.push(found);
        }
        self.get(&placed).is_some().then_some(placed)
    }

    /// The tables from the root on.
    pub fn root(&self) -> &Map {
        &self.root
    }

    /// The value at a key.
    pub fn get(&self, key: &Key) -> Option<&Value> {
        key.value_in(&self.root)
    }

    /// Puts a value; false where something else than a table stands in the way.
    pub fn set(&mut self, key: &Key, value: Value) -> bool {
        set_in_map(&mut self.root, &key.0, value)
    }

    /// Takes a key away, and with it the tables that become empty.
    pub fn remove(&mut self, key: &Key) -> Option<Value> {
        remove_from_map(&mut self.root, &key.0)
    }

    /// As ciphertool leaves it, without whose work no server starts: nothing in `[secrets]` is plain text.
    pub fn sealed(&self) -> Cow<'_, Self> {
        let is_plain = |value: &Value| matches!(value, Value::Text(text) if text.contains('['));
        let Some(Value::Map(secrets)) = self.root.get("secrets") else { return Cow::Borrowed(self) };
        let plain = secrets.iter().filter(|(_, value)| is_plain(value)).map(|(alias, _)| alias);
        let mut sealed = Cow::Borrowed(self);
        for alias in plain {
            sealed.to_mut().set(&Key::dotted("secrets").name(alias), Value::Text("encrypted".to_owned()));
        }
        sealed
    }

    /// All values with their keys; tables and arrays of tables are taken apart.
    pub fn leaves(&self) -> Vec<(Key, Value)> {
        let mut leaves = Vec::new();
        leaves_of(&self.root, &Key::default(), &mut leaves);
        leaves
    }

    /// As text that the server reads: super-tables before their sub-tables.
    pub fn text(&self) -> String {
        let mut text = String::new();
        write_table(&self.root, "", &mut text);
        text
    }
}

fn table_of_toml(table: &Table) -> Map {
    table.entries.iter().map(|entry| (entry.key.clone(), value_of_toml(&entry.item))).collect()
}

/// The parser bounds how deep items lie in each other.
fn value_of_toml(item: &Item) -> Value {
    match item {
        Item::Scalar(scalar, kind) => {
            let text = scalar.text.as_str();
            match (kind, text.parse(), text.parse()) {
                (Kind::Integer, Ok(number), _) => Value::Integer(number),
                (Kind::Float, _, Ok(number)) => Value::Double(number),
                (Kind::Boolean, ..) => Value::Bool(text == "true"),
                (Kind::Datetime, ..) => Value::Date(text.to_owned()),
                _ => Value::Text(text.to_owned()),
            }
        }
        Item::Array(_, items) => Value::List(items.iter().map(value_of_toml).collect()),
        Item::Table(table) => Value::Map(table_of_toml(table)),
        Item::Tables(tables) => {
            Value::List(tables.iter().map(|table| Value::Map(table_of_toml(table))).collect())
        }
    }
}

fn value_of_json(value: &json::Value) -> Value {
    match value {
        json::Value::Null(_) => Value::Null,
        json::Value::Boolean(_, value) => Value::Bool(*value),
        json::Value::Number(number) => match (number.text.parse(), number.text.parse()) {
            (Ok(whole), _) => Value::Integer(whole),
            (_, Ok(double)) => Value::Double(double),
            _ => Value::Text(number.text.clone()),
        },
        json::Value::String(text) => Value::Text(text.text.clone()),
        json::Value::Array(_, items) => Value::List(items.iter().map(value_of_json).collect()),
        json::Value::Object(_, members) => {
            let entry = |member: &json::Member| (member.name.text.clone(), value_of_json(&member.value));
            Value::Map(members.iter().map(entry).collect::<Map>())
        }
    }
}

fn set_in_map(map: &mut Map, key: &[KeyPart], value: Value) -> bool {
    let Some((KeyPart::Name(name), rest)) = key.split_first() else { return false };
    if rest.is_empty() {
        map.insert(name.clone(), value);
        return true;
    }
    if !map.contains_key(name) {
        let empty = match rest.first() {
            Some(KeyPart::Item { .. }) => Value::List(Vec::new()),
            _ => Value::Map(Map::new()),
        };
        map.insert(name.clone(), empty);
    }
    match map.get_mut(name) {
        Some(Value::Map(inner)) => set_in_map(inner, rest, value),
        Some(Value::List(items)) => set_in_list(items, rest, value),
        _ => false,
    }
}

fn set_in_list(items: &mut Vec<Value>, key: &[KeyPart], value: Value) -> bool {
    let Some((KeyPart::Item { index, .. }, rest)) = key.split_first() else { return false };
    if *index > items.len() {
        return false;
    }
    if rest.is_empty() {
        match items.get_mut(*index) {
            Some(item) => *item = value,
            None => items.push(value),
        }
        return true;
    }
    if *index == items.len() {
        items.push(Value::Map(Map::new()));
    }
    match items.get_mut(*index) {
        Some(Value::Map(inner)) => set_in_map(inner, rest, value),
        _ => false,
    }
}

fn remove_from_map(map: &mut Map, key: &[KeyPart]) -> Option<Value> {
    let (KeyPart::Name(name), rest) = key.split_first()? else { return None };
    if rest.is_empty() {
        return map.remove(name);
    }
    let removed = match map.get_mut(name)? {
        Value::Map(inner) => remove_from_map(inner, rest),
        Value::List(items) => {
            let (KeyPart::Item { index, .. }, rest) = rest.split_first()? else { return None };
            match (items.get_mut(*index)?, rest.is_empty()) {
                (_, true) => Some(items.remove(*index)),
                (Value::Map(inner), false) => remove_from_map(inner, rest),
                _ => None,
            }
        }
        _ => None,
    };
    if matches!(map.get(name), Some(Value::Map(inner)) if inner.is_empty()) {
        map.remove(name);
    }
    removed
}

fn leaves_of(table: &Map, path: &Key, leaves: &mut Vec<(Key, Value)>) {
    for (name, value) in table.iter() {
        let key = path.clone().name(name);
        match value {
            Value::Map(map) => leaves_of(map, &key, leaves),
            // Tables without keys stand for nothing but their number.
            Value::List(items) if is_array_of_tables(value) && !items.iter().all(is_empty_table) => {
                for (index, item) in items.iter().enumerate() {
                    let Value::Map(map) = item else { continue };
                    let name = map.get("name").or_else(|| map.get("id"));
                    let identity = match (name, map.contains_key("name")) {
                        (Some(Value::Text(text)), true) => Some(("name", text.as_str())),
                        (Some(Value::Text(text)), false) => Some(("id", text.as_str())),
                        _ => None,
                    };
                    leaves_of(map, &key.clone().item(index, identity), leaves);
                }
            }
            _ => leaves.push((key, value.clone())),
        }
    }
}

fn is_empty_table(value: &Value) -> bool {
    matches!(value, Value::Map(map) if map.is_empty())
}

fn is_array_of_tables(value: &Value) -> bool {
    match value {
        Value::List(items) => !items.is_empty() && items.iter().all(|item| matches!(item, Value::Map(_))),
        _ => false,
    }
}

fn write_table(table: &Map, path: &str, out: &mut String) {
    let tables = |value: &Value| matches!(value, Value::Map(_)) || is_array_of_tables(value);
    for (key, value) in table.iter().filter(|(_, value)| !tables(value)) {
        // Writing to a string does not fail.
        let _ = writeln!(out, "{} = {}", quoted_key(key), inline(value));
    }
    for (key, value) in table.iter() {
        let inner = if path.is_empty() { quoted_key(key) } else { format!("{path}.{}", quoted_key(key)) };
        match value {
            Value::Map(map) => {
                let _ = writeln!(out, "[{inner}]");
                write_table(map, &inner, out);
            }
            Value::List(items) if tables(value) => {
                for item in items {
                    let Value::Map(map) = item else { continue };
                    let _ = writeln!(out, "[[{inner}]]");
                    write_table(map, &inner, out);
                }
            }
            _ => {}
        }
    }
}

fn quoted_key(key: &str) -> String {
    if is_bare_key(key) { key.to_owned() } else { format!("'{key}'") }
}

fn inline(value: &Value) -> String {
    match value {
        Value::Null => "\"\"".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Double(value) => format!("{value:?}"),
        Value::Text(text) => quoted(text),
        Value::Date(text) => text.clone(),
        Value::List(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::Map(map) => {
            let entry = |(key, value): (&str, &Value)| format!("{} = {}", quoted_key(key), inline(value));
            format!("{{ {} }}", map.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::server_toml;

    #[test]
    fn plain_secrets_are_sealed() {
        let draft = Draft::read("[x]\ny = '$secret{y}'\n[secrets]\ny = '[plain]'\nz = \"kept\"\n").unwrap();
        let expected = "[x]\ny = \"$secret{y}\"\n[secrets]\ny = \"encrypted\"\nz = \"kept\"\n";
        assert_eq!(draft.sealed().text(), expected);
    }

    #[test]
    fn what_is_set_is_read_back_and_accepted_by_the_server() {
        let mut draft = Draft::default();
        let environment = |index| Key::dotted("apim.gateway.environment").item(index, None);
        assert!(draft.set(&environment(0).name("name"), Value::Text("a\t\"b\"".to_owned())));
        assert!(draft.set(&environment(1).name("show"), Value::Bool(true)));
        assert!(!draft.set(&environment(3).name("show"), Value::Bool(true)));
        assert!(draft.set(&Key::dotted("apim.gateway.type"), Value::Integer(3)));
        assert!(!draft.set(&Key::dotted("apim.gateway.type.x"), Value::Integer(3)));
        assert!(draft.set(&Key(vec![KeyPart::Name("a.b".to_owned())]), Value::List(vec![Value::Integer(1)])));
        assert_eq!(draft.get(&environment(1).name("show")), Some(&Value::Bool(true)));
        assert_eq!(
            draft.text(),
            "'a.b' = [1]\n[apim]\n[apim.gateway]\ntype = 3\n[[apim.gateway.environment]]\nname = \"a\\t\\\"b\\\"\"\n\
             [[apim.gateway.environment]]\nshow = true\n"
        );
        assert!(server_toml::parse(FileId { owner: 0, index: 0 }, &draft.text()).is_ok());
        assert!(matches!(draft.remove(&environment(0)), Some(Value::Map(map)) if map.contains_key("name")));
        assert_eq!(draft.get(&environment(0).name("show")), Some(&Value::Bool(true)));
    }
}
