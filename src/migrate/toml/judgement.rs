//! What became of the keys in the end: each is looked at once more in what the new deployment.toml gives.

use super::super::decision::undecided;
use super::super::inversion::draft::Draft;
use super::super::inversion::effects::Effects;
use super::super::inversion::{Outcome, Wanted};
use super::super::{Customised, Decision, Evidence, Key, Risk, Status};
use super::{Plan, Waiting, is_secret_alias, plain, same};

impl Plan<'_> {
    /// Takes out what the target does as well without it.
    pub(super) fn without_defaults(&self, waiting: &[Waiting], draft: Draft) -> Draft {
        let copied = waiting.iter().filter_map(|waiting| match waiting {
            Waiting::Copied(key) | Waiting::Renamed(key, _) => Some(key),
            _ => None,
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
    pub(super) fn judged(
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
                let holds = wanted
                    .iter()
                    .all(|wanted| new.current(&wanted.file, &wanted.path) == wanted.value.as_ref());
                let keys: Vec<String> = outcome.keys().map(Key::to_string).collect();
                let status = match outcome {
                    Outcome::NotFound => Status::Manual,
                    _ if !holds => Status::Manual,
                    _ if keys.is_empty() => Status::Default,
                    _ => Status::Migrated { keys },
                };
                if status == Status::Manual {
                    return (undecided(setting, self.target), Evidence::Nowhere);
                }
                (plain(status, note.clone()), Evidence::Rendered(wanted.clone()))
            }
            Waiting::Copied(key) => self.judged_key(key, setting, None, new),
            Waiting::Renamed(key, note) => self.judged_key(key, setting, note.clone(), new),
            Waiting::Removed => self.judged_removal(setting, new),
        }
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

    fn judged_removal(&mut self, setting: &Customised, new: &mut Effects<'_>) -> (Decision, Evidence) {
        let (equal, other) = self.compared(setting, new);
        match (equal.is_empty(), other.first()) {
            (true, Some(place)) => {
                let note = format!(
                    "left out as in the old file, but {} comes with another {} {}: see whether it matters",
                    self.target.version, place.file, place.path
                );
                (Decision::manual(Risk::Low, note), Evidence::Nowhere)
            }
            (true, None) => (plain(Status::Default, None), Evidence::Nowhere),
            (false, _) => (plain(Status::Default, None), Evidence::Rendered(equal)),
        }
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

/// True where a key has an effect on one of these settings.
fn sets_one_of(key: &Key, settings: &[Wanted], new: &mut Effects<'_>) -> bool {
    let mut without = new.draft.clone();
    without.remove(key);
    let effects = new.against(&without).unwrap_or_default();
    let is_one =
        |effect: &Wanted| settings.iter().any(|place| effect.file == place.file && effect.path == place.path);
    effects.iter().any(is_one)
}
