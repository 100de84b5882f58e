//! A mount that leads back to the node's own registry: nothing is shared, and paths fold into each other.

use super::{hand_written, moved_local};
use crate::model::node::Node;
use crate::model::{Deployment, Setting};
use crate::rules::{Check, Finding, Rule};

/// RG006.
pub static RULE: Rule = Rule { card: "RG006-remote-instance-on-local", check: Check::Node(check) };

fn check(deployment: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(registry) = hand_written(node) else { return };
    // A local registry on the shared database is itself what is wrong.
    if moved_local(node).is_some() && deployment.nodes.len() > 1 {
        return;
    }
    for instance in &registry.instances {
        let Some((db_config, name)) = registry.leads_to_local(instance) else { continue };
        let id = instance.id.as_ref().and_then(Setting::text).unwrap_or("without id");
        let mut finding = Finding::new(
            db_config.span,
            "dbConfig of the local registry",
            format!("the instance \"{id}\" of {} stands on {name}, the node's own registry", node.name),
        )
        .help(format!(
            "name the dbConfig of the shared registry database; {name} stays for currentDBConfig alone"
        ));
        if let Some(current) = &registry.current {
            finding = finding.related(current.span, "the same dbConfig");
        }
        findings.push(finding);
    }
}
