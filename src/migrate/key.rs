//! Keys of a deployment.toml as the migration writes them.

use std::fmt;

use crate::render::value::{Map, Value};
use crate::syntax::server_toml::is_bare_key;

/// A key with the tables and items of arrays that it lies in, outermost first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Key(pub Vec<KeyPart>);

/// One step of a key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyPart {
    /// The name of a table, of an array of tables or of a value, without quotes.
    Name(String),
    /// One table of the array that the steps before it name.
    Item {
        /// Its place in the array that is written, from 0.
        index: usize,
        /// The key and value by which a person tells the table from its neighbours (`name`, `Default`); by it, the
        /// table is found again in an existing deployment.toml. It is not written unless it is assigned, too.
        identity: Option<(String, String)>,
    },
}

impl Key {
    /// A key without arrays: `apim.gateway.type`. Dots tell the parts apart, so names must hold none.
    pub fn dotted(key: &str) -> Self {
        Self(key.split('.').map(|part| KeyPart::Name(part.to_owned())).collect())
    }

    /// Reads a key as it is displayed. Where a table that is told by a field stands in its array is not known then: 0.
    pub fn parse(text: &str) -> Option<Self> {
        let mut key = Self::default();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let before_name = key.0.is_empty() || first == '.';
            rest = match first {
                '[' => {
                    let (inner, behind) = match rest.get(1..)?.split_once('=') {
                        Some((field, value)) if field.chars().all(char::is_alphanumeric) => {
                            let quote = value.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
                            let (value, behind) = value.get(1..)?.split_once(quote)?;
                            (key.item(0, Some((field, value))), behind)
                        }
                        _ => {
                            let digits = rest.get(1..rest.find(']')?)?;
                            let index = digits.parse::<usize>().ok()?.checked_sub(1)?;
                            (key.item(index, None), rest.get(1 + digits.len()..)?)
                        }
                    };
                    key = inner;
                    behind.strip_prefix(']')?
                }
                _ if before_name => {
                    let start = rest.strip_prefix('.').unwrap_or(rest);
                    let (name, behind) = name_at(start)?;
                    key = key.name(name);
                    behind
                }
                _ => return None,
            };
        }
        (!key.0.is_empty()).then_some(key)
    }

    /// True where it lies in a table of an array.
    pub fn is_in_array(&self) -> bool {
        self.0.iter().any(|part| matches!(part, KeyPart::Item { .. }))
    }

    /// True for a key that begins with this table of the top level.
    pub fn is_in_table(&self, table: &str) -> bool {
        matches!(self.0.first(), Some(KeyPart::Name(name)) if name == table)
    }

    /// The value that it has in tables.
    pub fn value_in<'v>(&self, tables: &'v Map) -> Option<&'v Value> {
        let (KeyPart::Name(first), rest) = self.0.split_first()? else { return None };
        rest.iter().try_fold(tables.get(first)?, |value, part| match (value, part) {
            (Value::Map(map), KeyPart::Name(name)) => map.get(name),
            (Value::List(items), KeyPart::Item { index, .. }) => items.get(*index),
            _ => None,
        })
    }

    /// The key one step further in.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.0.push(KeyPart::Name(name.into()));
        self
    }

    /// One table of the array of tables at this key.
    #[must_use]
    pub fn item(mut self, index: usize, identity: Option<(&str, &str)>) -> Self {
        let identity = identity.map(|(key, value)| (key.to_owned(), value.to_owned()));
        self.0.push(KeyPart::Item { index, identity });
        self
    }
}

/// A bare or quoted name, and what stands behind it.
fn name_at(text: &str) -> Option<(String, &str)> {
    if !text.starts_with('"') {
        let end = text.find(['.', '[']).unwrap_or(text.len());
        let (name, behind) = text.split_at_checked(end)?;
        return (!name.is_empty()).then(|| (name.to_owned(), behind));
    }
    let mut escaped = false;
    let closes = |(_, letter): &(usize, char)| {
        let closes = *letter == '"' && !escaped;
        escaped = *letter == '\\' && !escaped;
        closes
    };
    let (end, _) = text.char_indices().skip(1).find(closes)?;
    let name = serde_json::from_str(text.get(..=end)?).ok()?;
    Some((name, text.get(end + 1..)?))
}

/// As in reports: `apim.gateway.environment[name='Default'].type`; a table that nothing names is counted from 1.
impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, part) in self.0.iter().enumerate() {
            match part {
                KeyPart::Name(name) => {
                    let dot = if index == 0 { "" } else { "." };
                    if is_bare_key(name) {
                        write!(formatter, "{dot}{name}")?;
                    } else {
                        write!(formatter, "{dot}{name:?}")?;
                    }
                }
                KeyPart::Item { identity: Some((key, value)), .. } => {
                    let quote = if value.contains('\'') { '"' } else { '\'' };
                    write!(formatter, "[{key}={quote}{value}{quote}]")?;
                }
                KeyPart::Item { index, identity: None } => write!(formatter, "[{}]", index + 1)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_displayed_is_read_again() {
        for text in [
            "server.offset",
            "apim.gateway.environment[name='Default'].type",
            "apim.gateway.environment[name=\"it's\"]",
            "datasource[2].url",
            "transport.properties.\"http.socket.timeout\".x",
            "a.\"q\\\"]\"",
            "a[name='x.y=z'].b",
        ] {
            assert_eq!(Key::parse(text).map(|key| key.to_string()).as_deref(), Some(text));
        }
        for text in ["", "a[", "a[name=x]", "a[0]", "a..b", "a[name='x']b"] {
            assert_eq!(Key::parse(text), None, "{text}");
        }
    }

    #[test]
    fn keys_read_as_in_reports() {
        let environment = || Key::dotted("apim.gateway.environment");
        for (key, expected) in [
            (Key::dotted("server.offset"), "server.offset"),
            (
                environment().item(0, Some(("name", "Default"))).name("type"),
                "apim.gateway.environment[name='Default'].type",
            ),
            (environment().item(1, None).name("type"), "apim.gateway.environment[2].type"),
            (environment().item(0, Some(("name", "it's"))), "apim.gateway.environment[name=\"it's\"]"),
            (Key::dotted("a").name("x.y"), "a.\"x.y\""),
        ] {
            assert_eq!(key.to_string(), expected);
        }
    }
}
