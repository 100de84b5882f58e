//! Rules about host names.

pub mod host_entry_conflict;
pub mod host_name_malformed;
pub mod host_name_mismatch;
pub mod host_name_missing;
pub mod host_name_unproxied;
pub mod host_name_unresolved;
pub mod management_host_name_missing;
pub mod remote_default_host;

use crate::model::{Balancer, ConfigModel, Deployment, Host, Node};
use crate::source::Span;

/// What a name in a JDBC URL stands for.
const DATABASE: &str = "a database";

/// What the files of a node call its public name.
fn host_name_key(node: &Node) -> &'static str {
    match node.config_model {
        ConfigModel::Xml => "HostName",
        ConfigModel::Toml => "server.hostname",
    }
}

/// What the files of a node call the name of its console.
fn management_host_name_key(node: &Node) -> &'static str {
    match node.config_model {
        ConfigModel::Xml => "MgtHostName",
        ConfigModel::Toml => "server.mgt_console_hostname",
    }
}

/// What stands in front of a node: server names of the proxy, balancers of the inventory, names that it shares.
fn fronts<'a>(deployment: &'a Deployment, node: &Node) -> impl Iterator<Item = &'a Balancer> {
    let index = node.index;
    let all = deployment.balancers().iter().chain(deployment.stream_balancers());
    all.filter(move |balancer| balancer.nodes.contains(&index))
}

/// Every name that a node writes: its own, those of its references, those of its databases.
fn name_uses(node: &Node) -> Vec<(String, Span, &'static str)> {
    let mut found = Vec::new();
    if let Some(name) = node.public_host_name() {
        found.push((name.value.to_ascii_lowercase(), name.span, host_name_key(node)));
    }
    for reference in node.references() {
        let endpoint = reference.endpoint;
        if let (Some(name), Some(_)) = (endpoint.host.name(), endpoint.text.known()) {
            found.push((name.to_owned(), endpoint.host_span, "a reference"));
        }
    }
    for source in &node.data_sources {
        let Some(url) = source.url.as_ref().filter(|url| url.known().is_some()) else { continue };
        for host in source.jdbc.iter().flat_map(|jdbc| &jdbc.hosts) {
            if let Host::Name(name) = Host::literal(&host.host) {
                found.push((name, url.part(host.range.clone()), DATABASE));
            }
        }
    }
    found
}
