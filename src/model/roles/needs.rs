//! Which databases a node needs for what it does (rule atlas, DS and AP facts).

use crate::model::database::LogicalDatabase;
use crate::model::deployment::Deployment;
use crate::model::node::{Node, Product, Role};

/// True when the roles of a node need a logical database. Gateways of 2.x and 3.x need shared databases for
/// tenants only, gateways of 4.x none.
pub(in crate::model) fn needs(deployment: &Deployment, node: &Node, database: LogicalDatabase) -> bool {
    match node.product {
        Product::AppManager => return app_manager(node, database),
        Product::Analytics => return database == LogicalDatabase::Statistics,
        Product::ApiManager | Product::IdentityServer | Product::Unknown => {}
    }
    let tenants = deployment.has_tenants(node) == Some(true);
    let portal = node.acts_as(Role::Publisher) || node.acts_as(Role::Store);
    let traffic = node.acts_as(Role::TrafficManager) && node.is_at_least(4, 0);
    let keys = node.acts_as(Role::KeyManager);
    let tenant_gateway = node.acts_as(Role::Gateway) && tenants && !node.is_at_least(4, 0);
    match database {
        LogicalDatabase::Api | LogicalDatabase::Users => portal || traffic || keys || tenant_gateway,
        LogicalDatabase::Governance | LogicalDatabase::Config => {
            portal || traffic || (keys && tenants) || tenant_gateway
        }
        LogicalDatabase::Statistics => portal,
        LogicalDatabase::Local => true,
        LogicalDatabase::Broker => node.acts_as(Role::TrafficManager),
        LogicalDatabase::Registry | LogicalDatabase::Storage => false,
    }
}

/// All four parts share users and applications; publisher and store also the registry and their storage.
fn app_manager(node: &Node, database: LogicalDatabase) -> bool {
    match database {
        LogicalDatabase::Api | LogicalDatabase::Users | LogicalDatabase::Local => true,
        LogicalDatabase::Governance
        | LogicalDatabase::Config
        | LogicalDatabase::Storage
        | LogicalDatabase::Statistics => node.acts_as(Role::Publisher) || node.acts_as(Role::Store),
        LogicalDatabase::Broker | LogicalDatabase::Registry => false,
    }
}
