//! What each node does (rule atlas 2.3) and which databases that needs.

use super::database::LogicalDatabase;
use super::deployment::Deployment;
use super::node::Node;

/// Fills in [`Node::roles`] of every node.
pub(super) fn assign(deployment: &mut Deployment) {
    let _ = deployment;
}

/// True when the roles of a node need a logical database.
pub(super) fn needs(deployment: &Deployment, node: &Node, database: LogicalDatabase) -> bool {
    let _ = (deployment, node, database);
    true
}
