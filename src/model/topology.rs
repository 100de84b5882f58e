//! Facts about several nodes at once: addresses, machines, zones, balancers, and what an address resolves to.

mod addresses;
mod balancers;
pub(super) mod declared;
mod machines;
mod resolve;
mod sync;
pub(super) mod zones;

use std::collections::BTreeSet;

use self::addresses::Addresses;
use self::declared::Declared;
use self::machines::Machines;
use self::zones::Zones;
use super::deployment::{Balancer, Deployment, SyncMode};
use super::node::Node;

/// Computed once for a deployment.
#[derive(Debug, Default)]
pub(super) struct Topology {
    declared: Declared,
    addresses: Addresses,
    machines: Machines,
    balancers: Vec<Balancer>,
    stream_balancers: Vec<Balancer>,
    zones: Zones,
}

impl Topology {
    /// Works the facts out of the nodes, the proxy, the hosts file and what the inventory declares.
    pub(super) fn of(deployment: &Deployment, declared: Declared) -> Self {
        let mut topology =
            Self { addresses: Addresses::of(deployment, &declared), declared, ..Self::default() };
        topology.machines = Machines::of(deployment, &topology.declared, &topology.addresses);
        let (balancers, stream_balancers) = balancers::of(deployment, &topology);
        topology.addresses.join(&balancers);
        topology.balancers = balancers;
        topology.stream_balancers = stream_balancers;
        topology
    }

    /// Works out the zones, which depend on the roles.
    pub(super) fn zones(&self, deployment: &Deployment) -> Zones {
        Zones::of(deployment, &self.declared)
    }

    pub(super) fn set_zones(&mut self, zones: Zones) {
        self.zones = zones;
    }

    pub(super) fn declared(&self) -> &Declared {
        &self.declared
    }

    pub(super) fn addresses(&self, node: usize) -> impl Iterator<Item = &str> {
        self.addresses.of_node(node)
    }

    pub(super) fn owners(&self, host: &str) -> &[usize] {
        self.addresses.owners(host)
    }

    pub(super) fn balancer(&self, host: &str) -> Option<&Balancer> {
        let find =
            |name: &str| self.balancers.iter().find(|balancer| balancer.name.eq_ignore_ascii_case(name));
        // A Kubernetes service may carry the HostName of the nodes behind it.
        find(host).or_else(|| find(addresses::container_name(host)?))
    }

    pub(super) fn balancers(&self) -> &[Balancer] {
        &self.balancers
    }

    pub(super) fn stream_balancers(&self) -> &[Balancer] {
        &self.stream_balancers
    }

    pub(super) fn same_machine(&self, left: usize, right: usize) -> Option<bool> {
        self.machines.same(left, right)
    }

    pub(super) fn in_containers(&self) -> bool {
        self.machines.in_containers()
    }

    pub(super) fn same_zone(&self, left: usize, right: usize) -> bool {
        self.zones.same(left, right)
    }

    pub(super) fn sync_mode(&self, deployment: &Deployment, node: &Node) -> SyncMode {
        sync::mode(deployment, &self.declared, node)
    }
}

/// The names under which containers know a node: its name and the last segment of that.
fn labels(node: &Node) -> BTreeSet<String> {
    let name = node.name.trim().to_ascii_lowercase();
    let last = name.rsplit(['/', '\\']).next().unwrap_or("").to_owned();
    [name, last].into_iter().filter(|label| !label.is_empty()).collect()
}

#[cfg(test)]
mod tests;
