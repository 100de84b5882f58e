//! A member entry with a wrong port never reaches the peer, and no log line says why.

use crate::model::clustering::Clustering;
use crate::model::membership::Listed;
use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// CL007.
pub static RULE: Rule = Rule { card: "CL007-wka-port-mismatch", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for node in &deployment.nodes {
        let Some(clustering) = node.wka_clustering() else { continue };
        let targets: Vec<Listed<'_>> =
            clustering.members.iter().map(|member| deployment.listed(node, member)).collect();
        for (member, target) in clustering.members.iter().zip(&targets) {
            let Listed::Peer(peer, false) = target else { continue };
            // Beside the right entry a further one is dead, but harmless.
            let reached = targets
                .iter()
                .any(|other| matches!(other, Listed::Peer(other, true) if other.index == peer.index));
            let Some(theirs) = peer.wka_clustering().filter(|_| !reached && !is_mapped(deployment, peer))
            else {
                continue;
            };
            let Some(written) = &member.port else { continue };
            let (Some(port), Some(right)) = (written.known(), theirs.local_member_port.known()) else {
                continue;
            };
            let message = format!(
                "{} lists {} with port {port}, but {} listens on {right}",
                node.name, peer.name, peer.name
            );
            let offset = peer.identity.offset.known().copied().unwrap_or(0);
            let help = if offset != 0 && right.checked_add(offset) == Some(*port) {
                format!(
                    "write port {right}: the offset {offset} of {} does not shift cluster ports",
                    peer.name
                )
            } else {
                format!("write port {right}")
            };
            findings.push(
                Finding::new(written.span, format!("{} is not here", peer.name), message)
                    .help(help)
                    .fix(written.bare(&port.to_string()), right.to_string())
                    .related(theirs.local_member_port.span, format!("{} listens on {right}", peer.name)),
            );
        }
    }
}

/// A node that binds to another port than the one it tells, behind a port mapping.
fn is_mapped(deployment: &Deployment, peer: &Node) -> bool {
    let binds = |clustering: &Clustering| {
        clustering.parameters.iter().any(|(name, value): &(String, Setting)| {
            matches!(name.as_str(), "localMemberBindPort" | "local_member_bind_port")
                && !value.value.is_empty()
        })
    };
    !deployment.port_mappings(peer).is_empty() && peer.clustering.as_ref().is_some_and(binds)
}
