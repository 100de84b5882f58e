//! A remote instance without a database: what is mounted from it is missing, and the node works on its own space.

use super::hand_written;
use crate::model::node::Node;
use crate::model::registry::{Registry, RemoteInstance};
use crate::model::{Deployment, Setting};
use crate::rules::{Check, Finding, Rule, unique_near};

/// RG005.
pub static RULE: Rule = Rule { card: "RG005-remote-instance-dbconfig-undefined", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(registry) = hand_written(node) else { return };
    if registry.has_unknown_db_config() {
        return;
    }
    for instance in &registry.instances {
        let id = instance.id.as_ref().and_then(Setting::text).unwrap_or("without id");
        let candidate = candidate(registry, instance);
        let finding = match &instance.db_config {
            Some(db_config) => {
                let Some(name) = db_config.text().filter(|name| registry.db_config(name).is_none()) else {
                    continue;
                };
                let message =
                    format!("{} has no dbConfig \"{name}\", which the instance \"{id}\" names", node.name);
                let finding = Finding::new(db_config.span, "no dbConfig of this name", message);
                match candidate {
                    Some(right) => finding.fix(db_config.bare(name), right),
                    None => finding,
                }
            }
            None if instance.has_login => continue,
            None => {
                let message = format!("the instance \"{id}\" of {} names no dbConfig", node.name);
                Finding::new(instance.span, "dbConfig missing here", message)
            }
        };
        let help = match candidate {
            Some(right) => format!("write <dbConfig>{right}</dbConfig>"),
            None => {
                "name the dbConfig of the shared registry database, and define it beside \"wso2registry\""
                    .to_owned()
            }
        };
        findings.push(finding.help(help));
    }
}

/// The entry that is meant: the only one beside that of the local registry, or the only one with a like name.
fn candidate<'a>(registry: &'a Registry, instance: &RemoteInstance) -> Option<&'a str> {
    let current = registry.current.as_ref().and_then(Setting::text);
    let names: Vec<&str> = registry
        .db_configs
        .iter()
        .filter_map(|entry| entry.name.text())
        .filter(|name| Some(*name) != current)
        .collect();
    match names.as_slice() {
        [one] => Some(one),
        several => unique_near(instance.db_config.as_ref()?.text()?, several),
    }
}
