//! Rules about host names.

pub mod host_name_mismatch;
pub mod host_name_missing;
pub mod host_name_unresolved;
pub mod management_host_name_missing;

use crate::model::{Balancer, ConfigModel, Deployment, Node};

/// What the files of a node call its public name.
fn host_name_key(node: &Node) -> &'static str {
    match node.config_model {
        ConfigModel::Xml => "HostName",
        ConfigModel::Toml => "server.hostname",
    }
}

/// What stands in front of a node: server names of the proxy, balancers of the inventory, names that it shares.
fn fronts<'a>(deployment: &'a Deployment, node: &Node) -> impl Iterator<Item = &'a Balancer> {
    let index = node.index;
    let all = deployment.balancers().iter().chain(deployment.stream_balancers());
    all.filter(move |balancer| balancer.nodes.contains(&index))
}
