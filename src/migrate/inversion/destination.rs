//! The target, asked what a deployment.toml makes of it.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::Draft;
use crate::migrate::{Key, KeyPart};
use crate::render::jinja::{Dialect, Template};
use crate::render::phases::{Configuration, Environment, MapperVersion, configure};
use crate::render::value::{Map, Value};
use crate::source::FileId;
use crate::syntax::server_toml;
use crate::syntax::settings::Form;
use crate::target::evaluate::template;
use crate::target::model::Model;
use crate::target::reads::Reads;
use crate::target::tree::FileModel;

/// A target version with all that it can render.
#[derive(Debug)]
pub struct Destination<'a> {
    /// What its templates produce.
    pub model: &'a Model,
    /// Which keys it reads.
    pub reads: Reads,
    mapper: MapperVersion,
    templates: BTreeMap<&'a str, Template>,
}

impl<'a> Destination<'a> {
    /// The target of a model, its templates ready to be filled.
    pub fn new(model: &'a Model, mapper: MapperVersion, dialect: Dialect) -> Self {
        let ready = |file: &'a FileModel| (file.path.as_str(), template(&file.nodes, dialect));
        let templates = model.files.iter().map(ready).collect();
        Self { model, reads: Reads::of(model), mapper, templates }
    }

    /// What the server makes of a draft; the first fault where it would not start.
    pub fn configure(&self, draft: &Draft) -> Result<Configuration, String> {
        let document = server_toml::parse(FileId::NOWHERE, &draft.sealed().text())
            .map_err(|faults| faults.first().map(|fault| fault.reason.clone()).unwrap_or_default())?;
        let environment = Environment { keep_unresolved: true, ..Environment::default() };
        configure(&document, &self.model.rules, &environment, self.mapper)
            .map_err(|faults| faults.first().map(|fault| fault.what.clone()).unwrap_or_default())
    }

    /// The settings of a rendered file, by path; none where the file does not come out well-formed.
    pub fn settings(&self, path: &str, configuration: &Configuration) -> BTreeMap<String, String> {
        let Some(template) = self.templates.get(path) else { return BTreeMap::new() };
        let text = template.render(&configuration.context).text;
        let settings = Form::of(path).settings(FileId::NOWHERE, &text).unwrap_or_default();
        settings.into_iter().map(|setting| (setting.path, setting.value)).collect()
    }

    /// False where the template of a file fails, with which the server would not start.
    pub fn is_sound(&self, path: &str, configuration: &Configuration) -> bool {
        let template = self.templates.get(path);
        template.is_none_or(|template| template.render(&configuration.context).is_sound())
    }

    /// The files that may come out otherwise with one configuration than with another.
    pub fn affected(&self, one: &Configuration, other: &Configuration) -> BTreeSet<&'a str> {
        let names = one.context.iter().chain(other.context.iter()).map(|(name, _)| name);
        let changed: BTreeSet<&str> =
            names.filter(|name| one.context.get(name) != other.context.get(name)).collect();
        let files = self.model.files.iter().map(|file| file.path.as_str());
        files.filter(|file| changed.iter().any(|root| self.reads.file_reads(file, root))).collect()
    }

    /// The internal value of a key.
    pub fn value<'c>(&self, key: &Key, configuration: &'c Configuration) -> Option<&'c Value> {
        key.value_in(&configuration.context)
    }

    /// The internal keys that a key which users write stands for: mostly itself.
    pub fn internal(&self, key: &Key) -> Vec<Key> {
        if key.is_in_array() {
            return vec![key.clone()];
        }
        let name = key.to_string();
        let internal = self.reads.internal(&name);
        if internal == [name] {
            return vec![key.clone()];
        }
        internal.iter().filter_map(|key| Key::parse(key)).collect()
    }

    /// The keys that a user may write to set an internal key, the preferred one first.
    pub fn written(&self, key: &Key) -> Vec<Key> {
        let Some((list, field)) = split_at_item(key) else {
            let internal = key.to_string();
            let mut keys: Vec<Key> =
                self.sources(&internal).into_iter().map(|name| Key::dotted(&name)).collect();
            // A key that is mapped away cannot be written itself.
            if !self.model.rules.key_mappings.contains_key(&internal) {
                keys.push(key.clone());
            }
            return keys;
        };
        let internal = format!("{}:{field}", Key(list.0.iter().take(list.0.len() - 1).cloned().collect()));
        let sources = self.sources(&internal);
        let renamed = sources.iter().filter_map(|name| name.split_once(':'));
        let mut keys: Vec<Key> = renamed.map(|(_, field)| field_of(&list, field)).collect();
        if !self.model.rules.key_mappings.contains_key(&internal) {
            keys.push(key.clone());
        }
        keys
    }

    /// The keys that are mapped to an internal key and to nothing else.
    fn sources(&self, internal: &str) -> Vec<String> {
        let is = |value: &Value| match value {
            Value::Text(text) => text == internal,
            Value::List(items) => matches!(items.as_slice(), [Value::Text(text)] if text == internal),
            _ => false,
        };
        let mappings = self.model.rules.key_mappings.iter();
        mappings.filter(|(_, value)| is(value)).map(|(key, _)| key.to_owned()).collect()
    }

    /// The values that default.json gives.
    pub fn defaults(&self) -> &Map {
        &self.model.rules.default
    }
}

/// The item of an array that a key lies in, and the field in it; nothing for a key outside of arrays.
fn split_at_item(key: &Key) -> Option<(Key, String)> {
    let at = key.0.iter().rposition(|part| matches!(part, KeyPart::Item { .. }))?;
    let (list, field) = key.0.split_at_checked(at + 1)?;
    let field = Key(field.to_vec()).to_string();
    (!field.is_empty()).then(|| (Key(list.to_vec()), field))
}

fn field_of(item: &Key, field: &str) -> Key {
    field.split('.').fold(item.clone(), |key, name| key.name(name))
}
