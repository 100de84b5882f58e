//! Several Traffic Managers count for themselves: a limit reached on one is unknown on the others.

use crate::model::sharing::node_names;
use crate::model::traffic::{Delivery, Duplication, TrafficGroup};
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// TM001.
pub static RULE: Rule = Rule { card: "TM001-event-duplication-missing", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for group in deployment.traffic_groups() {
        // Of gateways that send to several already, TM014 and TM010 say what is left.
        let settled = group.decides_alike() || group.fans_out() || group.has(Delivery::SharedGroup);
        if settled || group.has(Delivery::Unknown) {
            continue;
        }
        let served: Vec<&Node> =
            group.managers.iter().filter(|manager| is_served(&group, manager)).copied().collect();
        let apart: Vec<&Node> = served
            .iter()
            .filter(|manager| {
                served.iter().any(|other| {
                    other.index != manager.index
                        && !(manager.counts_as_pair() && other.counts_as_pair())
                        && deployment.duplication(manager, other) == Duplication::Absent
                        && deployment.duplication(other, manager) == Duplication::Absent
                })
            })
            .copied()
            .collect();
        if let Some((first, rest)) = apart.split_first() {
            findings.push(finding(&group, first, rest));
        }
    }
}

fn is_served(group: &TrafficGroup<'_>, manager: &Node) -> bool {
    group
        .gateways
        .iter()
        .any(|gateway| matches!(group.delivery(gateway, manager), Delivery::OwnGroup | Delivery::Balanced))
}

fn finding(group: &TrafficGroup<'_>, first: &Node, rest: &[&Node]) -> Finding {
    let all_nodes: Vec<&Node> = std::iter::once(first).chain(rest.iter().copied()).collect();
    let all = node_names(&all_nodes);
    let balanced = group.has(Delivery::Balanced);
    let message = if balanced {
        format!("{all} share no throttle decisions, and a balancer gives each a part of the events")
    } else {
        format!("{all} share no throttle decisions: each counts the events of its own gateways only")
    };
    let duplicate = if first.is_at_least(3, 2) {
        "set apim.throttling.event_duplicate_url to the broker of the other node on each"
    } else {
        "on each node add a JNDI file with the other's broker and an event publisher that uses it"
    };
    let receivers =
        if first.is_at_least(3, 0) { "[[apim.throttling.url_group]]" } else { "{...} in ReceiverUrlGroup" };
    let finding = Finding::new(place(group, first), "counts alone", message).help(format!(
        "{duplicate}; or send every event to all of them: one {receivers} for each, on every gateway"
    ));
    let tables = all_nodes.iter().filter_map(|node| Some(node.throttling.as_ref()?.span));
    let finding = rest
        .iter()
        .fold(finding.covers(tables), |finding, node| finding.related(place(group, node), "counts alone"));
    let is_told = |node: &Node| all_nodes.iter().any(|other| other.index == node.index);
    let clients = group.gateways.iter().filter(|gateway| !is_told(gateway));
    let finding =
        clients.fold(finding, |finding, gateway| match (receivers_of(gateway), sends(group, gateway)) {
            (Some(receivers), Some(sends)) => finding.related(receivers, sends),
            _ => finding,
        });
    if balanced { finding.variant("balanced") } else { finding }
}

/// Where the events of the Traffic Manager come from: its own receiver groups, else its throttling settings.
fn place(group: &TrafficGroup<'_>, manager: &Node) -> Span {
    let is_gateway = group.gateways.iter().any(|gateway| gateway.index == manager.index);
    let throttling = manager.throttling.as_ref();
    let own = receivers_of(manager).filter(|_| is_gateway);
    own.or_else(|| throttling.map(|throttling| throttling.span)).unwrap_or(manager.identity.span)
}

fn receivers_of(node: &Node) -> Option<Span> {
    Some(node.throttling.as_ref()?.receivers.as_ref()?.span)
}

/// The Traffic Managers that hear of a gateway's events; `None` for a gateway that keeps them to itself.
fn sends(group: &TrafficGroup<'_>, gateway: &Node) -> Option<String> {
    let reached = group
        .managers
        .iter()
        .filter(|manager| !matches!(group.delivery(gateway, manager), Delivery::Absent | Delivery::Unknown));
    let reached: Vec<&Node> = reached.copied().collect();
    (!reached.is_empty()).then(|| format!("sends to {}", node_names(&reached)))
}
