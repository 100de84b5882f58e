//! Decides for one node: what it wrote is written again, and what the target does not take is looked for elsewhere.

use std::collections::BTreeSet;

use super::super::decision::untemplated;
use super::super::inversion::draft::Draft;
use super::super::inversion::effects::Effects;
use super::super::inversion::{Inversion, Outcome, Wanted};
use super::super::judgement::gateways::Environments;
use super::super::judgement::user_stores;
use super::super::placeholders::covered;
use super::super::relocation::{self, Journey};
use super::super::{Customised, KeyPart};
use super::{
    DEPLOYMENT_TOML, Decision, Decisions, Key, Legacy, Risk, Target, Value, Version, is_secret_alias, steps,
};
use crate::model::Deployment;
use crate::target::pattern::Pattern;

/// What a setting waits for.
pub(super) enum Waiting {
    Decided(Decision),
    /// Stands under its own key.
    Copied(Key),
    /// Stands under these keys of relocations.
    Renamed(Vec<Key>, Option<String>),
    /// The server would not start with it: not with what is written yet.
    Refused(Key, Value),
    /// Is left out.
    Removed,
    /// The server would not start without it: not with what is written yet.
    Needed(Key),
    /// The target does not read the key.
    Unread(Key),
    /// Was found under other keys.
    Found(Vec<Wanted>, Outcome, Option<String>),
}

pub(super) struct Plan<'a> {
    pub(super) deployment: &'a Deployment,
    pub(super) legacy: &'a Legacy<'a>,
    /// What all nodes of the deployment customised.
    pub(super) nodes: &'a [Legacy<'a>],
    pub(super) target: &'a Target,
    pub(super) version: Version,
    /// Whether the templates of the node's own version are known.
    pub(super) is_exact: bool,
    /// What the node's file says.
    pub(super) written: Draft,
    /// The internal keys that it refers to with `$ref{…}`.
    pub(super) referred: BTreeSet<Pattern>,
    pub(super) old: Effects<'a>,
    /// The deployment.toml of the node's own pack.
    pub(super) vanilla: Draft,
    /// The deployment.toml of a fresh pack of the target.
    pub(super) base: Draft,
    pub(super) inversion: Inversion<'a>,
}

impl Plan<'_> {
    pub(super) fn carry_out(mut self) -> Decisions {
        self.copy_aliases();
        self.copy_lists();
        let mut waiting: Vec<Waiting> =
            self.legacy.customised.iter().map(|setting| self.waiting(setting)).collect();
        self.retry(&mut waiting);
        for (waiting, setting) in waiting.iter_mut().zip(&self.legacy.customised) {
            if let Waiting::Unread(key) = waiting {
                *waiting = self.search(key, setting);
            }
        }
        let environments = Environments::of(self.deployment, self.legacy, self.nodes);
        self.keep_environments(&environments);
        let keeps_users = self.keep_users();
        let target = self.target.version;
        let is_older = !self.version.at_least(4, 0);
        let mut decisions = self.finish(&waiting);
        decisions.notes.extend(environments.note(target).filter(|_| is_older));
        decisions.notes.extend(keeps_users.then(user_stores::kept));
        decisions
    }

    /// The server starts with no value that names an alias which is not there yet.
    fn copy_aliases(&mut self) {
        let aliases = self.written.leaves().into_iter().filter(|(key, _)| is_secret_alias(key));
        for (key, value) in aliases {
            self.inversion.assign(&key, value);
        }
    }

    /// What gateway environments of 3.x need in 4.x. The server starts with any name of a gateway.
    fn keep_environments(&mut self, environments: &Environments) {
        if self.version.at_least(4, 0) {
            return;
        }
        if let Some((key, value)) = environments.renamed(&self.base) {
            self.inversion.assign(&key, value);
        }
        // 3.x has this field already: where it is missing it was left out.
        let field = KeyPart::Name("show_as_token_endpoint_url".to_owned());
        for (key, value) in environments.completed(&self.base, self.inversion.draft()) {
            if key.0.last() != Some(&field) && self.written.get(&key).is_none() {
                self.inversion.assign(&key, value);
            }
        }
    }

    /// Has users who keep the identifiers of an older version read as these; false where there are none.
    fn keep_users(&mut self) -> bool {
        let kind = user_stores::kind_of(&self.written, self.version, self.nodes);
        let kind = kind.filter(|_| self.target.version.at_least(4, 0));
        kind.is_some_and(|(key, value)| self.inversion.assign(&key, value))
    }

    pub(super) fn journey(&self) -> Journey {
        Journey { from: Some(self.version), to: self.target.version }
    }

    fn waiting(&mut self, setting: &Customised) -> Waiting {
        if setting.file != DEPLOYMENT_TOML || setting.change.is_file() {
            return Waiting::Decided(untemplated(setting, self.target));
        }
        let value = setting.value.as_deref();
        let find = |value| relocation::find(&setting.file, &setting.path, Some(value), self.journey());
        // A key that the node left out needs nothing in its place.
        if let Some(found) = value.and_then(find) {
            return self.relocated(&found, setting);
        }
        let Some(key) = Key::parse(&covered(&setting.path)) else {
            let note = format!(
                "its name cannot be told apart from others: see whether {} has it",
                self.target.version
            );
            return Waiting::Decided(Decision::manual(Risk::Medium, note));
        };
        let is_item = key.is_in_array();
        let own = self.written.place(&key).and_then(|key| self.written.get(&key)).cloned();
        match own.filter(|_| value.is_some()) {
            None if is_item => Waiting::Removed,
            None => self.remove(key),
            Some(_) if is_item => match self.inversion.draft().place(&key) {
                Some(placed) if self.knows(&key) => Waiting::Copied(placed),
                _ => Waiting::Unread(key),
            },
            Some(value) if is_secret_alias(&key) || self.knows(&key) => self.copy(key, value),
            Some(_) => Waiting::Unread(key),
        }
    }

    fn copy(&mut self, key: Key, value: Value) -> Waiting {
        let as_list = listed(&value);
        let is_copied = self.inversion.assign(&key, value.clone())
            // Some texts of several entries became arrays, which templates take nothing else for.
            || as_list.is_some_and(|list| self.inversion.assign(&key, list));
        if is_copied { Waiting::Copied(key) } else { Waiting::Refused(key, value) }
    }

    fn remove(&mut self, key: Key) -> Waiting {
        let mut draft = self.inversion.draft().clone();
        match draft.remove(&key).is_none() || self.inversion.restore(draft) {
            true => Waiting::Removed,
            false => Waiting::Needed(key),
        }
    }

    /// Tries again what waited for other keys: the type of a database refers to host, port and name, which may be written
    /// behind it.
    fn retry(&mut self, all: &mut [Waiting]) {
        let mut goes_on = true;
        while goes_on {
            goes_on = false;
            for waiting in &mut *all {
                let again = match &*waiting {
                    Waiting::Refused(key, value) => self.copy(key.clone(), value.clone()),
                    Waiting::Needed(key) => self.remove(key.clone()),
                    _ => continue,
                };
                goes_on |= matches!(again, Waiting::Copied(_) | Waiting::Removed);
                *waiting = again;
            }
        }
        for waiting in all {
            *waiting = match waiting {
                Waiting::Refused(..) => {
                    let version = self.target.version;
                    let note =
                        format!("a server of {version} would not start with this value: set what it takes");
                    Waiting::Decided(Decision::manual(Risk::High, note))
                }
                // The file is a cutting: what it leaves out stays as in the pack.
                Waiting::Needed(_) => Waiting::Removed,
                _ => continue,
            };
        }
    }

    /// True where the target reads the key, or the file itself refers to it.
    fn knows(&self, key: &Key) -> bool {
        let destination = self.inversion.destination();
        destination.internal(key).iter().chain([key]).any(|key| {
            let steps = steps(key);
            destination.reads.knows(&steps) || self.referred.contains(&Pattern(steps))
        })
    }
}

/// A text of several entries as an array of them.
fn listed(value: &Value) -> Option<Value> {
    let Value::Text(text) = value else { return None };
    Some(Value::List(text.split(',').map(|entry| Value::Text(entry.trim().to_owned())).collect()))
}
