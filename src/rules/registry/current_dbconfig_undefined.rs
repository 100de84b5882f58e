//! The local registry is to lie in a dbConfig that does not exist: the registry, and what waits for it, does not start.

use super::hand_written;
use crate::model::Deployment;
use crate::model::node::Node;
use crate::rules::{Check, Finding, Rule, unique_near};

/// RG002.
pub static RULE: Rule = Rule { card: "RG002-current-dbconfig-undefined", check: Check::Node(check) };

/// The name whose absence has a rule of its own.
const LOCAL: &str = "wso2registry";

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(registry) = hand_written(node) else { return };
    let Some(current) = registry.current.as_ref() else { return };
    let Some(name) = current.text().filter(|name| *name != LOCAL) else { return };
    if !current.is_written() || registry.has_unknown_db_config() || registry.db_config(name).is_some() {
        return;
    }
    let defined: Vec<&str> = registry.db_configs.iter().filter_map(|entry| entry.name.text()).collect();
    let near = unique_near(name, &defined).or(defined.contains(&LOCAL).then_some(LOCAL));
    let help = match near {
        Some(near) => format!("write {near}, the dbConfig of the node's own registry, or define \"{name}\""),
        None => format!("define a dbConfig \"{name}\" on a data source that belongs to this node alone"),
    };
    let mut finding = Finding::new(
        current.span,
        "no dbConfig of this name",
        format!("{} has no dbConfig \"{name}\", which currentDBConfig names", node.name),
    )
    .help(help);
    for entry in registry.db_configs.iter().filter(|entry| entry.name.text().is_some()) {
        finding = finding.related(entry.name.span, "a name that exists");
    }
    findings.push(finding);
}
