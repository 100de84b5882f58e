//! A key that defaults refer to has no value: the server names it and does not start.

use std::collections::BTreeMap;

use crate::model::deployment_toml::{Cause, DeploymentToml, Meant, Unresolved};
use crate::model::sharing::listed;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// TL027.
pub static RULE: Rule = Rule { card: "TL027-required-key-missing", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    let is_exact = node.told_version().is_some() && toml.versions.iter().count() == 1 && !toml.is_approximate;
    if !is_exact || !toml.is_whole() {
        return;
    }
    let mut missing: BTreeMap<&str, Vec<&Unresolved>> = BTreeMap::new();
    let defaults = toml.unresolved.iter().filter(|unresolved| matches!(unresolved.cause, Cause::Default));
    for unresolved in defaults.filter(|unresolved| !is_misspelt(toml, &unresolved.name)) {
        let table = unresolved.name.rsplit_once('.').map_or("", |(table, _)| table);
        missing.entry(table).or_default().push(unresolved);
    }
    findings.extend(missing.values().filter_map(|missing| without_value(node, missing)));
}

fn without_value(node: &Node, missing: &[&Unresolved]) -> Option<Finding> {
    let first = missing.first()?;
    let names: Vec<&str> = missing.iter().map(|unresolved| unresolved.name.as_str()).collect();
    let names = listed(&names);
    let message = format!(
        "{} gives {names} no value, but {} needs it: the server does not start",
        node.name, first.user
    );
    Some(Finding::new(first.place, format!("no {names}"), message).help(format!("write {names}")))
}

/// True where the file writes the key, or a table that it stands in, with a wrong letter: TL001 says so.
fn is_misspelt(toml: &DeploymentToml, name: &str) -> bool {
    toml.unheard().iter().any(|unheard| match toml.meant(unheard) {
        Some(Meant::Spelling(meant, _)) => {
            let table = unheard.name.rsplit_once('.').map_or(String::new(), |(table, _)| format!("{table}."));
            let meant = format!("{table}{meant}");
            name == meant || name.strip_prefix(&meant).is_some_and(|rest| rest.starts_with('.'))
        }
        Some(Meant::Elsewhere(_)) | None => false,
    })
}
