//! A gateway that calls the key manager's Thrift service on a port that nobody serves refuses every token.

use crate::model::ports::ListenerKind;
use crate::model::{Deployment, Node, Setting, Target};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// KM004.
pub static RULE: Rule = Rule { card: "KM004-thrift-port-mismatch", check: Check::Deployment(check) };

/// Port of the Thrift service before any offset (carbon-apimgt `ThriftUtils`, `APIKeyMgtServiceComponent`).
const BASE: u16 = 10397;

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for gateway in &deployment.nodes {
        // Behind a balancer nobody knows which port leads where.
        let server = match deployment.thrift_target(gateway) {
            Target::Balancer(_) => None,
            _ => deployment.thrift_servers(gateway).first().copied(),
        };
        findings.extend(server.and_then(|server| finding(deployment, gateway, server)));
    }
}

/// The port that a gateway calls, and what says so. Without a port of its own it adds its own offset to the default.
fn client_port(gateway: &Node) -> Option<(u16, Option<&Setting<u16>>)> {
    let written = gateway.thrift_client()?.thrift_client_port.as_ref();
    match written {
        Some(port) => Some((*port.known()?, Some(port))),
        None => Some((BASE.checked_add(*gateway.identity.offset.known()?)?, None)),
    }
}

fn finding(deployment: &Deployment, gateway: &Node, server: &Node) -> Option<Finding> {
    let (port, written) = client_port(gateway)?;
    let listener = server.listener(ListenerKind::KeyValidationThrift).filter(|listener| listener.open)?;
    let right = listener.port.filter(|right| *right != port)?;
    if !deployment.port_mappings(server).is_empty() {
        return None;
    }
    let place: Span = match written {
        Some(port) => port.span,
        None => gateway.key_management.as_ref()?.span,
    };
    let own = gateway.index == server.index;
    let whose =
        if own { "its own Thrift server is on".to_owned() } else { format!("{} serves", server.name) };
    let message = format!("{} calls Thrift port {port}, but {whose} {right}", gateway.name);
    let help = format!("set ThriftClientPort to {right}; no offset is added to a number that is written");
    let label = if written.is_some() { "nobody serves this port" } else { "no ThriftClientPort here" };
    let mut finding = Finding::new(place, label, message)
        .help(help)
        .fix(written.and_then(|written| written.bare(&port.to_string())), right.to_string());
    if written.is_none() && gateway.identity.offset.is_written() {
        finding = finding.related(gateway.identity.offset.span, format!("makes it {port}"));
    }
    if own && !listener.base.is_written() {
        return Some(finding);
    }
    let source = if listener.base.is_written() { listener.base.span } else { server.identity.offset.span };
    Some(finding.related(source, format!("{} serves {right}", server.name)))
}
