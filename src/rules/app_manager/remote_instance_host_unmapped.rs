//! The host that publisher or store names for the mounted registry has no line in the hosts file.

use std::net::IpAddr;

use super::is_portal;
use crate::model::node::Node;
use crate::model::{Deployment, Hosts};
use crate::rules::{Check, Finding, Rule};

/// AP008.
pub static RULE: Rule = Rule { card: "AP008-remote-instance-host-unmapped", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let Some(hosts) = &deployment.hosts else { return };
    for node in deployment.nodes.iter().filter(|node| is_portal(node)) {
        for url in
            node.registry.iter().flat_map(|registry| &registry.instances).filter_map(|one| one.url.as_ref())
        {
            let Some(host) = url.host.name() else { continue };
            if is_resolvable(deployment, hosts, host) {
                continue;
            }
            let mut finding = Finding::new(
                url.host_span,
                "no line in hosts",
                format!("the hosts file has no line for {host}, the remote instance of {}", node.name),
            )
            .help(match address(node) {
                Some(address) => format!("add the line: {address} {host}"),
                None => format!("add a line with the address of {} and {host}", node.name),
            });
            if let Some(span) = hosts.span {
                finding = finding.related(span, format!("does not name {host}"));
            }
            findings.push(finding);
        }
    }
}

/// True for a name that this hosts file, a name server or a container network knows.
fn is_resolvable(deployment: &Deployment, hosts: &Hosts, host: &str) -> bool {
    let declared = deployment.inventory.nodes.iter().flat_map(|node| &node.addresses);
    let servers = deployment.proxy.iter().flat_map(|proxy| &proxy.servers);
    host.parse::<IpAddr>().is_ok()
        || hosts.address_of(host).is_some()
        || deployment.balancer(host).is_some()
        || declared.into_iter().any(|address| address.text.eq_ignore_ascii_case(host))
        || servers
            .into_iter()
            .flat_map(|server| server.plain_names())
            .any(|name| name.eq_ignore_ascii_case(host))
        || deployment.nodes.iter().any(|node| node.name.eq_ignore_ascii_case(host))
}

/// The address that the node gives itself in the cluster: the remote instance of a portal bears its own name.
fn address(node: &Node) -> Option<&str> {
    let host = node.clustering.as_ref()?.local_host.name()?;
    host.parse::<IpAddr>().is_ok().then_some(host)
}
