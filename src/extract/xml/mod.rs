//! XML nodes: each topic reads the files that speak about it.

mod app;
mod artifacts;
mod clustering;
mod databases;
mod events;
mod gateway;
mod identity;
mod key_stores;
mod keys;
mod portals;
mod ports;
mod registry;
mod throttling;
mod users;

pub(super) use artifacts::{artifacts, libraries};
pub(super) use events::{event_publishers, jndi_files};

use super::files::Files;
use super::variables::Variables;
use crate::model::{Node, Product};

/// Home-relative paths of the main files.
mod paths {
    pub(super) const API_MANAGER: &str = "repository/conf/api-manager.xml";
    pub(super) const APP_MANAGER: &str = "repository/conf/app-manager.xml";
    pub(super) const CARBON: &str = "repository/conf/carbon.xml";
    pub(super) const CATALINA: &str = "repository/conf/tomcat/catalina-server.xml";
}

/// Fills in all parts of a node that its XML files speak about. The product, the version and what the input holds are
/// set; every part of the model is empty.
pub(super) fn extract(node: &mut Node, files: &mut Files) {
    let variables = Variables::default();
    let carbon = files.xml(paths::CARBON);
    node.synchronizer = carbon.as_ref().and_then(|file| gateway::synchronizer(file.root()));
    if let Some(file) = files.xml(paths::CATALINA) {
        node.connectors = portals::connectors(file.root());
    }
    let api = if node.product == Product::AppManager { paths::APP_MANAGER } else { paths::API_MANAGER };
    if let Some(file) = files.xml(api) {
        let root = file.root();
        node.environments = gateway::environments(root, &variables);
        node.key_management = keys::key_management(root, &variables);
        node.throttling = throttling::throttling(root, &variables, node.version);
        if node.product == Product::AppManager {
            node.app_manager = Some(app::app_manager(root, &variables));
        }
    }
    node.other_references = app::references(files, &variables);
    node.event_publishers = event_publishers(files);
    node.jndi_files = jndi_files(files, &node.event_publishers, &variables);
    node.portals = portals::portals(files);
    node.key_stores = key_stores::key_stores(files);
    node.artifacts = artifacts(files);
    node.libraries = libraries(files);
}
