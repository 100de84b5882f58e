//! Where tables stand in a deployment.toml: in the order of the product's own file, each table before those within it,
//! `[secrets]` last.

use std::collections::BTreeMap;

use toml_edit::{DocumentMut, Item, Table};

use crate::catalog::vanilla::Pack;
use crate::syntax::settings::paths::Separator;

/// The tables of the product's own deployment.toml in their order.
pub(super) struct Order {
    tables: Vec<Vec<String>>,
    keys: Vec<String>,
}

/// Place of a table among others.
type Rank = (usize, usize);

/// A table of a document.
#[derive(Debug, Clone)]
struct Entry {
    /// Names of keys, each item of an array as its index behind `#`.
    path: Vec<String>,
    position: Option<isize>,
}

impl Order {
    pub(super) fn of(pack: Option<&Pack>) -> Self {
        let mut order = Self { tables: Vec::new(), keys: Vec::new() };
        let Some(pack) = pack.filter(|pack| pack.is_toml()) else { return order };
        for (path, _) in pack.settings("repository/conf/deployment.toml") {
            let key = names(&path);
            for identity in identities(&path) {
                if !order.keys.contains(&identity) {
                    order.keys.push(identity);
                }
            }
            order.keys.push(key.join("."));
            let table = key.split_last().map(|(_, table)| table.to_vec()).unwrap_or_default();
            if !order.tables.contains(&table) {
                order.tables.push(table);
            }
        }
        order
    }

    /// Place of a key in the product's own file. What names a table of an array comes first: there it goes without saying.
    pub(super) fn of_key(&self, key: &[String]) -> usize {
        let names_table = key.last().is_some_and(|name| name == "name" || name == "id");
        let key = key.join(".");
        let known = self.keys.iter().position(|known| *known == key);
        known.unwrap_or(if names_table { 0 } else { usize::MAX })
    }

    /// A table that the product's own file lacks stands behind those with which it shares most of its name.
    fn rank(&self, path: &[String]) -> Rank {
        let end = path.iter().position(|step| step.starts_with('#')).unwrap_or(path.len());
        let path = path.get(..end).unwrap_or_default();
        if path.first().is_some_and(|name| name == "secrets") {
            return (usize::MAX, 1);
        }
        if let Some(index) = self.tables.iter().position(|table| table == path) {
            return (index, 0);
        }
        let shared =
            |table: &Vec<String>| table.iter().zip(path).take_while(|(left, right)| left == right).count();
        let nearest = self.tables.iter().enumerate().map(|(index, table)| (shared(table), index)).max();
        match nearest {
            Some((common, index)) if common > 0 => (index, 1),
            _ => (usize::MAX, 0),
        }
    }

    /// Gives every table its place. Those of an existing file keep theirs.
    pub(super) fn arrange(&self, document: &mut DocumentMut) {
        let mut entries = Vec::new();
        collect(document.as_table(), &mut Vec::new(), &mut entries);
        let (mut placed, mut new): (Vec<Entry>, Vec<Entry>) =
            entries.into_iter().partition(|entry| entry.position.is_some());
        placed.sort_by_key(|entry| entry.position);
        let all: Vec<Vec<String>> = placed.iter().chain(&new).map(|entry| entry.path.clone()).collect();
        // A table stands where the first of those within it would.
        let rank = |path: &[String]| {
            let inside = all.iter().filter(|other| other.starts_with(path));
            inside.map(|other| self.rank(other)).min().unwrap_or(self.rank(path))
        };
        new.sort_by_key(|entry| rank(&entry.path));
        for entry in new {
            let at = self.place(&placed, &entry, rank(&entry.path));
            placed.insert(at, entry);
        }
        let positions: BTreeMap<Vec<String>, isize> =
            placed.into_iter().zip(0..).map(|(entry, position)| (entry.path, position)).collect();
        set(document.as_table_mut(), &mut Vec::new(), &positions);
    }

    fn place(&self, placed: &[Entry], entry: &Entry, rank: Rank) -> usize {
        let last = |prefix: &[String]| {
            placed.iter().rposition(|other| other.path.starts_with(prefix)).map(|index| index + 1)
        };
        if let Some(first) = placed.iter().position(|other| other.path.starts_with(&entry.path)) {
            return first;
        }
        if let Some(item) = entry.path.iter().rposition(|step| step.starts_with('#')) {
            // Behind what belongs to the same item, else behind the items before it.
            let (within, array) = (entry.path.get(..=item), entry.path.get(..item));
            if let Some(place) = within.and_then(&last).or_else(|| array.and_then(&last)) {
                return place;
            }
        }
        let before = |other: &Entry| self.rank(&other.path) <= rank;
        let around = |other: &Entry| entry.path.starts_with(&other.path);
        placed.iter().rposition(|other| before(other) || around(other)).map_or(0, |index| index + 1)
    }
}

/// The keys that items of arrays are told apart by: paths have them in brackets and nowhere else.
fn identities(path: &str) -> Vec<String> {
    let fields = Separator::Dot.prefixes(path).filter_map(|prefix| {
        let (before, item) = prefix.rsplit_once('[')?;
        let (field, _) = item.split_once('=').filter(|_| item.ends_with(']'))?;
        let mut key = names(before);
        key.push(field.to_owned());
        Some(key.join("."))
    });
    fields.collect()
}

/// The steps of a path of a setting, items of arrays left out.
fn names(path: &str) -> Vec<String> {
    let mut before = "";
    let mut names = Vec::new();
    for prefix in Separator::Dot.prefixes(path) {
        let step = prefix.strip_prefix(before).unwrap_or(prefix);
        if !step.starts_with('[') {
            names.push(step.trim_start_matches('.').trim_matches('"').to_owned());
        }
        before = prefix;
    }
    names
}

/// The tables that have a header. Recursion is bounded by the depth of keys.
fn collect(table: &Table, path: &mut Vec<String>, entries: &mut Vec<Entry>) {
    for (name, item) in table {
        path.push(name.to_owned());
        match item {
            Item::Table(inner) => {
                if !inner.is_implicit() && !inner.is_dotted() {
                    entries.push(Entry { path: path.clone(), position: inner.position() });
                }
                collect(inner, path, entries);
            }
            Item::ArrayOfTables(items) => {
                for (index, inner) in items.iter().enumerate() {
                    path.push(format!("#{index}"));
                    entries.push(Entry { path: path.clone(), position: inner.position() });
                    collect(inner, path, entries);
                    path.pop();
                }
            }
            Item::None | Item::Value(_) => {}
        }
        path.pop();
    }
}

fn set(table: &mut Table, path: &mut Vec<String>, positions: &BTreeMap<Vec<String>, isize>) {
    for (name, item) in table.iter_mut() {
        path.push(name.get().to_owned());
        match item {
            Item::Table(inner) => {
                if let Some(position) = positions.get(path) {
                    inner.set_position(Some(*position));
                }
                set(inner, path, positions);
            }
            Item::ArrayOfTables(items) => {
                for (index, inner) in items.iter_mut().enumerate() {
                    path.push(format!("#{index}"));
                    inner.set_position(positions.get(path).copied());
                    set(inner, path, positions);
                    path.pop();
                }
            }
            Item::None | Item::Value(_) => {}
        }
        path.pop();
    }
}
