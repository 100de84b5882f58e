//! A node without public name writes the address of its machine into links and tokens, past the name that clients use.

use super::{fronts, host_name_key};
use crate::model::{Deployment, Host, Node, Product, Role, Setting};
use crate::rules::{Check, Finding, Rule};

/// HN001.
pub static RULE: Rule = Rule { card: "HN001-host-name-missing", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let groups = deployment.groups(Role::Gateway);
    for node in &deployment.nodes {
        if !matches!(node.product, Product::ApiManager | Product::AppManager | Product::IdentityServer) {
            continue;
        }
        let group = groups.iter().find(|group| group.iter().any(|member| member.index == node.index));
        let peers = group.map_or(&[][..], Vec::as_slice);
        if peers.len() < 2 && fronts(deployment, node).next().is_none() {
            continue;
        }
        findings.extend(judge(deployment, node, peers));
    }
}

fn judge(deployment: &Deployment, node: &Node, group: &[&Node]) -> Option<Finding> {
    let key = host_name_key(node);
    let (place, label, message) = match &node.identity.host_name {
        None => (
            node.identity.span,
            format!("has no {key}"),
            format!("{} has no {key}: its links and tokens name the machine", node.name),
        ),
        Some(name) if name.text().is_some_and(|text| Host::literal(text) == Host::Own) => (
            name.span,
            "means the machine itself".to_owned(),
            format!("{} sets {key} to {}, which no client can reach", node.name, name.value),
        ),
        Some(_) => return None,
    };
    let peer = group.iter().copied().find(|peer| peer.public_host_name().is_some());
    let mut finding = Finding::new(place, label, message).help(help(deployment, node, peer));
    if let Some((peer, name)) = peer.and_then(|peer| Some((peer, peer.public_host_name()?))) {
        finding = finding.related(name.span, format!("{} has the common name", peer.name));
    }
    if is_internal(node) {
        finding = finding.variant("internal");
    }
    Some(finding)
}

/// True for a node that other nodes call and clients do not.
fn is_internal(node: &Node) -> bool {
    let internal = |role: &Role| matches!(role, Role::TrafficManager | Role::KeyManager);
    !node.roles.is_empty() && node.roles.iter().all(internal)
}

fn help(deployment: &Deployment, node: &Node, peer: Option<&Node>) -> String {
    let key = host_name_key(node);
    let front = fronts(deployment, node).find(|balancer| !balancer.name.is_empty());
    if let Some((peer, name)) =
        peer.and_then(|peer| Some((peer, peer.public_host_name().and_then(Setting::text)?)))
    {
        format!("set {key} to {name}, as {} does", peer.name)
    } else if let Some(front) = front {
        format!("set {key} to {}, the name in front of {}", front.name, node.name)
    } else {
        format!("set {key} to the name under which clients reach the gateways, the same on each of them")
    }
}
