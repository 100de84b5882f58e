//! Rules about the registry: its local database and its mounts.

pub mod config_mount_missing;
pub mod governance_mount_missing;
mod mounts;
pub mod wso2registry_dbconfig_missing;
