//! Rules about App Manager in parts: publisher, store, gateway and identity provider.

pub mod app_database_unshared;
pub mod app_datasource_reference_missing;
pub mod app_gateway_loopback;
pub mod assertion_consumer_mismatch;
pub mod gateway_registry_unmounted;
pub mod identity_provider_loopback;
pub mod portal_clustering_absent;
pub mod portal_registry_drift;
pub mod remote_instance_host_unmapped;
pub mod storage_database_unshared;

use crate::model::node::{Node, Role};
use crate::model::sharing::Sharer;
use crate::rules::datasources::adoption;

/// True for a node that is a portal of App Manager and not both portals with everything else.
fn is_portal(node: &Node) -> bool {
    let has = |role| node.roles.contains(&role);
    node.is_app_manager() && (has(Role::Publisher) || has(Role::Store)) && !has(Role::AllInOne)
}

/// True for a node with the publisher and without the store.
fn is_publisher(node: &Node) -> bool {
    is_portal(node) && !node.acts_as(Role::Store)
}

/// True for a node with the store and without the publisher.
fn is_store(node: &Node) -> bool {
    is_portal(node) && !node.acts_as(Role::Publisher)
}

/// The instruction for a node that should leave its H2 file for the database of another node.
fn move_to(sharer: &Sharer<'_>, reference: &Sharer<'_>) -> String {
    if sharer.names_another(reference) {
        return adoption(sharer, reference);
    }
    format!(
        "set url, driverClassName, username and password of {} to those of {} ({})",
        sharer.source.name.value,
        reference.node.name,
        reference.source.shown()
    )
}
