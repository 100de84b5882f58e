//! Where the values that templates read came from.

use std::collections::BTreeMap;

use super::{Data, hierarchy};
use crate::render::java::text::substrings_between;
use crate::render::value::{KeyPath, Step, Value};
use crate::source::Span;

/// How a key came by its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Written in deployment.toml.
    Written {
        /// The key as it is written there, in full: `transport.http.sender.proxy_port`.
        key: String,
        /// The last part of that key.
        key_span: Span,
        /// The value.
        span: Span,
    },
    /// Implied by the value of another key (infer.json).
    Inferred {
        /// The key of infer.json: `database.$1.type`.
        rule: String,
        /// The value that implied it: `mysql`.
        value: String,
        /// The internal key that has that value: `database.apim_db.type`.
        from: String,
    },
    /// From default.json.
    Default,
}

/// A placeholder in a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// What it is looked up in.
    pub kind: ReferenceKind,
    /// What stands between its braces.
    pub name: String,
}

/// What a placeholder is looked up in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReferenceKind {
    /// `$ref{…}`: another internal key.
    Configuration,
    /// `$env{…}`: the environment.
    Environment,
    /// `$sys{…}`: the Java system properties.
    System,
    /// `$secret{…}`: an alias of `[secrets]`, which the server resolves when it runs.
    Secret,
}

impl ReferenceKind {
    /// All kinds.
    const ALL: [Self; 4] = [Self::Configuration, Self::Environment, Self::System, Self::Secret];

    /// What a placeholder begins with.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Configuration => "$ref{",
            Self::Environment => "$env{",
            Self::System => "$sys{",
            Self::Secret => "$secret{",
        }
    }

    /// The names of all such placeholders in a text.
    #[must_use]
    pub fn names(self, text: &str) -> Vec<&str> {
        substrings_between(text, self.prefix(), "}")
    }

    /// The placeholder of a name.
    pub(super) fn placeholder(self, name: &str) -> String {
        format!("{}{name}}}", self.prefix())
    }
}

/// A place in deployment.toml.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    /// The key; none for elements of arrays.
    pub key: Option<Span>,
    /// The value.
    pub value: Span,
}

/// The place of a value and of what lies in it, by steps inwards. Tables in arrays are flat here: a step is a
/// dotted key.
pub(super) type Spots = BTreeMap<Vec<Step>, Spot>;

/// A value on its way through the phases.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub value: Value,
    pub origin: Origin,
    /// Empty unless written.
    pub spots: Spots,
    /// Placeholders by the place in the value where they stood before they were resolved.
    pub references: Vec<(Vec<Step>, Reference)>,
    /// Keys with the same number share one Java object, since one written key stands for all of them.
    pub twins: Option<usize>,
}

impl Held {
    /// A value that stands nowhere in deployment.toml.
    pub(super) fn of_rules(value: Value, origin: Origin) -> Self {
        Self { value, origin, spots: Spots::new(), references: Vec::new(), twins: None }
    }

    /// The place of what lies at `steps`, or of what it lies in.
    pub(super) fn spot(&self, steps: &[Step]) -> Option<Spot> {
        (0..=steps.len()).rev().find_map(|length| self.spots.get(steps.get(..length)?)).copied()
    }
}

/// The place that a fault about a key is shown at: its value, or the value that implied it.
pub(super) fn span_of(data: &Data, key: &str) -> Option<Span> {
    span_within(data, key, &[])
}

/// The same for a place within the value of the key.
pub(super) fn span_within(data: &Data, key: &str, steps: &[Step]) -> Option<Span> {
    let mut held = data.get(key)?;
    // What implied a value was implied itself at most once: rules that follow from rules are entered by their
    // last key.
    for _ in 0..data.len() {
        match &held.origin {
            Origin::Inferred { from, .. } => held = data.get(from.as_str())?,
            _ => break,
        }
    }
    held.spot(steps).map(|spot| spot.value)
}

/// The key as an operator wrote it, or the internal one.
pub(super) fn name_of<'a>(data: &'a Data, key: &'a str) -> &'a str {
    match data.get(key).map(|held| &held.origin) {
        Some(Origin::Written { key, .. }) => key,
        _ => key,
    }
}

/// Notes all placeholders, before any is resolved.
pub(super) fn note_references(data: &mut Data) {
    data.values_mut().for_each(|held| {
        let mut references = Vec::new();
        find_references(&held.value, &mut Vec::new(), &mut references);
        held.references = references;
    });
}

fn find_references(value: &Value, steps: &mut Vec<Step>, found: &mut Vec<(Vec<Step>, Reference)>) {
    match value {
        Value::Text(text) => {
            for kind in ReferenceKind::ALL {
                let names = kind.names(text).into_iter();
                found.extend(names.map(|name| (steps.clone(), Reference { kind, name: name.to_owned() })));
            }
        }
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                steps.push(Step::Index(index));
                find_references(item, steps, found);
                steps.pop();
            }
        }
        Value::Map(map) => {
            for (key, item) in map.iter() {
                steps.push(Step::Key(key.to_owned()));
                find_references(item, steps, found);
                steps.pop();
            }
        }
        _ => {}
    }
}

/// What is known about the value at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// The internal key: `transport.passthru_http.sender.'http.proxyPort'`.
    pub key: String,
    /// How it came by its value. Spans are those of the very element or field where deployment.toml writes
    /// it.
    pub origin: Origin,
    /// Placeholders that were in the value. Those of `$ref{…}` lead on to the internal keys that they name.
    pub references: Vec<Reference>,
}

/// Where each value came from.
#[derive(Debug, Default)]
pub struct Origins {
    keys: BTreeMap<Vec<String>, (String, Held)>,
}

impl Origins {
    pub(super) fn new(data: &Data) -> Self {
        let parts = |key: &str| hierarchy::parts_of(key).unwrap_or_default();
        let keys = data.iter().map(|(key, held)| (parts(key), (key.clone(), held.clone())));
        Self { keys: keys.collect() }
    }

    /// What is known about a place that a template read: that of the innermost key on the way to it. None for
    /// a table that several keys fill, and for what no key leads to.
    #[must_use]
    pub fn of(&self, path: &KeyPath) -> Option<Trace> {
        let names = leading_keys(&path.steps);
        let (length, (key, held)) = (1..=names.len()).rev().find_map(|length| {
            let held = self.keys.get(names.get(..length)?)?;
            Some((length, held))
        })?;
        let steps = flat_steps(&held.value, path.steps.get(length..).unwrap_or_default());
        Some(trace(key, held, &steps))
    }

    /// What is known about an internal key, as [`Origin::Inferred`] and `$ref{…}` name it.
    #[must_use]
    pub fn of_key(&self, key: &str) -> Option<Trace> {
        let (key, held) = self.keys.get(&hierarchy::parts_of(key)?)?;
        Some(trace(key, held, &[]))
    }
}

fn trace(key: &str, held: &Held, steps: &[Step]) -> Trace {
    let origin = match (&held.origin, held.spot(steps)) {
        (Origin::Written { key, key_span, .. }, Some(spot)) => {
            Origin::Written { key: key.clone(), key_span: spot.key.unwrap_or(*key_span), span: spot.value }
        }
        (origin, _) => origin.clone(),
    };
    let here =
        held.references.iter().filter(|(place, _)| place.starts_with(steps) || steps.starts_with(place));
    Trace { key: key.to_owned(), origin, references: here.map(|(_, reference)| reference.clone()).collect() }
}

fn leading_keys(steps: &[Step]) -> Vec<String> {
    let keys = steps.iter().map_while(|step| match step {
        Step::Key(key) => Some(key.clone()),
        Step::Index(_) => None,
    });
    keys.collect()
}

/// Steps into a value that templates see as a tree, as steps into the flat one; they end where the flat one
/// does.
fn flat_steps(mut value: &Value, mut steps: &[Step]) -> Vec<Step> {
    let mut flat = Vec::new();
    loop {
        let (inner, step, length) = match (value, steps.first()) {
            (Value::List(items), Some(Step::Index(index))) => match items.get(*index) {
                Some(item) => (item, Step::Index(*index), 1),
                None => return flat,
            },
            (Value::Map(map), Some(Step::Key(_))) => {
                let names = leading_keys(steps);
                let found = map.iter().filter_map(|(key, item)| {
                    let parts = hierarchy::parts_of(key)?;
                    (!parts.is_empty() && names.starts_with(&parts))
                        .then(|| (item, Step::Key(key.to_owned()), parts.len()))
                });
                match found.max_by_key(|(_, _, length)| *length) {
                    Some(found) => found,
                    None => return flat,
                }
            }
            _ => return flat,
        };
        flat.push(step);
        value = inner;
        steps = steps.get(length..).unwrap_or_default();
    }
}
