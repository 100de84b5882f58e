//! Writes a deployment.toml as an engineer would: sections in the product's order, remarks carried over, and only what
//! the server's own reader takes.

mod credentials;
mod order;
mod remarks;
#[cfg(test)]
mod tests;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table};

use self::order::Order;
use self::remarks::Remarks;
use super::{Assignment, Decisions, Key, KeyPart, Legacy, Note, Risk, Target};
use crate::catalog::vanilla;

/// How to write.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// `--minimal`: without comments.
    pub minimal: bool,
    /// `--split-secrets`.
    pub split_secrets: bool,
    /// `--base`: the deployment.toml that is edited in place.
    pub base: Option<&'a str>,
}

/// A deployment.toml.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its text.
    pub text: String,
    /// What a person has to know about it or do with it.
    pub notes: Vec<Note>,
}

/// Writes what was decided for a node. The error says in one clause why the base cannot be edited.
pub fn deployment_toml(
    legacy: &Legacy<'_>,
    decisions: &Decisions,
    target: &Target,
    options: Options<'_>,
) -> Result<Written, String> {
    let base = options.base.unwrap_or("").trim_start_matches('\u{feff}');
    let document: DocumentMut =
        base.parse().map_err(|error: toml_edit::TomlError| format!("it is not TOML: {}", error.message()))?;
    let order = Order::of(vanilla::nearest("wso2am", &target.version.to_string()));
    let mut notes = Vec::new();
    let mut assignments = decisions.assignments.clone();
    if options.split_secrets {
        let (split, count) = credentials::split(legacy, &assignments, aliases(&document));
        assignments = split;
        notes.extend(next_step(count));
    }
    assignments.sort_by_key(|assignment| order.of_key(&names(&assignment.key)));
    let remarks = (!options.minimal).then(|| Remarks::new(legacy, &assignments));
    let mut writer = Writer { document, items: BTreeMap::new(), remarks };
    writer.make_items(&assignments);
    for assignment in &assignments {
        if let Err(reason) = writer.assign(assignment) {
            let text = format!("{} is not written: {reason}. Set it by hand.", assignment.key);
            notes.push(Note { risk: Risk::High, text });
        }
    }
    order.arrange(&mut writer.document);
    let mut text = writer.document.to_string();
    if options.base.is_none() && !options.minimal {
        text = format!("{}{}", remarks::head(legacy, target), text.trim_start_matches('\n'));
    }
    Ok(Written { text, notes })
}

fn next_step(moved: usize) -> Option<Note> {
    let text = format!(
        "{moved} credentials stand in [secrets] of deployment.toml, in plain text until they are encrypted: run \
         bin/ciphertool.sh -Dconfigure in the new home before the first start"
    );
    (moved > 0).then_some(Note { risk: Risk::High, text })
}

/// The aliases that a document has already.
fn aliases(document: &DocumentMut) -> BTreeSet<String> {
    let secrets = document.get("secrets").and_then(Item::as_table);
    secrets.map(|table| table.iter().map(|(alias, _)| alias.to_owned()).collect()).unwrap_or_default()
}

/// The names of a key, items of arrays left out.
fn names(key: &Key) -> Vec<String> {
    let name = |part: &KeyPart| match part {
        KeyPart::Name(name) => Some(name.clone()),
        KeyPart::Item { .. } => None,
    };
    key.0.iter().filter_map(name).collect()
}

struct Writer<'a> {
    document: DocumentMut,
    /// Where the items that assignments speak of lie in the arrays of the document.
    items: BTreeMap<Vec<KeyPart>, usize>,
    remarks: Option<Remarks<'a>>,
}

impl Writer<'_> {
    /// Makes the tables of arrays in the order of their indexes, or finds them in the base.
    fn make_items(&mut self, assignments: &[Assignment]) {
        let mut wanted: BTreeMap<Vec<KeyPart>, Option<(String, String)>> = BTreeMap::new();
        for assignment in assignments {
            let Some((_, tables)) = assignment.key.0.split_last() else { continue };
            for (at, part) in tables.iter().enumerate() {
                if let KeyPart::Item { identity, .. } = part {
                    let known =
                        wanted.entry(place(assignment.key.0.get(..=at).unwrap_or_default())).or_default();
                    *known = known.take().or_else(|| identity.clone());
                }
            }
        }
        for (path, identity) in wanted {
            let Some((_, array)) = path.split_last() else { continue };
            let Ok(Item::ArrayOfTables(tables)) = self.item(array, true) else { continue };
            let named = identity.and_then(|(key, value)| {
                tables.iter().position(|table| table.get(&key).and_then(Item::as_str) == Some(value.as_str()))
            });
            let index = named.unwrap_or_else(|| {
                tables.push(Table::new());
                tables.len() - 1
            });
            self.items.insert(path, index);
        }
    }

    fn assign(&mut self, assignment: &Assignment) -> Result<(), &'static str> {
        let Some((KeyPart::Name(name), table)) = assignment.key.0.split_last() else {
            return Err("it names a table");
        };
        if names(&assignment.key).iter().any(|name| !value::is_key(name)) {
            return Err("the server's TOML reader refuses the name of the key");
        }
        let mut value = value::toml(&assignment.value).ok_or("TOML cannot hold its value")?;
        let (above, behind) = self.remarks.as_mut().map(|remarks| remarks.of(assignment)).unwrap_or_default();
        let is_new_table = {
            let table = self.table(table)?;
            let is_new_table = table.position().is_none() && table.iter().all(|(_, item)| !item.is_value());
            if table.get(name).is_some_and(|item| !item.is_value()) {
                return Err("a table has that name");
            }
            match table.get_mut(name).and_then(Item::as_value_mut) {
                Some(known) => {
                    *value.decor_mut() = known.decor().clone();
                    *known = value;
                }
                None => {
                    table.insert(name, Item::Value(value));
                    if let Some(mut key) = table.key_mut(name).filter(|_| !above.is_empty()) {
                        key.leaf_decor_mut().set_prefix(above);
                    }
                    if let Some(value) =
                        table.get_mut(name).and_then(Item::as_value_mut).filter(|_| !behind.is_empty())
                    {
                        value.decor_mut().set_suffix(behind);
                    }
                }
            }
            table.set_implicit(false);
            is_new_table
        };
        if is_new_table && !table.is_empty() {
            let head = self.remarks.as_ref().map(|remarks| remarks.of_table(table)).unwrap_or_default();
            if !head.is_empty() {
                self.table(table)?.decor_mut().set_prefix(head);
            }
        }
        Ok(())
    }

    /// The table at a path, made where it is missing.
    fn table(&mut self, path: &[KeyPart]) -> Result<&mut Table, &'static str> {
        if path.is_empty() {
            return Ok(self.document.as_table_mut());
        }
        let index = match path.last() {
            Some(KeyPart::Item { .. }) => self.items.get(&place(path)).copied(),
            _ => None,
        };
        match (self.item(path, false)?, index) {
            (Item::Table(table), None) => Ok(table),
            (Item::ArrayOfTables(tables), Some(index)) => tables.get_mut(index).ok_or("its table is missing"),
            _ => Err("the file has something else of that name"),
        }
    }

    /// What stands at a path: a table, or of an item the array that it lies in. Missing ones are made.
    fn item(&mut self, path: &[KeyPart], is_array: bool) -> Result<&mut Item, &'static str> {
        const OTHER: &str = "the file has something else of that name";
        let items = &self.items;
        let mut table = self.document.as_table_mut();
        let mut steps = path.iter().enumerate().peekable();
        while let Some((at, part)) = steps.next() {
            let KeyPart::Name(name) = part else { return Err("an item lies in no array") };
            let follows_item = matches!(steps.peek(), Some((_, KeyPart::Item { .. })));
            let is_last = at + 1 == path.len() || follows_item && at + 2 == path.len();
            let wants_array = follows_item || is_last && is_array;
            if !table.contains_key(name) {
                let mut inner = Table::new();
                inner.set_implicit(true);
                let made =
                    if wants_array { Item::ArrayOfTables(ArrayOfTables::new()) } else { Item::Table(inner) };
                table.insert(name, made);
            }
            let item = table.get_mut(name).ok_or(OTHER)?;
            if is_last {
                return Ok(item);
            }
            table = match item {
                Item::Table(inner) if !follows_item => inner,
                Item::ArrayOfTables(tables) if follows_item => {
                    let end = at + 2;
                    steps.next();
                    let index = items.get(&place(path.get(..end).unwrap_or_default())).copied();
                    tables.get_mut(index.ok_or(OTHER)?).ok_or(OTHER)?
                }
                _ => return Err(OTHER),
            };
        }
        Err(OTHER)
    }
}

/// A path without what names its items, so that all who mean one item mean one path.
fn place(path: &[KeyPart]) -> Vec<KeyPart> {
    let plain = |part: &KeyPart| match part {
        KeyPart::Item { index, .. } => KeyPart::Item { index: *index, identity: None },
        KeyPart::Name(name) => KeyPart::Name(name.clone()),
    };
    path.iter().map(plain).collect()
}
