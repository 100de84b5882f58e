//! Of the two keys that duplicate events of 4.1 and later only one is set: decisions stay on one node, or revoked tokens
//! travel by a fallback.

use crate::model::node::Role;
use crate::model::throttling::{EventHub, Throttling};
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// TM023.
pub static RULE: Rule = Rule { card: "TM023-event-duplicate-key-partial", check: Check::Node(check) };

fn check(deployment: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let needs_both = node.acts_as(Role::ControlPlane) && node.acts_as(Role::TrafficManager);
    let throttling = node.throttling.as_ref().filter(|_| node.is_api_manager() && node.is_at_least(4, 1));
    let Some(throttling) = throttling.filter(|_| needs_both) else { return };
    if throttling.duplicate_urls.is_empty() && decides_like_its_peers(deployment, node) {
        return;
    }
    if let Some(hub) = &throttling.event_hub {
        findings.extend(finding(node, throttling, hub));
    }
}

/// True where every gateway sends every event to this and each other Traffic Manager, so that no decision needs to travel, and
/// where gateways send theirs to addresses that nobody given owns: that may be so.
fn decides_like_its_peers(deployment: &Deployment, node: &Node) -> bool {
    let groups = deployment.traffic_groups();
    let own = groups.iter().find(|group| group.managers.iter().any(|manager| manager.index == node.index));
    match own {
        Some(group) => group.managers.len() > 1 && group.decides_alike(),
        None => deployment.gateways().any(|gateway| deployment.sends_events(gateway)),
    }
}

fn finding(node: &Node, throttling: &Throttling, hub: &EventHub) -> Option<Finding> {
    let (set, unset) = ("apim.throttling.event_duplicate_url", "apim.event_hub.event_duplicate_url");
    let keys = (throttling.duplicate_urls.first(), hub.duplicate_urls.first());
    let (set, unset, there, table, what) = match keys {
        (Some(there), None) => (set, unset, there, hub.span, "the former stands in for it"),
        (None, Some(there)) => (unset, set, there, throttling.span, "throttle decisions stay on it"),
        _ => return None,
    };
    let place = if is_header(table) { table } else { there.text.span };
    let value = there.text.text().unwrap_or("tcp://PEER:5672");
    let message = format!("{} sets {set}, but not {unset}: {what}", node.name);
    let finding = Finding::new(place, format!("no {unset}"), message)
        .help(format!("set {unset} to [\"{value}\"], too"));
    let finding = if keys.0.is_some() { finding.variant("fallback") } else { finding };
    Some(if place == there.text.span { finding } else { finding.related(there.text.span, "set here") })
}

/// False for the place of a table that the file does not have.
fn is_header(span: Span) -> bool {
    span.start < span.end
}
