//! An address names a port that the node opens for something else: the connection comes about and nobody understands the
//! other.

use super::bare_port;
use crate::model::calls::FRONT;
use crate::model::ports::{Listener, ListenerKind};
use crate::model::{Deployment, Endpoint, Node, Purpose, Reference, Setting, Target};
use crate::rules::{Check, Finding, Rule};

/// PT004.
pub static RULE: Rule = Rule { card: "PT004-target-listener-mismatch", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for node in &deployment.nodes {
        for reference in deployment.addresses_in_use(node) {
            findings.extend(judge(deployment, node, reference));
        }
    }
}

fn judge(deployment: &Deployment, node: &Node, reference: Reference<'_>) -> Option<Finding> {
    let Reference { purpose, endpoint } = reference;
    let port = endpoint.port.number.filter(|port| !FRONT.contains(port))?;
    if !endpoint.text.is_written() || purpose.listeners().is_empty() {
        return None;
    }
    let (target, listener) = match deployment.resolve(node, endpoint) {
        Target::Own(Some(listener)) => (node, listener),
        Target::Node(target, Some(listener)) => (target, listener),
        _ => return None,
    };
    // Under a public name something may end TLS or translate ports.
    let is_translated = !deployment.port_mappings(target).is_empty()
        || endpoint.host.name().is_some_and(|host| deployment.balancer(host).is_some());
    let is_open_and_right = |one: &&Listener| one.open && is_right(node, reference, one.kind);
    let is_here = |one: &Listener| one.port == Some(port);
    // That two listeners want the port is said of the port.
    if is_translated || target.listeners.iter().filter(is_open_and_right).any(is_here) {
        return None;
    }
    let right = target.listeners.iter().find(is_open_and_right);
    let right = right.and_then(|right| Some((right, right.port?)));
    let whose = if target.index == node.index { "its own" } else { &format!("{}'s", target.name) };
    let message = format!(
        "{} {} {}, but {port} is {whose} {} port",
        node.name,
        reference.verb(),
        shown(endpoint),
        listener.kind.noun(),
    );
    let finding = Finding::new(endpoint.port.span, format!("{} port", listener.kind.noun()), message);
    let finding = match right {
        Some((right, port)) => finding
            .help(format!("write port {port}, on which {} opens {}", target.name, right.kind.noun()))
            .fix(bare_port(deployment, endpoint), port.to_string()),
        None => finding.help(format!("{} opens no port for this", target.name)),
    };
    let place = if listener.base.is_written() { listener.base.span } else { target.identity.offset.span };
    let opens = format!("{} opens {port} for this", target.name);
    Some(if target.index == node.index { finding } else { finding.related(place, opens) })
}

/// True for a listener that speaks what the address asks for; receivers have to be of the sort that events travel by.
fn is_right(node: &Node, reference: Reference<'_>, kind: ListenerKind) -> bool {
    use ListenerKind::{BinarySsl, BinaryTcp, ThriftSsl, ThriftTcp};
    let events = matches!(reference.purpose, Purpose::Receiver | Purpose::ReceiverAuthentication);
    let throttling = node.throttling.as_ref().filter(|_| events);
    let sort = throttling.and_then(|throttling| throttling.event_type.as_ref()).and_then(Setting::text);
    let of_sort = match sort.map(str::to_ascii_lowercase).as_deref() {
        Some("binary") => !matches!(kind, ThriftTcp | ThriftSsl),
        Some("thrift") => !matches!(kind, BinaryTcp | BinarySsl),
        _ => true,
    };
    of_sort && reference.fits(kind)
}

/// `https://host:port`, so that a wrong scheme shows.
fn shown(endpoint: &Endpoint) -> String {
    match endpoint.scheme.as_str() {
        "" => endpoint.address(),
        scheme => format!("{scheme}://{}", endpoint.address()),
    }
}
