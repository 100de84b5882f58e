//! A key that defaults refer to has no value: the server names it and does not start.

use std::collections::BTreeMap;

use crate::model::deployment_toml::{Cause, DeploymentToml};
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// TL027.
pub static RULE: Rule =
    Rule { card: include_str!("../../../rules/TL027-required-key-missing.md"), check: Check::Node(check) };

/// Tables that a whole deployment.toml has. Of a part of one nothing can be said to be missing.
const USUAL_TABLES: [&str; 5] =
    ["super_admin", "user_store", "database.apim_db", "database.shared_db", "keystore.tls"];

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    let is_exact = node.told_version().is_some() && toml.versions.iter().count() == 1 && !toml.is_approximate;
    if !is_exact || !is_whole(toml) {
        return;
    }
    let mut missing: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let unresolved = toml.unresolved.iter().filter(|unresolved| matches!(unresolved.cause, Cause::Default));
    for unresolved in unresolved {
        missing.entry(&unresolved.name).or_default().push(&unresolved.user);
    }
    for (name, users) in missing {
        let Some(place) = toml.unresolved.iter().find(|unresolved| unresolved.name == name) else { continue };
        let user = users.first().copied().unwrap_or_default();
        let message = format!(
            "{} gives {name} no value, but {user} refers to it: the server does not start",
            node.name
        );
        findings.push(Finding::new(place.place, format!("no {name}"), message).help(format!("write {name}")));
    }
}

fn is_whole(toml: &DeploymentToml) -> bool {
    USUAL_TABLES.iter().filter(|table| toml.header(table).is_some()).count() + 1 >= USUAL_TABLES.len()
}
