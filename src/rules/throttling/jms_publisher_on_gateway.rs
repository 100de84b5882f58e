//! A gateway of 2.0 or 2.1 also publishes to the topic of throttle decisions, which is the Traffic Manager's task.

use crate::model::flows::Flow;
use crate::model::node::{Role, RoleEvidence};
use crate::model::{Deployment, Node, Target};
use crate::rules::{Check, Finding, Rule};

/// TM019.
pub static RULE: Rule = Rule { card: "TM019-jms-publisher-on-gateway", check: Check::Node(check) };

fn check(deployment: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(throttling) = &node.throttling else { return };
    let Some(parameters) = &throttling.event_publisher_parameters else { return };
    let reads = node.is_api_manager() && node.is_at_least(2, 0) && node.is_before(2, 2);
    let is_gateway = node.acts_as(Role::Gateway) && !node.acts_as(Role::TrafficManager);
    if !reads || !is_gateway || !throttling.advanced.is_true() {
        return;
    }
    // A name alone proves nothing about a node that counts for itself.
    let elsewhere = elsewhere(deployment, node);
    if elsewhere.is_none() && node.role_evidence > RoleEvidence::Profile {
        return;
    }
    let finding = Finding::new(
        parameters.span,
        "for Traffic Managers only",
        format!("{} is a gateway without Traffic Manager, but has JMSEventPublisherParameters", node.name),
    )
    .help("comment the element out; keep JMSConnectionDetails, through which the gateway hears decisions");
    findings.push(match elsewhere {
        Some(flow) => finding.related(flow.endpoint.text.span, "its Traffic Manager is here"),
        None => finding,
    });
}

/// A receiver or broker of the gateway that is another node, if none is the gateway itself.
fn elsewhere<'a>(deployment: &'a Deployment, node: &'a Node) -> Option<Flow<'a>> {
    let receivers = deployment.receiver_targets(node).into_iter().flat_map(|group| group.flows);
    let receivers: Vec<Flow<'_>> = receivers.collect();
    if receivers.iter().any(|flow| matches!(flow.target, Target::Own(_))) {
        return None;
    }
    let leaves =
        |flow: &Flow<'_>| matches!(flow.target, Target::Node(..) | Target::Balancer(_) | Target::Outside(_));
    deployment.broker_targets(node).into_iter().chain(receivers).find(leaves)
}
