//! One attempt after the other to give a setting its value: proposals of the model, written into a draft with what their
//! conditions ask for, and taken where the server's own phases and templates then give the setting and lose no other.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::rc::Rc;

use super::destination::Destination;
use super::draft::Draft;
use super::matching::{self, Configured, Match, printed};
use super::path::Path;
use super::solve::{Content, Need, Proposal, Solver, all};
use super::spelling::Spelling;
use super::{Inversion, Wanted};
use crate::migrate::{Key, KeyPart};
use crate::render::phases::Configuration;
use crate::render::value::Value;
use crate::target::place::{Place, places};
use crate::target::tree::{FileModel, Form};

impl<'a> Inversion<'a> {
    pub(super) fn search(&mut self, wanted: &Wanted) -> Option<Vec<Key>> {
        let proposals = self.proposals_of(wanted);
        proposals.iter().find_map(|proposal| self.attempt(proposal, wanted))
    }

    pub(super) fn proposals_of(&mut self, wanted: &Wanted) -> Vec<Proposal> {
        self.destination.model.file(&wanted.file).map_or_else(Vec::new, |file| self.proposals(file, wanted))
    }

    pub(super) fn places(&mut self, file: &'a FileModel) -> Rc<[Place<'a>]> {
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
