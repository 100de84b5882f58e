//! What the server's TOML reader hands on: tables whose keys come in the order of Java.

use super::keys::{KeyError, join_key_path, parse_dotted_key};
use crate::source::Span;
use crate::syntax::java_hash::{JavaHashMap, JavaKey, string_hash};

/// A file that the server's TOML reader accepts.
#[derive(Debug, Clone)]
pub struct Document {
    /// The table of all keys.
    pub root: Table,
}

/// A table, however it was written: `[header]`, one element of `[[header]]`, inline, or made by dotted keys.
#[derive(Debug, Clone)]
pub struct Table {
    /// The header, the braces of an inline table, or the key that made the table; empty for the root.
    pub span: Span,
    entries: Vec<Entry>,
    /// Indexes of entries, in the `HashMap` in which `MutableTomlTable` keeps them.
    properties: JavaHashMap<String, usize>,
}

/// A key with what it holds.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key, without quotes and escapes.
    pub key: String,
    /// The key as written: of a dotted key only its own part.
    pub key_span: Span,
    /// What it holds.
    pub value: Value,
}

/// A value with its place.
#[derive(Debug, Clone)]
pub struct Value {
    /// The value.
    pub item: Item,
    /// The value as written, with its quotes or brackets; for a table and an array of tables the (first)
    /// header or key that made it.
    pub span: Span,
}

/// What a key or an element of an array can be.
#[derive(Debug, Clone)]
pub enum Item {
    /// `String`. Half a surrogate pair, which Rust cannot hold, is `?`, as Java writes it in UTF-8.
    Text(String),
    /// `Long`.
    Integer(i64),
    /// `Double`, infinite and NaN too.
    Double(f64),
    /// `Boolean`.
    Bool(bool),
    /// A date or time, as `toString()` of Java's class prints it.
    Date(String),
    /// `[a, b]`, or the tables of `[[header]]`.
    Array(Vec<Value>),
    /// A table.
    Table(Table),
}

impl Table {
    pub(super) fn new(span: Span, entries: Vec<Entry>, properties: JavaHashMap<String, usize>) -> Self {
        Self { span, entries, properties }
    }

    /// The entries in written order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry of a key of this very table.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.properties.get(key).and_then(|at| self.entries.get(*at))
    }

    /// The entry at a path of keys; tables only are followed, not arrays.
    #[must_use]
    pub fn entry_at(&self, path: &[String]) -> Option<&Entry> {
        let (last, tables) = path.split_last()?;
        let mut table = self;
        for key in tables {
            match &table.entry(key)?.value.item {
                Item::Table(inner) => table = inner,
                _ => return None,
            }
        }
        table.entry(last)
    }

    /// `TomlTable.get(String)`: the dotted key is parsed as TOML again.
    ///
    /// # Errors
    /// When it is no TOML key; Java throws an `IllegalArgumentException`.
    pub fn get(&self, dotted_key: &str) -> Result<Option<&Entry>, KeyError> {
        parse_dotted_key(dotted_key).map(|path| self.entry_at(&path))
    }

    /// `TomlTable.dottedKeySet()` in Java's order: the keys of all values, also of empty arrays, but not of
    /// tables.
    #[must_use]
    pub fn dotted_keys(&self) -> Vec<String> {
        let mut steps = Vec::new();
        let mut keys = JavaHashMap::new();
        for path in key_paths(self, None, &mut steps) {
            keys.put(join_key_path(&keys_up_to(&steps, path.last)), ());
        }
        keys.keys().cloned().collect()
    }
}

/// A key path while `keyPathSet()` is put together, from the end of the path to its start.
#[derive(Debug, Clone, Copy)]
struct KeyPath {
    /// `hashCode()` of the `List<String>` of its keys so far.
    hash: i32,
    /// 31 to the power of their number.
    power: i32,
    /// Index of its last step.
    last: usize,
}

/// A key within its table, and the step that leads to the table.
struct Step<'t> {
    table: Option<usize>,
    key: &'t str,
}

impl PartialEq for KeyPath {
    fn eq(&self, other: &Self) -> bool {
        self.last == other.last
    }
}

impl Eq for KeyPath {}

impl JavaKey for KeyPath {
    fn hash_code(&self) -> i32 {
        self.hash
    }

    /// Java goes by where the lists lie in memory: any order will do.
    fn compare(&self, other: &Self) -> std::cmp::Ordering {
        self.last.cmp(&other.last)
    }
}

/// `MutableTomlTable.keyPathSet(false)`.
fn key_paths<'t>(table: &'t Table, above: Option<usize>, steps: &mut Vec<Step<'t>>) -> Vec<KeyPath> {
    let mut paths = JavaHashMap::new();
    for entry in table.properties.iter().filter_map(|(_, at)| table.entries.get(*at)) {
        let step = steps.len();
        steps.push(Step { table: above, key: &entry.key });
        let key_hash = string_hash(&entry.key);
        match &entry.value.item {
            Item::Table(inner) => {
                for path in key_paths(inner, Some(step), steps) {
                    paths.put(path.under(key_hash), ());
                }
            }
            _ => {
                paths.put(KeyPath { hash: key_hash.wrapping_add(31), power: 31, last: step }, ());
            }
        }
    }
    paths.keys().copied().collect()
}

impl KeyPath {
    /// The path with one more key in front.
    fn under(self, key_hash: i32) -> Self {
        let power = self.power.wrapping_mul(31);
        let in_front = power.wrapping_add(self.power.wrapping_mul(key_hash));
        Self { hash: self.hash.wrapping_sub(self.power).wrapping_add(in_front), power, last: self.last }
    }
}

fn keys_up_to<'t>(steps: &[Step<'t>], last: usize) -> Vec<&'t str> {
    let mut keys = Vec::new();
    let mut step = steps.get(last);
    while let Some(Step { table, key }) = step {
        keys.push(*key);
        step = table.and_then(|table| steps.get(table));
    }
    keys.reverse();
    keys
}
