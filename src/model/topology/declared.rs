//! What the inventory declares, joined to the nodes by name.

use std::collections::BTreeSet;

use crate::input::inventory::{ArtifactMode, Artifacts, Inventory, InventoryNode};
use crate::model::node::{Node, Role};
use crate::source::Span;
use crate::syntax::Scalar;

/// Everything declared about the deployment; empty without an inventory.
#[derive(Debug, Clone, Default)]
pub(in crate::model) struct Declared {
    /// One entry a node, in node order.
    pub(in crate::model) nodes: Vec<DeclaredNode>,
    /// Balancers that no nginx file shows.
    pub(in crate::model) balancers: Vec<DeclaredBalancer>,
    /// How artifacts travel.
    pub(in crate::model) artifacts: Option<DeclaredArtifacts>,
}

/// What is declared about one node.
#[derive(Debug, Clone, Default)]
pub(in crate::model) struct DeclaredNode {
    /// Roles; empty where none are stated.
    pub(in crate::model) roles: BTreeSet<Role>,
    /// Addresses and names, lower case.
    pub(in crate::model) addresses: Vec<String>,
    /// Machine.
    pub(in crate::model) machine: Option<String>,
    /// Network zone.
    pub(in crate::model) zone: Option<String>,
    /// True for a node that only takes over.
    pub(in crate::model) standby: bool,
    /// Whether the node serves tenants.
    pub(in crate::model) tenants: Option<bool>,
    /// Port mappings: public port and port of the node.
    pub(in crate::model) ports: Vec<(u16, u16)>,
}

/// A declared balancer.
#[derive(Debug, Clone)]
pub(in crate::model) struct DeclaredBalancer {
    /// Host name, lower case.
    pub(in crate::model) name: String,
    /// Nodes behind it, by index.
    pub(in crate::model) nodes: Vec<usize>,
    /// True when it names a node that is not given.
    pub(in crate::model) others: bool,
    /// True for a TCP balancer.
    pub(in crate::model) tcp: bool,
    /// Listen port and port of the nodes.
    pub(in crate::model) ports: Vec<(u16, u16)>,
    /// Where it stands.
    pub(in crate::model) span: Option<Span>,
}

/// How artifacts travel, and for all but `Shared` and `Database` the writing node if it is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::model) enum DeclaredArtifacts {
    /// One folder for all.
    Shared,
    /// Copied from the writer.
    Rsync(Option<usize>),
    /// SVN.
    Svn(Option<usize>),
    /// Pulled from the database.
    Database,
}

impl Declared {
    /// Reads the inventory.
    pub(in crate::model) fn of(inventory: &Inventory, nodes: &[Node]) -> Self {
        let index = |name: &Scalar| nodes.iter().position(|node| node.name == name.text);
        let entries = nodes.iter().map(|node| inventory.node(&node.name).map(DeclaredNode::of));
        let balancers = inventory.balancers.iter().map(|balancer| {
            let found: Vec<usize> = balancer.nodes.iter().filter_map(index).collect();
            DeclaredBalancer {
                name: balancer.name.text.to_ascii_lowercase(),
                others: found.len() < balancer.nodes.len(),
                nodes: found,
                tcp: balancer.tcp,
                ports: balancer.ports.clone(),
                span: Some(balancer.span),
            }
        });
        let writer = |artifacts: &Artifacts| artifacts.writer.as_ref().and_then(index);
        Self {
            nodes: entries.map(Option::unwrap_or_default).collect(),
            balancers: balancers.collect(),
            artifacts: inventory.artifacts.as_ref().map(|artifacts| match artifacts.mode {
                ArtifactMode::Shared => DeclaredArtifacts::Shared,
                ArtifactMode::Rsync => DeclaredArtifacts::Rsync(writer(artifacts)),
                ArtifactMode::Svn => DeclaredArtifacts::Svn(writer(artifacts)),
                ArtifactMode::Database => DeclaredArtifacts::Database,
            }),
        }
    }

    /// The entry of a node.
    pub(in crate::model) fn node(&self, index: usize) -> Option<&DeclaredNode> {
        self.nodes.get(index)
    }
}

impl DeclaredNode {
    fn of(entry: &InventoryNode) -> Self {
        // Identity Server as key manager is a key manager of another product, not another role.
        let role = |word: &Scalar| match word.text.as_str() {
            "is-key-manager" => Some(Role::KeyManager),
            text => Role::parse(text),
        };
        let text = |value: &Option<Scalar>| value.as_ref().map(|value| value.text.clone());
        Self {
            roles: entry.roles.iter().filter_map(role).collect(),
            addresses: entry.addresses.iter().map(|address| address.text.to_ascii_lowercase()).collect(),
            machine: text(&entry.machine),
            zone: text(&entry.zone),
            standby: entry.standby,
            tenants: entry.tenants,
            ports: entry.ports.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::inventory::Balancer;
    use crate::model::sample;

    fn scalar(text: &str) -> Scalar {
        Scalar::plain(text, sample::span(), 0)
    }

    #[test]
    fn entries_are_joined_to_nodes_by_name() {
        let inventory = Inventory {
            artifacts: Some(Artifacts {
                span: sample::span(),
                mode: ArtifactMode::Rsync,
                writer: Some(scalar("node2")),
            }),
            balancers: vec![Balancer {
                span: sample::span(),
                name: scalar("GW.corp.test"),
                nodes: vec![scalar("node2"), scalar("node9")],
                tcp: true,
                ports: vec![(443, 8243)],
            }],
            nodes: vec![InventoryNode {
                span: sample::span(),
                name: scalar("node2"),
                path: None,
                roles: vec![scalar("is-key-manager"), scalar("gateway-worker")],
                addresses: vec![scalar("Node2.corp.test")],
                machine: Some(scalar("vm1")),
                zone: None,
                standby: true,
                version: None,
                product: None,
                ports: Vec::new(),
                tenants: Some(true),
            }],
            ..Inventory::default()
        };
        let declared = Declared::of(&inventory, &[sample::node(0, "node1"), sample::node(1, "node2")]);
        assert_eq!(declared.artifacts, Some(DeclaredArtifacts::Rsync(Some(1))));
        let balancer = declared.balancers.first().unwrap();
        assert_eq!((balancer.name.as_str(), balancer.nodes.as_slice()), ("gw.corp.test", &[1_usize][..]));
        assert!(balancer.others);
        let [one, two] = declared.nodes.as_slice() else { unreachable!() };
        assert!(one.roles.is_empty() && one.addresses.is_empty());
        assert_eq!(two.roles, BTreeSet::from([Role::KeyManager, Role::GatewayWorker]));
        assert_eq!(two.addresses, ["node2.corp.test"]);
        assert!(two.standby);
    }
}
