//! From the deployment.toml of one version to that of another: a key keeps its name where it keeps its effect.
//!
//! The node's file is what the new one starts from, as far as it differs from that of its own pack. What a key does in the
//! files of its own version is what it has to do in those files of the target that both versions render.

mod judgement;
mod lists;

use std::collections::{BTreeMap, BTreeSet};

use super::decision::untemplated;
use super::inversion::destination::Destination;
use super::inversion::draft::Draft;
use super::inversion::effects::Effects;
use super::inversion::{Inversion, Outcome, Wanted};
use super::judgement::{gateways, user_stores};
use super::placeholders::{covered, covered_draft, restored, restored_key, restored_value};
use super::relocation::{self, Fate, Found, Journey};
use super::target::{DEPLOYMENT_TOML, destination_of, vanilla_draft};
use super::{
    Assignment, Customised, Decision, Decisions, Evidence, Key, KeyPart, Legacy, Note, Risk, Status, Target,
};
use crate::input::Parsed;
use crate::model::Version;
use crate::render::value::Value;
use crate::target::embedded::{self, Embedded};
use crate::target::keys::mapping::references;
use crate::target::pattern::{Pattern, Step};

/// A key that changes more settings than these is not looked for under another name.
const MOST_EFFECTS: usize = 6;

/// Decides for a node with a deployment.toml; nothing where none can be read.
pub(super) fn decide(legacy: &Legacy<'_>, target: &Target, to: &Destination<'_>) -> Option<Decisions> {
    let (_, Parsed::Toml(document)) = legacy.node.documents.get(DEPLOYMENT_TOML)? else { return None };
    let written = Draft::of_toml(document);
    let version = legacy.node.version?;
    if version == target.version {
        return Some(kept(legacy, &written, target));
    }
    let base = target.base();
    let inversion = Inversion::new(to, base.clone()).ok()?;
    let written = covered_draft(&written);
    let Some(source) = models_of(version).into_iter().find_map(|model| Source::of(model, legacy, &written))
    else {
        return Some(unstartable(legacy, &written, version));
    };
    let Source { model, from, draft, vanilla } = source;
    let old = Effects::new(&from, draft)?;
    let is_exact = Version::parse(model.version) == Some(version);
    let referred = written.leaves().iter().flat_map(|(_, value)| references(value)).collect();
    let plan = Plan { legacy, target, version, is_exact, written, referred, old, vanilla, base, inversion };
    let mut decisions = plan.carry_out();
    if !is_exact {
        let text = format!(
            "what keys did in {version} is told by the templates of {}: those of {version} are not known",
            model.version
        );
        decisions.notes.push(Note { risk: Risk::Low, text });
    }
    Some(decisions)
}

/// What a node's file is read with.
struct Source {
    model: &'static Embedded,
    from: Destination<'static>,
    /// The file, or what it gives together with that of the pack.
    draft: Draft,
    /// The deployment.toml of the node's own pack.
    vanilla: Draft,
}

impl Source {
    /// Nothing where no server of the model starts with the file. A cutting of a file does what it would in the file of
    /// the pack.
    fn of(model: &'static Embedded, legacy: &Legacy<'_>, written: &Draft) -> Option<Self> {
        let from = destination_of(model.model(), model.version);
        let vanilla = vanilla_draft(legacy.pack.map_or(model.version, |pack| pack.version));
        let drafts = [written.clone(), completed(written, &vanilla)];
        let draft = drafts.into_iter().find(|draft| from.configure(draft).is_ok())?;
        Some(Self { model, from, draft, vanilla })
    }
}

/// Nothing is known of what a file does with which no server starts.
fn unstartable(legacy: &Legacy<'_>, written: &Draft, version: Version) -> Decisions {
    let fault = models_of(version).first().and_then(|model| {
        let from = destination_of(model.model(), model.version);
        from.configure(written).err()
    });
    let reason = format!("a server of {version} would not start with this deployment.toml");
    let decision = Decision::manual(Risk::Medium, format!("not looked at: {reason}"));
    let fault = fault.map(|fault| format!(": {}", restored(&fault))).unwrap_or_default();
    let note = format!("{reason}{fault}. Mend it and migrate again");
    Decisions {
        settings: vec![decision; legacy.customised.len()],
        notes: vec![Note { risk: Risk::High, text: note }],
        ..Decisions::default()
    }
}

/// The models that may tell what keys do in a version: its own or the nearest older one first, then the newer ones.
fn models_of(version: Version) -> Vec<&'static Embedded> {
    let is_older = |model: &&Embedded| Version::parse(model.version).is_some_and(|own| own <= version);
    let older = embedded::all().rfind(is_older);
    older.into_iter().chain(embedded::all().filter(|model| !is_older(model))).collect()
}

/// A draft with what another has besides, lists as wholes.
fn completed(draft: &Draft, other: &Draft) -> Draft {
    let mut completed = draft.clone();
    for (key, value) in other.leaves() {
        if !key.is_in_array() && completed.get(&key).is_none() {
            // Where the draft has a value in the place of a table, that stays.
            completed.set(&key, value);
        }
    }
    completed
}

/// All that a node has stays in a file of its own version.
fn kept(legacy: &Legacy<'_>, written: &Draft, target: &Target) -> Decisions {
    let mut decisions = Decisions::default();
    for setting in &legacy.customised {
        let placed = Key::parse(&setting.path).and_then(|key| written.place(&key));
        let (decision, evidence) = match placed {
            _ if setting.file != DEPLOYMENT_TOML || setting.change.is_file() => {
                (untemplated(setting, target), Evidence::Nowhere)
            }
            Some(key) if setting.value.is_some() => {
                let value = written.get(&key).cloned().unwrap_or(Value::Null);
                (
                    migrated(&key),
                    if is_secret_alias(&key) {
                        Evidence::Nowhere
                    } else {
                        Evidence::Keys(vec![(key, value)])
                    },
                )
            }
            _ => (plain(Status::Default, None), Evidence::Nowhere),
        };
        decisions.settings.push(decision);
        decisions.evidence.push(evidence);
    }
    decisions.assignments = assignments(written, &BTreeMap::new());
    decisions
}

fn plain(status: Status, note: Option<String>) -> Decision {
    Decision { status, note, risk: Risk::Low }
}

fn migrated(key: &Key) -> Decision {
    plain(Status::Migrated { keys: vec![key.to_string()] }, None)
}

fn is_secret_alias(key: &Key) -> bool {
    matches!(key.0.first(), Some(KeyPart::Name(name)) if name == "secrets" || name == "runtime_secrets")
}

/// Everything in a draft; `from` tells which customised settings stand behind a key.
fn assignments(draft: &Draft, from: &BTreeMap<Vec<KeyPart>, Vec<usize>>) -> Vec<Assignment> {
    let assignment = |(key, value): (Key, Value)| {
        let from = from.get(&unnamed(&key)).cloned().unwrap_or_default();
        Assignment { key: restored_key(&key), value: restored_value(&value), from }
    };
    draft.leaves().into_iter().map(assignment).collect()
}

/// A key without what names its tables of arrays.
fn unnamed(key: &Key) -> Vec<KeyPart> {
    let part = |part: &KeyPart| match part {
        KeyPart::Item { index, .. } => KeyPart::Item { index: *index, identity: None },
        KeyPart::Name(name) => KeyPart::Name(name.clone()),
    };
    key.0.iter().map(part).collect()
}

/// What a setting waits for.
enum Waiting {
    Decided(Decision),
    /// Stands under its own key.
    Copied(Key),
    /// Stands under the key of a relocation.
    Renamed(Key, Option<String>),
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

struct Plan<'a> {
    legacy: &'a Legacy<'a>,
    target: &'a Target,
    version: Version,
    /// Whether the templates of the node's own version are known.
    is_exact: bool,
    /// What the node's file says.
    written: Draft,
    /// The internal keys that it refers to with `$ref{…}`.
    referred: BTreeSet<Pattern>,
    old: Effects<'a>,
    /// The deployment.toml of the node's own pack.
    vanilla: Draft,
    /// The deployment.toml of a fresh pack of the target.
    base: Draft,
    inversion: Inversion<'a>,
}

impl Plan<'_> {
    fn carry_out(mut self) -> Decisions {
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
        if !self.version.at_least(4, 0) {
            let needed = gateways::completed(&self.base, self.inversion.draft());
            // 3.x has this field already: where it is missing it was left out.
            let field = KeyPart::Name("show_as_token_endpoint_url".to_owned());
            for (key, value) in needed.into_iter().filter(|(key, _)| key.0.last() != Some(&field)) {
                // The server starts with any name of a gateway.
                self.inversion.assign(&key, value);
            }
        }
        let kind =
            user_stores::kind_of(&self.written, self.version).filter(|_| self.target.version.at_least(4, 0));
        let kept = kind.filter(|(key, value)| self.inversion.assign(key, value.clone()));
        let mut decisions = self.finish(&waiting);
        decisions.notes.extend(kept.map(|_| user_stores::kept()));
        decisions
    }

    /// The server starts with no value that names an alias which is not there yet.
    fn copy_aliases(&mut self) {
        let aliases = self.written.leaves().into_iter().filter(|(key, _)| is_secret_alias(key));
        for (key, value) in aliases {
            self.inversion.assign(&key, value);
        }
    }

    fn waiting(&mut self, setting: &Customised) -> Waiting {
        if setting.file != DEPLOYMENT_TOML || setting.change.is_file() {
            return Waiting::Decided(untemplated(setting, self.target));
        }
        let value = setting.value.as_deref();
        let journey = Journey { from: Some(self.version), to: self.target.version };
        if let Some(found) = relocation::find(&setting.file, &setting.path, value, journey) {
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
        match self.inversion.assign(&key, value.clone()) {
            true => Waiting::Copied(key),
            false => Waiting::Refused(key, value),
        }
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

    fn relocated(&mut self, found: &Found, setting: &Customised) -> Waiting {
        let relocation = found.relocation;
        let shown = setting.shown.as_deref().unwrap_or_default();
        let note = relocation.note.as_ref().map(|note| found.fill(note, shown));
        let decided =
            |status| Waiting::Decided(Decision { status, note: note.clone(), risk: relocation.risk });
        let value = setting.value.clone().unwrap_or_default();
        match &relocation.fate {
            Fate::Moved { file, path, value: template } => {
                let value = template.as_ref().map_or(value.clone(), |template| found.fill(template, &value));
                let wanted =
                    Wanted { file: file.clone(), path: found.fill(path, &value), value: Some(value) };
                let outcome = self.inversion.achieve(&wanted);
                Waiting::Found(vec![wanted], outcome, note)
            }
            Fate::Key { key, value: template } => {
                let own = Key::parse(&covered(&setting.path)).and_then(|key| self.written.place(&key));
                let own = own.and_then(|key| self.written.get(&key)).cloned();
                let value = match template {
                    Some(template) => Some(Value::Text(found.fill(template, &value))),
                    None => own,
                };
                let key = Key::parse(&found.fill(key, &value_text(setting)));
                match (key.map(|key| self.inversion.placed(&key)), value) {
                    (Some(key), Some(value)) if self.inversion.assign(&key, value.clone()) => {
                        Waiting::Renamed(key, note)
                    }
                    (_, None) => Waiting::Removed,
                    _ => decided(Status::Manual),
                }
            }
            Fate::Obsolete => decided(Status::Obsolete),
            Fate::Manual | Fate::Kept => decided(Status::Manual),
            Fate::Carried => decided(Status::Carried),
        }
    }

    /// Looks for other keys that do what a key did that the target does not read.
    fn search(&mut self, key: &Key, setting: &Customised) -> Waiting {
        let (from, to) = (self.version, self.target.version);
        let effects = self.effects(setting);
        if effects.as_ref().is_some_and(Vec::is_empty) && self.is_exact {
            let note = if self.old.destination.reads.knows(&steps(key)) {
                format!("no template of {to} reads this key, and in {from} it changed nothing")
            } else {
                format!("no template of {to} reads this key, nor did one of {from}")
            };
            return Waiting::Decided(plain(Status::Obsolete, Some(note)));
        }
        let effects = effects.unwrap_or_default();
        let shared: Vec<Wanted> = effects
            .iter()
            .filter(|wanted| wanted.value.is_some() && self.inversion.renders(&wanted.file))
            .cloned()
            .collect();
        if !shared.is_empty() && shared.len() <= MOST_EFFECTS {
            let before = self.inversion.draft().clone();
            if let Some(outcome) = self.achieve_all(&shared) {
                return Waiting::Found(shared, outcome, None);
            }
            self.inversion.restore(before);
        }
        let did = effects.first().map(|first| format!("; in {from} it sets {} {}", first.file, first.path));
        let note = format!(
            "no template of {to} reads this key{}: see what took its place and set it by hand",
            did.unwrap_or_default()
        );
        Waiting::Decided(Decision::manual(Risk::Medium, note))
    }

    /// Makes the target have settings; nothing where it cannot have one of them.
    fn achieve_all(&mut self, all: &[Wanted]) -> Option<Outcome> {
        let mut keys = BTreeSet::new();
        for wanted in all {
            match self.inversion.achieve(wanted) {
                Outcome::NotFound => return None,
                outcome => keys.extend(outcome.keys().cloned()),
            }
        }
        let is_given = keys.is_empty();
        Some(if is_given { Outcome::Given } else { Outcome::Written(keys.into_iter().collect()) })
    }

    /// What a customised key does in the files of its own version.
    fn effects(&mut self, setting: &Customised) -> Option<Vec<Wanted>> {
        let key = Key::parse(&covered(&setting.path))?;
        let mut without = self.old.draft.clone();
        let vanilla = self.vanilla.place(&key).and_then(|key| self.vanilla.get(&key)).cloned();
        match (self.old.draft.place(&key), vanilla) {
            (Some(placed), Some(vanilla)) => without.set(&placed, vanilla),
            (Some(placed), None) => without.remove(&placed).is_some(),
            (None, Some(vanilla)) => without.set(&key, vanilla),
            (None, None) => false,
        }
        .then_some(())?;
        self.old.against(&without)
    }

    fn finish(mut self, waiting: &[Waiting]) -> Decisions {
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
}

/// A decision whose keys are spelt as in the file.
fn shown(mut decision: Decision) -> Decision {
    decision.note = decision.note.map(|note| restored(&note));
    if let Status::Migrated { keys } = &mut decision.status {
        keys.iter_mut().for_each(|key| *key = restored(key));
    }
    decision
}

fn value_text(setting: &Customised) -> String {
    setting.value.clone().or_else(|| setting.vanilla.clone()).unwrap_or_default()
}

/// The key as templates name it.
fn steps(key: &Key) -> Vec<Step> {
    let step = |part: &KeyPart| match part {
        KeyPart::Name(name) => Step::Key(name.as_str().into()),
        KeyPart::Item { .. } => Step::Each,
    };
    key.0.iter().map(step).collect()
}

/// True for values that a person takes for the same; default.json has numbers as doubles or as texts.
pub(super) fn same(left: &Value, right: &Value) -> bool {
    let text = |value: &Value| match value {
        Value::Text(text) => Some(text.clone()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Double(number) => Some(number.to_string()),
        _ => None,
    };
    left == right || text(left).is_some_and(|left| Some(left) == text(right))
}
