//! Cluster membership across nodes: who shares a domain, and whom the entries of a member list mean.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::clustering::{Clustering, Member};
use super::deployment::{Deployment, SyncMode};
use super::endpoint::Host;
use super::node::{Node, Role};
use super::value::Setting;
use crate::source::Span;

/// Whom an entry of a member list means.
#[derive(Debug, Clone, Copy)]
pub enum Listed<'a> {
    /// The node that writes the list.
    Own,
    /// Another node, by its host; true where the port is the one it listens on.
    Peer(&'a Node, bool),
    /// A host that no given node owns.
    Stranger,
    /// A placeholder, a balancer's name, or an address that several nodes share.
    Unknown,
}

/// A node with clustering off that others count on.
#[derive(Debug, Clone, Copy)]
pub struct LeftOut<'a> {
    /// The node that is off.
    pub node: &'a Node,
    /// The node that is on.
    pub peer: &'a Node,
    /// The entry of the peer's list that names the node; `None` where the two only have a role in common.
    pub member: Option<&'a Member>,
}

impl Node {
    /// Clustering settings of a node that clusters.
    pub fn active_clustering(&self) -> Option<&Clustering> {
        self.clustering.as_ref().filter(|clustering| clustering.enabled.is_true())
    }

    /// Where a node's cluster address is to be changed: `localMemberHost`, `server.node_ip` that it follows,
    /// else the element that should hold it.
    pub fn member_host_place(&self) -> Option<Span> {
        let clustering = self.clustering.as_ref()?;
        let settings = [&clustering.local_member_host, &self.identity.node_address];
        let written = settings.into_iter().flatten().find(|setting| setting.is_written());
        Some(
            written.or(clustering.local_member_host.as_ref()).map_or(clustering.span, |setting| setting.span),
        )
    }

    /// Clustering settings of a node whose member list counts.
    pub fn wka_clustering(&self) -> Option<&Clustering> {
        self.clustering.as_ref().filter(|clustering| clustering.is_wka())
    }
}

impl Deployment {
    /// Nodes that cluster, grouped by domain; groups and nodes in node order. Nodes of unknown domain belong
    /// to none.
    pub fn domain_groups(&self) -> Vec<(&str, Vec<&Node>)> {
        let mut groups: Vec<(&str, Vec<&Node>)> = Vec::new();
        for node in &self.nodes {
            let Some(domain) = node.active_clustering().and_then(Clustering::domain_name) else { continue };
            match groups.iter_mut().find(|(name, _)| *name == domain) {
                Some((_, nodes)) => nodes.push(node),
                None => groups.push((domain, vec![node])),
            }
        }
        groups
    }

    /// The other nodes with scheme `wka` in the domain of such a node.
    pub fn wka_peers<'a>(&'a self, node: &'a Node) -> Vec<&'a Node> {
        let Some(domain) = node.wka_clustering().and_then(Clustering::domain_name) else { return Vec::new() };
        let is_peer = |other: &&Node| {
            other.wka_clustering().and_then(Clustering::domain_name).is_some_and(|name| name == domain)
        };
        self.others(node).filter(is_peer).collect()
    }

    /// Whom an entry of a node's member list means. The host is compared through the addresses of all nodes,
    /// the port as it stands: no offset shifts it (carbon-kernel `HazelcastClusteringAgent`).
    pub fn listed<'a>(&'a self, node: &'a Node, member: &Member) -> Listed<'a> {
        let port = member.port.as_ref().and_then(Setting::known).copied();
        let fits = |peer: &Node| port.is_none() || cluster_port(peer) == port;
        match &member.host {
            Host::Unknown => Listed::Unknown,
            Host::Own => {
                let is_neighbour = |peer: &&Node| {
                    port.is_some()
                        && cluster_port(peer) == port
                        && peer.wka_clustering().is_some_and(|peer| peer.local_host == Host::Own)
                        && self.same_machine(node, peer) != Some(false)
                };
                match self.others(node).find(is_neighbour) {
                    Some(peer) if !fits(node) => Listed::Peer(peer, true),
                    _ => Listed::Own,
                }
            }
            Host::Name(name) => {
                let owners = self.owners(name);
                if owners.is_empty() {
                    return if self.balancer(name).is_some() { Listed::Unknown } else { Listed::Stranger };
                }
                let owns = owners.iter().any(|owner| owner.index == node.index);
                if owns && fits(node) {
                    return Listed::Own;
                }
                let mut others = owners.iter().filter(|owner| owner.index != node.index);
                // Where several nodes claim the address the one of the same cluster is meant.
                let domain = |node: &Node| {
                    node.active_clustering().and_then(Clustering::domain_name).map(str::to_owned)
                };
                let is_close = |owner: &&&&Node| domain(owner) == domain(node);
                let fitting = others.clone().filter(|owner| fits(owner));
                if let Some(peer) = fitting.clone().find(|owner| is_close(&owner)).or(fitting.clone().next())
                {
                    return Listed::Peer(peer, true);
                }
                match (others.next(), others.next()) {
                    (None, _) => Listed::Own,
                    (Some(peer), None) => Listed::Peer(peer, false),
                    _ => Listed::Unknown,
                }
            }
        }
    }

    /// The entries of a node's list by the index of the other node that each names, the first of several.
    pub(super) fn entries_by_peer<'a>(&self, node: &'a Node) -> BTreeMap<usize, &'a Member> {
        let mut entries = BTreeMap::new();
        for member in node.wka_clustering().into_iter().flat_map(|clustering| &clustering.members) {
            if let Listed::Peer(peer, _) = self.listed(node, member) {
                entries.entry(peer.index).or_insert(member);
            }
        }
        entries
    }

    /// The entry of a node's list that names the other, whatever its port.
    pub fn entry_for<'a>(&self, node: &'a Node, other: &Node) -> Option<&'a Member> {
        let members = &node.wka_clustering()?.members;
        members.iter().find(
            |member| matches!(self.listed(node, member), Listed::Peer(peer, _) if peer.index == other.index),
        )
    }

    /// True when two nodes that look for each other by address tell the same one: the same host that is no
    /// loopback and the same port, or one machine and the same port.
    pub fn share_member_address(&self, left: &Node, right: &Node) -> bool {
        let settings = |node: &'_ Node| -> Option<(Host, u16)> {
            let clustering = node.active_clustering()?;
            let scheme = clustering.scheme_name()?;
            ["wka", "multicast"]
                .contains(&scheme.as_str())
                .then(|| Some((clustering.local_host.clone(), cluster_port(node)?)))?
        };
        let (Some((left_host, left_port)), Some((right_host, right_port))) =
            (settings(left), settings(right))
        else {
            return false;
        };
        let same_host = left_host == right_host && left_host.name().is_some();
        left_port == right_port && (same_host || self.same_machine(left, right) == Some(true))
    }

    /// The peers of a node whose list leads to none of them; empty where it leads to one, where it may, and
    /// where the node is the hub that all of several peers list.
    pub fn unlisted_peers<'a>(&'a self, node: &'a Node) -> Vec<&'a Node> {
        let peers = self.wka_peers(node);
        let Some(clustering) = node.wka_clustering().filter(|_| !peers.is_empty()) else { return Vec::new() };
        let reaches = |member: &Member| match self.listed(node, member) {
            Listed::Peer(found, _) => peers.iter().any(|peer| peer.index == found.index),
            Listed::Own => false,
            Listed::Stranger => peers.iter().any(|peer| self.may_own(peer, &member.host)),
            Listed::Unknown => true,
        };
        if clustering.members.iter().any(reaches) {
            return Vec::new();
        }
        // While two nodes tell one address nobody knows whom a list means by it.
        let ambiguous = std::iter::once(node)
            .chain(peers.iter().copied())
            .any(|one| self.others(one).any(|other| self.share_member_address(one, other)));
        let hub = peers.len() > 1 && peers.iter().all(|peer| self.entry_for(peer, node).is_some());
        if ambiguous || hub { Vec::new() } else { peers }
    }

    /// Nodes with clustering off beside nodes with clustering on that count on them, one entry a node that is
    /// off. A list that names the node tells more than a role in common. Traffic Managers and control planes
    /// of 4.x need no cluster beside gateways that have one.
    pub fn left_out(&self) -> Vec<LeftOut<'_>> {
        let is_off =
            |node: &&Node| node.clustering.as_ref().is_some_and(|clustering| clustering.enabled.is_false());
        if !self.nodes.iter().any(|node| is_off(&node)) {
            return Vec::new();
        }
        let entries: Vec<BTreeMap<usize, &Member>> =
            self.nodes.iter().map(|node| self.entries_by_peer(node)).collect();
        self.nodes
            .iter()
            .filter(is_off)
            .filter_map(|node| {
                let listing = self.nodes.iter().zip(&entries).find_map(|(peer, entries)| {
                    let member = entries.get(&node.index)?;
                    Some(LeftOut { node, peer, member: Some(member) })
                });
                listing.or_else(|| {
                    let peer = self
                        .others(node)
                        .find(|peer| peer.active_clustering().is_some() && self.cluster_alike(node, peer))?;
                    Some(LeftOut { node, peer, member: None })
                })
            })
            .collect()
    }

    /// True when two nodes do the same and so belong into one cluster if either clusters.
    fn cluster_alike(&self, node: &Node, peer: &Node) -> bool {
        let exempt = |role: &&Role| **role == Role::TrafficManager || **role == Role::ControlPlane;
        self.same_group(node, peer)
            && node.product == peer.product
            && (!peer.acts_as(Role::Gateway)
                || node.roles.intersection(&peer.roles).any(|role| !exempt(&role)))
    }

    /// `host:port` under which a node's peers find it, as far as anybody knows: `localMemberHost`, else an IP
    /// address of the node. A loopback address counts where all nodes of the domain use one.
    pub fn member_address(&self, node: &Node) -> Option<(String, u16)> {
        let clustering = node.clustering.as_ref()?;
        let port = cluster_port(node)?;
        let written = clustering.local_member_host.as_ref().and_then(Setting::text);
        if let (Host::Name(_), Some(host)) = (&clustering.local_host, written) {
            return Some((host.to_owned(), port));
        }
        if let Some(address) = self.addresses(node).find(|address| is_ip(address)) {
            return Some((address.to_owned(), port));
        }
        let all_loopback = self
            .wka_peers(node)
            .iter()
            .all(|peer| peer.wka_clustering().is_some_and(|peer| peer.local_host == Host::Own));
        let host = written.filter(|_| all_loopback && clustering.local_host == Host::Own)?;
        Some((host.to_owned(), port))
    }

    /// False only where a host is certainly no address of the node: both are IP addresses, or both are names
    /// of one parent domain. Anything else may be what name service makes of it.
    pub(super) fn may_own(&self, node: &Node, host: &Host) -> bool {
        let Some(name) = host.name() else { return true };
        let mapped = self.mapped(name).unwrap_or(name);
        if is_ip(mapped) {
            return !self.addresses(node).any(is_ip);
        }
        let parent = |name: &str| name.split_once('.').map(|(_, parent)| parent.to_owned());
        let own = node.clustering.as_ref().and_then(|clustering| clustering.local_host.name());
        own.filter(|own| !is_ip(own)).is_none_or(|own| parent(own).is_none() || parent(own) != parent(name))
    }

    /// True when nothing in a domain needs Hazelcast: no synchronisation by SVN, no portal that caches a
    /// mounted registry beside another one, no throttling without Traffic Manager. Needs API Manager 2.1 or
    /// later on all nodes.
    pub fn is_cluster_idle(&self, nodes: &[&Node]) -> bool {
        let without_use = |node: &&Node| {
            node.is_api_manager()
                && node.is_at_least(2, 1)
                && node.synchronizer.as_ref().is_none_or(|synchronizer| synchronizer.enabled.is_false())
                && !matches!(self.sync_mode(node), SyncMode::Svn(_))
                && node.throttling.as_ref().is_some_and(|throttling| throttling.advanced.is_true())
        };
        let caches = |node: &&&Node| {
            (node.acts_as(Role::Publisher) || node.acts_as(Role::Store)) && caches_mounted_registry(node)
        };
        nodes.iter().all(without_use) && nodes.iter().filter(caches).count() < 2
    }
}

/// `localMemberPort`, if known.
fn cluster_port(node: &Node) -> Option<u16> {
    node.clustering.as_ref()?.local_member_port.known().copied()
}

fn is_ip(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

/// True unless the node mounts nothing or its mounts are known to be uncached.
fn caches_mounted_registry(node: &Node) -> bool {
    node.registry.as_ref().is_none_or(|registry| {
        let uncached = |cache: &Option<Setting<bool>>| cache.as_ref().is_some_and(Setting::is_false);
        !registry.mounts.is_empty()
            && !uncached(&registry.enable_cache)
            && !registry.instances.iter().all(|instance| uncached(&instance.enable_cache))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample;

    fn node(index: usize, host: &str, port: u16, members: &[(&str, u16)]) -> Node {
        let mut node = sample::node(index, &format!("node{}", index + 1));
        node.clustering = Some(sample::clustering("am", host, port, members));
        node
    }

    fn unlisted(nodes: Vec<Node>) -> Vec<Vec<usize>> {
        let deployment = sample::deployment(nodes);
        deployment
            .nodes
            .iter()
            .map(|node| deployment.unlisted_peers(node).iter().map(|peer| peer.index).collect())
            .collect()
    }

    #[test]
    fn a_list_with_nobody_but_the_node_itself_leaves_its_peer_out() {
        let one = node(0, "10.0.7.11", 4000, &[("10.0.7.11", 4000)]);
        let two = node(1, "10.0.7.12", 4000, &[("10.0.7.11", 4001)]);
        assert_eq!(unlisted(vec![one, two]), [vec![1], vec![]]);
    }

    #[test]
    fn loopback_with_the_port_of_the_neighbour_is_the_neighbour() {
        let one = node(0, "127.0.0.1", 4000, &[("localhost", 4001)]);
        let two = node(1, "127.0.0.1", 4001, &[("127.0.0.1", 4000)]);
        assert_eq!(unlisted(vec![one, two]), [vec![], Vec::<usize>::new()]);
    }

    #[test]
    fn the_hub_of_a_star_and_a_copied_address_are_left_alone() {
        let hub = node(0, "10.0.7.11", 4000, &[]);
        let spoke = |index, host| node(index, host, 4000, &[("10.0.7.11", 4000)]);
        let star = unlisted(vec![hub, spoke(1, "10.0.7.12"), spoke(2, "10.0.7.13")]);
        assert!(star.iter().all(Vec::is_empty));
        let copied = || node(0, "10.0.7.11", 4000, &[("10.0.7.11", 4000)]);
        let mut second = copied();
        second.index = 1;
        second.name = "node2".to_owned();
        assert!(unlisted(vec![copied(), second]).iter().all(Vec::is_empty));
    }

    #[test]
    fn a_strange_address_is_the_peer_s_only_where_that_cannot_be_ruled_out() {
        let one = || node(0, "10.0.7.11", 4000, &[("10.0.7.99", 4000)]);
        let known = node(1, "10.0.7.12", 4000, &[("10.0.7.11", 4000)]);
        let unknown = node(1, "127.0.0.1", 4000, &[("10.0.7.11", 4000)]);
        assert_eq!(unlisted(vec![one(), known]), [vec![1], vec![]]);
        assert_eq!(unlisted(vec![one(), unknown]), [vec![], Vec::<usize>::new()]);
    }
}
