//! What single keys of a deployment.toml do to the files that a version renders.

use std::collections::BTreeMap;

use super::Wanted;
use super::destination::Destination;
use super::draft::Draft;
use crate::render::phases::Configuration;

/// A deployment.toml with what a version renders from it.
pub struct Effects<'a> {
    /// The version.
    pub destination: &'a Destination<'a>,
    /// The deployment.toml.
    pub draft: Draft,
    configuration: Configuration,
    files: BTreeMap<&'a str, BTreeMap<String, String>>,
}

impl<'a> Effects<'a> {
    /// Nothing where the server would not start with the draft.
    pub fn new(destination: &'a Destination<'a>, draft: Draft) -> Option<Self> {
        let configuration = destination.configure(&draft).ok()?;
        Some(Self { destination, draft, configuration, files: BTreeMap::new() })
    }

    /// The settings that come out otherwise than with another draft, with the values that they have with this one;
    /// nothing where the server would not start with the other.
    pub fn against(&mut self, other: &Draft) -> Option<Vec<Wanted>> {
        let other = self.destination.configure(other).ok()?;
        Some(self.beside(&other))
    }

    /// The same, against what a version makes of another draft.
    pub fn beside(&mut self, other: &Configuration) -> Vec<Wanted> {
        let affected = self.destination.affected(&self.configuration, other);
        let mut found = Vec::new();
        for path in affected {
            let own = self
                .files
                .entry(path)
                .or_insert_with(|| self.destination.settings(path, &self.configuration));
            let others = self.destination.settings(path, other);
            let wanted = |setting: &String, value: Option<&String>| Wanted {
                file: path.to_owned(),
                path: setting.clone(),
                value: value.cloned(),
            };
            found.extend(
                own.iter()
                    .filter(|(path, value)| others.get(*path) != Some(*value))
                    .map(|(path, value)| wanted(path, Some(value))),
            );
            found
                .extend(others.keys().filter(|path| !own.contains_key(*path)).map(|path| wanted(path, None)));
        }
        found
    }

    /// The value of a setting.
    pub fn current(&mut self, file: &str, path: &str) -> Option<&String> {
        let file = self.destination.model.file(file)?.path.as_str();
        let settings =
            self.files.entry(file).or_insert_with(|| self.destination.settings(file, &self.configuration));
        settings.get(path)
    }
}
