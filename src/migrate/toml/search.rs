//! Where the target has what a key did that it does not read: under the keys that a relocation names, or under those that
//! do the same to the files which both versions render.

use std::collections::BTreeSet;

use super::super::decision::undecided;
use super::super::inversion::{Outcome, Wanted};
use super::super::placeholders::covered;
use super::super::plan::typed;
use super::super::relocation::{self, Fate, Found};
use super::super::{Customised, Status};
use super::plan::{Plan, Waiting};
use super::{Decision, Key, Risk, Value, plain, steps};

/// A key that changes more settings than these is not looked for under another name.
const MOST_EFFECTS: usize = 6;

/// In the key of a relocation: one key for each entry of the array that stood there.
const EACH: &str = "$each";

impl Plan<'_> {
    /// What a relocation of the key itself says.
    pub(super) fn relocated(&mut self, found: &Found, setting: &Customised) -> Waiting {
        let relocation = found.relocation;
        let shown = setting.shown.as_deref().unwrap_or_default();
        let note = relocation.note.as_ref().map(|note| found.fill(note, shown));
        let value = setting.value.clone().unwrap_or_default();
        let status = match &relocation.fate {
            Fate::Moved { file, path, value: template } => {
                let value = template.as_ref().map_or(value.clone(), |template| found.fill(template, &value));
                let path = found.fill(path, &value);
                let wanted = Wanted { file: file.clone(), path, value: Some(value) };
                let outcome = self.inversion.achieve(&wanted);
                return Waiting::Found(vec![wanted], outcome, note);
            }
            Fate::Key { key, value: template } => {
                return self.renamed(found, key, template.as_deref(), note, setting);
            }
            Fate::Obsolete => Status::Obsolete,
            Fate::Manual | Fate::Kept => Status::Manual,
            Fate::Carried => Status::Carried,
        };
        Waiting::Decided(Decision { status, note, risk: relocation.risk })
    }

    /// Writes a setting under another key: with `$each` in its name one for each entry of the setting.
    fn renamed(
        &mut self,
        found: &Found,
        name: &str,
        template: Option<&str>,
        note: Option<String>,
        setting: &Customised,
    ) -> Waiting {
        let own = Key::parse(&covered(&setting.path)).and_then(|key| self.written.place(&key));
        let Some(own) = own.and_then(|key| self.written.get(&key)).cloned() else { return Waiting::Removed };
        let text = setting.value.clone().unwrap_or_default();
        let value = template.map_or(own.clone(), |template| typed(&found.fill(template, &text)));
        let mut keys = Vec::new();
        for name in self.names(name, &own) {
            let key = Key::parse(&found.fill(&name, &text)).map(|key| self.inversion.placed(&key));
            let Some(key) = key.filter(|key| self.inversion.assign(key, value.clone())) else {
                return Waiting::Decided(undecided(setting, self.target));
            };
            keys.push(key);
        }
        Waiting::Renamed(keys, note)
    }

    /// The keys of a relocation: one, or one for each entry of an array whose table the target does not come with.
    fn names(&self, name: &str, own: &Value) -> Vec<String> {
        if !name.contains(EACH) {
            return vec![name.to_owned()];
        }
        let table = |name: &str| name.rsplit_once('.').map(|(table, _)| table.to_owned());
        let defaults = self.inversion.destination().defaults();
        let tables: BTreeSet<String> = defaults.iter().filter_map(|(default, _)| table(default)).collect();
        let entries = match own {
            Value::List(entries) => entries.as_slice(),
            own => std::slice::from_ref(own),
        };
        let texts = entries.iter().filter_map(|entry| match entry {
            Value::Text(text) => Some(name.replace(EACH, text)),
            _ => None,
        });
        texts.filter(|name| table(name).is_none_or(|table| !tables.contains(&table))).collect()
    }

    /// Looks for other keys that do what a key did that the target does not read.
    pub(super) fn search(&mut self, key: &Key, setting: &Customised) -> Waiting {
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
        let found = self.found_here(key, &effects).or_else(|| self.found_elsewhere(&effects));
        if let Some(found) = found.or_else(|| self.known_of(&effects, setting)) {
            return found;
        }
        let did = effects.first().map(|first| format!("; in {from} it sets {} {}", first.file, first.path));
        let note = format!(
            "no template of {to} reads this key{}: see what took its place and set it by hand",
            did.unwrap_or_default()
        );
        Waiting::Decided(Decision::manual(Risk::Medium, note))
    }

    /// The settings among these that the target may have.
    fn shared(&self, effects: &[Wanted]) -> Vec<Wanted> {
        let is_shared = |wanted: &&Wanted| wanted.value.is_some() && self.inversion.renders(&wanted.file);
        effects.iter().filter(is_shared).cloned().collect()
    }

    /// True where the target has these settings now.
    fn shows(&mut self, settings: &[Wanted]) -> bool {
        settings.iter().all(|wanted| self.inversion.current(&wanted.file, &wanted.path) == wanted.value)
    }

    /// The key itself where templates read it after all, through a variable.
    fn found_here(&mut self, key: &Key, effects: &[Wanted]) -> Option<Waiting> {
        let shared = self.shared(effects);
        let value = self.written.get(key).filter(|_| !key.is_in_array())?.clone();
        let before = self.inversion.draft().clone();
        if !self.shows(&shared) && self.inversion.assign(key, value) && self.shows(&shared) {
            return Some(Waiting::Copied(key.clone()));
        }
        self.inversion.restore(before);
        None
    }

    /// Makes the target have the same settings by keys of its own.
    fn found_elsewhere(&mut self, effects: &[Wanted]) -> Option<Waiting> {
        let shared = self.shared(effects);
        if shared.is_empty() || shared.len() > MOST_EFFECTS {
            return None;
        }
        let before = self.inversion.draft().clone();
        match self.achieve_all(&shared) {
            Some(outcome) => Some(Waiting::Found(shared, outcome, None)),
            None => {
                self.inversion.restore(before);
                None
            }
        }
    }

    /// What relocations say of the elements that a key set, which are those of the XML versions.
    fn known_of(&mut self, effects: &[Wanted], setting: &Customised) -> Option<Waiting> {
        let journey = self.journey();
        let find =
            |wanted: &Wanted| relocation::find(&wanted.file, &wanted.path, wanted.value.as_deref(), journey);
        let found: Vec<Found> = effects.iter().filter_map(find).collect();
        let needs_person = found.iter().find(|found| found.relocation.fate == Fate::Manual);
        let found = needs_person.or(found.first())?;
        match found.relocation.fate {
            Fate::Moved { .. } | Fate::Key { .. } | Fate::Kept => None,
            Fate::Obsolete | Fate::Manual | Fate::Carried => Some(self.relocated(found, setting)),
        }
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
    pub(super) fn effects(&mut self, setting: &Customised) -> Option<Vec<Wanted>> {
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
}
