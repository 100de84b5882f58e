//! Host names in cluster addresses make the cluster depend on name service, which may answer every node differently.

use std::net::IpAddr;

use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// CL014.
pub static RULE: Rule = Rule { card: "CL014-member-host-name", check: Check::Node(check) };

fn check(deployment: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let names = names(deployment, node);
    let Some(((host, place), others)) = names.split_first() else { return };
    if deployment.in_containers() {
        return;
    }
    let message = format!("{} uses the host name {host} as a cluster address", node.name);
    let finding = Finding::new(*place, "a name, no address", message)
        .help("write the IP address, unless name service gives every node the same answer");
    findings.push(
        others.iter().fold(finding, |finding, (host, place)| finding.related(*place, format!("{host}, too"))),
    );
}

/// The node's own cluster address and its members, as far as they are names. One that only the deployment itself knows is a
/// container's, which has nothing else.
fn names<'a>(deployment: &Deployment, node: &'a Node) -> Vec<(&'a str, Span)> {
    let Some(clustering) = node.wka_clustering() else { return Vec::new() };
    let own = clustering.local_member_host.iter().filter(|_| clustering.local_host.name().is_some());
    let members = clustering.members.iter().filter(|member| member.host.name().is_some());
    own.chain(members.map(|member| &member.host_name))
        .filter_map(|host: &Setting| Some((host.text()?, host.span)))
        .filter(|(host, _)| host.parse::<IpAddr>().is_err())
        .filter(|(host, _)| host.contains('.') || deployment.owners(host).is_empty())
        .collect()
}
