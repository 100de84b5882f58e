//! What a host and port mean, seen from one node or from the proxy.

use super::Topology;
use crate::model::deployment::{Deployment, Target};
use crate::model::endpoint::Host;
use crate::model::node::Node;
use crate::model::ports::Listener;
use crate::model::proxy::UpstreamServer;

impl Topology {
    pub(in crate::model) fn resolve<'a>(
        &'a self,
        deployment: &'a Deployment,
        from: &'a Node,
        host: &Host,
        port: Option<u16>,
    ) -> Target<'a> {
        let name = match host {
            Host::Own => return self.own(deployment, from, port),
            Host::Unknown => return Target::Unknown,
            Host::Name(name) => name,
        };
        if let Some(target) = self.through_balancer(deployment, from, name, port) {
            return target;
        }
        let owners = self.owners(name);
        let Some(port) = port else {
            return match owners {
                [] => Target::Outside(name.clone()),
                [one] => self.target(deployment, from, *one, None),
                _ => Target::Unknown,
            };
        };
        let opens = |index: &&usize| {
            deployment.nodes.get(**index).is_some_and(|node| self.listener(node, port).is_some())
        };
        match owners {
            [] => Target::Outside(name.clone()),
            // Two nodes with one address and one port, such as a copied one: nobody knows which is meant.
            _ if owners.iter().filter(opens).count() > 1 => Target::Unknown,
            _ => match self.port_owner(deployment, from, owners, port) {
                Some(node) => self.target(deployment, from, node, Some(port)),
                None => Target::Unknown,
            },
        }
    }

    /// Loopback: the node itself, unless only a neighbour on the machine opens the port.
    fn own<'a>(&'a self, deployment: &'a Deployment, from: &'a Node, port: Option<u16>) -> Target<'a> {
        let Some(port) = port else { return Target::Own(None) };
        if let Some(own) = self.listener(from, port) {
            return Target::Own(Some(own));
        }
        let mut neighbours = deployment.others(from).filter(|node| {
            node.listener_on(port).is_some() && self.same_machine(from.index, node.index) == Some(true)
        });
        neighbours.next().map_or(Target::Own(None), |node| Target::Node(node, node.listener_on(port)))
    }

    /// A balancer's name at a port that it listens on, or at any port where it leads to several nodes. Where
    /// those share one machine and no routes are known, the port tells which of them is meant.
    fn through_balancer<'a>(
        &'a self,
        deployment: &'a Deployment,
        from: &'a Node,
        name: &str,
        port: Option<u16>,
    ) -> Option<Target<'a>> {
        let balancer = self.balancer(name)?;
        let Some(port) = port else { return Some(Target::Balancer(balancer)) };
        if balancer.routes.iter().any(|route| route.listen == port) {
            return Some(Target::Balancer(balancer));
        }
        let server_name = balancer.span.is_some_and(|_| !balancer.routes.is_empty());
        let stream = self
            .stream_balancers()
            .iter()
            .find(|stream| server_name && stream.routes.iter().any(|route| route.listen == port));
        if let Some(stream) = stream {
            return Some(Target::Balancer(stream));
        }
        if balancer.nodes.len() == 1 && self.owners(name) == balancer.nodes.as_slice() {
            return None;
        }
        if let (true, Some((first, rest))) = (balancer.routes.is_empty(), balancer.nodes.split_first()) {
            let one_machine = rest.iter().all(|node| self.same_machine(*first, *node) == Some(true));
            if one_machine {
                let node = self.port_owner(deployment, from, &balancer.nodes, port)?;
                return Some(self.target(deployment, from, node, Some(port)));
            }
        }
        Some(Target::Balancer(balancer))
    }

    /// Of several nodes under one address the one that opens the port: the reading node first, then the
    /// others, then their neighbours on the machine; else the nearest by base port.
    fn port_owner(&self, deployment: &Deployment, from: &Node, owners: &[usize], port: u16) -> Option<usize> {
        let opens = |index: &usize| {
            deployment.nodes.get(*index).is_some_and(|node| self.listener(node, port).is_some())
        };
        if owners.contains(&from.index) && opens(&from.index) {
            return Some(from.index);
        }
        if let Some(owner) = owners.iter().find(|owner| opens(owner)) {
            return Some(*owner);
        }
        let neighbour = (0..deployment.nodes.len()).find(|index| {
            let near = |owner: &usize| self.same_machine(*owner, *index) == Some(true);
            owners.iter().any(near) && opens(index)
        });
        neighbour.or_else(|| {
            owners.iter().copied().min_by_key(|owner| {
                let node = deployment.nodes.get(*owner);
                let ports =
                    node.into_iter().flat_map(|node| &node.listeners).filter(|listener| listener.open);
                let distance = ports.map(|listener| listener.base.value.abs_diff(port)).min();
                // A node seldom gets its own port wrong: of two equally near ones the other is meant.
                (distance.unwrap_or(u16::MAX), *owner == from.index, *owner)
            })
        })
    }

    fn target<'a>(
        &'a self,
        deployment: &'a Deployment,
        from: &'a Node,
        node: usize,
        port: Option<u16>,
    ) -> Target<'a> {
        let Some(node) = deployment.nodes.get(node) else { return Target::Unknown };
        let listener = port.and_then(|port| self.listener(node, port));
        if node.index == from.index { Target::Own(listener) } else { Target::Node(node, listener) }
    }

    /// The open listener on a port, port mappings of the inventory applied.
    fn listener<'a>(&self, node: &'a Node, port: u16) -> Option<&'a Listener> {
        let mappings = self.declared.node(node.index).into_iter().flat_map(|entry| &entry.ports);
        let mapped = mappings.filter(|(public, _)| *public == port).map(|(_, port)| *port).next();
        node.listener_on(mapped.unwrap_or(port))
    }

    /// The node that a server line of nginx means. Loopback is the proxy's machine: the one node that opens
    /// the port.
    pub(in crate::model) fn upstream_node(
        &self,
        deployment: &Deployment,
        server: &UpstreamServer,
    ) -> Option<usize> {
        let opens = |node: &&Node| self.listener(node, server.port).is_some();
        match Host::literal(&server.host) {
            Host::Unknown => None,
            Host::Own => {
                let mut nodes = deployment.nodes.iter().filter(opens);
                let first = nodes.next()?;
                nodes.next().is_none().then_some(first.index)
            }
            Host::Name(name) => match self.owners(&name) {
                [] => None,
                [one] => {
                    let node = deployment.nodes.get(*one)?;
                    self.port_owner(deployment, node, &[*one], server.port)
                }
                several => {
                    let mut nodes =
                        several.iter().filter_map(|index| deployment.nodes.get(*index)).filter(opens);
                    let first = nodes.next()?;
                    nodes.next().is_none().then_some(first.index)
                }
            },
        }
    }
}
