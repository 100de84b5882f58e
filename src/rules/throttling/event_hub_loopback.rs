//! A gateway or Traffic Manager of 4.x looks for the event hub where none is: it gets no APIs, keys or policies.

use std::collections::BTreeSet;

use crate::model::node::{Role, RoleEvidence};
use crate::model::ports::ListenerKind;
use crate::model::throttling::EventHub;
use crate::model::{Deployment, Endpoint, Node, Target};
use crate::rules::{Check, Finding, Rule};

/// TM022.
pub static RULE: Rule = Rule { card: "TM022-event-hub-loopback", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let planes: BTreeSet<usize> = deployment
        .nodes
        .iter()
        .filter(|node| node.acts_as(Role::ControlPlane) || !node.is_api_manager())
        .map(|node| node.index)
        .collect();
    // A control plane may publish its events on the broker of another node.
    let hubs = deployment.acting_as(Role::ControlPlane).flat_map(|plane| {
        let listening = hub(plane).into_iter().flat_map(|hub| &hub.listening);
        listening.filter_map(|broker| deployment.flow(plane, broker).node)
    });
    let brokers: BTreeSet<usize> = planes.iter().copied().chain(hubs).collect();
    for node in deployment.nodes.iter().filter(|node| needs_foreign_hub(deployment, node)) {
        let Some(hub) = hub(node) else { continue };
        let service = hub.service_url.as_ref().and_then(|url| Fault::of(deployment, node, url, &planes));
        let mut listening = hub.listening.iter().map(|url| Fault::of(deployment, node, url, &brokers));
        // Of several brokers one that is right is enough to hear events; where the control plane publishes them, it says.
        let first = listening.next().flatten().filter(|_| control_plane(deployment, node).is_some());
        let listening = first.filter(|_| listening.all(|fault| fault.is_some()));
        report(deployment, node, (hub, service, listening), findings);
    }
}

fn hub(node: &Node) -> Option<&EventHub> {
    node.throttling.as_ref()?.event_hub.as_ref()
}

/// True for a node that is no control plane, in a deployment with one, or, among several, by its own word.
fn needs_foreign_hub(deployment: &Deployment, node: &Node) -> bool {
    let is_client =
        node.acts_as(Role::Gateway) || node.acts_as(Role::TrafficManager) || node.is_only(Role::KeyManager);
    let by_its_word = node.role_evidence <= RoleEvidence::Profile && deployment.nodes.len() > 1;
    let is_sure = by_its_word || control_plane(deployment, node).is_some();
    // What looks like a portal node of 4.x is a control plane of which too little is known.
    let is_portal = node.acts_as(Role::Publisher) || node.acts_as(Role::Store);
    let is_four = node.is_api_manager() && node.is_at_least(4, 0);
    is_four && !node.acts_as(Role::ControlPlane) && !is_portal && is_client && is_sure
}

fn control_plane<'a>(deployment: &'a Deployment, node: &'a Node) -> Option<&'a Node> {
    deployment.others(node).find(|other| other.is_api_manager() && other.acts_as(Role::ControlPlane))
}

/// An address at which no event hub is.
struct Fault<'a> {
    endpoint: &'a Endpoint,
    whose: &'a str,
}

impl<'a> Fault<'a> {
    fn of(
        deployment: &'a Deployment,
        node: &Node,
        endpoint: &'a Endpoint,
        right: &BTreeSet<usize>,
    ) -> Option<Self> {
        let flow = deployment.flow(node, endpoint);
        let whose = match flow.target {
            // A loopback port that only another node opens may be meant for that one.
            Target::Own(None) if deployment.opened_elsewhere(node, endpoint) => return None,
            Target::Own(_) => "itself",
            Target::Node(other, _) => deployment.name(other.index),
            _ => return None,
        };
        flow.node.is_some_and(|index| !right.contains(&index)).then_some(Self { endpoint, whose })
    }

    fn is_unset(&self) -> bool {
        !self.endpoint.text.is_written()
    }
}

fn report(
    deployment: &Deployment,
    node: &Node,
    (hub, service, listening): (&EventHub, Option<Fault<'_>>, Option<Fault<'_>>),
    findings: &mut Vec<Finding>,
) {
    let plane = control_plane(deployment, node);
    let address = |kind: ListenerKind, usual: &str| {
        let address = plane.and_then(|plane| deployment.address_for(node, plane, kind));
        address.unwrap_or_else(|| usual.to_owned())
    };
    let url = format!(
        "set apim.event_hub.service_url to https://{}/services/",
        address(ListenerKind::ServletHttps, "CONTROL-PLANE:9443")
    );
    let brokers = format!(
        "set apim.event_hub.event_listening_endpoints to [\"tcp://{}\"]",
        address(ListenerKind::Amqp, "CONTROL-PLANE:5672")
    );
    let mut add = |finding: Finding| {
        findings.push(match plane {
            Some(plane) => {
                finding.related(plane.identity.span, format!("the event hub is on {}", plane.name))
            }
            None => finding,
        });
    };
    match (service, listening) {
        (Some(service), Some(listening)) if service.is_unset() && listening.is_unset() => {
            let message = format!("{} names no event hub and looks for it on itself", node.name);
            let finding = Finding::new(hub.span, "no address of the event hub", message);
            add(finding.help(format!("{url} and {}", brokers.trim_start_matches("set "))));
        }
        (service, listening) => {
            if let Some(Fault { endpoint, whose }) = service {
                let message =
                    format!("{} looks for the event hub on {whose} ({})", node.name, endpoint.address());
                add(Finding::new(endpoint.text.span, "no control plane there", message).help(url));
            }
            if let Some(Fault { endpoint, whose }) = listening {
                let message = format!(
                    "{} listens for events of the control plane on {whose} ({})",
                    node.name,
                    endpoint.address()
                );
                add(Finding::new(endpoint.text.span, "no events of the control plane", message).help(brokers));
            }
        }
    }
}
