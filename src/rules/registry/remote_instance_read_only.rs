//! A read-only instance on a node that writes: publishing, subscribing and changing settings fail there.

use crate::model::node::{Node, Role, RoleEvidence};
use crate::model::registry::RemoteInstance;
use crate::model::{Deployment, Setting};
use crate::rules::{Check, Finding, Rule};

/// RG013.
pub static RULE: Rule = Rule { card: "RG013-remote-instance-read-only", check: Check::Node(check) };

fn check(deployment: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(role) = writing_role(node) else { return };
    let Some(registry) = &node.registry else { return };
    for instance in &registry.instances {
        let Some(read_only) = instance.read_only.as_ref().filter(|flag| flag.is_true() && flag.is_written())
        else {
            continue;
        };
        let mut paths: Vec<&str> = registry
            .mounts
            .iter()
            .filter(|mount| mount.instance_id.as_ref().is_some_and(|id| names(id, instance)))
            .filter_map(|mount| mount.path.text())
            .collect();
        paths.sort_unstable();
        let Some(path) = paths.first() else { continue };
        if is_told(node) || writes_elsewhere(deployment, node, path) {
            let message = format!("{} ({role}) mounts {} read-only", node.name, paths.join(" and "));
            findings.push(
                Finding::new(read_only.span, "nothing can be written", message)
                    .help("set it to false; true is for gateways that only read")
                    .fix(read_only.bare("true"), "false"),
            );
        }
    }
}

fn names(id: &Setting, instance: &RemoteInstance) -> bool {
    id.text().is_some() && id.text() == instance.id.as_ref().and_then(Setting::text)
}

/// What the node does that writes to the registry.
fn writing_role(node: &Node) -> Option<&'static str> {
    let whole = [Role::AllInOne, Role::ControlPlane].into_iter().find(|role| node.roles.contains(role));
    let part =
        || [Role::Publisher, Role::Store, Role::KeyManager].into_iter().find(|role| node.acts_as(*role));
    whole.or_else(part).map(Role::as_str)
}

/// True where more than a guess tells what the node does.
fn is_told(node: &Node) -> bool {
    node.role_evidence != RoleEvidence::Nothing
}

/// True where another node that does the same mounts the path to write.
fn writes_elsewhere(deployment: &Deployment, node: &Node, path: &str) -> bool {
    let writes = |other: &Node| -> Option<bool> {
        let registry = other.registry.as_ref()?;
        let instance = registry.instance(registry.mount(path)?.instance_id.as_ref()?.text()?)?;
        Some(!instance.read_only.as_ref().is_some_and(Setting::is_true))
    };
    deployment.others(node).any(|other| deployment.same_group(node, other) && writes(other) == Some(true))
}
