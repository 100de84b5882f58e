//! The whole deployment: its nodes, what stands in front of them, and the facts that only all of them together show.
//!
//! Facts about several nodes (who owns an address, who balances whom, who is on whose machine) are computed once in
//! [`Deployment::new`], then asked by the rules (rule atlas 2.3 and 3).

use std::sync::OnceLock;

use super::database::{DataSource, LogicalDatabase};
use super::date::Date;
use super::endpoint::{Endpoint, Host};
use super::grouped::grouped;
use super::node::{Node, Role};
use super::ports::Listener;
use super::proxy::{Proxy, UpstreamServer};
use super::topology::Topology;
use super::topology::declared::{Declared, DeclaredNode};
use super::topology::zones;
use super::traffic::Duplication;
use crate::input::inventory::Inventory;
use crate::source::{Sources, Span};
use crate::syntax::Scalar;

/// All that one run looks at.
#[derive(Debug)]
pub struct Deployment {
    /// The nodes in the order given.
    pub nodes: Vec<Node>,
    /// What `--proxy` names.
    pub proxy: Option<Proxy>,
    /// What `--hosts` names.
    pub hosts: Option<Hosts>,
    /// What apimlint.toml says; empty where there is none.
    pub inventory: Inventory,
    /// The day on which certificates are judged; `None` where nobody asks about them.
    pub today: Option<Date>,
    /// Every file's text, for places and messages.
    pub sources: Sources,
    topology: Topology,
    /// Whose decisions reach whose broker, by sending and hearing node; filled in when first asked.
    pub(super) duplications: OnceLock<Vec<Vec<Duplication>>>,
}

/// A hosts file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hosts {
    /// One entry a name, in file order; where a name stands twice the first counts.
    pub entries: Vec<HostEntry>,
    /// Start of the file: where a missing line should be.
    pub span: Option<Span>,
}

/// One name of a hosts file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostEntry {
    /// The name, lower case in `text`.
    pub name: Scalar,
    /// The address it maps to.
    pub address: String,
}

impl Hosts {
    /// The address of a name.
    pub fn address_of(&self, name: &str) -> Option<&str> {
        self.entries
            .iter()
            .find(|entry| entry.name.text.eq_ignore_ascii_case(name))
            .map(|entry| entry.address.as_str())
    }
}

/// A name in front of one or several nodes: a server name of nginx, or a balancer of the inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balancer {
    /// The name, lower case.
    pub name: String,
    /// The nodes behind it, by index, sorted, without doubles.
    pub nodes: Vec<usize>,
    /// Listen ports and what they reach.
    pub routes: Vec<Route>,
    /// Where it is defined (a server block or the inventory), if that is a file.
    pub span: Option<Span>,
    /// True for a TCP balancer, which carries any protocol.
    pub tcp: bool,
    /// True when something behind it is no given node.
    pub others: bool,
}

/// One listen port of a balancer and one node port behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Port that clients use.
    pub listen: u16,
    /// The node, by index.
    pub node: usize,
    /// Port of the node.
    pub port: u16,
    /// True when clients speak TLS to the listen port; false where that is not known.
    pub tls: bool,
}

/// What an address resolves to, seen from one node.
#[derive(Debug, Clone)]
pub enum Target<'a> {
    /// The node itself, and its open listener on that port.
    Own(Option<&'a Listener>),
    /// Another node, and its open listener on that port.
    Node(&'a Node, Option<&'a Listener>),
    /// A name in front of several nodes.
    Balancer(&'a Balancer),
    /// A host that nobody given owns, lower case.
    Outside(String),
    /// A placeholder.
    Unknown,
}

impl Target<'_> {
    /// Index of the one node that the address means; `me` for the reading node itself. A balancer in front of one node
    /// counts as that node.
    pub fn node_index(&self, me: usize) -> Option<usize> {
        match self {
            Self::Own(_) => Some(me),
            Self::Node(node, _) => Some(node.index),
            Self::Balancer(balancer) => match balancer.nodes.as_slice() {
                [one] if !balancer.others => Some(*one),
                _ => None,
            },
            Self::Outside(_) | Self::Unknown => None,
        }
    }

    /// Indices of all nodes that may answer; `me` is that of the reading node itself.
    pub fn node_indices(&self, me: usize) -> Vec<usize> {
        match self {
            Self::Own(_) => vec![me],
            Self::Node(node, _) => vec![node.index],
            Self::Balancer(balancer) => balancer.nodes.clone(),
            Self::Outside(_) | Self::Unknown => Vec::new(),
        }
    }
}

/// How deployed artifacts reach the gateways of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncMode {
    /// One `repository/deployment/server` for all: any node may write.
    Shared,
    /// Copied from the writing node, which the inventory names (index) or nobody knows.
    Rsync(Option<usize>),
    /// SVN; the writer is the node with `AutoCommit` (index), if there is exactly one.
    Svn(Option<usize>),
    /// Gateways pull from the database.
    Database,
    /// Nothing says.
    Unknown,
}

impl Deployment {
    /// Puts the parts together and works out addresses, machines, balancers, roles and groups.
    pub fn new(
        nodes: Vec<Node>,
        proxy: Option<Proxy>,
        hosts: Option<Hosts>,
        inventory: Inventory,
        sources: Sources,
    ) -> Self {
        let declared = Declared::of(&inventory, &nodes);
        Self::assemble(nodes, proxy, hosts, inventory, sources, declared)
    }

    pub(super) fn assemble(
        nodes: Vec<Node>,
        proxy: Option<Proxy>,
        hosts: Option<Hosts>,
        inventory: Inventory,
        sources: Sources,
        declared: Declared,
    ) -> Self {
        let mut deployment = Self {
            nodes,
            proxy,
            hosts,
            inventory,
            today: None,
            sources,
            topology: Topology::default(),
            duplications: OnceLock::new(),
        };
        deployment.topology = Topology::of(&deployment, declared);
        super::roles::assign(&mut deployment);
        let zones = deployment.topology.zones(&deployment);
        deployment.topology.set_zones(zones);
        deployment
    }

    /// The nodes other than this one.
    pub fn others<'a>(&'a self, node: &'a Node) -> impl Iterator<Item = &'a Node> + 'a {
        self.nodes.iter().filter(move |other| other.index != node.index)
    }

    /// Each unordered pair of nodes once, in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&Node, &Node)> {
        self.nodes
            .iter()
            .enumerate()
            .flat_map(|(index, left)| self.nodes.iter().skip(index + 1).map(move |right| (left, right)))
    }

    /// Name of a node by index.
    pub fn name(&self, index: usize) -> &str {
        self.nodes.get(index).map_or("", |node| node.name.as_str())
    }

    /// All addresses of a node (rule atlas 3): inventory addresses, HostName and MgtHostName, `localMemberHost` unless it
    /// means the node itself, its label, what hosts lines map them to, and server names in front of this node alone.
    /// Lower case, sorted.
    pub fn addresses(&self, node: &Node) -> impl Iterator<Item = &str> {
        self.topology.addresses(node.index)
    }

    /// The nodes that own an address or a name; a name in front of several nodes is a balancer's and gives none.
    pub fn owners(&self, host: &str) -> Vec<&Node> {
        self.topology.owners(host).iter().filter_map(|index| self.nodes.get(*index)).collect()
    }

    /// The address that the hosts file gives a name.
    pub fn mapped(&self, host: &str) -> Option<&str> {
        self.hosts.as_ref()?.address_of(host)
    }

    /// The balancer of this name.
    pub fn balancer(&self, host: &str) -> Option<&Balancer> {
        self.topology.balancer(host)
    }

    /// All balancers, sorted by name.
    pub fn balancers(&self) -> &[Balancer] {
        self.topology.balancers()
    }

    /// What the proxy forwards on ports of its stream context: TCP balancers without a name.
    pub fn stream_balancers(&self) -> &[Balancer] {
        self.topology.stream_balancers()
    }

    /// The node that a server line of nginx means and its open listener on that port; `None` for no given node. A loopback
    /// address is the proxy's machine: the one node that opens the port.
    pub fn upstream_node(&self, server: &UpstreamServer) -> Option<(&Node, Option<&Listener>)> {
        let node = self.nodes.get(self.topology.upstream_node(self, server)?)?;
        Some((node, node.listener_on(server.port)))
    }

    /// True for a node that the inventory calls standby.
    pub fn is_standby(&self, node: &Node) -> bool {
        self.declared(node).is_some_and(|entry| entry.standby)
    }

    /// Whether the node serves tenants; `None` where the inventory does not say.
    pub fn has_tenants(&self, node: &Node) -> Option<bool> {
        self.declared(node)?.tenants
    }

    /// Port mappings of the inventory in front of a node: public port, port of the node.
    pub fn port_mappings(&self, node: &Node) -> &[(u16, u16)] {
        self.declared(node).map_or(&[], |entry| entry.ports.as_slice())
    }

    pub(super) fn declared(&self, node: &Node) -> Option<&DeclaredNode> {
        self.topology.declared().node(node.index)
    }

    /// The other nodes that are known to run on the same machine.
    pub fn neighbours<'a>(&'a self, node: &'a Node) -> impl Iterator<Item = &'a Node> + 'a {
        self.others(node).filter(move |other| self.same_machine(node, other) == Some(true))
    }

    /// Whether two nodes run on one machine: `None` where nothing tells.
    pub fn same_machine(&self, left: &Node, right: &Node) -> Option<bool> {
        self.topology.same_machine(left.index, right.index)
    }

    /// True when two nodes open their ports on one machine. Containers have a network each unless the
    /// inventory puts both nodes on one machine, and one cluster address on both with one port tells of a
    /// copied node.
    pub fn share_ports(&self, left: &Node, right: &Node) -> bool {
        let machine = |node: &Node| self.declared(node).and_then(|entry| entry.machine.as_deref());
        let declared = machine(left).is_some() && machine(left) == machine(right);
        let copied = || {
            let host = |node: &Node| node.clustering.as_ref().map(|clustering| clustering.local_host.clone());
            host(left).is_some_and(|host| host.name().is_some())
                && host(left) == host(right)
                && self.share_member_address(left, right)
        };
        declared || (self.same_machine(left, right) == Some(true) && !self.in_containers() && !copied())
    }

    /// True when at least two machines are known to take part.
    pub fn spans_machines(&self) -> bool {
        self.pairs().any(|(left, right)| self.same_machine(left, right) == Some(false))
    }

    /// What an address means, seen from the node that writes it.
    pub fn resolve<'a>(&'a self, from: &'a Node, endpoint: &Endpoint) -> Target<'a> {
        self.resolve_host(from, &endpoint.host, endpoint.port.number)
    }

    /// What a host and port mean, seen from one node. A node's own address wins when it owns the port; where several nodes
    /// share an address the one that owns the port is meant, else the nearest by base port. A loopback address with a
    /// port that only another node on the same machine owns means that node.
    pub fn resolve_host<'a>(&'a self, from: &'a Node, host: &Host, port: Option<u16>) -> Target<'a> {
        self.topology.resolve(self, from, host, port)
    }

    /// True when two nodes have a role in common and serve the same zone and gateway environments: what one of
    /// them needs the other needs, too.
    pub fn same_group(&self, left: &Node, right: &Node) -> bool {
        self.topology.same_zone(left.index, right.index)
            && left.roles.iter().any(|role| right.roles.contains(role))
    }

    /// True when two nodes serve one zone (inventory zones, disjoint cluster domains per zone, disjoint environments).
    pub fn same_zone(&self, left: &Node, right: &Node) -> bool {
        self.topology.same_zone(left.index, right.index)
    }

    /// The nodes that act in a role, grouped by zone, groups and nodes in node order.
    pub fn groups(&self, role: Role) -> Vec<Vec<&Node>> {
        let acting = self.nodes.iter().filter(|node| node.acts_as(role));
        grouped(acting, |left, right| self.same_zone(left, right))
    }

    /// The names of the gateway environments with which publishers reach this gateway, in the order of their files.
    pub fn environments_reaching(&self, gateway: &Node) -> Vec<String> {
        zones::environments_reaching(self, gateway)
    }

    /// How artifacts reach the gateways that this node belongs to or publishes to.
    pub fn sync_mode(&self, node: &Node) -> SyncMode {
        self.topology.sync_mode(self, node)
    }

    /// True unless the inventory says that the inputs are only a part.
    pub fn is_complete(&self) -> bool {
        self.inventory.complete != Some(false)
    }

    /// True when nodes are known by single-label names that container set-ups give them: each has its own network.
    pub fn in_containers(&self) -> bool {
        self.topology.in_containers()
    }

    /// True when the node's role needs the logical database (rule atlas, DS facts).
    pub fn needs(&self, node: &Node, database: LogicalDatabase) -> bool {
        super::roles::needs(self, node, database)
    }

    /// True where a fresh pack is no excuse: several nodes or a proxy, and a networked database or a public HostName.
    pub fn is_production_like(&self, node: &Node) -> bool {
        let networked = node.data_sources.iter().any(DataSource::is_networked);
        (self.nodes.len() >= 2 || self.proxy.is_some()) && (networked || node.public_host_name().is_some())
    }
}
