//! A server of an upstream that is none of the given nodes: a misspelt address, or a node that is gone.

use std::collections::BTreeSet;

use crate::model::ports::Listener;
use crate::model::proxy::{Upstream, UpstreamServer};
use crate::model::{Deployment, Host};
use crate::rules::{Check, Finding, Rule};

/// PX007.
pub static RULE: Rule = Rule { card: "PX007-upstream-address-unknown", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let Some(proxy) = &deployment.proxy else { return };
    // Of a single node the peers were left out.
    if !deployment.is_complete() || deployment.nodes.len() < 2 {
        return;
    }
    let ports = ports(deployment);
    for upstream in proxy.upstreams.iter().chain(&proxy.stream_upstreams) {
        for server in &upstream.servers {
            let known = deployment.upstream_node(server).is_some();
            if !known && is_address(deployment, server) && is_for_nodes(deployment, upstream, server, &ports)
            {
                findings.push(finding(deployment, upstream, server));
            }
        }
    }
}

/// Every port on which some node listens.
fn ports(deployment: &Deployment) -> BTreeSet<u16> {
    let open = |listener: &Listener| listener.port.filter(|_| listener.open);
    deployment.nodes.iter().flat_map(|node| node.listeners.iter().filter_map(open)).collect()
}

/// True for an address or a name with a domain that no node owns. A single label may be a container's, loopback is the
/// machine of the proxy, and an address of several nodes is one of theirs.
fn is_address(deployment: &Deployment, server: &UpstreamServer) -> bool {
    let Host::Name(name) = Host::literal(&server.host) else { return false };
    let mapped = deployment.mapped(&name);
    let is_owned = |host: &str| !deployment.owners(host).is_empty() || deployment.balancer(host).is_some();
    name.contains(['.', ':'])
        && !name.contains(".svc")
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || ".-:".contains(letter))
        && !is_placeholder(&name)
        && !is_owned(&name)
        && !mapped.is_some_and(is_owned)
}

/// True for `xxx.xxx.xxx.xx4` and the like.
fn is_placeholder(name: &str) -> bool {
    name.split('.')
        .any(|label| label.len() > 1 && label.starts_with('x') && label.trim_start_matches('x').len() <= 1)
}

/// True for a server beside a given node, or on a port of the product: others belong to other programs.
fn is_for_nodes(
    deployment: &Deployment,
    upstream: &Upstream,
    server: &UpstreamServer,
    ports: &BTreeSet<u16>,
) -> bool {
    let mut others = upstream.servers.iter().filter(|other| other.span != server.span);
    ports.contains(&server.port) || others.any(|other| deployment.upstream_node(other).is_some())
}

fn finding(deployment: &Deployment, upstream: &Upstream, server: &UpstreamServer) -> Finding {
    let message = format!(
        "upstream {} lists {}:{}, which is no address of a given node",
        upstream.name, server.host, server.port,
    );
    let mut known: Vec<&str> = Vec::new();
    for address in deployment.nodes.iter().flat_map(|node| deployment.addresses(node)) {
        if address.parse::<std::net::IpAddr>().is_ok() && !known.contains(&address) {
            known.push(address);
        }
    }
    let known = match known.as_slice() {
        [] => String::new(),
        known => format!(" ({})", known.join(", ")),
    };
    Finding::new(server.span, "nobody given has this address", message).help(format!(
        "write the address of a node{known}, give the node, or say complete = false in apimlint.toml",
    ))
}
