//! From the tables of deployment.toml to dotted keys (`TomlParser`).

use std::collections::BTreeMap;

use super::origin::{Held, Origin, Spot, Spots};
use super::{Fault, FaultKind, MapperVersion};
use crate::render::value::{LinkedMap, Map, Step, Value};
use crate::syntax::server_toml::{self, Document, Entry, Item, Table, join_key_path};

/// What deployment.toml says.
pub(super) struct Tables {
    /// Dotted keys, in Java's order of a set of them.
    pub entries: LinkedMap<Held>,
    /// `[secrets]` and `[runtime_secrets]`: alias to value; none for an alias that Java does not find again.
    pub secrets: BTreeMap<String, Option<String>>,
}

pub(super) fn read(document: &Document, version: MapperVersion) -> Result<Tables, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut entries = LinkedMap::new();
    for dotted in document.root.dotted_keys() {
        let key = dotted.replace('"', "'");
        match document.root.get(&key) {
            Ok(entry) => {
                let written = entry.or_else(|| entry_named(&document.root, &mut Vec::new(), &dotted));
                entries.extend(written.map(|at| (key.clone(), held(&key, at, entry.is_some(), &mut faults))));
            }
            Err(_) => faults.push(bad_key(&document.root, &dotted)),
        }
    }
    let secrets = read_secrets(&document.root, version, &mut faults);
    if faults.is_empty() { Ok(Tables { entries, secrets }) } else { Err(faults) }
}

fn held(key: &str, entry: &Entry, found: bool, faults: &mut Vec<Fault>) -> Held {
    let mut inside = Inside { spots: Spots::new(), steps: Vec::new(), faults };
    inside.spots.insert(Vec::new(), Spot { key: Some(entry.key_span), value: entry.value.span });
    let value = if found { inside.value(&entry.value.item) } else { Value::Null };
    let origin = Origin::Written { key: key.to_owned(), key_span: entry.key_span, span: entry.value.span };
    Held { spots: inside.spots, ..Held::of_rules(value, origin) }
}

fn bad_key(table: &Table, dotted: &str) -> Fault {
    let entry = entry_named(table, &mut Vec::new(), dotted);
    Fault::new(
        FaultKind::Key,
        entry.map(|entry| entry.key_span),
        format!("the key {dotted} has a quote or backslash in it, and the server cannot read it back"),
        "name the key without quotes, backslashes and control characters",
    )
}

/// The entry of a dotted key that does not parse again.
fn entry_named<'t>(table: &'t Table, path: &mut Vec<&'t str>, dotted: &str) -> Option<&'t Entry> {
    table.entries().iter().find_map(|entry| {
        path.push(&entry.key);
        let found = match &entry.value.item {
            Item::Table(inner) => entry_named(inner, path, dotted),
            _ => (join_key_path(path) == dotted).then_some(entry),
        };
        path.pop();
        found
    })
}

/// Walks into arrays.
struct Inside<'a> {
    spots: Spots,
    steps: Vec<Step>,
    faults: &'a mut Vec<Fault>,
}

impl Inside<'_> {
    fn value(&mut self, item: &Item) -> Value {
        match item {
            Item::Text(text) => Value::Text(text.clone()),
            Item::Integer(number) => Value::Integer(*number),
            Item::Double(number) => Value::Double(*number),
            Item::Bool(truth) => Value::Bool(*truth),
            Item::Date(text) => Value::Date(text.clone()),
            Item::Table(table) => Value::Map(self.table(table)),
            Item::Array(elements) => {
                let elements = elements.iter().enumerate();
                Value::List(
                    elements
                        .map(|(index, element)| {
                            let spot = Spot { key: None, value: element.span };
                            self.step(Step::Index(index), spot, &element.item)
                        })
                        .collect(),
                )
            }
        }
    }

    /// A table in an array: its keys are flattened again, and its values looked up by them.
    fn table(&mut self, table: &Table) -> Map {
        let mut map = Map::new();
        for dotted in table.dotted_keys() {
            let key = dotted.replace('"', "'");
            let value = match table.get(&key) {
                Ok(Some(entry)) => {
                    let spot = Spot { key: Some(entry.key_span), value: entry.value.span };
                    self.step(Step::Key(key.clone()), spot, &entry.value.item)
                }
                Ok(None) => Value::Null,
                Err(_) => {
                    self.faults.push(bad_key(table, &dotted));
                    continue;
                }
            };
            map.insert(key, value);
        }
        map
    }

    fn step(&mut self, step: Step, spot: Spot, item: &Item) -> Value {
        self.steps.push(step);
        self.spots.insert(self.steps.clone(), spot);
        let value = self.value(item);
        self.steps.pop();
        value
    }
}

fn read_secrets(
    root: &Table,
    version: MapperVersion,
    faults: &mut Vec<Fault>,
) -> BTreeMap<String, Option<String>> {
    let mut secrets = BTreeMap::new();
    for (alias, value) in aliases(root, "secrets", faults) {
        let inner = alias.strip_prefix('"').and_then(|alias| alias.strip_suffix('"'));
        let name = inner.filter(|_| version.unquotes_secrets()).unwrap_or(&alias).to_owned();
        secrets.insert(name, value);
    }
    if version.knows_runtime_secrets() {
        secrets.extend(aliases(root, "runtime_secrets", faults));
    }
    secrets
}

/// The dotted keys of a table of texts.
fn aliases(root: &Table, name: &str, faults: &mut Vec<Fault>) -> Vec<(String, Option<String>)> {
    let table = match root.get(name) {
        Ok(Some(Entry { value: server_toml::Value { item: Item::Table(table), .. }, .. })) => table,
        Ok(Some(other)) => {
            let what = format!("{name} is a value, but the server expects a table");
            let change = format!("write a table header [{name}] with one line for each alias");
            faults.push(Fault::new(FaultKind::Type, Some(other.key_span), what, change));
            return Vec::new();
        }
        _ => return Vec::new(),
    };
    let mut found = Vec::new();
    for alias in table.dotted_keys() {
        match table.get(&alias) {
            Ok(Some(Entry { value: server_toml::Value { item: Item::Text(text), .. }, .. })) => {
                found.push((alias, Some(text.clone())))
            }
            Ok(None) => found.push((alias, None)),
            Ok(Some(other)) => faults.push(Fault::new(
                FaultKind::Type,
                Some(other.value.span),
                format!("the value of {alias} in [{name}] is of the wrong type: the server expects text"),
                "put the value in double quotes",
            )),
            Err(_) => faults.push(bad_key(table, &alias)),
        }
    }
    found
}
