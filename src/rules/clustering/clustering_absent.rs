//! Up to 2.0 nothing but the cluster tells other nodes that a token was revoked or the registry changed.

use crate::model::sharing::node_names;
use crate::model::{Deployment, Node, Origin, Role};
use crate::rules::{Check, Finding, Rule};

/// CL019.
pub static RULE: Rule = Rule { card: "CL019-clustering-absent", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let is_old = |node: &&Node| node.is_api_manager() && node.is_before(2, 1);
    let nodes: Vec<&Node> = deployment.nodes.iter().filter(is_old).collect();
    if nodes.iter().any(|node| node.active_clustering().is_some()) {
        return;
    }
    let nodes: Vec<&Node> = nodes.into_iter().filter(|node| is_off(node)).collect();
    let needs_peer = |node: &&Node| {
        nodes.iter().any(|peer| peer.index != node.index && share_caches(deployment, node, peer))
    };
    let alone: Vec<&Node> = nodes.iter().copied().filter(needs_peer).collect();
    findings.extend(finding(&alone));
}

/// True where the node's own file says so.
fn is_off(node: &Node) -> bool {
    let clustering = node.clustering.as_ref();
    clustering.is_some_and(|own| own.enabled.is_false() && own.enabled.origin != Origin::Vanilla)
}

fn share_caches(deployment: &Deployment, left: &Node, right: &Node) -> bool {
    let portals = |one: &Node, other: &Node| one.acts_as(Role::Publisher) && other.acts_as(Role::Store);
    deployment.same_zone(left, right)
        && (deployment.same_group(left, right) || portals(left, right) || portals(right, left))
}

fn finding(nodes: &[&Node]) -> Option<Finding> {
    let (first, others) = nodes.split_first()?;
    let place = |node: &Node| node.clustering.as_ref().map(|clustering| clustering.enabled.span);
    let message =
        format!("{} share tokens or registry content, but none of them has clustering on", node_names(nodes));
    let finding = Finding::new(place(first)?, "off here", message)
        .help("switch clustering on for these nodes, with scheme wka, one domain and each other as members");
    Some(others.iter().fold(finding, |finding, node| match place(node) {
        Some(span) => finding.related(span, format!("off on {}", node.name)),
        None => finding,
    }))
}
