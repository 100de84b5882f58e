//! What became of the keys in the end: each is looked at once more in what the new deployment.toml gives.

use super::super::decision::undecided;
use super::super::inversion::draft::Draft;
use super::super::inversion::{Outcome, Wanted};
use super::super::{Customised, Decision, Evidence, Key, KeyPart, Risk, Status};
use super::effects::Effects;
use super::{Plan, Waiting, is_secret_alias, plain, same};
use crate::render::value::Value;

impl Plan<'_> {
    /// Takes out what the target does as well without it.
    pub(super) fn without_defaults(&self, waiting: &[Waiting], draft: Draft) -> Draft {
        let base = self.target.base();
        let copied = waiting.iter().filter_map(|waiting| match waiting {
            Waiting::Copied(key) | Waiting::Renamed(key, _) => Some(key),
            _ => None,
        });
        let plain = |key: &&Key| key.0.iter().all(|part| matches!(part, KeyPart::Name(_)));
        let own = copied.filter(plain).filter(|key| base.get(key).is_none() && !is_secret_alias(key));
        let Some(mut new) = Effects::new(self.inversion.destination(), draft.clone()) else {
            return draft;
        };
        let mut left = draft;
        for key in own {
            let mut without = new.draft.clone();
            let Some(value) = without.remove(key) else { continue };
            let is_same = new.against(&without).is_some_and(|effects| effects.is_empty());
            if is_same && self.given(key, &without).as_ref().is_some_and(|given| same(given, &value)) {
                left.remove(key);
            }
        }
        left
    }

    /// The value that a key has with a draft.
    fn given(&self, key: &Key, draft: &Draft) -> Option<Value> {
        let to = self.inversion.destination();
        let configuration = to.configure(draft).ok()?;
        let internal = Key::parse(self.inversion.destination().reads.internal(&key.to_string()).first()?)?;
        to.value(&internal, &configuration).cloned()
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
            Waiting::Unread(_) | Waiting::Refused(..) | Waiting::Needed(_) => (undecided(setting, self.target), Evidence::Nowhere),
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
        let base = self.target.base();
        let is_given =
            written.is_none() || base.place(key).is_some_and(|key| base.get(&key) == written.as_ref());
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
        let mut without = new.draft.clone();
        without.remove(key);
        let still = new.against(&without).unwrap_or_default();
        let moves = |place: &Wanted| still.iter().any(|now| now.file == place.file && now.path == place.path);
        if let Some(place) = other.first().filter(|_| !other.iter().any(moves) && !is_given) {
            let note = format!(
                "{} has the key, but {} {} is not what it was: see what the key does now",
                self.target.version, place.file, place.path
            );
            return (Decision::manual(Risk::Medium, note), Evidence::Nowhere);
        }
        let evidence = match written {
            Some(value) => Evidence::Key(key.clone(), value),
            None => {
                let internal = self.inversion.destination().reads.internal(&key.to_string());
                let internal = internal.first().and_then(|key| Key::parse(key));
                let own = self.old.draft.place(key).and_then(|key| self.old.draft.get(&key)).cloned();
                internal.zip(own).map_or(Evidence::Nowhere, |(key, value)| Evidence::Key(key, value))
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
