//! The models of the packs that this program knows, from `rules/models`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::model::{Model, STATIC_FILES, is_rule_file, read_file, read_rules};
use crate::catalog::compressed::Compressed;
use crate::catalog::lines::{Section, sections};

/// The model of one version, read when it is asked for.
#[derive(Debug)]
pub struct Embedded {
    /// The version of API Manager, such as `4.5.0`.
    pub version: &'static str,
    text: Compressed,
    sections: OnceLock<BTreeMap<&'static str, Section<'static>>>,
    model: OnceLock<Model>,
}

macro_rules! models {
    ($($version:literal,)*) => {
        static MODELS: [Embedded; [$($version),*].len()] = [$(
            Embedded {
                version: $version,
                text: Compressed::new(include_bytes!(concat!(env!("OUT_DIR"), "/wso2am-", $version, ".model"))),
                sections: OnceLock::new(),
                model: OnceLock::new(),
            },
        )*];
    };
}

models! {
    "3.0.0",
    "4.0.0",
    "4.1.0",
    "4.2.0",
    "4.3.0",
    "4.5.0",
}

/// All embedded models, oldest first.
pub fn all() -> impl DoubleEndedIterator<Item = &'static Embedded> {
    MODELS.iter()
}

/// The model of exactly this version.
#[must_use]
pub fn of_version(version: &str) -> Option<&'static Embedded> {
    all().find(|embedded| embedded.version == version)
}

impl Embedded {
    /// The whole model. What cannot be read of it is left out: a test reads every line of every model.
    pub fn model(&'static self) -> &'static Model {
        self.model.get_or_init(|| {
            let rules = read_rules(|name| self.body(name)).unwrap_or_default();
            let paths = self.names().filter(|name| !is_rule_file(name) && *name != STATIC_FILES);
            let files = paths.filter_map(|path| read_file(path, self.body(path)?).ok()).collect();
            let static_files = self.static_files().map(str::to_owned).collect();
            Model { rules, files, static_files }
        })
    }

    /// The lines of a section, wherever they stand.
    pub fn body(&'static self, name: &str) -> Option<&'static str> {
        let section = self.sections().get(name)?;
        match section.as_in {
            // A section refers to one that has its lines: no chains.
            Some(version) => Some(of_version(version)?.sections().get(name)?.body),
            None => Some(section.body),
        }
    }

    /// The configuration files of the pack that no template makes.
    pub fn static_files(&'static self) -> impl Iterator<Item = &'static str> {
        self.body(STATIC_FILES).unwrap_or_default().lines()
    }

    /// True for a configuration file of the pack that no template makes.
    pub fn has_static_file(&'static self, path: &str) -> bool {
        self.static_files().any(|known| known == path)
    }

    /// True for a key that default.json gives a value.
    pub fn has_default(&'static self, key: &str) -> bool {
        let lines = self.body("default.json").into_iter().flat_map(str::lines);
        lines.filter_map(|line| line.strip_prefix(key)).any(|rest| rest.starts_with(" = "))
    }

    /// The names of the sections: the rule files and the rendered files.
    pub fn names(&'static self) -> impl Iterator<Item = &'static str> {
        self.sections().keys().copied()
    }

    fn sections(&'static self) -> &'static BTreeMap<&'static str, Section<'static>> {
        self.sections
            .get_or_init(|| sections(self.text.text()).map(|section| (section.name, section)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_every_model_is_read() {
        for embedded in all() {
            assert!(embedded.names().count() > 40, "{}", embedded.version);
            read_rules(|name| embedded.body(name)).unwrap();
            for name in embedded.names() {
                let body = embedded.body(name).unwrap();
                if !is_rule_file(name) && name != STATIC_FILES {
                    let file = read_file(name, body).unwrap_or_else(|fault| panic!("{name}: {fault:?}"));
                    assert!(!file.nodes.is_empty(), "{} {name}", embedded.version);
                }
            }
        }
    }

    #[test]
    fn a_model_is_written_as_it_was_read() {
        let embedded = of_version("4.5.0").unwrap();
        let text = embedded.model().write(|_, _| None);
        for section in sections(&text) {
            assert_eq!(Some(section.body), embedded.body(section.name), "{}", section.name);
        }
    }
}
