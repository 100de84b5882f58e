//! A port variable beside the host of another node: the server that reads the file fills in its own port, on which the
//! other node does not listen.

use super::{bare_port, with_origin};
use crate::model::ports::{Listener, ListenerKind};
use crate::model::{Deployment, Endpoint, Node, Reference};
use crate::rules::{Check, Finding, Rule};

/// PT006.
pub static RULE: Rule = Rule { card: "PT006-foreign-offset-variable", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for node in &deployment.nodes {
        for reference in deployment.addresses_in_use(node) {
            findings.extend(judge(deployment, node, reference));
        }
    }
}

fn judge(deployment: &Deployment, node: &Node, reference: Reference<'_>) -> Option<Finding> {
    let endpoint = reference.endpoint;
    let variable = endpoint.port.variable.as_deref().filter(|_| endpoint.text.is_written())?;
    let own = endpoint.port.number?;
    let kind = ListenerKind::of_variable(variable)?;
    let (owner, listener) = owner(deployment, node, endpoint, kind)?;
    let theirs = listener.port.filter(|port| *port != own)?;
    let message =
        format!("${{{variable}}} is {}'s own {own}; {} listens on {theirs}", node.name, owner.name,);
    let finding = Finding::new(endpoint.port.span, format!("{own}, the port of {}", node.name), message)
        .help(format!("write port {theirs}: a server fills in its own port, whatever host stands before it"))
        .fix(bare_port(deployment, endpoint), theirs.to_string());
    Some(with_origin(finding, owner, listener, theirs))
}

/// The other node that the host means, with its listener. A name in front of several nodes, one that the node has itself,
/// and an address at which some node does listen on the port are nobody's.
fn owner<'a>(
    deployment: &'a Deployment,
    node: &Node,
    endpoint: &Endpoint,
    kind: ListenerKind,
) -> Option<(&'a Node, &'a Listener)> {
    let host = endpoint.host.name()?;
    let owners = deployment.owners(host);
    let is_theirs = owners.iter().any(|owner| {
        owner.index == node.index
            || !deployment.port_mappings(owner).is_empty()
            || endpoint.port.number.is_some_and(|port| owner.listener_on(port).is_some())
    });
    if is_theirs || deployment.balancer(host).is_some_and(|balancer| balancer.nodes.len() > 1) {
        return None;
    }
    let mut listeners = owners.into_iter().filter_map(|owner| Some((owner, owner.listener(kind)?)));
    listeners.find(|(_, listener)| listener.open)
}
