//! What a configuration key can hold, as the Java mapper sees it.

/// A value on its way from deployment.toml, or from one of the pack's JSON files, to a template.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// JSON `null`; TOML has none.
    Null,
    /// A boolean.
    Bool(bool),
    /// `java.lang.Long` of a TOML integer, or the `java.lang.Integer` that inference makes of a whole JSON number.
    Integer(i64),
    /// `java.lang.Double`: TOML floats, and every number of a JSON file that inference has not made an integer.
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

/// A Java `LinkedHashMap`: entries in the order in which their keys were first put; putting a key again keeps its place.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Map {
    entries: Vec<(String, Value)>,
}

impl Map {
    /// A map without entries.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.entries.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The value of a key, to change it in its place.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.entries.iter_mut().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Puts a value; what the key held before is returned.
    pub fn insert(&mut self, key: impl Into<String>, value: Value) -> Option<Value> {
        let key = key.into();
        match self.get_mut(&key) {
            Some(slot) => Some(std::mem::replace(slot, value)),
            None => {
                self.entries.push((key, value));
                None
            }
        }
    }

    /// Takes a key away.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        let at = self.entries.iter().position(|(name, _)| name == key)?;
        Some(self.entries.remove(at).1)
    }

    /// The entries in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.entries.iter().map(|(key, value)| (key.as_str(), value))
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
}
