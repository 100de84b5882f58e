//! JSON Schema (2020-12) of deployment.toml.
//!
//! Nothing that a server takes is refused: templates print `true` and `"true"` alike, and any value may be a reference.
//! Tables whose keys are known take no others, so that an editor marks what is misspelt.

pub mod embedded;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::keys::tree::Tree;
use super::keys::{DefaultSource, Index, Key, Kind, Role};
use super::pattern::{Pattern, Step};

/// What may stand for any value: `$env{…}`, `$sys{…}`, `$ref{…}`, `$secret{…}` and `${…}` of Java.
const REFERENCE: &str = r"\$(env|sys|ref|secret)?\{";

/// How many places a description names.
const MOST_PLACES: usize = 3;

/// A key that deployment.toml may still hold, although nothing reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retired {
    /// The key.
    pub pattern: Pattern,
    /// The last version that read it; none where the packs or their documentation write what nothing ever read.
    pub last: Option<String>,
    /// What fills its place now.
    pub renamed_to: Option<Pattern>,
}

/// The schema of a version.
#[must_use]
pub fn of(version: &str, index: &Index, retired: &[Retired]) -> Value {
    let mut tree = tree_of(index, retired);
    spread(&mut tree);
    let mut schema = Schema { index, retired }.table(&tree);
    if let Value::Object(root) = &mut schema {
        if let Some(Value::Object(properties)) = root.get_mut("properties") {
            for (name, what) in SECRETS {
                let table = json!({
                    "type": "object",
                    "description": what,
                    "additionalProperties": { "type": "string" },
                });
                properties.insert(name.to_owned(), table);
            }
        }
        root.insert("$schema".to_owned(), "https://json-schema.org/draft/2020-12/schema".into());
        root.insert("title".to_owned(), format!("deployment.toml of WSO2 API Manager {version}").into());
    }
    schema
}

/// Tables that the server reads before any template.
const SECRETS: [(&str, &str); 2] = [
    ("secrets", "aliases for $secret{alias}, encrypted by ciphertool"),
    ("runtime_secrets", "aliases that are resolved while the server runs"),
];

/// The keys of the index, and behind them the retired ones.
fn tree_of(index: &Index, retired: &[Retired]) -> Tree {
    let known = index.keys().iter().map(|key| &key.pattern);
    Tree::of(known.chain(retired.iter().map(|key| &key.pattern)))
}

/// Puts what any key of a table may hold into each key that is known by name.
fn spread(tree: &mut Tree) {
    if let Some(any) = tree.children.get(&Step::Any).cloned() {
        for (step, child) in &mut tree.children {
            if matches!(step, Step::Key(_)) {
                merge(child, &any);
            }
        }
    }
    tree.children.values_mut().for_each(spread);
}

fn merge(tree: &mut Tree, other: &Tree) {
    tree.number = tree.number.or(other.number);
    for (step, child) in &other.children {
        merge(tree.children.entry(step.clone()).or_default(), child);
    }
}

struct Schema<'i> {
    index: &'i Index,
    retired: &'i [Retired],
}

/// What ends at a place of the tree.
enum End<'i> {
    Key(&'i Key),
    Retired(&'i Retired),
}

impl<'i> Schema<'i> {
    fn end(&self, tree: &Tree) -> Option<End<'i>> {
        let number = tree.number?;
        let keys = self.index.keys();
        let retired = || self.retired.get(number - keys.len().min(number)).map(End::Retired);
        keys.get(number).map(End::Key).or_else(retired)
    }

    fn value(&self, tree: &Tree) -> Value {
        let mut schema = match (tree.children.get(&Step::Each), tree.holds_keys()) {
            (None, true) => self.table(tree),
            (Some(item), false) if !item.children.is_empty() => {
                json!({ "type": "array", "items": self.value(item) })
            }
            (Some(item), true) => {
                let tables = json!({ "type": "array", "items": self.value(item) });
                json!({ "anyOf": [self.table(tree), tables] })
            }
            (_, false) => match self.end(tree) {
                Some(End::Key(key)) => leaf(key),
                Some(End::Retired(_)) | None => json!({}),
            },
        };
        if let (Value::Object(schema), Some(end)) = (&mut schema, self.end(tree)) {
            match end {
                End::Key(key) => describe(key, schema),
                End::Retired(retired) => describe_retired(retired, schema),
            }
        }
        schema
    }

    fn table(&self, tree: &Tree) -> Value {
        let mut properties = BTreeMap::new();
        for (step, child) in &tree.children {
            if let Step::Key(name) = step {
                properties.insert(name.to_string(), self.value(child));
            }
        }
        let others = tree.children.get(&Step::Any).map_or(Value::Bool(false), |any| self.value(any));
        json!({ "type": "object", "properties": properties, "additionalProperties": others })
    }
}

fn leaf(key: &Key) -> Value {
    let reference = json!({ "type": "string", "pattern": REFERENCE });
    let scalar = |kind: &str, text: &str| json!({ "type": [kind, "string"], "pattern": format!("^({text})$|{REFERENCE}") });
    match key.kind {
        // A default that is text may be one word of several, such as "false", "want" and "true".
        Kind::Boolean if is_text_default(key) => json!({ "type": ["boolean", "string"] }),
        Kind::Boolean => scalar("boolean", "[Tt]rue|[Ff]alse"),
        Kind::Integer if key.unit.is_some() => scalar("integer", "[0-9]+ *(d|h|m|s|ms)?"),
        Kind::Integer => scalar("integer", "-?[0-9]+"),
        Kind::Text if !key.values.known.is_empty() => {
            let others = if key.values.only { reference } else { text() };
            json!({ "anyOf": [{ "enum": key.values.known }, others] })
        }
        Kind::Text => text(),
        Kind::List => json!({ "type": ["array", "string"] }),
        Kind::Table => json!({ "type": "object" }),
        Kind::Tables => json!({ "type": "array", "items": { "type": "object" } }),
    }
}

fn is_text_default(key: &Key) -> bool {
    key.default.as_ref().is_some_and(|default| default.value.starts_with('"'))
}

fn text() -> Value {
    json!({ "type": ["string", "number", "boolean"] })
}

fn describe(key: &Key, schema: &mut Map<String, Value>) {
    let text = description(key);
    if !text.is_empty() {
        schema.insert("description".to_owned(), text.into());
    }
    if let Some(default) = default_value(key) {
        schema.insert("default".to_owned(), default);
    }
}

fn describe_retired(retired: &Retired, schema: &mut Map<String, Value>) {
    let text = match (&retired.last, &retired.renamed_to) {
        (Some(last), Some(key)) => format!("last read by {last}; {key} fills its place"),
        (Some(last), None) => format!("last read by {last}"),
        (None, _) => "nothing reads it".to_owned(),
    };
    schema.insert("description".to_owned(), text.into());
    schema.insert("deprecated".to_owned(), true.into());
}

/// The default as JSON; none where another key counts.
fn default_value(key: &Key) -> Option<Value> {
    let default = key.default.as_ref().filter(|default| default.source != DefaultSource::Key)?;
    let value: toml_edit::Value = default.value.parse().ok()?;
    Some(to_json(&value))
}

fn to_json(value: &toml_edit::Value) -> Value {
    match value {
        toml_edit::Value::String(text) => text.value().as_str().into(),
        toml_edit::Value::Integer(number) => (*number.value()).into(),
        toml_edit::Value::Float(number) => (*number.value()).into(),
        toml_edit::Value::Boolean(truth) => (*truth.value()).into(),
        toml_edit::Value::Datetime(date) => date.value().to_string().into(),
        toml_edit::Value::Array(items) => items.iter().map(to_json).collect(),
        toml_edit::Value::InlineTable(table) => {
            Value::Object(table.iter().map(|(key, value)| (key.to_owned(), to_json(value))).collect())
        }
    }
}

/// What a key fills, when, and what follows: one clause each.
fn description(key: &Key) -> String {
    let mut clauses = Vec::new();
    for role in [Role::Fills, Role::Decides] {
        let word = role.as_str();
        let places: Vec<_> = key.places.iter().filter(|place| place.role == role).collect();
        let named = places.iter().take(MOST_PLACES).map(|place| {
            let conditions = match place.conditions.as_slice() {
                [] => String::new(),
                conditions => format!(" if {}", conditions.join(" and ")),
            };
            format!("{word} {}{}{conditions}", place.file, behind_colon(&place.path))
        });
        clauses.extend(named);
        if let Some(more) = places.len().checked_sub(MOST_PLACES).filter(|more| *more > 0) {
            clauses.push(format!("{word} {more} more"));
        }
    }
    clauses.extend(key.unit.as_ref().map(|unit| format!("a number counts in {unit}")));
    let other = key.default.as_ref().filter(|default| default.source == DefaultSource::Key);
    clauses.extend(other.map(|default| format!("where it is not set, {} counts", default.value)));
    if !key.implied_by.is_empty() {
        let mut from: Vec<String> = key.implied_by.iter().map(|by| by.key.to_string()).collect();
        from.sort();
        from.dedup();
        clauses.push(format!("follows from {}", from.join(", ")));
    }
    clauses.join("; ")
}

fn behind_colon(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!(": {path}") }
}

/// The schema as text: what fits on a line stands on one.
#[must_use]
pub fn write(schema: &Value) -> String {
    let mut text = String::new();
    write_value(schema, 0, &mut text);
    text.push('\n');
    text
}

fn write_value(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Object(entries) if !is_leaf(value) => {
            out.push_str("{\n");
            for (place, (key, inner)) in entries.iter().enumerate() {
                out.push_str(&" ".repeat(depth + 1));
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push_str(": ");
                write_value(inner, depth + 1, out);
                out.push_str(if place + 1 < entries.len() { ",\n" } else { "\n" });
            }
            out.push_str(&" ".repeat(depth));
            out.push('}');
        }
        other => out.push_str(&other.to_string()),
    }
}

fn is_leaf(value: &Value) -> bool {
    let Value::Object(entries) = value else { return true };
    !["properties", "items", "$schema"].iter().any(|key| entries.contains_key(*key))
        && !entries.values().any(|value| value.get("properties").is_some())
        && (entries.contains_key("type")
            || entries.contains_key("anyOf")
            || entries.contains_key("deprecated"))
        && !value.to_string().contains("\"properties\"")
}
