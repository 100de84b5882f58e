//! A base port was raised by the offset, which the server adds once more: it listens where nobody looks for it.

use std::collections::BTreeSet;

use crate::model::ports::Listener;
use crate::model::{Deployment, Endpoint, Host, Node};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// PT008.
pub static RULE: Rule = Rule { card: "PT008-offset-applied-twice", check: Check::Deployment(check) };

/// Who looks for the listener on its base port.
struct Expectation {
    span: Span,
    label: String,
}

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for node in &deployment.nodes {
        for listener in &node.listeners {
            findings.extend(judge(deployment, node, listener));
        }
    }
}

fn judge(deployment: &Deployment, node: &Node, listener: &Listener) -> Option<Finding> {
    let offset = *node.identity.offset.known().filter(|offset| **offset != 0)?;
    let usual = listener.kind.usual_port();
    let base = *listener.base.known().filter(|base| usual.checked_add(offset) == Some(**base))?;
    let port = listener.port.filter(|_| listener.open && listener.shifted && listener.base.is_written())?;
    if !deployment.port_mappings(node).is_empty() {
        return None;
    }
    let mut expecting = callers(deployment, node, listener, base);
    expecting.extend(upstreams(deployment, node, base));
    if expecting.is_empty() {
        return None;
    }
    let noun = listener.kind.noun();
    let message = format!(
        "{} raises port {usual} to {base} and also has offset {offset}; {noun} listens on {port}",
        node.name,
    );
    let finding = Finding::new(listener.base.span, "the offset is added to this", message)
        .help(format!("write {usual} here: the offset makes it {base}"))
        .related(node.identity.offset.span, format!("offset {offset}"));
    let mut seen = BTreeSet::new();
    expecting.retain(|one| seen.insert(one.span));
    Some(expecting.into_iter().fold(finding, |finding, one| finding.related(one.span, one.label)))
}

/// The addresses of nodes that mean the listener: its purpose, its base port, and a host at which nobody else has that
/// port.
fn callers(deployment: &Deployment, target: &Node, listener: &Listener, base: u16) -> Vec<Expectation> {
    let mut found = Vec::new();
    for node in &deployment.nodes {
        for reference in deployment.addresses_in_use(node) {
            let endpoint = reference.endpoint;
            let wants = endpoint.text.is_written()
                && endpoint.port.variable.is_none()
                && endpoint.port.number == Some(base)
                && reference.fits(listener.kind);
            if wants && may_mean(deployment, node, endpoint, target, base) {
                let label = format!("{} expects it on {base}", node.name);
                found.push(Expectation { span: endpoint.port.span, label });
            }
        }
    }
    found
}

/// True where the host is one of the target, or of a node on its machine, none of which opens the port.
fn may_mean(deployment: &Deployment, node: &Node, endpoint: &Endpoint, target: &Node, port: u16) -> bool {
    let candidates: Vec<&Node> = match &endpoint.host {
        Host::Own => vec![node],
        Host::Name(name) => deployment.owners(name),
        Host::Unknown => return false,
    };
    let near =
        |node: &&&Node| node.index == target.index || deployment.same_machine(node, target) == Some(true);
    let is_open = |node: &&Node| {
        let mut machine = std::iter::once(*node).chain(deployment.neighbours(node));
        machine.any(|node| node.listener_on(port).is_some())
    };
    candidates.iter().any(|node| near(&node)) && !candidates.iter().any(is_open)
}

/// The servers of nginx that mean the node at that port.
fn upstreams(deployment: &Deployment, target: &Node, base: u16) -> Vec<Expectation> {
    let locations = deployment.proxy.iter().flat_map(|proxy| &proxy.servers).flat_map(|one| &one.locations);
    locations
        .filter_map(|location| location.pass.as_ref())
        .flat_map(|pass| deployment.reached(pass))
        .filter(|reached| reached.server.port == base && reached.listener.is_none())
        .filter(|reached| reached.node.is_some_and(|node| node.index == target.index))
        .map(|reached| Expectation {
            span: reached.server.span,
            label: format!("nginx expects it on {base}"),
        })
        .collect()
}
