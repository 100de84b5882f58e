//! Who lists whom within a cluster domain: the graph that decides whether one cluster forms.

use super::clustering::{Clustering, Member};
use super::deployment::Deployment;
use super::endpoint::Host;
use super::membership::Listed;
use super::node::Node;

/// The nodes with scheme `wka` in one domain, in node order, two at least.
#[derive(Debug)]
pub struct MemberGroup<'a> {
    /// The domain.
    pub domain: &'a str,
    /// The nodes.
    pub nodes: Vec<&'a Node>,
    /// By listing and listed node: the entry.
    entries: Vec<Vec<Option<&'a Member>>>,
}

impl<'a> MemberGroup<'a> {
    /// The entry by which one node of the group lists another.
    pub fn entry(&self, from: usize, to: usize) -> Option<&'a Member> {
        *self.entries.get(from)?.get(to)?
    }

    /// The nodes at these places.
    pub fn at(&self, places: &[usize]) -> Vec<&'a Node> {
        places.iter().filter_map(|place| self.nodes.get(*place).copied()).collect()
    }

    /// Places in the group of the nodes that list this one and that it does not list.
    pub fn unanswered(&self, node: usize) -> Vec<usize> {
        (0..self.nodes.len())
            .filter(|other| self.entry(*other, node).is_some() && self.entry(node, *other).is_none())
            .collect()
    }

    /// Nodes that lists connect in either direction, as places in the group; parts and nodes in order.
    pub fn parts(&self) -> Vec<Vec<usize>> {
        let mut parts: Vec<Vec<usize>> = Vec::new();
        for node in 0..self.nodes.len() {
            let touches = |part: &Vec<usize>| {
                part.iter()
                    .any(|other| self.entry(node, *other).is_some() || self.entry(*other, node).is_some())
            };
            let (joined, mut apart): (Vec<_>, Vec<_>) = parts.into_iter().partition(touches);
            let mut part: Vec<usize> = joined.into_iter().flatten().collect();
            part.push(node);
            part.sort_unstable();
            apart.push(part);
            parts = apart;
        }
        parts.sort();
        parts
    }
}

impl Deployment {
    /// The groups of which it is known who lists whom. Left out are those with a node that leads to no peer, with an
    /// address that two nodes tell, and with an entry that nobody can place.
    pub fn member_groups(&self) -> Vec<MemberGroup<'_>> {
        let groups = self.domain_groups().into_iter().map(|(domain, nodes)| {
            (domain, nodes.into_iter().filter(|node| node.wka_clustering().is_some()).collect::<Vec<_>>())
        });
        groups
            .filter(|(_, nodes)| nodes.len() > 1 && self.is_clear(nodes))
            .map(|(domain, nodes)| {
                let mut entries = Vec::new();
                for from in &nodes {
                    let of_node = self.entries_by_peer(from);
                    entries.push(nodes.iter().map(|to| of_node.get(&to.index).copied()).collect());
                }
                MemberGroup { domain, nodes, entries }
            })
            .collect()
    }

    fn is_clear(&self, nodes: &[&Node]) -> bool {
        nodes.iter().all(|node| {
            let members = node.wka_clustering().map_or(&[][..], |clustering| &clustering.members);
            self.unlisted_peers(node).is_empty()
                && !nodes
                    .iter()
                    .any(|other| other.index != node.index && self.share_member_address(node, other))
                && members.iter().all(|member| match self.listed(node, member) {
                    Listed::Own | Listed::Peer(..) => true,
                    // Maybe a mistyped peer: who is missing is told where the entry stands.
                    Listed::Stranger | Listed::Unknown => false,
                })
        })
    }

    /// The entries of a node's list that name none of the given nodes, where that is certain: those of a group of two and
    /// more, none of which can be the host.
    pub fn strange_members<'a>(&'a self, node: &'a Node) -> Vec<&'a Member> {
        let peers = self.wka_peers(node);
        let Some(clustering) = node.wka_clustering().filter(|_| !peers.is_empty() && self.is_complete())
        else {
            return Vec::new();
        };
        let is_strange = |member: &&Member| {
            matches!(self.listed(node, member), Listed::Stranger)
                && !peers.iter().any(|peer| self.may_own(peer, &member.host))
                && !self.may_own(node, &member.host)
        };
        clustering.members.iter().filter(is_strange).collect()
    }

    /// The node that surely owns the cluster address of another one, which surely does not: both are known by the inventory
    /// or by hosts lines.
    pub fn owner_of_member_host<'a>(&'a self, node: &'a Node) -> Option<&'a Node> {
        let host = node.active_clustering()?.local_host.name()?;
        let is_of = |owner: &Node| {
            let stated = self.stated_addresses(owner);
            (!stated.is_empty()).then(|| stated.iter().any(|address| self.is_same_host(address, host)))
        };
        if is_of(node) != Some(false) {
            return None;
        }
        self.others(node).find(|other| is_of(other) == Some(true))
    }

    /// Addresses that somebody other than the cluster settings states: the inventory, and hosts lines for the host names
    /// that the node has for itself.
    fn stated_addresses(&self, node: &Node) -> Vec<String> {
        let declared = self.declared(node).into_iter().flat_map(|entry| entry.addresses.iter().cloned());
        let mut stated: Vec<String> = declared.collect();
        let names = stated.clone().into_iter().chain(node.public_host_name().map(|name| name.value.clone()));
        let alone = |name: &String| matches!(self.owners(name).as_slice(), [one] if one.index == node.index);
        stated.extend(
            names.filter(alone).filter_map(|name| self.mapped(&name).map(str::to_owned)).collect::<Vec<_>>(),
        );
        stated
    }

    fn is_same_host(&self, left: &str, right: &str) -> bool {
        let [left, right] = [left, right].map(|name| self.mapped(name).unwrap_or(name));
        left.eq_ignore_ascii_case(right)
    }
}

/// The loopback entry of the untouched pack beside members that somebody wrote; none on a node that calls itself by loopback.
pub fn leftover_member(clustering: &Clustering) -> Option<&Member> {
    let has_real = clustering.members.iter().any(|member| member.host.name().is_some());
    let is_remote = matches!(clustering.local_host, Host::Name(_));
    let mut members = clustering.members.iter().filter(|_| has_real && is_remote && clustering.is_wka());
    members.find(|member| member.is_shipped())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample;

    /// The parts of the only group of nodes 10.0.7.0, 10.0.7.1 and so on that list these.
    fn parts(lists: &[&[usize]]) -> Vec<Vec<usize>> {
        let host = |index: usize| format!("10.0.7.{index}");
        let nodes = lists.iter().enumerate().map(|(index, listed)| {
            let hosts: Vec<String> = listed.iter().map(|other| host(*other)).collect();
            let members: Vec<(&str, u16)> = hosts.iter().map(|host| (host.as_str(), 4000)).collect();
            let mut node = sample::node(index, &format!("node{index}"));
            node.clustering = Some(sample::clustering("am", &host(index), 4000, &members));
            node
        });
        let deployment = sample::deployment(nodes.collect());
        deployment.member_groups().first().map(MemberGroup::parts).unwrap_or_default()
    }

    #[test]
    fn lists_in_either_direction_join_nodes() {
        assert_eq!(parts(&[&[1], &[0]]), [[0, 1]]);
        assert_eq!(parts(&[&[2], &[3], &[0], &[1]]), [[0, 2], [1, 3]]);
        assert_eq!(parts(&[&[1], &[0], &[3, 1], &[2]]), [[0, 1, 2, 3]]);
    }

    #[test]
    fn a_group_with_a_strange_entry_is_left_out() {
        assert!(parts(&[&[1, 9], &[0]]).is_empty());
    }

    #[test]
    fn the_listed_node_that_lists_nobody_back_is_unanswered() {
        let hub = sample::clustering("am", "10.0.7.1", 4000, &[("10.0.7.1", 4000)]);
        let spoke = |host: &str| sample::clustering("am", host, 4000, &[("10.0.7.1", 4000)]);
        let settings = [hub, spoke("10.0.7.2"), spoke("10.0.7.3")];
        let nodes = settings.into_iter().enumerate().map(|(index, clustering)| {
            let mut node = sample::node(index, &format!("node{index}"));
            node.clustering = Some(clustering);
            node
        });
        let deployment = sample::deployment(nodes.collect());
        let groups = deployment.member_groups();
        assert_eq!(groups.first().map(|group| group.unanswered(0)), Some(vec![1, 2]));
        assert_eq!(groups.first().map(|group| group.unanswered(1)), Some(Vec::new()));
    }
}
