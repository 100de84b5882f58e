//! Rules about the registry: its local database and its mounts.

pub mod cache_id_mismatch;
pub mod config_mount_missing;
pub mod config_registry_shared_by_products;
pub mod current_dbconfig_undefined;
pub mod governance_mount_missing;
pub mod local_registry_mounted;
pub mod local_registry_shared;
pub mod mount_database_mismatch;
pub mod mount_instance_undefined;
pub mod mount_overwrite_missing;
pub mod mount_target_mismatch;
mod mounts;
pub mod registry_entry_duplicate;
pub mod remote_instance_dbconfig_undefined;
pub mod remote_instance_on_local;
pub mod remote_instance_read_only;
pub mod wso2registry_dbconfig_missing;

use crate::model::database::{DatabaseUse, LogicalDatabase};
use crate::model::node::{ConfigModel, Node};
use crate::model::registry::Registry;

/// JNDI name that the untouched pack gives to the database of the local registry.
const LOCAL_SOURCE: &str = "jdbc/WSO2CarbonDB";

/// What names the database of the local registry, where that is no longer an H2 file of the node.
fn moved_local(node: &Node) -> Option<&DatabaseUse> {
    let local = node.database_uses.iter().find(|usage| usage.database == LogicalDatabase::Local)?;
    let is_moved = match local.data_source.and_then(|index| node.data_sources.get(index)) {
        Some(source) => !source.is_embedded() && source.identity().is_some(),
        None => local.reference.text().is_some_and(|name| name != LOCAL_SOURCE),
    };
    is_moved.then_some(local)
}

/// The registry of a node whose registry.xml people write; that of a TOML node is the template's own.
fn hand_written(node: &Node) -> Option<&Registry> {
    node.registry.as_ref().filter(|_| node.config_model == ConfigModel::Xml)
}
