//! A mount over the space that belongs to each node: several nodes write their own state over each other's.

use super::hand_written;
use crate::model::Deployment;
use crate::model::node::Node;
use crate::rules::{Check, Finding, Rule};

/// RG015.
pub static RULE: Rule = Rule { card: "RG015-local-registry-mounted", check: Check::Node(check) };

const LOCAL: &str = "/_system/local";

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(registry) = hand_written(node) else { return };
    for mount in &registry.mounts {
        let is_local = |path: &&str| {
            path.strip_prefix(LOCAL).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let Some(path) = mount.path.text().filter(is_local) else { continue };
        findings.push(
            Finding::new(
                mount.path.span,
                "belongs to each node",
                format!("{} mounts {path}, the space that each node keeps for itself", node.name),
            )
            .help("remove this mount; only /_system/governance and /_system/config are shared"),
        );
    }
}
