//! A node that calls itself localhost in the cluster tells its peers to talk to themselves.

use crate::model::clustering::Member;
use crate::model::membership::Listed;
use crate::model::{ConfigModel, Deployment, Host, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// CL009.
pub static RULE: Rule = Rule { card: "CL009-local-member-host-loopback", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for node in &deployment.nodes {
        let Some(clustering) = node.wka_clustering() else { continue };
        let peers = deployment.wka_peers(node);
        let host = clustering.local_member_host.as_ref();
        // A variable is replaced by an address that no file shows.
        let is_loopback = clustering.local_host == Host::Own
            && host.is_none_or(|host| host.text().is_some_and(|text| !text.contains('$')));
        if peers.is_empty() || !is_loopback || !is_wrong(deployment, node, &peers) {
            continue;
        }
        let found = addresses_in_use(deployment, node, &peers);
        let address = found.first().map(|(_, member)| member.host_name.value.as_str());
        let set = match node.config_model {
            ConfigModel::Xml => "set localMemberHost to",
            ConfigModel::Toml => "set local_member_host under [clustering] to",
        };
        let help = match address {
            Some(address) => format!("{set} {address}, the address that its peers list"),
            None => format!("{set} an address of {} that its peers reach", node.name),
        };
        let mut finding = match host {
            Some(host) => Finding::new(
                node.member_host_place().unwrap_or(host.span),
                "peers are told this address",
                format!("{} tells its cluster peers to reach it at {}", node.name, host.value),
            ),
            None => Finding::new(
                clustering.span,
                "no localMemberHost here",
                format!("{} sets no localMemberHost, so the server picks an address by itself", node.name),
            ),
        };
        finding = finding.help(help);
        for peer in peers {
            let entry = found.iter().find(|(lister, _)| lister.index == peer.index);
            let theirs = peer.clustering.as_ref();
            let place =
                entry.map(|(_, member)| (member.span, format!("listed by {}", peer.name))).or_else(|| {
                    let own = theirs?.local_member_host.as_ref().filter(|host| host.text().is_some())?;
                    Some((peer.member_host_place()?, format!("{} says {}", peer.name, own.value)))
                });
            if let Some((span, label)) = place {
                finding = finding.related(span, label);
            }
        }
        findings.push(finding);
    }
}

/// A group that uses loopback throughout runs on one machine, with a port for each node.
fn is_wrong(deployment: &Deployment, node: &Node, peers: &[&Node]) -> bool {
    if peers.iter().all(|peer| deployment.same_machine(node, peer) == Some(true)) {
        return false;
    }
    let group: Vec<&Node> = std::iter::once(node).chain(peers.iter().copied()).collect();
    let settings = || group.iter().filter_map(|node| node.clustering.as_ref());
    let elsewhere = settings().any(|clustering| {
        clustering.local_host.name().is_some()
            || clustering.members.iter().any(|member| member.host.name().is_some())
    });
    let mut ports: Vec<Option<&u16>> =
        settings().map(|clustering| clustering.local_member_port.known()).collect();
    ports.sort_unstable();
    ports.dedup();
    elsewhere || (ports.len() < group.len() && !ports.contains(&None))
}

/// The entries by which peers reach this node: those that mean it, else the only strange address of a peer.
fn addresses_in_use<'a>(
    deployment: &Deployment,
    node: &Node,
    peers: &[&'a Node],
) -> Vec<(&'a Node, &'a Member)> {
    let entry = |peer: &'a Node| -> Option<(&'a Node, &'a Member)> {
        let members = &peer.clustering.as_ref()?.members;
        let named = |member: &&Member| member.host.name().is_some();
        let means = |member: &&Member| match deployment.listed(peer, member) {
            Listed::Peer(found, _) => found.index == node.index,
            _ => false,
        };
        if let Some(member) = members.iter().filter(named).find(means) {
            return Some((peer, member));
        }
        let mut strange = members
            .iter()
            .filter(|member| matches!(deployment.listed(peer, member), Listed::Stranger))
            .filter(|member| member.port.as_ref().and_then(Setting::known).is_some());
        match (strange.next(), strange.next(), peers.len()) {
            (Some(member), None, 1) => Some((peer, member)),
            _ => None,
        }
    };
    peers.iter().copied().filter_map(entry).collect()
}
