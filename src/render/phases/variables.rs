//! `$sys{…}` and `$env{…}` (`ReferenceResolver.resolveSystemProperties`, `resolveEnvVariables`).

use std::collections::BTreeMap;

use super::origin::{name_of, span_within};
use super::{Data, Environment, Fault, FaultKind, MapperVersion, ReferenceKind, outcome};
use crate::render::java::text::replace_all;
use crate::render::value::{Step, Value};

/// Puts the values of system properties in, then those of environment variables.
pub(super) fn resolve(
    data: &mut Data,
    environment: &Environment,
    version: MapperVersion,
) -> Result<(), Vec<Fault>> {
    let properties = Variables {
        kind: ReferenceKind::System,
        values: &environment.properties,
        keep_unresolved: environment.keep_unresolved,
        may_be_empty: false,
        is_quoted: false,
        in_tables: version.resolves_in_tables(),
    };
    let variables = Variables {
        kind: ReferenceKind::Environment,
        values: &environment.variables,
        may_be_empty: true,
        is_quoted: version.quotes_variables(),
        ..properties
    };
    properties.resolve_all(data)?;
    variables.resolve_all(data)
}

/// One kind of placeholder and how the mapper treats it.
struct Variables<'a> {
    kind: ReferenceKind,
    values: &'a BTreeMap<String, String>,
    keep_unresolved: bool,
    may_be_empty: bool,
    /// Whether a value is put in as it is, not as a replacement text of `String.replaceAll`.
    is_quoted: bool,
    in_tables: bool,
}

/// A placeholder that cannot be resolved, and where.
struct Unresolved {
    steps: Vec<Step>,
    name: String,
    reason: Reason,
}

#[derive(Clone, Copy)]
enum Reason {
    Undefined,
    BadReplacement,
}

impl Variables<'_> {
    fn resolve_all(&self, data: &mut Data) -> Result<(), Vec<Fault>> {
        let mut found = Vec::new();
        let keys: Vec<_> = data.keys().cloned().collect();
        for key in keys {
            let mut unresolved = Vec::new();
            if let Some(held) = data.get_mut(&key) {
                self.resolve(&mut held.value, &mut Vec::new(), &mut unresolved);
            }
            found.extend(unresolved.into_iter().map(|unresolved| (key.clone(), unresolved)));
        }
        outcome(found.iter().map(|(key, unresolved)| self.fault(data, key, unresolved)).collect())
    }

    /// Resolves what Java looks at: texts, arrays, tables and tables in arrays, but no arrays in arrays.
    fn resolve(&self, value: &mut Value, steps: &mut Vec<Step>, unresolved: &mut Vec<Unresolved>) {
        match value {
            Value::Text(text) => self.resolve_text(text, steps, unresolved),
            Value::List(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    steps.push(Step::Index(index));
                    if !matches!(item, Value::List(_)) {
                        self.resolve(item, steps, unresolved);
                    }
                    steps.pop();
                }
            }
            Value::Map(map) if self.in_tables => {
                for (key, item) in map.iter_mut() {
                    steps.push(Step::Key(key.to_owned()));
                    self.resolve(item, steps, unresolved);
                    steps.pop();
                }
            }
            _ => {}
        }
    }

    fn resolve_text(&self, text: &mut String, steps: &[Step], unresolved: &mut Vec<Unresolved>) {
        let names: Vec<_> = self.kind.names(text).into_iter().map(str::to_owned).collect();
        for name in names {
            let reason = match self.values.get(&name).filter(|value| self.may_be_empty || !value.is_empty()) {
                None if self.keep_unresolved => continue,
                None => Reason::Undefined,
                Some(value) => match self.put(text, &name, value) {
                    Some(resolved) => {
                        *text = resolved;
                        continue;
                    }
                    None => Reason::BadReplacement,
                },
            };
            unresolved.push(Unresolved { steps: steps.to_vec(), name, reason });
        }
    }

    fn put(&self, text: &str, name: &str, value: &str) -> Option<String> {
        let placeholder = self.kind.placeholder(name);
        if self.is_quoted {
            return Some(text.replace(&placeholder, value));
        }
        replace_all(text, &placeholder, value).ok()
    }

    fn fault(&self, data: &Data, key: &str, unresolved: &Unresolved) -> Fault {
        let Unresolved { steps, name, reason } = unresolved;
        let (kind, noun) = match self.kind {
            ReferenceKind::System => (FaultKind::SystemProperty, "system property"),
            _ => (FaultKind::EnvironmentVariable, "environment variable"),
        };
        let key_name = name_of(data, key);
        let (what, change) = match reason {
            Reason::Undefined => (
                format!("{key_name} uses the {noun} {name}, which is not defined"),
                format!("define {name} where the server is started, or write the value into deployment.toml"),
            ),
            Reason::BadReplacement => (
                format!(
                    "{key_name} uses the {noun} {name}, whose value has a $ or a backslash at its end; \
                     this version of the server cannot put it in"
                ),
                format!("take the $ out of {name}, or write \\$ and \\\\ in it"),
            ),
        };
        Fault::new(kind, span_within(data, key, steps), what, change)
    }
}
