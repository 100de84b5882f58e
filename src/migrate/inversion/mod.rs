//! From settings of rendered files back to the keys of deployment.toml.
//!
//! For each wanted setting the places of the target's model that can produce it are looked up (`matching`) and solved for
//! the keys that they read (`solve`). What comes out is a proposal: it is tried on a draft ([`draft`]) by going through
//! the server's phases and templates ([`destination`]), and taken only if the setting then has the wanted value and none is
//! lost that was right before.

pub mod destination;
pub mod draft;
pub mod effects;
mod matching;
mod path;
mod scope;
mod solve;
mod spelling;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::rc::Rc;

use self::destination::Destination;
use self::draft::Draft;
use self::matching::{Configured, Match, is_named, printed};
use self::path::Path;
use self::solve::{Content, Need, Proposal, Solver, all};
use self::spelling::Spelling;
use super::{Key, KeyPart};
use crate::render::phases::Configuration;
use crate::render::value::Value;
use crate::target::place::{Place, places};
use crate::target::tree::{FileModel, Form};

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
        self.destination.internal(key).iter().all(is_same) && self.adopt(draft)
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

    fn search(&mut self, wanted: &Wanted) -> Option<Vec<Key>> {
        let proposals = self.proposals_of(wanted);
        proposals.iter().find_map(|proposal| self.attempt(proposal, wanted))
    }

    fn proposals_of(&mut self, wanted: &Wanted) -> Vec<Proposal> {
        self.destination.model.file(&wanted.file).map_or_else(Vec::new, |file| self.proposals(file, wanted))
    }

    fn places(&mut self, file: &'a FileModel) -> Rc<[Place<'a>]> {
        self.places.entry(file.path.as_str()).or_insert_with(|| places(file).into()).clone()
    }

    fn proposals(&mut self, file: &'a FileModel, wanted: &Wanted) -> Vec<Proposal> {
        let places = self.places(file);
        let path = match file.form {
            Form::Xml => Path::of_xml(&wanted.path),
            Form::Properties | Form::Text => None,
        };
        let mut proposals = Vec::new();
        for place in places.iter() {
            let found = match (&path, file.form) {
                (Some(path), _) => matching::xml(place, path, self),
                (None, Form::Properties) => matching::entry(place, &wanted.path, self),
                (None, _) => None,
            };
            if let Some(found) = found {
                let solutions = solutions(&found, wanted.value.as_deref());
                proposals.extend(solutions.into_iter().map(|solution| (found.is_new, solution)));
            }
        }
        proposals
            .sort_by_key(|(is_new, proposal)| (*is_new, proposal.needs.len() + 4 * proposal.values.len()));
        proposals.into_iter().map(|(_, proposal)| proposal).collect()
    }

    /// Tries a proposal: alone, then with all that its conditions ask for.
    fn attempt(&mut self, proposal: &Proposal, wanted: &Wanted) -> Option<Vec<Key>> {
        let spellings = Spelling::all(wanted);
        let mut tried = Vec::new();
        for with_needs in [false, true] {
            for spelling in &spellings {
                let mut draft = self.draft.clone();
                let mut keys = BTreeSet::new();
                let put = |draft: &mut Draft, keys: &mut BTreeSet<Key>| {
                    let mut values = proposal.values.iter();
                    values.all(|(key, content)| {
                        self.is_so(key, content) || self.put(draft, key, spelling.value(content), keys)
                    })
                };
                let mut whole = put(&mut draft, &mut keys);
                if with_needs {
                    // That a key has a value may follow from what else is asked of it.
                    let later = |(_, need): &&(Key, Need)| *need == Need::Defined;
                    let (last, first): (Vec<_>, Vec<_>) = proposal.needs.iter().partition(later);
                    let mut needs = first.into_iter().chain(last);
                    whole = whole && needs.all(|(key, need)| self.fulfil(&mut draft, key, need, &mut keys));
                }
                if !whole || draft == self.draft || tried.contains(&draft) {
                    continue;
                }
                if let Some(configuration) = self.holding(&draft, wanted) {
                    self.take(draft, configuration);
                    return Some(keys.into_iter().collect());
                }
                tried.push(draft);
            }
        }
        None
    }

    /// True where an internal key prints like this without being written.
    fn is_so(&self, key: &Key, content: &Content) -> bool {
        let Content::Text(text) = content else { return false };
        !key.is_in_array() && self.value(key).and_then(printed).as_ref() == Some(text)
    }

    fn put(&self, draft: &mut Draft, key: &Key, value: Value, keys: &mut BTreeSet<Key>) -> bool {
        let written = self.destination.written(key).into_iter().next();
        let Some(written) = written else { return false };
        match written.0.split_last() {
            // One of several plain values is written with the others.
            Some((KeyPart::Item { identity: None, .. }, list)) => {
                let list = Key(list.to_vec());
                if let (None, Some(now)) = (draft.get(&list), self.value(&list)) {
                    draft.set(&list, now.clone());
                }
                keys.insert(list);
            }
            _ => drop(keys.insert(written.clone())),
        }
        draft.set(&written, value)
    }

    /// Does what a condition asks for, unless it holds.
    fn fulfil(&self, draft: &mut Draft, key: &Key, need: &Need, keys: &mut BTreeSet<Key>) -> bool {
        let now = self.destination.value(key, &self.configuration);
        let text = now.and_then(printed);
        let value = match need {
            Need::Defined => return now.is_some() || draft_has(draft, self.destination, key),
            Need::Undefined => {
                let written = self.destination.written(key);
                written.iter().for_each(|key| drop(draft.remove(key)));
                return true;
            }
            Need::Is(wanted) if text.as_ref() == Some(wanted) => return true,
            Need::Is(wanted) => Spelling::TYPED.value(&Content::Text(wanted.clone())),
            Need::IsNot(unwanted) if text.as_ref() != Some(unwanted) => return true,
            Need::IsNot(unwanted) => match unwanted.as_str() {
                "true" => Value::Bool(false),
                "false" => Value::Bool(true),
                _ => return false,
            },
            Need::True if now.is_some_and(truth) || draft_has(draft, self.destination, key) => return true,
            Need::True => Value::Bool(true),
            Need::False if !now.is_some_and(truth) => return true,
            Need::False => Value::Bool(false),
        };
        self.put(draft, key, value, keys)
    }

    /// True where an element on the way to a setting is there twice that was there once: a list of deployment.toml adds
    /// elements to those that the template has, and changes none of them.
    fn has_new_twin(&self, settings: &BTreeMap<String, String>, file: &str, path: &str) -> bool {
        let Some(before) = self.rendered.get(file) else { return false };
        let ends = path.match_indices("']").map(|(at, end)| at + end.len());
        ends.filter_map(|end| path.split_at_checked(end)).any(|(element, rest)| {
            let twin = format!("{element}[2]");
            !rest.starts_with('[')
                && starts(before, element)
                && !starts(before, &twin)
                && starts(settings, &twin)
        })
    }

    /// What the server makes of the draft, where it gives the setting and keeps what was achieved.
    fn holding(&self, draft: &Draft, wanted: &Wanted) -> Option<Configuration> {
        let configuration = self.destination.configure(draft).ok()?;
        let affected = self.destination.affected(&self.configuration, &configuration);
        // The setting has another value now.
        if !affected.contains(wanted.file.as_str()) {
            return None;
        }
        let settings = self.destination.settings(&wanted.file, &configuration);
        if settings.get(&wanted.path) != wanted.value.as_ref()
            || self.has_new_twin(&settings, &wanted.file, &wanted.path)
        {
            return None;
        }
        let lost = |path: &String| {
            let before = self.rendered.get(&wanted.file).is_some_and(|before| before.contains_key(path));
            before && !settings.contains_key(path)
        };
        if wanted.value.is_none() && self.own.get(&wanted.file).is_some_and(|own| own.iter().any(lost)) {
            return None;
        }
        let mut to_keep = self.achieved.iter().filter(|(file, _)| affected.contains(file.as_str()));
        let is_kept = to_keep.all(|(file, achieved)| {
            let others;
            let settings = if *file == wanted.file {
                &settings
            } else {
                others = self.destination.settings(file, &configuration);
                &others
            };
            achieved.iter().all(|(path, value)| settings.get(path) == value.as_ref())
        });
        is_kept.then_some(configuration)
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

/// True where a setting stands under this path, or at it.
fn starts(settings: &BTreeMap<String, String>, path: &str) -> bool {
    let next = settings.range::<str, _>((Bound::Included(path), Bound::Unbounded)).next();
    next.is_some_and(|(found, _)| found.starts_with(path))
}

fn draft_has(draft: &Draft, destination: &Destination, key: &Key) -> bool {
    destination.written(key).iter().any(|key| draft.get(key).is_some())
}

/// What a template takes for true.
fn truth(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Integer(number) => *number != 0,
        Value::Double(number) => *number != 0.0,
        Value::Text(text) | Value::Date(text) => !text.is_empty() && text != "false",
        Value::List(items) => !items.is_empty(),
        Value::Map(map) => !map.is_empty(),
    }
}

/// Ways for a place to have the value; for no value, ways for the place not to be there.
fn solutions(found: &Match, value: Option<&str>) -> Vec<Proposal> {
    match value {
        Some(value) => {
            let nodes: Vec<_> = found.value.iter().collect();
            all(&found.present, &Solver::default().print(&nodes, value, &found.scope))
        }
        None => found.present.iter().flat_map(absent).collect(),
    }
}

/// Each need of a proposal turned round: one is enough for the place to be gone.
fn absent(present: &Proposal) -> Vec<Proposal> {
    let turned = |(key, need): &(Key, Need)| {
        let need = match need {
            Need::Defined | Need::Is(_) => Need::Undefined,
            Need::True => Need::False,
            Need::False => Need::True,
            Need::Undefined | Need::IsNot(_) => return None,
        };
        Some(Proposal { values: Vec::new(), needs: vec![(key.clone(), need)] })
    };
    present.needs.iter().filter_map(turned).collect()
}

/// The path of the innermost named element of an XML path, up to the end of its predicate.
pub fn element_prefix(path: &str) -> Option<&str> {
    let end = path.rfind("']").map(|at| at + 2).or_else(|| path.rfind("\"]").map(|at| at + 2))?;
    path.get(..end)
}
