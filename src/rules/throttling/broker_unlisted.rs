//! A node does not listen to the broker of a Traffic Manager or control plane: what is decided or told there it never
//! hears, or only while the others are up.

use crate::model::flows::Flow;
use crate::model::node::Role;
use crate::model::ports::ListenerKind;
use crate::model::throttling::ReceiverGroups;
use crate::model::traffic::TrafficGroup;
use crate::model::{ConfigModel, Deployment, Endpoint, Node, Target};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// TM015.
pub static RULE: Rule = Rule { card: "TM015-broker-unlisted", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for group in deployment.traffic_groups() {
        for gateway in &group.gateways {
            findings.extend(decisions(deployment, &group, gateway));
        }
    }
    for node in deployment.nodes.iter().filter(|node| node.is_api_manager()) {
        findings.extend(events(deployment, node));
    }
}

/// The list of brokers that a gateway hears throttle decisions from.
fn decisions(deployment: &Deployment, group: &TrafficGroup<'_>, gateway: &Node) -> Option<Finding> {
    let throttling = gateway.throttling.as_ref().filter(|throttling| throttling.subscribes.is_true())?;
    let own = group.managers.iter().any(|manager| manager.index == gateway.index);
    // A Traffic Manager has its own broker at hand; that it lists others, too, nobody prescribes.
    let wanted: Vec<&Node> =
        group.managers.iter().filter(|manager| !own || manager.index == gateway.index).copied().collect();
    let list = List::of(deployment, gateway, &throttling.brokers, throttling.brokers_span)?;
    let missing = list.missing(&wanted)?;
    let finding = list.finding(gateway, &missing, "throttle decisions");
    let is_told = group.decides_alike() || deployment.share_decisions(&group.managers);
    Some(if is_told && !own { finding.variant("failover") } else { finding })
}

/// The list of brokers that a gateway or Traffic Manager of 4.x hears the control plane from.
fn events(deployment: &Deployment, node: &Node) -> Option<Finding> {
    let hub = node.throttling.as_ref()?.event_hub.as_ref()?;
    let listens = node.acts_as(Role::Gateway) || node.acts_as(Role::TrafficManager);
    // What is not written of its own is the list above.
    if !listens
        || node.acts_as(Role::ControlPlane)
        || hub.listening_span == node.throttling.as_ref()?.brokers_span
    {
        return None;
    }
    let planes: Vec<&Node> = deployment
        .acting_as(Role::ControlPlane)
        .filter(|plane| {
            plane.is_api_manager() && !deployment.is_standby(plane) && deployment.same_zone(node, plane)
        })
        .collect();
    let list = List::of(deployment, node, &hub.listening, hub.listening_span)?;
    let missing = list.missing(&planes)?;
    let finding = list.finding(node, &missing, "events of the control plane");
    let is_told = planes.iter().all(|from| planes.iter().all(|to| publishes_to(deployment, from, to)));
    Some(if is_told { finding.variant("failover") } else { finding })
}

/// True where a control plane publishes its events to another one, too, or to addresses that may be its.
fn publishes_to(deployment: &Deployment, from: &Node, to: &Node) -> bool {
    let hub = from.throttling.as_ref().and_then(|throttling| throttling.event_hub.as_ref());
    let receivers =
        hub.and_then(|hub| hub.receivers.as_ref()).into_iter().flat_map(ReceiverGroups::endpoints);
    let mut flows = receivers.map(|endpoint| deployment.flow(from, endpoint));
    from.index == to.index || flows.any(|flow| flow.node.is_none_or(|index| index == to.index))
}

/// A list of brokers and whom each means.
struct List<'a> {
    deployment: &'a Deployment,
    node: &'a Node,
    flows: Vec<Flow<'a>>,
    place: Span,
}

impl<'a> List<'a> {
    /// `None` where some entry may mean anybody.
    fn of(deployment: &'a Deployment, node: &'a Node, brokers: &'a [Endpoint], place: Span) -> Option<Self> {
        let flows: Vec<Flow<'_>> = brokers.iter().map(|broker| deployment.flow(node, broker)).collect();
        let is_known = |flow: &Flow<'_>| flow.node.is_some() || matches!(flow.target, Target::Balancer(_));
        (!flows.is_empty() && flows.iter().all(is_known)).then_some(Self { deployment, node, flows, place })
    }

    fn lists(&self, node: &Node) -> bool {
        self.flows.iter().any(|flow| match flow.target {
            Target::Balancer(balancer) => balancer.nodes.contains(&node.index),
            _ => flow.node == Some(node.index),
        })
    }

    /// Those of the wanted that the list leaves out, where it names some of them, or one is the node itself: a list with
    /// quite other nodes is at fault in another way.
    fn missing(&self, wanted: &[&'a Node]) -> Option<Vec<&'a Node>> {
        let missing: Vec<&Node> = wanted.iter().filter(|wanted| !self.lists(wanted)).copied().collect();
        let is_partial =
            missing.len() < wanted.len() || wanted.iter().all(|one| one.index == self.node.index);
        (!missing.is_empty() && is_partial).then_some(missing)
    }

    fn finding(&self, node: &Node, missing: &[&Node], what: &str) -> Finding {
        let names: Vec<&str> = missing.iter().map(|manager| manager.name.as_str()).collect();
        let names = names.join(" and ");
        let is_own = missing.iter().all(|manager| manager.index == node.index);
        let whose = if is_own { "its own broker".to_owned() } else { format!("the broker of {names}") };
        let addresses: Vec<String> = missing
            .iter()
            .map(|manager| {
                let address = self.deployment.address_for(node, manager, ListenerKind::Amqp);
                format!("tcp://{}", address.unwrap_or_else(|| format!("{}:5672", manager.name)))
            })
            .collect();
        let by = if node.config_model == ConfigModel::Toml { "list" } else { "brokerlist" };
        let message = format!("{} does not listen to {whose} for {what}", node.name);
        let finding = Finding::new(self.place, format!("leaves out {names}"), message)
            .help(format!("add {} to the {by}", addresses.join(" and ")));
        missing
            .iter()
            .filter(|manager| manager.index != node.index)
            .fold(finding, |finding, manager| finding.related(manager.broker_place(), "its broker"))
    }
}
