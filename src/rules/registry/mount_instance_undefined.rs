//! A mount of an instance that does not exist: the shared space is not mounted, and the node works on its own one.

use super::hand_written;
use crate::model::node::Node;
use crate::model::registry::Registry;
use crate::model::{Deployment, Setting};
use crate::rules::{Check, Finding, Rule, unique_near};

/// RG004.
pub static RULE: Rule = Rule { card: "RG004-mount-instance-undefined", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(registry) = hand_written(node) else { return };
    if registry.instances.iter().flat_map(|entry| &entry.id).any(|id| id.text().is_none()) {
        return;
    }
    for mount in &registry.mounts {
        let Some(path) = mount.path.text() else { continue };
        let finding = match &mount.instance_id {
            Some(id) => {
                let Some(name) = id.text().filter(|name| registry.instance(name).is_none()) else { continue };
                let message =
                    format!("{} mounts {path} from an instance \"{name}\" that is not defined", node.name);
                let finding = Finding::new(id.span, "no remoteInstance of this id", message);
                match candidate(registry, name) {
                    Some(right) => finding.fix(id.bare(name), right),
                    None => finding,
                }
            }
            None => {
                let message = format!("{} mounts {path} without naming an instance", node.name);
                Finding::new(mount.span, "instanceId missing", message)
            }
        };
        findings.push(explained(finding, registry, mount.instance_id.as_ref()));
    }
}

fn explained(finding: Finding, registry: &Registry, id: Option<&Setting>) -> Finding {
    let name = id.and_then(Setting::text).unwrap_or_default();
    let help = match candidate(registry, name) {
        Some(right) => format!("write <instanceId>{right}</instanceId>"),
        None if registry.instances.is_empty() => {
            "add the remoteInstance with this id, and the dbConfig that it stands on".to_owned()
        }
        None => "write the id of the remoteInstance that leads to the shared database".to_owned(),
    };
    let ids = registry.instances.iter().filter_map(|entry| entry.id.as_ref());
    ids.fold(finding.help(help), |finding, id| finding.related(id.span, "an id that exists"))
}

/// The instance that is meant: the only one, or the only one with a like id.
fn candidate<'a>(registry: &'a Registry, name: &str) -> Option<&'a str> {
    let ids: Vec<&str> =
        registry.instances.iter().filter_map(|entry| entry.id.as_ref().and_then(Setting::text)).collect();
    match ids.as_slice() {
        [one] => Some(one),
        several => unique_near(name, several),
    }
}
