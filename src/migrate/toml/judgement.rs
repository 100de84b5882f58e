//! What became of the keys in the end: each is looked at once more in what the new deployment.toml gives.

use std::collections::{BTreeMap, BTreeSet};

use super::super::decision::undecided;
use super::super::inversion::draft::Draft;
use super::super::inversion::effects::Effects;
use super::super::inversion::{Outcome, Wanted};
use super::super::placeholders::restored;
use super::super::{Customised, Decision, Decisions, Evidence, Key, KeyPart, Risk, Status};
use super::plan::{Plan, Waiting};
use super::{assignments, is_secret_alias, plain, same, unnamed};

impl Plan<'_> {
    /// What became of all settings, with the file that says so.
    pub(super) fn finish(mut self, waiting: &[Waiting]) -> Decisions {
        let to = self.inversion.destination();
        let draft = self.without_defaults(waiting, self.inversion.draft().clone());
        let Some(mut new) = Effects::new(to, draft) else { return Decisions::default() };
        let mut decisions = Decisions::default();
        let mut from: BTreeMap<Vec<KeyPart>, Vec<usize>> = BTreeMap::new();
        for (index, (waiting, setting)) in waiting.iter().zip(&self.legacy.customised).enumerate() {
            let (decision, evidence) = self.judged(waiting, setting, &mut new);
            if let Status::Migrated { keys } = &decision.status {
                let placed = keys.iter().filter_map(|key| new.draft.place(&Key::parse(key)?));
                // `[secrets]` stays free of comments.
                let placed = placed.filter(|key| !is_secret_alias(key));
                placed.for_each(|key| from.entry(unnamed(&key)).or_default().push(index));
            }
            decisions.settings.push(shown(decision));
            decisions.evidence.push(evidence);
        }
        decisions.assignments = assignments(&new.draft, &from);
        decisions
    }

    /// Takes out what the target does as well without it.
    fn without_defaults(&self, waiting: &[Waiting], draft: Draft) -> Draft {
        let copied = waiting.iter().flat_map(|waiting| match waiting {
            Waiting::Copied(key) => std::slice::from_ref(key),
            Waiting::Renamed(keys, _) => keys.as_slice(),
            _ => &[],
        });
        let own =
            copied.filter(|key| !key.is_in_array() && self.base.get(key).is_none() && !is_secret_alias(key));
        let destination = self.inversion.destination();
        let Some(mut new) = Effects::new(destination, draft.clone()) else {
            return draft;
        };
        let mut left = draft;
        for key in own {
            let mut without = new.draft.clone();
            let Some(value) = without.remove(key) else { continue };
            let Ok(configuration) = destination.configure(&without) else { continue };
            let given = self.internal(key).and_then(|key| destination.value(&key, &configuration));
            if given.is_some_and(|given| same(given, &value)) && new.beside(&configuration).is_empty() {
                left.remove(key);
            }
        }
        left
    }

    /// The first internal key that a key stands for.
    fn internal(&self, key: &Key) -> Option<Key> {
        self.inversion.destination().internal(key).into_iter().next()
    }

    /// What became of a setting, and where that shows.
    fn judged(
        &mut self,
        waiting: &Waiting,
        setting: &Customised,
        new: &mut Effects<'_>,
    ) -> (Decision, Evidence) {
        match waiting {
            Waiting::Decided(decision) => (decision.clone(), Evidence::Nowhere),
            Waiting::Unread(_) | Waiting::Refused(..) | Waiting::Needed(_) => {
                (undecided(setting, self.target), Evidence::Nowhere)
            }
            Waiting::Found(wanted, outcome, note) => {
                self.judged_search(wanted, outcome, note.clone(), setting, new)
            }
            Waiting::Copied(key) => self.judged_key(key, setting, None, new),
            Waiting::Renamed(keys, note) => match keys.as_slice() {
                [key] => self.judged_key(key, setting, note.clone(), new),
                keys => judged_entries(keys, note.clone(), new),
            },
            Waiting::Removed => self.judged_removal(setting, new),
        }
    }

    /// What other keys do that were found for a setting.
    fn judged_search(
        &mut self,
        wanted: &[Wanted],
        outcome: &Outcome,
        note: Option<String>,
        setting: &Customised,
        new: &mut Effects<'_>,
    ) -> (Decision, Evidence) {
        let holds =
            wanted.iter().all(|wanted| new.current(&wanted.file, &wanted.path) == wanted.value.as_ref());
        if *outcome == Outcome::NotFound || !holds {
            return (undecided(setting, self.target), Evidence::Nowhere);
        }
        let mut keys: Vec<String> = outcome.keys().map(Key::to_string).collect();
        if keys.is_empty() && !self.is_of_base(wanted) {
            // What was found for another setting gives this one, too.
            let behind = wanted.iter().flat_map(|wanted| self.inversion.behind(wanted));
            let behind: BTreeSet<String> = behind.map(|key| key.to_string()).collect();
            keys.extend(behind);
        }
        let status = if keys.is_empty() { Status::Default } else { Status::Migrated { keys } };
        (plain(status, note), Evidence::Rendered(wanted.to_vec()))
    }

    /// True where a fresh pack of the target has these settings.
    fn is_of_base(&self, settings: &[Wanted]) -> bool {
        let base = Effects::new(self.inversion.destination(), self.base.clone());
        base.is_some_and(|mut base| {
            settings.iter().all(|wanted| base.current(&wanted.file, &wanted.path) == wanted.value.as_ref())
        })
    }

    /// A key that holds what it held, or is the default.
    fn judged_key(
        &mut self,
        key: &Key,
        setting: &Customised,
        note: Option<String>,
        new: &mut Effects<'_>,
    ) -> (Decision, Evidence) {
        let written = new.draft.get(key).cloned();
        let is_given = written.is_none()
            || self.base.place(key).is_some_and(|key| self.base.get(&key) == written.as_ref());
        let status = match is_given {
            true => Status::Default,
            false => Status::Migrated { keys: vec![key.to_string()] },
        };
        if is_secret_alias(key) {
            return (plain(status, note), Evidence::Nowhere);
        }
        let (equal, other) = self.compared(setting, new);
        if !equal.is_empty() {
            return (plain(status, note), Evidence::Rendered(equal));
        }
        if let Some(place) = other.first().filter(|_| !is_given && !sets_one_of(key, &other, new)) {
            let note = format!(
                "{} has the key, but {} {} is not what it was: see what the key does now",
                self.target.version, place.file, place.path
            );
            return (Decision::manual(Risk::Medium, note), Evidence::Nowhere);
        }
        let evidence = match written {
            Some(value) => Evidence::Keys(vec![(key.clone(), value)]),
            None => {
                let own = self.old.draft.place(key).and_then(|key| self.old.draft.get(&key)).cloned();
                self.internal(key).zip(own).map_or(Evidence::Nowhere, |found| Evidence::Keys(vec![found]))
            }
        };
        (plain(status, note), evidence)
    }

    /// What the node's file leaves out stays left out; each version has a default of its own for it.
    fn judged_removal(&mut self, setting: &Customised, new: &mut Effects<'_>) -> (Decision, Evidence) {
        let (equal, other) = self.compared(setting, new);
        if !equal.is_empty() {
            return (plain(Status::Default, None), Evidence::Rendered(equal));
        }
        let note = other.first().map(|place| {
            let version = self.target.version;
            format!(
                "left out as in the old file: {version} has a default of its own for {} {}",
                place.file, place.path
            )
        });
        (plain(Status::Default, note), Evidence::Nowhere)
    }

    /// What a setting does in its own version, as far as both versions render it: what the target does alike, and what
    /// otherwise.
    fn compared(&mut self, setting: &Customised, new: &mut Effects<'_>) -> (Vec<Wanted>, Vec<Wanted>) {
        let effects = self.effects(setting).unwrap_or_default();
        let shared = effects
            .into_iter()
            .filter(|wanted| wanted.value.is_some() && new.current(&wanted.file, &wanted.path).is_some());
        let shared: Vec<Wanted> = shared.collect();
        shared
            .into_iter()
            .partition(|wanted| new.current(&wanted.file, &wanted.path) == wanted.value.as_ref())
    }
}

/// Keys that hold the entries of an array; where there are none, the target comes with all entries.
fn judged_entries(keys: &[Key], note: Option<String>, new: &Effects<'_>) -> (Decision, Evidence) {
    let Some(first) = keys.first() else { return (plain(Status::Default, note), Evidence::Nowhere) };
    let value = new.draft.get(first).cloned();
    let evidence = value.map_or(Evidence::Nowhere, |value| Evidence::Keys(vec![(first.clone(), value)]));
    let keys = keys.iter().map(Key::to_string).collect();
    (plain(Status::Migrated { keys }, note), evidence)
}

/// True where a key has an effect on one of these settings.
fn sets_one_of(key: &Key, settings: &[Wanted], new: &mut Effects<'_>) -> bool {
    let mut without = new.draft.clone();
    without.remove(key);
    let effects = new.against(&without).unwrap_or_default();
    let is_one =
        |effect: &Wanted| settings.iter().any(|place| effect.file == place.file && effect.path == place.path);
    effects.iter().any(is_one)
}

/// A decision whose keys are spelt as in the file.
fn shown(mut decision: Decision) -> Decision {
    decision.note = decision.note.map(|note| restored(&note));
    if let Status::Migrated { keys } = &mut decision.status {
        keys.iter_mut().for_each(|key| *key = restored(key));
    }
    decision
}
