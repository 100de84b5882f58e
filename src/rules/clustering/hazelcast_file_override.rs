//! Hazelcast's own configuration file outranks everything that the server's cluster settings say.

use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// CL016.
pub static RULE: Rule = Rule { card: "CL016-hazelcast-file-override", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(clustering) = node.active_clustering() else { return };
    let (place, source) = match (clustering.own_file, node.system_property("hazelcast.config")) {
        (_, Some(value)) => (value.span, "the start script names a hazelcast.config"),
        (Some(file), None) => (file, "repository/conf/hazelcast.xml is there"),
        (None, None) => return,
    };
    findings.push(
        Finding::new(
            place,
            "outranks the cluster settings",
            format!("{} does not read its cluster settings, because {source}", node.name),
        )
        .help("remove it, or keep the cluster settings in it alone")
        .related(clustering.enabled.span, "not read beyond this switch"),
    );
}
