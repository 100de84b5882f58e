//! The keys of deployment.toml that a version knows: what each may be, what it fills and what follows from it.

pub mod catalogue;
mod evidence;
pub mod example;
mod facts;
mod index;
mod kind;
pub mod known;
pub mod mapping;
mod near;
pub mod query;
mod record;
mod spelling;
pub mod tree;
pub mod versions;

#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use index::Index;
pub use mapping::parse;
pub use near::near;

use crate::target::pattern::Pattern;

/// A key of deployment.toml.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// As it is written: `apim.gateway.environment[].name`, `database.*.url`.
    pub pattern: Pattern,
    /// The internal keys that the server makes of it; none where it stays as it is.
    pub renamed_to: Vec<Pattern>,
    /// The written keys that the server makes this one of. It may be written itself.
    pub renamed_from: Vec<Pattern>,
    /// What its value is.
    pub kind: Kind,
    /// What holds when it is not set.
    pub default: Option<Default>,
    /// Where it shows.
    pub places: Vec<Place>,
    /// What follows from its values.
    pub implies: Vec<Implication>,
    /// What it follows from.
    pub implied_by: Vec<Implication>,
    /// The unit in which a number counts: `d`, `h`, `m`, `s` or `ms`; a text such as `15m` is converted to it.
    pub unit: Option<String>,
    /// Values that mean something.
    pub values: Values,
    /// Whether a template asks by `is sameas true`: then `"true"` in quotes counts as false.
    pub is_exact: bool,
}

impl Key {
    /// A key of which nothing is known.
    #[must_use]
    pub fn new(pattern: Pattern) -> Self {
        Self {
            pattern,
            renamed_to: Vec::new(),
            renamed_from: Vec::new(),
            kind: Kind::Text,
            default: None,
            places: Vec::new(),
            implies: Vec::new(),
            implied_by: Vec::new(),
            unit: None,
            values: Values::default(),
            is_exact: false,
        }
    }
}

/// What a value is. Templates print `true` and `"true"` alike, so that scalars may be written as text, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// Anything in one line.
    Text,
    /// An array of scalars.
    List,
    /// A table.
    Table,
    /// An array of tables.
    Tables,
}

impl Kind {
    /// In the words of TOML.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Text => "text",
            Self::List => "list",
            Self::Table => "table",
            Self::Tables => "array of tables",
        }
    }
}

/// What holds when a key is not set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Default {
    /// In TOML; a text of the template, or the name of a key.
    pub value: String,
    /// Where it comes from.
    pub source: DefaultSource,
}

/// Where a default comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DefaultSource {
    /// default.json.
    File,
    /// A `default` filter of the template.
    Filter,
    /// What the template writes where the key is not set.
    Branch,
    /// The key that counts instead.
    Key,
}

impl DefaultSource {
    /// For programs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "default.json",
            Self::Filter => "filter",
            Self::Branch => "template",
            Self::Key => "key",
        }
    }

    /// For people.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "default.json",
            Self::Filter | Self::Branch => "the template",
            Self::Key => "another key",
        }
    }
}

/// A place of a rendered file that a key has to do with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Home-relative.
    pub file: Arc<str>,
    /// As `syntax::settings` has it, `{name}` for what a key fills in, `{*}` for the name of a table's entry; empty for
    /// a file whose structure is not known.
    pub path: String,
    /// What has to hold besides, all of it; keys as they are written.
    pub conditions: Vec<String>,
    /// What it has to do with it.
    pub role: Role,
}

/// What a key has to do with a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Its value stands there.
    Fills,
    /// It decides whether or how often the place is there, or what stands there.
    Decides,
}

impl Role {
    /// As a verb between the key and the place.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fills => "fills",
            Self::Decides => "decides",
        }
    }
}

/// What follows from what.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Implication {
    /// The value of the key that decides.
    pub when: String,
    /// The other key.
    pub key: Pattern,
    /// What the key that follows becomes, in TOML.
    pub value: String,
}

/// Values that mean something.
#[derive(Debug, Clone, PartialEq, Eq, std::default::Default)]
pub struct Values {
    /// The values, sorted.
    pub known: Vec<String>,
    /// Whether the server refuses others.
    pub only: bool,
}
