//! Which nodes share a machine, and whether they run in containers.

use std::collections::BTreeSet;

use super::addresses::{Addresses, container_name, local_member_host, node_address};
use super::declared::Declared;
use crate::model::deployment::{Deployment, Hosts};
use crate::model::endpoint::{Endpoint, Host, Purpose};
use crate::model::node::Node;
use crate::model::value::Setting;

/// What is known about machines.
#[derive(Debug, Default)]
pub(super) struct Machines {
    nodes: Vec<Place>,
    /// Pairs that reach each other by loopback, the lower index first.
    loopback: BTreeSet<(usize, usize)>,
    containers: bool,
}

#[derive(Debug, Default)]
struct Place {
    declared: Option<String>,
    local_member_host: Option<String>,
    addresses: BTreeSet<String>,
}

impl Machines {
    pub(super) fn of(deployment: &Deployment, declared: &Declared, addresses: &Addresses) -> Self {
        let hosts = deployment.hosts.as_ref();
        let nodes = deployment.nodes.iter().map(|node| Place::of(node, declared, hosts)).collect();
        let mut loopback = BTreeSet::new();
        for node in &deployment.nodes {
            for peer in reached_by_loopback(deployment, node) {
                loopback.insert((node.index.min(peer), node.index.max(peer)));
            }
        }
        let behind: BTreeSet<usize> = proxied_on_loopback(deployment);
        for left in &behind {
            loopback.extend(behind.range(left + 1..).map(|right| (*left, *right)));
        }
        Self { nodes, loopback, containers: in_containers(deployment, declared, addresses) }
    }

    /// The inventory decides; containers have a machine each, whatever address their copied files have for the cluster;
    /// then `localMemberHost`. A peer's port on loopback tells less than two different
    /// addresses: it may be the very fault to report.
    pub(super) fn same(&self, left: usize, right: usize) -> Option<bool> {
        if left == right {
            return Some(true);
        }
        let (one, other) = (self.nodes.get(left)?, self.nodes.get(right)?);
        if let (Some(one), Some(other)) = (&one.declared, &other.declared) {
            return Some(one == other);
        }
        if self.containers {
            return Some(false);
        }
        if one.local_member_host.is_some() && one.local_member_host == other.local_member_host {
            return Some(true);
        }
        if !one.addresses.is_empty() && !other.addresses.is_empty() {
            return Some(!one.addresses.is_disjoint(&other.addresses));
        }
        self.loopback.contains(&(left.min(right), left.max(right))).then_some(true)
    }

    pub(super) fn in_containers(&self) -> bool {
        self.containers
    }
}

impl Place {
    fn of(node: &Node, declared: &Declared, hosts: Option<&Hosts>) -> Self {
        // Two names of one address are one machine, so names count by their hosts line where there is one.
        let mapped = |name: String| match hosts.and_then(|hosts| hosts.address_of(&name)).map(Host::literal) {
            Some(Host::Name(address)) => address,
            _ => name,
        };
        let entry = declared.node(node.index);
        let local_member_host = local_member_host(node).map(mapped);
        let stated = entry.into_iter().flat_map(|entry| entry.addresses.iter().cloned());
        let addresses =
            stated.chain(node_address(node)).map(mapped).chain(local_member_host.clone()).collect();
        Self { declared: entry.and_then(|entry| entry.machine.clone()), local_member_host, addresses }
    }
}

/// Peers that a node reaches by loopback: it writes a loopback address with a port that is not its own and
/// that exactly one peer opens.
fn reached_by_loopback(deployment: &Deployment, node: &Node) -> Vec<usize> {
    let mut peers: Vec<usize> = peer_addresses(node)
        .filter(|endpoint| endpoint.host == Host::Own && endpoint.text.is_written())
        .filter_map(|endpoint| endpoint.port.number)
        .filter(|port| node.listener_on(*port).is_none())
        .filter_map(|port| only(deployment.others(node).filter(|peer| peer.listener_on(port).is_some())))
        .collect();
    if let Some(own) = node.clustering.as_ref().filter(|own| own.is_wka() && !own.members_vanilla) {
        let ports = own.members.iter().filter(|member| member.host == Host::Own);
        for port in ports.filter_map(|member| member.port.as_ref()?.known().copied()) {
            if own.local_member_port.known() == Some(&port) {
                continue;
            }
            peers.extend(only(deployment.others(node).filter(|peer| {
                peer.clustering.as_ref().is_some_and(|peer| {
                    peer.is_wka()
                        && peer.domain_name() == own.domain_name()
                        && peer.local_host == Host::Own
                        && peer.local_member_port.known() == Some(&port)
                })
            })));
        }
    }
    peers
}

/// The addresses that can only be meant for a peer: brokers of duplicated decisions outside the node's own
/// `jndi.properties`, and all others unless the port is the node's own before its offset, which a forgotten
/// edit explains as well.
fn peer_addresses(node: &Node) -> impl Iterator<Item = &Endpoint> {
    let duplicates = node
        .jndi_files
        .iter()
        .filter(|file| file.path != "repository/conf/jndi.properties")
        .flat_map(|file| &file.connection_factories)
        .flat_map(|factory| &factory.brokers);
    let throttling = node.throttling.as_ref();
    let hub = throttling.and_then(|throttling| throttling.event_hub.as_ref());
    let urls = throttling.into_iter().flat_map(|throttling| &throttling.duplicate_urls);
    let hub_urls = hub.into_iter().flat_map(|hub| &hub.duplicate_urls);
    let others = node
        .references()
        .into_iter()
        .filter(|reference| {
            !matches!(
                reference.purpose,
                Purpose::DecisionBroker | Purpose::RemoteInstance | Purpose::Database
            )
        })
        .map(|reference| reference.endpoint)
        .filter(|endpoint| {
            let unshifted = |port| node.listeners.iter().any(|listener| listener.base.value == port);
            !endpoint.port.number.is_some_and(unshifted)
        });
    duplicates.chain(urls).chain(hub_urls).chain(others)
}

/// Nodes that the proxy reaches by loopback: all on its machine.
fn proxied_on_loopback(deployment: &Deployment) -> BTreeSet<usize> {
    let Some(proxy) = &deployment.proxy else { return BTreeSet::new() };
    let passes = proxy.servers.iter().flat_map(|server| &server.locations);
    let passes = passes.filter_map(|location| location.pass.as_ref()).flat_map(|pass| &pass.servers);
    let upstreams = proxy.upstreams.iter().chain(&proxy.stream_upstreams).flat_map(|group| &group.servers);
    let streams = proxy.stream_servers.iter().flat_map(|server| &server.servers);
    passes
        .chain(upstreams)
        .chain(streams)
        .filter(|server| Host::literal(&server.host) == Host::Own)
        .filter_map(|server| {
            only(deployment.nodes.iter().filter(|node| node.listener_on(server.port).is_some()))
        })
        .collect()
}

/// Containers give themselves away by how nodes call each other: by a peer's label that no hosts line maps,
/// or by a service name of Kubernetes (`NAME.NAMESPACE.svc`, `NAME-service`), or by the membership scheme
/// `kubernetes`.
fn in_containers(deployment: &Deployment, declared: &Declared, addresses: &Addresses) -> bool {
    if deployment.nodes.len() < 2 {
        return false;
    }
    let mapped = |name: &str| deployment.mapped(name).is_some();
    deployment.nodes.iter().any(|node| {
        let kubernetes = node.clustering.as_ref().is_some_and(|clustering| {
            clustering.enabled.is_true() && clustering.scheme_name().as_deref() == Some("kubernetes")
        });
        kubernetes
            || node.references().iter().any(|reference| {
                let endpoint = reference.endpoint;
                let Some(host) = endpoint.host.name().filter(|_| endpoint.text.is_written()) else {
                    return false;
                };
                let Some(label) = container_name(host).filter(|_| !mapped(host)) else { return false };
                label != host
                    || label.ends_with("-service")
                    || addresses.owners(label).iter().any(|owner| {
                        *owner != node.index
                            && deployment
                                .nodes
                                .get(*owner)
                                .is_some_and(|peer| is_label(label, peer, declared))
                    })
            })
    })
}

/// True where only the node's label explains the name: neither the inventory nor cluster settings nor
/// HostName give it.
fn is_label(name: &str, node: &Node, declared: &Declared) -> bool {
    let stated = declared.node(node.index).is_some_and(|entry| !entry.addresses.is_empty());
    let host_name = node.public_host_name().and_then(Setting::text);
    !stated
        && local_member_host(node).as_deref() != Some(name)
        && (super::labels(node).contains(name)
            || host_name.is_none_or(|host_name| !host_name.eq_ignore_ascii_case(name)))
}

fn only<'a>(mut nodes: impl Iterator<Item = &'a Node>) -> Option<usize> {
    let first = nodes.next()?;
    nodes.next().is_none().then_some(first.index)
}
