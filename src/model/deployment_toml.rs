//! deployment.toml as it is written: its tables and keys with what the version knows of them, and what the server's own
//! reader says of the file.

mod unheard;

use std::fmt::Write as _;

use super::node::Version;
use super::value::Setting;
use crate::source::Span;
pub use crate::syntax::server_toml::{Fault, FaultKind};
pub use crate::syntax::toml::Kind;
use crate::target::keys::known;
pub use crate::target::keys::known::Facts;
pub use crate::target::keys::versions::VersionSet;
pub use crate::target::pattern::{Pattern, Step};
pub use unheard::{Meant, Unheard, nearest_other};

/// Tables that a whole deployment.toml has.
const USUAL_TABLES: [&str; 5] =
    ["super_admin", "user_store", "database.apim_db", "database.shared_db", "keystore.tls"];

/// The file that configures a TOML node.
#[derive(Debug, Clone)]
pub struct DeploymentToml {
    /// Start of the file.
    pub start: Span,
    /// The file starts with a byte order mark.
    pub has_byte_order_mark: bool,
    /// Why the server does not take the file.
    pub faults: Vec<Fault>,
    /// Its tables, in file order.
    pub tables: Vec<WrittenTable>,
    /// Its keys, in file order; none where the file cannot be read.
    pub keys: Vec<WrittenKey>,
    /// The versions by whose keys it is judged: the node's own, its neighbours, or all.
    pub versions: VersionSet,
    /// No version from the node's on is known: it may have keys that nobody here has heard of.
    pub is_approximate: bool,
    /// References to keys that nothing gives a value.
    pub unresolved: Vec<Unresolved>,
    /// Keys that say something else than what follows from the role.
    pub contradictions: Vec<Contradiction>,
    /// Keys whose value asks for another key that has none.
    pub unmet: Vec<Unmet>,
}

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `[table]`
    Header,
    /// `[[table]]`
    Element,
    /// `{ … }`
    Braces,
    /// By a header or key of something within it.
    Implied,
}

/// A table.
#[derive(Debug, Clone)]
pub struct WrittenTable {
    /// Its path; elements of arrays are [`Step::Each`].
    pub path: Pattern,
    /// The path as text.
    pub name: String,
    /// How it is written.
    pub form: Form,
    /// The header, the braces, or the key that made it.
    pub span: Span,
    /// The last part of its name, where it was first written.
    pub key_span: Span,
    /// What is known of its key; for an element of a list, of the list.
    pub facts: Facts,
}

/// A key with its value.
#[derive(Debug, Clone)]
pub struct WrittenKey {
    /// Its path; elements of arrays are [`Step::Each`].
    pub path: Pattern,
    /// The path as text.
    pub name: String,
    /// The key without its table.
    pub span: Span,
    /// Its value.
    pub value: Value,
    /// The outermost element of an array that it stands in: its header or braces.
    pub element: Option<Span>,
    /// What is known of it.
    pub facts: Facts,
}

/// What a key holds.
#[derive(Debug, Clone)]
pub enum Value {
    /// One value.
    Scalar(Setting, Kind),
    /// `[a, b]` without tables in it.
    List(Span, Vec<(Setting, Kind)>),
}

/// A reference to a key that has no value.
#[derive(Debug, Clone)]
pub struct Unresolved {
    /// The key that it names.
    pub name: String,
    /// The version reads a key of this name.
    pub is_known: bool,
    /// Where the key should stand: the header of its table, else the start of the file.
    pub place: Span,
    /// The key whose value it stands in.
    pub user: String,
    /// Where the reference comes from.
    pub cause: Cause,
}

/// Where a reference comes from.
#[derive(Debug, Clone)]
pub enum Cause {
    /// The file: the value.
    Written(Span),
    /// It follows from this key and its value.
    Inferred(String, Span),
    /// A default of the version.
    Default,
}

/// A key that says something else than what follows from another one.
#[derive(Debug, Clone)]
pub struct Contradiction {
    /// The key, as it is written.
    pub key: String,
    /// Its value.
    pub written: Setting,
    /// What would follow.
    pub inferred: String,
}

/// A file that the server rendered and that somebody edited since.
#[derive(Debug, Clone)]
pub struct EditedFile {
    /// Home-relative.
    pub path: String,
    /// The first line that is not what deployment.toml renders.
    pub place: Span,
}

/// A key whose value asks for another key that has none.
#[derive(Debug, Clone)]
pub struct Unmet {
    /// The key.
    pub decider: &'static str,
    /// Its value.
    pub value: Setting,
    /// The key that should have a value.
    pub needed: &'static str,
}

impl DeploymentToml {
    /// A file of which nothing but its faults is known.
    pub fn unread(start: Span, faults: Vec<Fault>) -> Self {
        Self {
            start,
            has_byte_order_mark: false,
            faults,
            tables: Vec::new(),
            keys: Vec::new(),
            versions: VersionSet::all(),
            is_approximate: false,
            unresolved: Vec::new(),
            contradictions: Vec::new(),
            unmet: Vec::new(),
        }
    }

    /// True for a file that has the usual tables. Of a part of one nothing can be said to be missing.
    pub fn is_whole(&self) -> bool {
        USUAL_TABLES.iter().filter(|table| self.header(table).is_some()).count() + 1 >= USUAL_TABLES.len()
    }

    /// The key of this name that is no element of a list.
    pub fn key(&self, name: &str) -> Option<&WrittenKey> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// The value of a key, where it is one value that is known.
    pub fn text(&self, name: &str) -> Option<&Setting> {
        self.key(name).and_then(WrittenKey::scalar)
    }

    /// The keys whose names start with this table's, with what follows the dot.
    pub fn keys_in<'a>(&'a self, table: &'a str) -> impl Iterator<Item = (&'a str, &'a WrittenKey)> {
        self.keys.iter().filter_map(move |key| Some((key.name.strip_prefix(table)?.strip_prefix('.')?, key)))
    }

    /// The keys of an element of a list.
    pub fn keys_of(&self, element: &WrittenTable) -> impl Iterator<Item = &WrittenKey> {
        self.keys.iter().filter(|key| key.element == Some(element.span))
    }

    /// The header of a table.
    pub fn header(&self, name: &str) -> Option<&WrittenTable> {
        self.tables.iter().find(|table| table.name == name && table.form == Form::Header)
    }

    /// The keys in a table and below it.
    pub fn spans_in<'a>(&'a self, table: &'a Pattern) -> impl Iterator<Item = Span> + 'a {
        self.keys.iter().filter(|key| key.path.0.starts_with(&table.0)).map(|key| key.span)
    }

    /// The table that holds a key or a table, as the last one before it is written.
    pub fn header_above(&self, path: &Pattern, place: Span) -> Option<Span> {
        let (_, parent) = path.0.split_last()?;
        let parent = match parent.split_last() {
            Some((Step::Each, list)) => list,
            _ => parent,
        };
        let is_above = |table: &&WrittenTable| table.path.0 == parent && table.span.start < place.start;
        self.tables.iter().filter(is_above).map(|table| table.span).max_by_key(|span| span.start)
    }

    /// The elements of a list of tables.
    pub fn elements<'a>(&'a self, list: &'a str) -> impl Iterator<Item = &'a WrittenTable> {
        self.tables.iter().filter(move |table| table.form == Form::Element && table.name == list)
    }

    /// True where the version knows a key by its own name, not only as one of a table that may hold any.
    pub fn knows_by_name(&self, path: &Pattern) -> bool {
        let Some((Step::Key(name), table)) = path.0.split_last() else { return false };
        let names = known::keys().names_in(table);
        names
            .iter()
            .any(|(known, versions)| *known == name.as_ref() && !versions.and(self.versions).is_empty())
    }

    /// True where the version knows a key.
    pub fn knows(&self, facts: &Facts) -> bool {
        !facts.known.and(self.versions).is_empty()
    }

    /// True where the templates take a key for a list of tables and nothing else.
    pub fn is_list_of_tables(&self, facts: &Facts) -> bool {
        self.versions.is_within(facts.tables) && facts.table.and(self.versions).is_empty()
    }

    /// True for an element of a list where the templates read one table.
    pub fn is_needless_list(&self, table: &WrittenTable) -> bool {
        table.form == Form::Element && self.knows(&table.facts) && self.is_one_table(&table.facts)
    }

    /// True where the templates take a key for one table and nothing else.
    pub fn is_one_table(&self, facts: &Facts) -> bool {
        self.versions.is_within(facts.table) && facts.tables.and(self.versions).is_empty()
    }
}

impl WrittenTable {
    /// The header as it is written; for other tables the name.
    pub fn title(&self) -> String {
        match self.form {
            Form::Header => format!("[{}]", self.name),
            Form::Element => format!("[[{}]]", self.name),
            Form::Braces | Form::Implied => self.name.clone(),
        }
    }
}

impl WrittenKey {
    /// The value, where it is one.
    pub fn scalar(&self) -> Option<&Setting> {
        match &self.value {
            Value::Scalar(setting, _) => Some(setting),
            Value::List(..) => None,
        }
    }

    /// The text in quotes, where the value is one.
    pub fn quoted(&self) -> Option<&Setting> {
        match &self.value {
            Value::Scalar(setting, Kind::String) => Some(setting),
            _ => None,
        }
    }

    /// The texts in quotes: the value, or the elements of the list.
    pub fn texts(&self) -> Vec<&Setting> {
        let of_kind =
            |(setting, kind): &'_ (Setting, Kind)| *kind == Kind::String && !setting.value.is_empty();
        match &self.value {
            Value::Scalar(setting, Kind::String) => vec![setting],
            Value::Scalar(..) => Vec::new(),
            Value::List(_, items) => {
                items.iter().filter(|item| of_kind(item)).map(|(text, _)| text).collect()
            }
        }
    }

    /// The place of the value.
    pub fn value_span(&self) -> Span {
        match &self.value {
            Value::Scalar(setting, _) => setting.span,
            Value::List(span, _) => *span,
        }
    }

    /// The key without its table.
    pub fn last(&self) -> &str {
        last(&self.path)
    }
}

/// The last name in a path.
pub fn last(path: &Pattern) -> &str {
    let name = |step: &'_ Step| matches!(step, Step::Key(_));
    match path.0.iter().rev().find(|step| name(step)) {
        Some(Step::Key(name)) => name,
        _ => "",
    }
}

/// A path without the marks of lists: the name in a header.
pub fn header_name(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        let dot = if text.is_empty() { "" } else { "." };
        // Writing to a string does not fail.
        let _ = match step {
            Step::Key(key) if key.contains('.') => write!(text, "{dot}\"{key}\""),
            Step::Key(key) => write!(text, "{dot}{key}"),
            Step::Each => Ok(()),
            Step::Any => write!(text, "{dot}*"),
        };
    }
    text
}

/// The embedded versions by which a node's keys are judged, and whether they only stand in for its own.
pub fn judging(version: Option<Version>) -> (VersionSet, bool) {
    let Some(version) = version else { return (VersionSet::all(), false) };
    let models: Vec<(&str, Version)> =
        VersionSet::all().iter().filter_map(|name| Some((name, Version::parse(name)?))).collect();
    let line = |known: &Version| (known.major, known.minor);
    let own = models.iter().filter(|(_, known)| line(known) == line(&version)).map(|(name, _)| *name);
    let own = VersionSet::of(own);
    let later = models.iter().find(|(_, known)| line(known) > line(&version));
    if !own.is_empty() {
        return (own, false);
    }
    let before = models.iter().rev().find(|(_, known)| line(known) < line(&version));
    let neighbours = before.into_iter().chain(later).map(|(name, _)| *name);
    (VersionSet::of(neighbours), true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_without_a_model_is_judged_by_its_neighbours() {
        let names = |text: &str| {
            let (versions, is_approximate) = judging(Version::parse(text));
            (versions.iter().collect::<Vec<_>>().join(" "), is_approximate)
        };
        assert_eq!(names("4.2.0"), ("4.2.0".to_owned(), false));
        assert_eq!(names("3.2.0"), ("3.0.0 4.0.0".to_owned(), true));
        assert_eq!(names("4.4.0"), ("4.3.0 4.5.0".to_owned(), true));
        assert_eq!(names("4.6.0"), ("4.5.0".to_owned(), true));
        assert_eq!(judging(None), (VersionSet::all(), false));
    }
}
