//! The gateway does not mount the shared registry, which the documentation counts it among the users of.

use crate::model::Deployment;
use crate::model::node::{Node, Role};
use crate::rules::{Check, Finding, Rule};

/// AP010.
pub static RULE: Rule = Rule { card: "AP010-gateway-registry-unmounted", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let is_gateway = node.is_app_manager()
        && node.acts_as(Role::Gateway)
        && !node.acts_as(Role::Publisher)
        && !node.acts_as(Role::Store);
    let Some(registry) = node.registry.as_ref().filter(|registry| is_gateway && registry.mounts.is_empty())
    else {
        return;
    };
    findings.push(
        Finding::new(
            registry.span,
            "no mount here",
            format!("{} mounts nothing of the registry that publisher and store share", node.name),
        )
        .help(
            "add dbConfig, remoteInstance and the mount of /_system/governance as on the publisher, or leave it as the \
             steps of the documentation do",
        ),
    );
}
