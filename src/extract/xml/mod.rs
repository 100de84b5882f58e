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
mod logins;
mod portals;
mod ports;
mod registry;
mod security;
#[cfg(test)]
mod tests;
mod throttling;
mod tokens;
mod users;

pub(super) use artifacts::{artifacts, libraries};
pub(super) use clustering::guarded;
pub(super) use events::{event_publishers, jndi_files, jndi_files_missing, stock_publishers};
pub(super) use key_stores::key_store;
pub(super) use security::protocols;
pub(super) use throttling::{amqp_brokers, receiver_groups};
pub(super) use users::secondary as secondary_user_stores;

use super::files::Files;
use super::listeners::port_variables;
use super::variables::{Variables, known_properties};
use crate::model::{Node, Product, Setting};

/// Home-relative paths of the main files.
mod paths {
    pub(super) const API_MANAGER: &str = "repository/conf/api-manager.xml";
    pub(super) const APP_MANAGER: &str = "repository/conf/app-manager.xml";
    pub(super) const AXIS2: &str = "repository/conf/axis2/axis2.xml";
    pub(super) const BROKER: &str = "repository/conf/broker.xml";
    pub(super) const CARBON: &str = "repository/conf/carbon.xml";
    pub(super) const CATALINA: &str = "repository/conf/tomcat/catalina-server.xml";
    pub(super) const DATA_BRIDGE: &str = "repository/conf/data-bridge/data-bridge-config.xml";
    pub(super) const EMBEDDED_LDAP: &str = "repository/conf/identity/embedded-ldap.xml";
    pub(super) const EVENT_PROCESSOR: &str = "repository/conf/event-processor.xml";
    pub(super) const IDENTITY: &str = "repository/conf/identity/identity.xml";
    pub(super) const JMX: &str = "repository/conf/etc/jmx.xml";
    pub(super) const REGISTRY: &str = "repository/conf/registry.xml";
    pub(super) const SYNAPSE_HANDLERS: &str = "repository/conf/synapse-handlers.xml";
    pub(super) const USERS: &str = "repository/conf/user-mgt.xml";
}

/// Fills in all parts of a node that its XML files speak about. The product, the version and what the input holds are
/// set; every part of the model is empty.
pub(super) fn extract(node: &mut Node, files: &mut Files) {
    let api = files.xml(match node.product {
        Product::AppManager => paths::APP_MANAGER,
        _ => paths::API_MANAGER,
    });
    let api = api.as_ref().map(|file| file.root());
    // Host name, ports and administrator are variables for everything that comes after them.
    let mut variables = Variables { system: known_properties(node), ..Variables::default() };
    let carbon = files.xml(paths::CARBON);
    let carbon = carbon.as_ref().map(|file| file.root());
    let place = files.place(paths::CARBON);
    let offset = node.system_property("portOffset").map(Setting::port);
    node.identity = identity::identity(carbon, place, offset, &variables);
    variables.host_name = node.identity.host_name.as_ref().and_then(Setting::text).map(str::to_owned);
    node.listeners = ports::listeners(node, api, files, &variables);
    variables.ports = port_variables(&node.listeners, &node.identity.offset);
    node.users = files.xml(paths::USERS).and_then(|file| users::users(file.root(), carbon, &variables));
    let admin = node.users.as_ref().and_then(|users| users.admin_name.as_ref());
    variables.admin_name = admin.and_then(Setting::text).map(str::to_owned);

    node.connectors =
        files.xml(paths::CATALINA).map(|file| portals::connectors(file.root())).unwrap_or_default();
    node.synchronizer = carbon.and_then(gateway::synchronizer);
    node.clustering = files.xml(paths::AXIS2).map(|file| clustering::clustering(file.root(), &variables));
    node.registry = files.xml(paths::REGISTRY).map(|file| registry::registry(file.root(), &variables));
    let data_sources = databases::data_sources(files, &variables);
    node.data_sources = data_sources.entries;
    node.database_uses = databases::uses(node, api, files, data_sources.complete);
    databases::mark_spare(node, files);
    if let Some(root) = api {
        node.environments = gateway::environments(root, &variables);
        node.key_management = keys::key_management(root, &variables);
        node.throttling = throttling::throttling(root, &variables, node.version);
        let users = node.users.as_ref();
        let accounts = logins::Accounts { variables: &variables, users, version: node.version };
        node.logins = logins::logins(root, &node.environments, &accounts);
        if node.product == Product::AppManager {
            node.app_manager = Some(app::app_manager(root, files, &variables));
        }
    }
    if matches!(node.product, Product::ApiManager | Product::IdentityServer) {
        node.tokens = Some(tokens::tokens(api, files, &variables));
    }
    node.broker = files.xml(paths::BROKER).map(|file| throttling::broker(file.root()));
    node.event_processor = files
        .xml(paths::EVENT_PROCESSOR)
        .and_then(|file| throttling::event_processor(file.root(), &variables));
    node.other_references = app::references(files, &variables);
    if node.product == Product::ApiManager {
        node.token_apis = gateway::token_apis(files, &variables);
    }
    node.event_publishers = event_publishers(files);
    node.stock_publishers = stock_publishers(files, node.version);
    node.jndi_files = jndi_files(files, &node.event_publishers, &variables);
    node.jms_providers =
        files.xml(paths::AXIS2).map(|file| events::jms_providers(file.root())).unwrap_or_default();
    node.jndi_files_missing = jndi_files_missing(files, node);
    node.portals = portals::portals(files);
    node.key_stores = key_stores::key_stores(files);
    node.security = security::security(api, files);
    node.artifacts = artifacts(files);
    node.libraries = libraries(files);
    node.secondary_user_stores = secondary_user_stores(files);
    // No topic of its own: gateways are compared by it.
    files.xml(paths::SYNAPSE_HANDLERS);
}
