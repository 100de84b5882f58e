//! Two nodes tell one cluster address: the second one moves to another port, where nobody looks for it.

use crate::model::clustering::Clustering;
use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// CL008.
pub static RULE: Rule = Rule { card: "CL008-member-address-duplicate", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let mut nodes: Vec<&Node> = deployment.nodes.iter().collect();
    nodes.sort_by_key(|node| doubt(deployment, node));
    for (position, node) in nodes.iter().enumerate() {
        let earlier: Vec<&Node> = nodes
            .iter()
            .take(position)
            .copied()
            .filter(|other| deployment.share_member_address(other, node))
            .filter(|other| !finds_itself(other, node))
            .collect();
        if let Some(first) = earlier.first() {
            findings.extend(finding(deployment, node, first, &earlier));
        }
    }
}

/// How much speaks against a node's claim to its address: it is known to be another's, or nobody else stands in the node's
/// own list.
fn doubt(deployment: &Deployment, node: &Node) -> (bool, bool) {
    let lists_only_itself = node.wka_clustering().is_some_and(|own| {
        let mut hosts = own.members.iter().map(|member| &member.host);
        !own.members.is_empty() && hosts.all(|host| *host == own.local_host)
    });
    (deployment.owner_of_member_host(node).is_some(), lists_only_itself)
}

/// Under multicast nodes of one machine, told by their offsets, find each other on whatever port they moved
/// to.
fn finds_itself(left: &Node, right: &Node) -> bool {
    let multicasts = |node: &Node| {
        node.clustering.as_ref().and_then(Clustering::scheme_name).is_some_and(|scheme| scheme == "multicast")
    };
    multicasts(left) && multicasts(right) && offset(left) != offset(right)
}

fn offset(node: &Node) -> Option<u16> {
    node.identity.offset.known().copied()
}

fn finding(deployment: &Deployment, node: &Node, first: &Node, earlier: &[&Node]) -> Option<Finding> {
    let (own, other) = (node.clustering.as_ref()?, first.clustering.as_ref()?);
    let port = *own.local_member_port.known()?;
    let free = free_port(deployment, port)?;
    let same_host = own.local_host == other.local_host && own.local_host.name().is_some();
    let host = own.local_member_host.as_ref().filter(|_| same_host);
    // Different offsets tell nodes that are meant to share a machine from a copied node.
    let copied = offset(node) == offset(first);
    let (place, label, message) = match host.and_then(|host| Some((host, host.text()?))) {
        Some((host, text)) => (
            if copied { node.member_host_place().unwrap_or(host.span) } else { own.local_member_port.span },
            format!("the address of {}", first.name),
            format!("{} and {} both call themselves {text}:{port} in the cluster", first.name, node.name),
        ),
        None => (
            own.local_member_port.span,
            format!("the port of {}", first.name),
            format!("{} and {} run on one machine and both use cluster port {port}", first.name, node.name),
        ),
    };
    let help = if same_host && copied {
        format!(
            "write {}'s own address, or localMemberPort {free} if it runs on the machine of {}",
            node.name, first.name
        )
    } else {
        format!("set localMemberPort to {free}, also where others list {}", node.name)
    };
    let mut finding = Finding::new(place, label, message).help(help);
    for peer in earlier {
        let theirs = peer.clustering.as_ref()?;
        let place = match &theirs.local_member_host {
            Some(host) if same_host && copied => peer.member_host_place().unwrap_or(host.span),
            _ => theirs.local_member_port.span,
        };
        finding = finding.related(place, format!("{} says so, too", peer.name));
    }
    Some(finding)
}

/// The next port above this one that no node clusters on.
fn free_port(deployment: &Deployment, port: u16) -> Option<u16> {
    let taken = |candidate: &u16| {
        deployment.nodes.iter().filter_map(Node::active_clustering).any(|clustering| {
            Setting::known(&clustering.local_member_port).is_some_and(|taken| taken == candidate)
        })
    };
    (port..=u16::MAX).find(|candidate| !taken(candidate))
}
