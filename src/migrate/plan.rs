//! Decides for one node: relocates, inverts, and looks at the result once more.

use std::collections::{BTreeMap, BTreeSet};

use super::inversion::destination::Destination;
use super::inversion::draft::Draft;
use super::inversion::{Inversion, Outcome, Wanted, element_prefix};
use super::judgement::{Answer, Judgement, Question};
use super::relocation::{self, Fate, Found, Journey};
use super::{
    Assignment, Change, Customised, Decision, Decisions, Evidence, Key, KeyPart, Legacy, Risk, Status, Target,
};
use crate::model::Deployment;
use crate::render::value::Value;

/// What a customised setting waits for.
enum Waiting {
    /// Decided already.
    Decided(Decision),
    /// To be rendered like this; the note goes with it.
    Rendered(Wanted, Option<String>),
    /// These keys are to hold these values.
    Keys(Vec<(Key, Value)>, Option<String>),
}

/// Decides for one node of a deployment; nothing where the server would not start with the file of the fresh pack.
pub fn decide(
    deployment: &Deployment,
    legacy: &Legacy<'_>,
    nodes: &[Legacy<'_>],
    target: &Target,
    destination: &Destination<'_>,
) -> Option<Decisions> {
    let base = target.base();
    let inversion = Inversion::new(destination, base.clone()).ok()?;
    let fresh = Inversion::new(destination, base.clone()).ok()?;
    let judgement = Judgement::new(deployment, legacy, nodes, target.version);
    let (outcomes, beside, yielding) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
    let mut plan = Plan { legacy, target, judgement, inversion, fresh, base, outcomes, beside, yielding };
    plan.assign_all(plan.judgement.first(&plan.base));
    plan.inversion.remove_all(&plan.judgement.left_over(&plan.base));
    plan.replace_elements();
    let waiting: Vec<Waiting> = legacy.customised.iter().map(|setting| plan.waiting(setting)).collect();
    plan.yielding = plan.find_yielding(&waiting);
    let (last, first): (Vec<_>, Vec<_>) =
        waiting.iter().enumerate().partition(|(index, _)| plan.yielding.contains(index));
    for (index, waiting) in first.into_iter().chain(last) {
        plan.carry_out(index, waiting);
    }
    plan.leave_out_implied();
    plan.assign_all(plan.judgement.last(&plan.base, plan.inversion.draft()));
    Some(plan.finish(&waiting))
}

struct Plan<'a> {
    legacy: &'a Legacy<'a>,
    target: &'a Target,
    judgement: Judgement<'a>,
    inversion: Inversion<'a>,
    /// The untouched pack of the target.
    fresh: Inversion<'a>,
    base: Draft,
    /// What became of the settings that were to be rendered or assigned.
    outcomes: BTreeMap<usize, Outcome>,
    /// The keys of settings, by file and path, that were written to complete an element.
    beside: BTreeMap<(String, String), Vec<Key>>,
    /// Settings that other ones of the node go before.
    yielding: BTreeSet<usize>,
}

impl Plan<'_> {
    /// Takes elements out of the lists of the fresh pack that the node does not have, where the node changed the list.
    fn replace_elements(&mut self) {
        let mut lists: BTreeMap<Key, (String, BTreeSet<String>)> = BTreeMap::new();
        for setting in &self.legacy.customised {
            if setting.change.is_file() || !self.inversion.renders(&setting.file) {
                continue;
            }
            let Some((list, field, _)) = self.inversion.element(&setting.file, &setting.path) else {
                continue;
            };
            if lists.contains_key(&list) {
                continue;
            }
            let all = self.legacy.settings(&setting.file);
            let own = all.iter().filter_map(|other| self.inversion.element(&setting.file, &other.path));
            let names = own.filter(|(other, _, _)| *other == list).map(|(_, _, name)| name).collect();
            lists.insert(list, (field, names));
        }
        for (list, (field, names)) in lists {
            self.inversion.retain(&list, &field, &names);
        }
    }

    fn journey(&self) -> Journey {
        Journey { from: self.legacy.node.version, to: self.target.version }
    }

    fn assign_all(&mut self, assignments: Vec<(Key, Value)>) {
        for (key, value) in assignments {
            // What cannot be written shows where the settings are looked at once more.
            let _ = self.assigned(&key, &value);
        }
    }

    /// Makes a key have a value; the key where it had to be written for that, and nothing where it cannot.
    fn assigned(&mut self, key: &Key, value: &Value) -> Option<Option<Key>> {
        let key = self.inversion.placed(key);
        if self.inversion.has(&key, value) {
            return Some(None);
        }
        self.inversion.assign(&key, value.clone()).then_some(Some(key))
    }

    fn waiting(&self, setting: &Customised) -> Waiting {
        let setting = &*self.judgement.resolved(setting);
        let value = setting.value.as_deref();
        let question = Question { file: &setting.file, path: &setting.path, value };
        match self.judgement.answer(question) {
            Some(Answer::Moved(wanted, note)) if self.inversion.renders(&wanted.file) => {
                return Waiting::Rendered(wanted, note);
            }
            Some(Answer::Keys(keys, note)) => return Waiting::Keys(keys, note),
            Some(Answer::Decided(decision)) => return Waiting::Decided(decision),
            Some(Answer::Moved(..)) | None => {}
        }
        let found = relocation::find(&setting.file, &setting.path, value, self.journey());
        // What is to be done about a file cannot be done about one that is not there.
        let is_there = setting.change != Change::FileRemoved;
        if let Some(found) = found.filter(|found| is_there || found.relocation.fate == Fate::Obsolete) {
            return relocated(&found, setting);
        }
        if !setting.change.is_file() && self.inversion.renders(&setting.file) {
            let (file, path) = (setting.file.clone(), setting.path.clone());
            return Waiting::Rendered(Wanted { file, path, value: setting.value.clone() }, None);
        }
        Waiting::Decided(super::decision::untemplated(setting, self.target))
    }

    /// The settings that give way: of two that ask one place of the target for different values, such as the pool sizes of
    /// data sources that become one, the one that the fresh pack has anyway.
    fn find_yielding(&mut self, waiting: &[Waiting]) -> BTreeSet<usize> {
        let mut places: BTreeMap<(&str, &str), BTreeSet<Option<&str>>> = BTreeMap::new();
        for waiting in waiting {
            if let Waiting::Rendered(wanted, _) = waiting {
                places.entry((&wanted.file, &wanted.path)).or_default().insert(wanted.value.as_deref());
            }
        }
        let gives_way = |waiting: &Waiting| match waiting {
            Waiting::Rendered(wanted, _) => {
                let values = places.get(&(&*wanted.file, &*wanted.path));
                values.is_some_and(|values| values.len() > 1)
                    && self.fresh.current(&wanted.file, &wanted.path) == wanted.value
            }
            Waiting::Decided(_) | Waiting::Keys(..) => false,
        };
        let settings = waiting.iter().map(gives_way).enumerate();
        settings.filter(|(_, gives_way)| *gives_way).map(|(index, _)| index).collect()
    }

    fn carry_out(&mut self, index: usize, waiting: &Waiting) {
        let outcome = match waiting {
            Waiting::Decided(_) => return,
            Waiting::Rendered(wanted, _) => {
                if wanted.value.is_none() {
                    let settings = || self.legacy.settings(&wanted.file);
                    self.inversion
                        .has_own(&wanted.file, || settings().into_iter().map(|own| own.path).collect());
                }
                let outcome = self.inversion.achieve(wanted);
                if let Outcome::Written(_) = outcome
                    && self.inversion.element(&wanted.file, &wanted.path).is_some()
                {
                    self.complete_element(index);
                }
                outcome
            }
            Waiting::Keys(keys, _) => self.assigned_all(keys),
        };
        self.outcomes.insert(index, outcome);
    }

    fn assigned_all(&mut self, keys: &[(Key, Value)]) -> Outcome {
        let mut written = Vec::new();
        for (key, value) in keys {
            match self.assigned(key, value) {
                Some(key) => written.extend(key),
                None => return Outcome::NotFound,
            }
        }
        if written.is_empty() { Outcome::Given } else { Outcome::Written(written) }
    }

    /// Writes the rest of a table of an array of which a setting was written: settings that the node has as its own
    /// pack has them are none of the target's.
    fn complete_element(&mut self, index: usize) {
        let Some(setting) = self.legacy.customised.get(index) else { return };
        let Some(prefix) = element_prefix(&setting.path) else { return };
        let all = self.legacy.settings(&setting.file);
        for sibling in all.into_iter().filter(|other| other.path.starts_with(prefix)) {
            if self.gives_way(&setting.file, &sibling.path) {
                continue;
            }
            let reference = self.judgement.reference(&setting.file, &sibling.path);
            let value = reference.unwrap_or(sibling.value);
            let outcome = self.sibling(&setting.file, &sibling.path, &value);
            // Whether it is so in the end is told where the node customised it.
            if let Outcome::Written(keys) = outcome {
                self.beside.insert((setting.file.clone(), sibling.path), keys);
            }
        }
    }

    fn gives_way(&self, file: &str, path: &str) -> bool {
        let mut settings = self.yielding.iter().filter_map(|index| self.legacy.customised.get(*index));
        settings.any(|setting| setting.file == file && setting.path == path)
    }

    fn sibling(&mut self, file: &str, path: &str, value: &str) -> Outcome {
        match self.judgement.answer(Question { file, path, value: Some(value) }) {
            _ if path.ends_with("/@secretAlias") => Outcome::Given,
            Some(Answer::Decided(_)) => Outcome::Given,
            Some(Answer::Keys(keys, _)) => self.assigned_all(&keys),
            Some(Answer::Moved(wanted, _)) => self.inversion.achieve(&wanted),
            None if relocation::find(file, path, Some(value), self.journey()).is_some() => Outcome::Given,
            None => {
                let (file, path, value) = (file.to_owned(), path.to_owned(), Some(value.to_owned()));
                self.inversion.achieve(&Wanted { file, path, value })
            }
        }
    }

    /// Takes keys away that have their value without being written, since another key implies it.
    fn leave_out_implied(&mut self) {
        let written: BTreeSet<Key> = self.outcomes.values().flat_map(Outcome::keys).cloned().collect();
        for key in written {
            let plain = key.0.iter().all(|part| matches!(part, KeyPart::Name(_)));
            if plain && self.base.get(&key).is_none() && self.inversion.leave_out(&key) {
                for outcome in self.outcomes.values_mut() {
                    outcome.forget(&key);
                }
            }
        }
    }

    fn finish(mut self, waiting: &[Waiting]) -> Decisions {
        let mut decisions = Decisions::default();
        let mut from: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
        for (index, (waiting, setting)) in waiting.iter().zip(&self.legacy.customised).enumerate() {
            let decision = match waiting {
                Waiting::Decided(decision) => decision.clone(),
                Waiting::Rendered(wanted, note) => {
                    let now = self.inversion.current(&wanted.file, &wanted.path);
                    if now == wanted.value {
                        self.held(index, setting, wanted);
                        self.judged(index, note.as_ref())
                    } else {
                        self.unfulfilled(setting, wanted, now.is_some())
                    }
                }
                Waiting::Keys(keys, note) => match self.outcomes.get(&index) {
                    Some(Outcome::NotFound) | None => super::decision::undecided(setting, self.target),
                    Some(_) => {
                        self.held_by(index, keys);
                        self.judged(index, note.as_ref())
                    }
                },
            };
            if let (Status::Migrated { .. }, Some(outcome)) = (&decision.status, self.outcomes.get(&index)) {
                outcome.keys().for_each(|key| from.entry(key.clone()).or_default().push(index));
            }
            decisions.settings.push(decision);
            decisions.evidence.push(match waiting {
                Waiting::Decided(_) => Evidence::Nowhere,
                Waiting::Rendered(wanted, _) => Evidence::Rendered(vec![wanted.clone()]),
                Waiting::Keys(keys, _) => {
                    let placed = keys.iter().map(|(key, value)| (self.inversion.placed(key), value.clone()));
                    Evidence::Keys(placed.collect())
                }
            });
        }
        let leaf = |(key, value): (Key, Value)| {
            let from = from.get(&key).cloned().unwrap_or_default();
            let value = self.judgement.secret(&key).unwrap_or(value);
            Assignment { key, value, from }
        };
        decisions.assignments = self.inversion.draft().leaves().into_iter().map(leaf).collect();
        decisions.notes = self.judgement.notes();
        decisions
    }

    /// Finds the keys of a setting that has its value without having been written for its own sake: the fresh pack has
    /// another one.
    fn held(&mut self, index: usize, setting: &Customised, wanted: &Wanted) {
        if matches!(self.outcomes.get(&index), Some(Outcome::Written(keys)) if !keys.is_empty())
            || self.fresh.current(&wanted.file, &wanted.path) == wanted.value
        {
            return;
        }
        let place = (setting.file.clone(), setting.path.clone());
        let keys = match self.beside.get(&place) {
            Some(keys) => keys.clone(),
            None => self.inversion.behind(wanted),
        };
        self.outcomes.insert(index, Outcome::Written(keys));
    }

    /// Says that keys hold a setting that were written already when it came.
    fn held_by(&mut self, index: usize, keys: &[(Key, Value)]) {
        let Some(Outcome::Given) = self.outcomes.get(&index) else { return };
        let keys = keys.iter().map(|(key, value)| (self.inversion.placed(key), value));
        let written: Vec<Key> = keys
            .filter(|(key, value)| !self.fresh.has(key, value) && self.inversion.draft().get(key).is_some())
            .map(|(key, _)| key)
            .collect();
        self.outcomes.insert(index, Outcome::Written(written));
    }

    fn judged(&self, index: usize, note: Option<&String>) -> Decision {
        let status = match self.outcomes.get(&index) {
            Some(Outcome::Written(keys)) if !keys.is_empty() => {
                Status::Migrated { keys: keys.iter().map(Key::to_string).collect() }
            }
            _ => Status::Default,
        };
        Decision { status, note: note.cloned(), risk: Risk::Low }
    }

    /// What to do about a setting that no key gives.
    fn unfulfilled(&mut self, setting: &Customised, wanted: &Wanted, present: bool) -> Decision {
        let version = self.target.version;
        let value = setting.value.as_deref();
        let known = relocation::otherwise(&setting.file, &setting.path, value, self.journey());
        if let Some(found) = known.filter(|_| value.is_some()) {
            let note = found.relocation.note.as_deref().unwrap_or_default();
            return Decision::manual(
                found.relocation.risk,
                found.fill(note, setting.shown.as_deref().unwrap_or_default()),
            );
        }
        let file = &wanted.file;
        let template = format!("repository/resources/conf/templates/{file}.j2");
        let note = match (setting.value.is_some(), present) {
            (true, true) => match self.rival(wanted) {
                Some((key, rival)) => format!(
                    "{key} sets this in {version} and holds the value of {}:{}: see which of the two it is to be",
                    rival.file, rival.line
                ),
                None => format!("{version} has another value here that no key changes: {template} holds it"),
            },
            (true, false) => {
                format!("{version} has no such setting and no key for it: drop it, or add it to {template}")
            }
            (false, _) => format!("{version} sets this and no key takes it away: see whether that does harm"),
        };
        Decision::manual(if setting.value.is_some() { Risk::Medium } else { Risk::Low }, note)
    }

    /// The key that a setting would need to hold its value, and the setting that was written there instead.
    fn rival(&mut self, wanted: &Wanted) -> Option<(Key, &Customised)> {
        let holders = self.inversion.holders(wanted);
        let (index, key) = self.outcomes.iter().find_map(|(index, outcome)| {
            let key = outcome.keys().find(|key| holders.contains(key))?;
            Some((*index, key.clone()))
        })?;
        Some((key, self.legacy.customised.get(index)?))
    }
}

fn relocated(found: &Found, setting: &Customised) -> Waiting {
    let value = setting.value.clone().unwrap_or_default();
    let relocation = found.relocation;
    let note =
        relocation.note.as_ref().map(|note| found.fill(note, setting.shown.as_deref().unwrap_or_default()));
    let decided = |status| Waiting::Decided(Decision { status, note: note.clone(), risk: relocation.risk });
    let new_value = |template: &Option<String>| match template {
        Some(template) => found.fill(template, &value),
        None => value.clone(),
    };
    match &relocation.fate {
        Fate::Moved { file, path, value: template } => {
            let value = setting.value.as_ref().map(|_| new_value(template));
            let (file, path) = (file.clone(), found.fill(path, &value_for_paths(setting)));
            Waiting::Rendered(Wanted { file, path, value }, note)
        }
        Fate::Key { key, value: template } => {
            let Some(key) = Key::parse(&found.fill(key, &value)) else {
                return decided(Status::Manual);
            };
            Waiting::Keys(vec![(key, typed(&new_value(template)))], note)
        }
        Fate::Obsolete => decided(Status::Obsolete),
        Fate::Manual | Fate::Kept => decided(Status::Manual),
        Fate::Carried => decided(Status::Carried),
    }
}

fn value_for_paths(setting: &Customised) -> String {
    setting.value.clone().or_else(|| setting.vanilla.clone()).unwrap_or_default()
}

/// A value as people write it: `true`, `false` and whole numbers without quotes.
pub(super) fn typed(text: &str) -> Value {
    match (text, text.parse::<i64>()) {
        ("true", _) => Value::Bool(true),
        ("false", _) => Value::Bool(false),
        (_, Ok(number)) if number.to_string() == text => Value::Integer(number),
        _ => Value::Text(text.to_owned()),
    }
}
