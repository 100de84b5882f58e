//! What a configuration key can hold, as the Java mapper sees it, and how a place in it is named.

use std::collections::HashMap;
use std::fmt;

/// A value on its way from deployment.toml, or from one of the pack's JSON files, to a template.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// JSON `null`; from TOML, what the mapper holds for a key that it does not find again by its escaped
    /// name.
    Null,
    /// A boolean.
    Bool(bool),
    /// `java.lang.Long` of a TOML integer, or the `java.lang.Integer` that inference makes of a whole JSON
    /// number.
    Integer(i64),
    /// `java.lang.Double`: TOML floats, and every number of a JSON file that inference has not made an
    /// integer.
    Double(f64),
    /// A string.
    Text(String),
    /// A TOML date or time, as the text that Java's `toString()` gives for it.
    Date(String),
    /// An array.
    List(Vec<Value>),
    /// A table or JSON object.
    Map(Map),
}

/// A table or JSON object.
pub type Map = LinkedMap<Value>;

/// Maps with fewer entries are searched from front to back.
const FEWEST_WITH_INDEX: usize = 16;

/// A Java `LinkedHashMap`: entries in the order in which their keys were first put; putting a key again keeps
/// its place.
#[derive(Debug, Clone)]
pub struct LinkedMap<V> {
    entries: Vec<(String, V)>,
    /// Places in `entries`; empty while there are few.
    index: HashMap<String, usize>,
}

impl<V> Default for LinkedMap<V> {
    fn default() -> Self {
        Self { entries: Vec::new(), index: HashMap::new() }
    }
}

impl<V: PartialEq> PartialEq for LinkedMap<V> {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl<V> LinkedMap<V> {
    /// A map without entries.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&V> {
        self.place(key).and_then(|place| self.entries.get(place)).map(|(_, value)| value)
    }

    /// The value of a key, to change it in its place.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        self.place(key).and_then(|place| self.entries.get_mut(place)).map(|(_, value)| value)
    }

    /// Whether it has the key.
    #[must_use]
    pub fn contains_key(&self, key: &str) -> bool {
        self.place(key).is_some()
    }

    /// Puts a value; what the key held before is returned.
    pub fn insert(&mut self, key: impl Into<String>, value: V) -> Option<V> {
        let key = key.into();
        if let Some(slot) = self.get_mut(&key) {
            return Some(std::mem::replace(slot, value));
        }
        self.entries.push((key, value));
        self.index_from(self.entries.len() - 1);
        None
    }

    /// Takes a key away.
    pub fn remove(&mut self, key: &str) -> Option<V> {
        let (_, value) = self.entries.remove(self.place(key)?);
        self.index.clear();
        self.index_from(0);
        Some(value)
    }

    /// The entries in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &V)> {
        self.entries.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// The entries in their order, to change their values.
    pub fn iter_mut(&mut self) -> impl ExactSizeIterator<Item = (&str, &mut V)> {
        self.entries.iter_mut().map(|(key, value)| (key.as_str(), value))
    }

    /// How many entries it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn place(&self, key: &str) -> Option<usize> {
        if self.index.is_empty() {
            self.entries.iter().position(|(name, _)| name == key)
        } else {
            self.index.get(key).copied()
        }
    }

    /// Indexes the entries behind those that are indexed already.
    fn index_from(&mut self, first: usize) {
        if self.entries.len() < FEWEST_WITH_INDEX {
            return;
        }
        let first = if self.index.is_empty() { 0 } else { first };
        for (place, (key, _)) in self.entries.iter().enumerate().skip(first) {
            self.index.insert(key.clone(), place);
        }
    }
}

impl<V> IntoIterator for LinkedMap<V> {
    type Item = (String, V);
    type IntoIter = std::vec::IntoIter<(String, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<V> FromIterator<(String, V)> for LinkedMap<V> {
    fn from_iter<I: IntoIterator<Item = (String, V)>>(entries: I) -> Self {
        let mut map = Self::new();
        map.extend(entries);
        map
    }
}

impl<V> Extend<(String, V)> for LinkedMap<V> {
    /// `putAll`.
    fn extend<I: IntoIterator<Item = (String, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

/// A place in the configuration that templates read, such as `apim.gateway.environment[0].name`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyPath {
    /// From the outermost table inwards.
    pub steps: Vec<Step>,
}

/// One step of a [`KeyPath`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Into the entry of a table.
    Key(String),
    /// Into the element of an array, from 0.
    Index(usize),
}

impl KeyPath {
    /// The path one entry further in.
    #[must_use]
    pub fn key(&self, key: impl Into<String>) -> Self {
        self.step(Step::Key(key.into()))
    }

    /// The path one element further in.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.step(Step::Index(index))
    }

    fn step(&self, step: Step) -> Self {
        let mut steps = self.steps.clone();
        steps.push(step);
        Self { steps }
    }
}

impl fmt::Display for KeyPath {
    /// Keys with a dot in them are quoted, as the pack's JSON files write them.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, step) in self.steps.iter().enumerate() {
            match step {
                Step::Index(index) => write!(out, "[{index}]")?,
                Step::Key(key) => {
                    let dot = if place == 0 { "" } else { "." };
                    let quote = if key.contains('.') { "'" } else { "" };
                    write!(out, "{dot}{quote}{key}{quote}")?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(map: &LinkedMap<usize>) -> String {
        map.iter().map(|(key, value)| format!("{key}{value}")).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_key_put_again_keeps_its_place() {
        let mut map: LinkedMap<usize> = [("b".to_owned(), 1), ("a".to_owned(), 2)].into_iter().collect();
        assert_eq!(map.insert("b", 3), Some(1));
        assert_eq!(keys(&map), "b3 a2");
    }

    #[test]
    fn large_maps_answer_as_small_ones_do() {
        let mut map = LinkedMap::new();
        for number in 0..40 {
            map.insert(format!("k{number}"), number);
        }
        assert_eq!(map.remove("k3"), Some(3));
        assert_eq!(map.insert("k3", 99), None);
        let numbers: Vec<_> = map.iter().map(|(_, number)| *number).collect();
        let expected: Vec<_> = (0..40).filter(|number| *number != 3).chain([99]).collect();
        assert_eq!(numbers, expected);
        assert_eq!((map.get("k39"), map.get("k40"), map.len()), (Some(&39), None, 40));
        for number in 4..40 {
            assert_eq!(map.remove(&format!("k{number}")), Some(number));
        }
        assert_eq!(keys(&map), "k00 k11 k22 k399");
    }

    #[test]
    fn a_path_reads_as_operators_write_it() {
        let path = KeyPath::default().key("apim").key("environment").index(0).key("http.proxyHost");
        assert_eq!(path.to_string(), "apim.environment[0].'http.proxyHost'");
    }
}
