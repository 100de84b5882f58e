//! The check of `$secret{…}` (`ReferenceResolver.resolveSecrets`). The placeholder stays, for the running
//! server.

use std::collections::BTreeMap;

use super::origin::{name_of, span_within};
use super::{Data, Fault, FaultKind, MapperVersion, ReferenceKind, outcome};
use crate::render::java::text::substrings_between;
use crate::render::value::{Step, Value};
use crate::source::Span;

/// The key of `[runtime_secrets]` that lets every alias pass.
const RUNTIME_SECRETS_ENABLED: &str = "enable";

/// Checks values in Java's order up to the first one whose aliases pass: Java looks at none behind it.
pub(super) fn check(
    data: &Data,
    secrets: BTreeMap<String, Option<String>>,
    version: MapperVersion,
) -> Result<(), Vec<Fault>> {
    let enabled = secrets.get(RUNTIME_SECRETS_ENABLED).and_then(Option::as_deref);
    let is_enabled = enabled.is_some_and(|text| text.eq_ignore_ascii_case("true"));
    let checker = Checker { are_runtime: version.knows_runtime_secrets() && is_enabled, secrets };
    for (key, held) in data.iter() {
        for (steps, text) in texts(&held.value) {
            let names = ReferenceKind::Secret.names(text);
            let faults: Vec<_> = names
                .iter()
                .filter_map(|name| {
                    let reason = checker.fault(name)?;
                    let span = span_within(data, key, &steps);
                    Some(fault(reason, name, name_of(data, key), span))
                })
                .collect();
            outcome(faults)?;
            if !names.is_empty() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The texts that Java looks at: those of arrays and of tables in arrays too, but of nothing deeper.
fn texts<'a>(value: &'a Value) -> Vec<(Vec<Step>, &'a str)> {
    let mut found = Vec::new();
    let mut add = |steps, value: &'a Value| {
        if let Value::Text(text) = value {
            found.push((steps, text.as_str()));
        }
    };
    match value {
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                match item {
                    Value::Map(map) => map.iter().for_each(|(key, value)| {
                        add(vec![Step::Index(index), Step::Key(key.to_owned())], value);
                    }),
                    _ => add(vec![Step::Index(index)], item),
                }
            }
        }
        _ => add(Vec::new(), value),
    }
    found
}

#[derive(Clone, Copy)]
enum Reason {
    Missing,
    Plain,
}

struct Checker {
    are_runtime: bool,
    secrets: BTreeMap<String, Option<String>>,
}

impl Checker {
    fn fault(&self, name: &str) -> Option<Reason> {
        match self.secrets.get(name) {
            None if self.are_runtime => None,
            None | Some(None) => Some(Reason::Missing),
            Some(Some(value)) if !substrings_between(value, "[", "]").is_empty() => Some(Reason::Plain),
            Some(Some(_)) => None,
        }
    }
}

fn fault(reason: Reason, name: &str, key: &str, span: Option<Span>) -> Fault {
    let (what, change) = match reason {
        Reason::Missing => (
            format!("{key} uses the secret {name}, which [secrets] does not define"),
            format!("add {name} = \"[value]\" to [secrets] and run bin/ciphertool.sh -Dconfigure"),
        ),
        Reason::Plain => (
            format!("{key} uses the secret {name}, which is still plain text in [secrets]"),
            "run bin/ciphertool.sh -Dconfigure, which encrypts what stands in [ ]".to_owned(),
        ),
    };
    Fault::new(FaultKind::Secret, span, what, change)
}
