//! A duration with a unit that the mapper does not know, or one that becomes 0 in the unit of its key: the server does not
//! start.

use crate::model::deployment_toml::{Kind, Value, WrittenKey};
use crate::model::{Deployment, Node};
use crate::render::phases::{DurationFault, duration_fault};
use crate::rules::{Check, Finding, Rule};

/// TL015.
pub static RULE: Rule = Rule { card: "TL015-unit-invalid", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    let durations = toml.keys.iter().filter_map(|key| Some((key, key.facts.unit?)));
    let durations = durations.filter(|(key, _)| key.element.is_none() && toml.knows(&key.facts));
    findings.extend(durations.filter_map(|(key, unit)| faulty(node, key, unit)));
}

fn faulty(node: &Node, key: &WrittenKey, unit: &'static str) -> Option<Finding> {
    let why = match &key.value {
        Value::Scalar(_, Kind::Integer | Kind::Float) => return None,
        Value::Scalar(setting, Kind::String) => {
            let text = super::plain(setting)?;
            match duration_fault(text, unit)? {
                DurationFault::NoNumber => format!("gives {} as \"{text}\", which has no number", key.name),
                DurationFault::NoUnit(word) => format!("gives {} in \"{word}\", which is no unit", key.name),
                DurationFault::Zero => {
                    format!("gives {} as {text}, which is less than one {unit} and becomes 0", key.name)
                }
            }
        }
        Value::Scalar(..) | Value::List(..) => {
            format!("gives {} as something else than a duration", key.name)
        }
    };
    let message = format!("{} {why}: the server does not start", node.name);
    Some(
        Finding::new(key.value_span(), "no duration", message)
            .help(format!("write a number of {unit}, or one with d, h, m, s or ms behind it")),
    )
}
