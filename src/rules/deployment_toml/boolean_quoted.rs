//! `"true"` in quotes for a key that a template compares with `true` itself counts as false: a grant type that is
//! meant to be on goes.

use crate::model::deployment_toml::{DeploymentToml, WrittenKey};
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// TL026.
pub static RULE: Rule = Rule { card: "TL026-boolean-quoted", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    findings.extend(toml.keys.iter().filter_map(|key| quoted(toml, key)));
}

fn quoted(toml: &DeploymentToml, key: &WrittenKey) -> Option<Finding> {
    let text = key.quoted().filter(|text| text.value.eq_ignore_ascii_case("true"))?;
    if key.facts.exact.is_empty() || !toml.versions.is_within(key.facts.exact) {
        return None;
    }
    let written = &text.value;
    let finding = Finding::new(
        text.span,
        "counts as false",
        format!("quoted \"{written}\" switches {} off", what(key)),
    );
    Some(finding.help("remove the quotes").fix(Some(text.span), "true"))
}

/// What the key switches, in the words of who wrote it.
fn what(key: &WrittenKey) -> String {
    let within = |table: &str| key.name.strip_prefix(table)?.strip_suffix(".enable");
    match (within("oauth.grant_type."), within("oauth.response_type.")) {
        (Some(grant), _) => format!("the {grant} grant"),
        (_, Some(response)) => format!("the {response} response type"),
        _ => key.name.clone(),
    }
}
