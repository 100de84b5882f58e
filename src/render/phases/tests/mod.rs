//! Whole runs of the phases over small rule sets. Outcomes are those of the Java mapper.

mod faults;
mod outcomes;
mod traces;

use super::*;
use crate::render::java::value_of;
use crate::source::FileId;
use crate::syntax::server_toml;

/// The pack's files, each an empty object unless a test says more.
struct Pack {
    default: &'static str,
    infer: &'static str,
    key_mappings: &'static str,
    unit_resolve: &'static str,
    validator: &'static str,
    environment: Environment,
    version: &'static str,
}

const NOTHING: &str = "{}";

impl Default for Pack {
    fn default() -> Self {
        Self {
            default: NOTHING,
            infer: NOTHING,
            key_mappings: NOTHING,
            unit_resolve: NOTHING,
            validator: NOTHING,
            environment: Environment::default(),
            version: "1.0.23",
        }
    }
}

impl Pack {
    fn configure(&self, toml: &str) -> Result<Configuration, Vec<Fault>> {
        let texts = RuleTexts {
            default: self.default,
            infer: self.infer,
            key_mappings: self.key_mappings,
            unit_resolve: self.unit_resolve,
            validator: self.validator,
        };
        let document = server_toml::parse(FileId { owner: 0, index: 0 }, toml).unwrap();
        let version = MapperVersion::parse(self.version).unwrap();
        configure(&document, &Rules::parse(&texts).unwrap(), &self.environment, version)
    }

    /// The flat keys in Java's order, as `key=value`.
    fn flat(&self, toml: &str) -> Vec<String> {
        let flat = self.configure(toml).unwrap().flat;
        flat.iter().map(|(key, value)| format!("{key}={}", value_of(value))).collect()
    }

    /// The tree, as Java prints maps.
    fn tree(&self, toml: &str) -> String {
        value_of(&Value::Map(self.configure(toml).unwrap().context))
    }

    /// Kind, text under the span and message of each fault.
    fn faults(&self, toml: &str) -> Vec<(FaultKind, String, String)> {
        let faults = self.configure(toml).unwrap_err();
        let under = |fault: &Fault| {
            let span = fault.span?;
            toml.get(span.start as usize..span.end as usize)
        };
        faults
            .iter()
            .map(|fault| (fault.kind, under(fault).unwrap_or("-").to_owned(), fault.what.clone()))
            .collect()
    }

    /// Kind and text under the span of the only fault.
    fn fault(&self, toml: &str) -> (FaultKind, String) {
        let faults = self.faults(toml);
        assert_eq!(faults.len(), 1, "{faults:?}");
        let (kind, under, _) = faults[0].clone();
        (kind, under)
    }
}

fn variables(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
    entries.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}
