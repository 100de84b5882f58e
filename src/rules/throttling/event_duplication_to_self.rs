//! A node duplicates its events to its own broker: it hears them twice, and its peer never.

use crate::model::flows::{DecisionFlow, Flow};
use crate::model::ports::{Listener, ListenerKind};
use crate::model::traffic::{FACTORY, JNDI};
use crate::model::{Deployment, Node, Target};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// TM003.
pub static RULE: Rule = Rule { card: "TM003-event-duplication-to-self", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for node in deployment.nodes.iter().filter(|node| node.is_api_manager()) {
        let mut seen: Vec<Span> = Vec::new();
        let decisions = deployment.decision_targets(node);
        let duplicated = decisions.iter().filter(|decision| duplicates(decision, &decisions));
        let throttled = duplicated.map(|decision| (&decision.flow, "throttle events"));
        let notifications = deployment.notification_targets(node);
        for (flow, what) in throttled.chain(notifications.iter().map(|flow| (flow, "notifications"))) {
            let Target::Own(Some(listener)) = flow.target else { continue };
            if is_broker(listener) && !seen.contains(&flow.endpoint.text.span) {
                seen.push(flow.endpoint.text.span);
                findings.push(finding(deployment, node, flow, what, listener));
            }
        }
    }
}

/// Some publisher has to lead to the node's own broker. In `jndi.properties` only a second one is a duplicate.
fn duplicates(decision: &DecisionFlow<'_>, all: &[DecisionFlow<'_>]) -> bool {
    let Some((_, file, factory)) = decision.by_hand else { return true };
    let leads_home = |other: &DecisionFlow<'_>| {
        matches!(other.flow.target, Target::Own(_))
            && other.by_hand.is_some_and(|(_, file, factory)| file.path == JNDI && factory.name == FACTORY)
    };
    file.path != JNDI || (factory.name != FACTORY && all.iter().any(leads_home))
}

fn is_broker(listener: &Listener) -> bool {
    matches!(listener.kind, ListenerKind::Amqp | ListenerKind::AmqpTls)
}

fn finding(
    deployment: &Deployment,
    node: &Node,
    flow: &Flow<'_>,
    what: &str,
    listener: &Listener,
) -> Finding {
    let message = format!("{} duplicates {what} to itself ({})", node.name, flow.endpoint.address());
    let mut peers = deployment
        .others(node)
        .filter(|peer| deployment.manages_traffic(peer) && deployment.same_zone(node, peer));
    let peer = peers.next().filter(|_| peers.next().is_none());
    let address = peer.and_then(|peer| deployment.address_for(node, peer, ListenerKind::Amqp));
    let written = flow.endpoint.text.text().unwrap_or("");
    // What follows the port stays as it is.
    let is_bare = written.split_once("://").is_some_and(|(_, rest)| !rest.contains(['/', '?']));
    let bare = flow.endpoint.text.bare(written).filter(|_| is_bare);
    let right = address.as_ref().map(|address| format!("tcp://{address}"));
    let help = match (peer, address) {
        (Some(peer), Some(address)) => format!("set it to tcp://{address}, the broker of {}", peer.name),
        (Some(peer), None) => format!("set it to the address of the broker of {}", peer.name),
        (None, _) => "set it to the broker of the other Traffic Manager".to_owned(),
    };
    let finding = Finding::new(flow.endpoint.text.span, "own broker", message).help(help);
    let finding = match right {
        Some(right) => finding.fix(bare, right),
        None => finding,
    };
    let place = listener.base.span;
    if listener.base.is_written() { finding.related(place, "its port, before the offset") } else { finding }
}
