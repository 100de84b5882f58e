//! Brokers are named by their TLS port, but TLS is switched on for one of the two files that name them, or for none: that
//! connection speaks plain AMQP to a TLS port and never comes up.

use std::ops::RangeInclusive;

use crate::model::deployment_toml::DeploymentToml;
use crate::model::sharing::listed;
use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// TL024.
pub static RULE: Rule = Rule { card: "TL024-event-hub-tls-partial", check: Check::Node(check) };

/// The TLS port of a broker with any usual offset.
const TLS_PORTS: RangeInclusive<u16> = 8672..=8699;

/// Keys with brokers, and the keys that switch on TLS in the files that they go to.
const BROKERS: [(&[&str], &[&str]); 2] = [
    (
        &["apim.event_hub.event_listening_endpoints", "apim.event_hub.event_duplicate_url"],
        &["apim.event_hub.jms.ssl", "apim.event_hub.ssl"],
    ),
    (&["apim.throttling.throttle_decision_endpoints"], &["apim.throttling.jms.ssl"]),
];

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    if !node.told_version().is_some_and(|version| version.at_least(4, 1)) {
        return;
    }
    for (lists, switches) in BROKERS {
        findings.extend(partial(node, toml, lists, switches));
    }
}

fn partial(node: &Node, toml: &DeploymentToml, lists: &[&str], switches: &[&str]) -> Option<Finding> {
    let brokers = lists.iter().filter_map(|list| toml.key(list)).flat_map(|key| key.texts());
    let broker = brokers.into_iter().find(|url| has_tls_port(url))?;
    let is_on =
        |switch: &&&str| toml.text(switch).is_some_and(|on| on.boolean().is_true() || on.value.contains('$'));
    let (on, off): (Vec<&str>, Vec<&str>) = switches.iter().partition(|switch| is_on(switch));
    if off.is_empty() {
        return None;
    }
    let names = listed(&off);
    let message = format!("{} names {}, a TLS port, but does not set {names}", node.name, broker.value);
    let finding = Finding::new(place(toml, &off).unwrap_or(broker.span), "without TLS", message)
        .help(format!("write {names} = true"));
    let related = on.first().and_then(|on| toml.key(on)).map(|on| on.value_span());
    let finding = finding.related(broker.span, "a TLS port");
    Some(match related {
        Some(span) => finding.related(span, "set here alone"),
        None => finding,
    })
}

fn has_tls_port(url: &Setting) -> bool {
    let address = url.text().and_then(|text| text.strip_prefix("tcp://"));
    let port = address.and_then(|address| address.rsplit_once(':')).and_then(|(_, port)| port.parse().ok());
    port.is_some_and(|port: u16| TLS_PORTS.contains(&port))
}

/// The value that switches TLS off, else the header of the table that should hold the switch.
fn place(toml: &DeploymentToml, off: &[&str]) -> Option<Span> {
    let first = off.first()?;
    let header = || toml.header(first.rsplit_once('.')?.0).map(|header| header.span);
    toml.key(first).map(|key| key.value_span()).or_else(header)
}
