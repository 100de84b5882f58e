//! All keys of a model.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use super::evidence::{self, Evidence, Evidences, Fallback, Sign};
use super::facts::{self, in_toml};
use super::kind::{self, Signals};
use super::mapping::{Mapping, parse};
use super::spelling::ENTRY_NAME;
use super::tree::Tree;
use super::{Default, DefaultSource, Implication, Key, Kind, Place, Role, Values, catalogue};
use crate::render::phases::Rules;
use crate::render::value::Value;
use crate::target::model::Model;
use crate::target::pattern::{Pattern, Step};
use crate::target::tree::FileModel;

/// All keys that a model knows.
#[derive(Debug, Clone)]
pub struct Index {
    keys: Vec<Key>,
    tree: OnceLock<Tree>,
}

impl Index {
    /// An index of these keys, which are sorted.
    #[must_use]
    pub fn new(keys: Vec<Key>) -> Self {
        Self { keys, tree: OnceLock::new() }
    }

    /// The keys of a pack's rules, and of those of its files that are given.
    #[must_use]
    pub fn of<'a>(rules: &Rules, files: impl IntoIterator<Item = &'a FileModel>) -> Self {
        let mapping = Mapping::of(&rules.key_mappings);
        let mut evidences = Evidences::new();
        for file in files {
            evidence::collect(file, &mapping, &mut evidences);
        }
        facts::add(rules, &mapping, &mut evidences);
        let internal = Internal::new(&evidences, rules, &mapping);
        let mut keys = internal.keys();
        add_written(&mut keys, &mapping);
        for written in rules.key_mappings.iter().filter_map(|(written, _)| parse(written)) {
            keys.entry(written.clone()).or_insert_with(|| Key::new(written));
        }
        Self::new(keys.into_values().collect())
    }

    /// The keys of a model.
    #[must_use]
    pub fn of_model(model: &Model) -> Self {
        Self::of(&model.rules, &model.files)
    }

    /// The keys of an embedded version, as the catalogue has them; none for any other.
    #[must_use]
    pub fn of_version(version: &str) -> Self {
        Self::new(catalogue::keys(version))
    }

    /// All keys, sorted.
    #[must_use]
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// The keys as a tree of their places in [`Index::keys`].
    #[must_use]
    pub fn tree(&self) -> &Tree {
        self.tree.get_or_init(|| Tree::of(self.keys.iter().map(|key| &key.pattern)))
    }

    /// The key of exactly this pattern.
    #[must_use]
    pub fn get(&self, pattern: &Pattern) -> Option<&Key> {
        let place = self.keys.binary_search_by(|key| key.pattern.cmp(pattern)).ok()?;
        self.keys.get(place)
    }

    /// Whether a key of deployment.toml means anything: it is one of ours, a table around some, or stands in a table
    /// whose entries are gone through. Elements of arrays are [`Step::Each`].
    #[must_use]
    pub fn knows(&self, path: &Pattern) -> bool {
        let is_open = |end: &&Tree| {
            let key = end.number.and_then(|number| self.keys.get(number));
            end.children.is_empty() && key.is_some_and(|key| matches!(key.kind, Kind::Table | Kind::Tables))
        };
        let known = |length: usize| self.tree().fitting(path.0.get(..length).unwrap_or_default());
        !known(path.0.len()).is_empty() || (1..path.0.len()).any(|length| known(length).iter().any(is_open))
    }
}

/// The keys that templates and rules name.
struct Internal<'a> {
    evidences: &'a Evidences,
    rules: &'a Rules,
    mapping: &'a Mapping,
    /// Values of default.json.
    defaults: BTreeMap<Pattern, &'a Value>,
    patterns: Vec<&'a Pattern>,
    tree: Tree,
}

impl<'a> Internal<'a> {
    fn new(evidences: &'a Evidences, rules: &'a Rules, mapping: &'a Mapping) -> Self {
        let defaults = rules.default.iter().filter_map(|(key, value)| Some((parse(key)?, value))).collect();
        let patterns: Vec<&Pattern> = evidences.keys().collect();
        let tree = Tree::of(patterns.iter().copied());
        Self { evidences, rules, mapping, defaults, patterns, tree }
    }

    /// The elements of a list are no key of their own.
    fn keys(&self) -> BTreeMap<Pattern, Key> {
        let mut keys = BTreeMap::new();
        for pattern in &self.patterns {
            let end = pattern.0.iter().rposition(|step| *step != Step::Each).map_or(0, |last| last + 1);
            let pattern = Pattern(pattern.0.iter().take(end).cloned().collect());
            if end > 0 && !keys.contains_key(&pattern) {
                let key = self.key(&pattern);
                keys.insert(pattern, key);
            }
        }
        keys
    }

    fn key(&self, pattern: &Pattern) -> Key {
        let ends = self.tree.fitting(&pattern.0);
        let evidence = self.gathered(pattern, &ends);
        let default = self.defaults.get(pattern).copied();
        let signals = Signals {
            ends: &ends,
            default,
            fallback: evidence.fallback.as_ref(),
            signs: &evidence.signs,
            values: &evidence.values,
            outcomes: &evidence.outcomes,
            unit: evidence.unit.is_some(),
        };
        let kind = kind::of(&signals, self.rules);
        let places = without_twins(evidence.places);
        let default = default.map(|value| Default { value: in_toml(value), source: DefaultSource::File });
        let mut implies = evidence.implies;
        implies.sort();
        let is_exact = evidence.signs.contains(&Sign::Exact);
        Key {
            pattern: pattern.clone(),
            renamed_to: Vec::new(),
            renamed_from: self.mapping.written_for(pattern),
            kind,
            default: default.or_else(|| self.fallback(evidence.fallback?, kind)),
            places,
            implies,
            implied_by: evidence.implied_by,
            unit: evidence.unit,
            values: match evidence.only {
                Some(known) => Values { known, only: true },
                None => Values {
                    known: evidence.values.union(&evidence.outcomes).cloned().collect(),
                    only: false,
                },
            },
            is_exact,
        }
    }

    fn fallback(&self, fallback: Fallback, kind: Kind) -> Option<Default> {
        let (text, source) = match fallback {
            Fallback::Filter(text) => (text, DefaultSource::Filter),
            Fallback::Branch(text) => (text, DefaultSource::Branch),
            Fallback::Key(key) => {
                let value = self.mapping.usual(&key).to_string();
                return Some(Default { value, source: DefaultSource::Key });
            }
        };
        let is_list = matches!(kind, Kind::List | Kind::Table | Kind::Tables);
        let value = match kind {
            Kind::Boolean | Kind::Integer => text,
            _ => in_toml(&Value::Text(text)),
        };
        (!is_list).then_some(Default { value, source })
    }

    /// What is known of all patterns that fit a key, and of the elements of the list that it may be.
    fn gathered(&self, pattern: &Pattern, ends: &[&Tree]) -> Evidence {
        let mut gathered = Evidence::default();
        let items = ends.iter().filter_map(|end| end.children.get(&Step::Each));
        for end in ends.iter().copied().chain(items) {
            let Some(found) = end.number.and_then(|number| self.patterns.get(number)) else { continue };
            if let Some(evidence) = self.evidences.get(*found) {
                gathered.add(evidence, &entry_names(found, pattern));
            }
        }
        gathered
    }
}

/// The places without those that a key decides because it fills them.
fn without_twins(mut places: Vec<Place>) -> Vec<Place> {
    let element = |place: &Place| (Arc::clone(&place.file), without_predicates(&place.path));
    let fills = |place: &&Place| place.role == Role::Fills;
    let filled: BTreeSet<_> = places.iter().filter(fills).map(element).collect();
    places.retain(|place| fills(&place) || !filled.contains(&element(place)));
    places
}

/// A path whose elements go by their names alone.
fn without_predicates(path: &str) -> String {
    let mut depth = 0_usize;
    path.chars()
        .filter(|letter| {
            depth += usize::from(*letter == '[');
            let outside = depth == 0;
            depth -= usize::from(*letter == ']' && depth > 0);
            outside
        })
        .collect()
}

/// What the steps that any key fits are in a key.
fn entry_names(open: &Pattern, pattern: &Pattern) -> Vec<String> {
    let steps = open.0.iter().zip(&pattern.0).filter(|(open, _)| **open == Step::Any);
    let names = steps.map(|(_, step)| match step {
        Step::Key(name) => name.to_string(),
        Step::Any | Step::Each => ENTRY_NAME.to_owned(),
    });
    names.collect()
}

impl Evidence {
    fn add(&mut self, other: &Self, names: &[String]) {
        for place in &other.places {
            let named = named(place, names);
            if !self.places.contains(&named) {
                self.places.push(named);
            }
        }
        self.fallback = self.fallback.take().or_else(|| other.fallback.clone());
        self.signs.extend(other.signs.iter().copied());
        self.values.extend(other.values.iter().cloned());
        self.outcomes.extend(other.outcomes.iter().cloned());
        self.implies.extend(other.implies.iter().map(|implication| in_table(implication, names)));
        self.implied_by.extend(other.implied_by.iter().map(|implication| in_table(implication, names)));
        self.unit = self.unit.take().or_else(|| other.unit.clone());
        self.only = self.only.take().or_else(|| other.only.clone());
    }
}

fn named(place: &Place, names: &[String]) -> Place {
    let path = names.iter().fold(place.path.clone(), |path, name| path.replacen(ENTRY_NAME, name, 1));
    Place { path, ..place.clone() }
}

/// The same for the table that the key stands in: `*` in the key and `$1` in the value are its name.
fn in_table(implication: &Implication, names: &[String]) -> Implication {
    let mut known = names.iter().filter(|name| *name != ENTRY_NAME);
    let step = |step: &Step| match step {
        Step::Any => known.next().map_or(Step::Any, |name| Step::Key(name.as_str().into())),
        other => other.clone(),
    };
    let key = Pattern(implication.key.0.iter().map(step).collect());
    let named = (1..).zip(names).filter(|(_, name)| *name != ENTRY_NAME);
    let value = named
        .fold(implication.value.clone(), |value, (number, name)| value.replace(&format!("${number}"), name));
    Implication { when: implication.when.clone(), key, value }
}

/// Adds the keys that people write for internal ones.
fn add_written(keys: &mut BTreeMap<Pattern, Key>, mapping: &Mapping) {
    let mut added: BTreeMap<Pattern, Key> = BTreeMap::new();
    for (internal, key) in keys.iter() {
        for written in mapping.written_for(internal) {
            let known = added.entry(written.clone()).or_insert_with(|| Key {
                pattern: written,
                renamed_from: Vec::new(),
                ..Key { places: Vec::new(), ..key.clone() }
            });
            known.renamed_to.push(internal.clone());
            known.places.extend(key.places.iter().cloned());
            known.default = known.default.take().or_else(|| key.default.clone());
        }
    }
    for (pattern, key) in added {
        match keys.get_mut(&pattern) {
            // Read under its own name, too.
            Some(known) => {
                known.renamed_to = key.renamed_to;
                known.places.extend(key.places);
            }
            None => {
                keys.insert(pattern, key);
            }
        }
    }
}
