//! From settings of rendered files back to the keys of deployment.toml.
//!
//! For each wanted setting the places of the target's model that can produce it are looked up (`matching`) and solved for
//! the keys that they read (`solve`). What comes out is a proposal: it is tried on a draft ([`draft`]) by going through
//! the server's phases and templates ([`destination`]), and taken only if the setting then has the wanted value and none is
//! lost that was right before.

mod attempt;
pub mod destination;
pub mod draft;
pub mod effects;
mod matching;
mod path;
mod scope;
mod solve;
mod spelling;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use self::destination::Destination;
use self::draft::Draft;
use self::matching::{Configured, is_named, printed};
use self::path::Path;
use super::{Key, KeyPart};
use crate::render::phases::Configuration;
use crate::render::value::Value;
use crate::target::place::Place;

/// A setting that the target is to have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wanted {
    /// The rendered file, home-relative.
    pub file: String,
    /// The path in it.
    pub path: String,
    /// The value; none where the target shall not have the setting.
    pub value: Option<String>,
}

/// What became of a wanted setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is so, and these keys were written for it.
    Written(Vec<Key>),
    /// It is so without anything written for it.
    Given,
    /// No keys were found that make it so.
    NotFound,
}

impl Outcome {
    /// The keys that were written.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        let keys = match self {
            Self::Written(keys) => keys.as_slice(),
            Self::Given | Self::NotFound => &[],
        };
        keys.iter()
    }

    /// Says that a key need not be written after all.
    pub fn forget(&mut self, key: &Key) {
        if let Self::Written(keys) = self {
            keys.retain(|known| known != key);
        }
    }
}

/// A deployment.toml that is being made to give the settings that are wanted.
pub struct Inversion<'a> {
    destination: &'a Destination<'a>,
    draft: Draft,
    configuration: Configuration,
    /// What holds already, by file: it must not be lost again.
    achieved: BTreeMap<String, BTreeMap<String, Option<String>>>,
    /// The settings of the files as they come out now.
    rendered: BTreeMap<String, BTreeMap<String, String>>,
    places: BTreeMap<&'a str, Rc<[Place<'a>]>>,
    /// The settings that the node has, by file: taking another away must not take them along.
    own: BTreeMap<String, BTreeSet<String>>,
}

impl Configured for Inversion<'_> {
    fn value(&self, key: &Key) -> Option<&Value> {
        self.destination.value(key, &self.configuration)
    }
}

impl<'a> Inversion<'a> {
    /// Starts from what a deployment.toml says already. The error says why the server would not start with it.
    pub fn new(destination: &'a Destination<'a>, draft: Draft) -> Result<Self, String> {
        let configuration = destination.configure(&draft)?;
        Ok(Self {
            destination,
            draft,
            configuration,
            achieved: BTreeMap::new(),
            rendered: BTreeMap::new(),
            places: BTreeMap::new(),
            own: BTreeMap::new(),
        })
    }

    /// The deployment.toml as it is now.
    pub fn draft(&self) -> &Draft {
        &self.draft
    }

    /// The target.
    pub fn destination(&self) -> &'a Destination<'a> {
        self.destination
    }

    /// Goes back to a deployment.toml that was before, or on to one with fewer keys; what no longer holds need not be kept.
    /// False where the server would not start with it.
    pub fn restore(&mut self, draft: Draft) -> bool {
        if !self.adopt(draft) {
            return false;
        }
        let mut achieved = std::mem::take(&mut self.achieved);
        for (file, settings) in &mut achieved {
            settings.retain(|path, value| self.current(file, path) == *value);
        }
        self.achieved = achieved;
        true
    }

    /// True where the target renders this file.
    pub fn renders(&self, file: &str) -> bool {
        self.destination.model.file(file).is_some()
    }

    /// The value that a setting has now.
    pub fn current(&mut self, file: &str, path: &str) -> Option<String> {
        let (destination, configuration) = (self.destination, &self.configuration);
        let settings =
            self.rendered.entry(file.to_owned()).or_insert_with(|| destination.settings(file, configuration));
        settings.get(path).cloned()
    }

    /// Writes a key whatever it does to settings; false where the server would not start with it.
    pub fn assign(&mut self, key: &Key, value: Value) -> bool {
        let mut draft = self.draft.clone();
        if !name_items(&mut draft, key) || !draft.set(key, value) {
            return false;
        }
        let Ok(configuration) = self.destination.configure(&draft) else { return false };
        let mut affected = self.destination.affected(&self.configuration, &configuration).into_iter();
        let is_sound = affected.all(|file| self.destination.is_sound(file, &configuration));
        if is_sound {
            self.take(draft, configuration);
        }
        is_sound
    }

    /// Takes keys away whatever that does to settings, if the server would still start.
    pub fn remove_all(&mut self, keys: &[Key]) {
        let mut draft = self.draft.clone();
        let removed = keys.iter().filter(|key| draft.remove(key).is_some()).count();
        if removed > 0 {
            self.adopt(draft);
        }
    }

    /// True when a key has this value already, written or not.
    pub fn has(&self, key: &Key, value: &Value) -> bool {
        let is_so = |internal: &Key| {
            let now = self.destination.value(internal, &self.configuration);
            now == Some(value) || now.and_then(printed).is_some_and(|now| printed(value) == Some(now))
        };
        self.destination.internal(key).iter().all(is_so)
    }

    /// A key whose items are known by an identity, with the places that these have in the arrays now; new ones come
    /// last.
    pub fn placed(&self, key: &Key) -> Key {
        let mut placed = Key::default();
        for part in &key.0 {
            placed.0.push(match part {
                KeyPart::Item { identity: Some((field, name)), .. } => {
                    let items = match self.draft.get(&placed) {
                        Some(Value::List(items)) => items.as_slice(),
                        _ => &[],
                    };
                    let index =
                        items.iter().position(|item| is_named(item, field, name)).unwrap_or(items.len());
                    KeyPart::Item { index, identity: Some((field.clone(), name.clone())) }
                }
                part => part.clone(),
            });
        }
        placed
    }

    /// Takes a key away if what it stands for stays the same without it; false where it does not.
    pub fn leave_out(&mut self, key: &Key) -> bool {
        let mut draft = self.draft.clone();
        if draft.remove(key).is_none() {
            return false;
        }
        let Ok(configuration) = self.destination.configure(&draft) else { return false };
        let is_same = |internal: &Key| {
            let before = self.destination.value(internal, &self.configuration);
            let after = self.destination.value(internal, &configuration);
            let is_alike = before.and_then(printed).is_some_and(|text| after.and_then(printed) == Some(text));
            is_alike || (after.is_some() && after == before)
        };
        let keeps_all = self.destination.internal(key).iter().all(is_same);
        if keeps_all {
            self.take(draft, configuration);
        }
        keeps_all
    }

    /// Takes the tables out of an array that are not named like this.
    pub fn retain(&mut self, list: &Key, field: &str, names: &BTreeSet<String>) {
        let mut draft = self.draft.clone();
        let Some(Value::List(items)) = self.draft.get(list) else { return };
        let kept: Vec<Value> = items
            .iter()
            .filter(|item| names.iter().any(|name| is_named(item, field, name)))
            .cloned()
            .collect();
        let emptied = kept.is_empty();
        if draft.set(list, Value::List(kept)) && (!emptied || draft.remove(list).is_some()) {
            self.adopt(draft);
        }
    }

    /// The array of tables that a setting comes from, the field that names its table, and the name.
    pub fn element(&mut self, file: &str, path: &str) -> Option<(Key, String, String)> {
        let model = self.destination.model.file(file)?;
        let path = Path::of_xml(path)?;
        if path.segments.iter().all(|segment| segment.predicates.is_empty()) {
            return None;
        }
        let places = self.places(model);
        places
            .iter()
            .filter_map(|place| matching::xml(place, &path, self))
            .find_map(|found| found.scope.element())
    }

    /// The keys that are written and that a setting has its value from.
    pub fn behind(&mut self, wanted: &Wanted) -> Vec<Key> {
        let written = self.holders(wanted);
        if !written.is_empty() {
            return written;
        }
        let proposals = self.proposals_of(wanted);
        // Driver, validation query and class follow from the type of their table.
        let kind = |key: &Key| {
            let (_, table) = key.0.split_last()?;
            let kind = Key(table.to_vec()).name("type");
            self.draft.get(&kind).is_some().then_some(kind)
        };
        let internal = proposals.iter().flat_map(|proposal| &proposal.values);
        internal.map(|(key, _)| key).find_map(kind).into_iter().collect()
    }

    /// The keys that are written and that stand in a setting themselves.
    pub fn holders(&mut self, wanted: &Wanted) -> Vec<Key> {
        let proposals = self.proposals_of(wanted);
        let own =
            |key: &Key| self.destination.written(key).into_iter().find(|key| self.draft.get(key).is_some());
        let keys = proposals.iter().map(|proposal| proposal.values.iter().map(|(key, _)| key));
        let written = keys.map(|keys| keys.filter_map(own).collect());
        written.into_iter().find(|keys: &Vec<Key>| !keys.is_empty()).unwrap_or_default()
    }

    /// Says which settings of a file the node has, unless that is known.
    pub fn has_own(&mut self, file: &str, own: impl FnOnce() -> BTreeSet<String>) {
        if !self.own.contains_key(file) {
            self.own.insert(file.to_owned(), own());
        }
    }

    /// Makes the target have a setting.
    pub fn achieve(&mut self, wanted: &Wanted) -> Outcome {
        let outcome = if self.current(&wanted.file, &wanted.path) == wanted.value {
            Outcome::Given
        } else {
            self.search(wanted).map_or(Outcome::NotFound, Outcome::Written)
        };
        if outcome != Outcome::NotFound {
            let achieved = self.achieved.entry(wanted.file.clone()).or_default();
            achieved.insert(wanted.path.clone(), wanted.value.clone());
        }
        outcome
    }

    fn adopt(&mut self, draft: Draft) -> bool {
        match self.destination.configure(&draft) {
            Ok(configuration) => {
                self.take(draft, configuration);
                true
            }
            Err(_) => false,
        }
    }

    fn take(&mut self, draft: Draft, configuration: Configuration) {
        let affected = self.destination.affected(&self.configuration, &configuration);
        self.rendered.retain(|file, _| !affected.contains(file.as_str()));
        self.draft = draft;
        self.configuration = configuration;
    }
}

/// Gives the items on the way to a key the fields that they are known by.
fn name_items(draft: &mut Draft, key: &Key) -> bool {
    let mut item = Key::default();
    for part in &key.0 {
        item.0.push(part.clone());
        let KeyPart::Item { identity: Some((field, name)), .. } = part else { continue };
        let identity = item.clone().name(field);
        if draft.get(&identity).is_none() && !draft.set(&identity, Value::Text(name.clone())) {
            return false;
        }
    }
    true
}

/// The path of the innermost named element of an XML path, up to the end of its predicate.
pub fn element_prefix(path: &str) -> Option<&str> {
    let end = path.rfind("']").map(|at| at + 2).or_else(|| path.rfind("\"]").map(|at| at + 2))?;
    path.get(..end)
}
