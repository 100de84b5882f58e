//! An address names a node of the deployment, but nothing on that node listens on the port.

use crate::model::ports::Listener;
use crate::model::traffic::{FACTORY, JNDI};
use crate::model::{Deployment, Endpoint, Host, Node, Purpose, Reference, Role, Setting, Target};
use crate::rules::{Check, Finding, Rule};

/// PT003.
pub static RULE: Rule = Rule {
    card: include_str!("../../../rules/PT003-target-port-mismatch.md"),
    check: Check::Deployment(check),
};

/// Ports that a balancer or a redirect of the machine usually answers in front of a node.
const FRONT: [u16; 2] = [80, 443];

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for node in &deployment.nodes {
        for reference in references_in_use(deployment, node) {
            findings.extend(finding(deployment, node, reference));
        }
    }
}

/// The addresses that the node calls in its roles: a gateway's copy of the publisher's environments is never
/// read.
fn references_in_use<'a>(deployment: &'a Deployment, node: &'a Node) -> Vec<Reference<'a>> {
    let throttling = node.throttling.as_ref();
    let portal = node.acts_as(Role::Publisher) || node.acts_as(Role::Store);
    let is_on = |purpose: Purpose| match purpose {
        Purpose::GatewayService
        | Purpose::GatewayEndpoint
        | Purpose::GatewayWebSocket
        | Purpose::Authentication
        | Purpose::TokenRevocation
        | Purpose::Store => portal,
        Purpose::KeyValidation => portal || node.acts_as(Role::Gateway),
        Purpose::Receiver | Purpose::ReceiverAuthentication => {
            node.acts_as(Role::Gateway)
                && throttling.is_some_and(|throttling| !throttling.publishes.is_false())
        }
        Purpose::Broker => {
            node.acts_as(Role::Gateway)
                && throttling.is_some_and(|throttling| !throttling.subscribes.is_false())
        }
        Purpose::PolicyDeployment => {
            node.acts_as(Role::Publisher)
                && throttling.is_some_and(|throttling| !throttling.deploys_policies.is_false())
        }
        // Of the JNDI files only those count that a publisher of decisions uses.
        Purpose::DecisionBroker => false,
        Purpose::EventHub | Purpose::RemoteInstance | Purpose::Database => true,
    };
    let mut found: Vec<Reference<'a>> =
        node.references().into_iter().filter(|reference| is_on(reference.purpose)).collect();
    let decisions = deployment.decision_targets(node).into_iter().map(|decision| decision.flow.endpoint);
    let decisions = decisions.filter(|_| node.acts_as(Role::TrafficManager));
    let notifications = deployment.notification_targets(node).into_iter().map(|flow| flow.endpoint);
    let brokers: Vec<&'a Endpoint> = decisions.chain(notifications).collect();
    found
        .extend(brokers.into_iter().map(|endpoint| Reference { purpose: Purpose::DecisionBroker, endpoint }));
    let mut seen = Vec::new();
    found.retain(|reference| {
        let place = (reference.endpoint.port.span, reference.endpoint.port.number);
        let is_new = !seen.contains(&place);
        seen.push(place);
        is_new
    });
    found
}

fn finding(
    deployment: &Deployment,
    node: &Node,
    Reference { purpose, endpoint }: Reference<'_>,
) -> Option<Finding> {
    let port = endpoint.port.number.filter(|port| !FRONT.contains(port))?;
    // An overlay seldom holds all that was edited: what it leaves out says too little about ports.
    if !endpoint.text.is_written() {
        return None;
    }
    let (target, taken) = match deployment.resolve(node, endpoint) {
        Target::Own(None) => (node, None),
        Target::Node(target, None) => (target, None),
        // The shipped JNDI file means the node's own broker, even where another node's answers.
        Target::Node(other, Some(_)) if is_own_broker(node, purpose, endpoint) => (node, Some(other)),
        _ => return None,
    };
    if !deployment.port_mappings(target).is_empty() {
        return None;
    }
    let own = target.index == node.index;
    if own && let Some(finding) = broker_of_a_neighbour(deployment, node, purpose, endpoint, port) {
        return Some(finding);
    }
    let answer = answer(target, purpose, endpoint, port)?;
    let is_unshifted = answer.base.value == port && answer.port != Some(port);
    let is_complete = deployment.inventory.complete == Some(true);
    let is_sure = if is_own_broker(node, purpose, endpoint) {
        true
    } else if own && endpoint.host == Host::Own {
        is_complete || (is_unshifted && !may_be_another(deployment, node, port))
    } else {
        is_unshifted || !may_be_in_front(deployment, target, purpose, &endpoint.host)
    };
    if !is_sure {
        return None;
    }
    let right = answer.port?;
    // Two nodes of one machine that open the same port are PT002's: nobody knows which of them moves.
    if has_twin(deployment, target, answer) {
        return None;
    }
    let offset = target.identity.offset.known().copied().unwrap_or(0);
    let sum = answer.sum(offset).map(|sum| format!(" ({sum})")).unwrap_or_default();
    let (whom, whose) = if own {
        (String::new(), "its own".to_owned())
    } else {
        (format!("{} at ", target.name), format!("{}'s", target.name))
    };
    let message = format!(
        "{} {} {whom}{}, but {whose} {} port is {right}{sum}",
        node.name,
        verb(purpose),
        endpoint.address(),
        answer.kind.noun()
    );
    let help = match &endpoint.port.variable {
        Some(variable) => {
            format!("write port {right}: {} fills in ${{{variable}}} with its own port", node.name)
        }
        None => match taken {
            Some(other) => format!("write port {right}; {port} is a port of {}", other.name),
            None => format!("write port {right}"),
        },
    };
    let label = match taken {
        Some(other) => format!("a port of {}", other.name),
        None => "nothing listens here".to_owned(),
    };
    let finding = Finding::new(endpoint.port.span, label, message).help(help);
    Some(with_origin(finding, target, answer, right))
}

/// Labels where the target's port comes from: the base port, the offset, or both where both are written.
fn with_origin(finding: Finding, target: &Node, listener: &Listener, port: u16) -> Finding {
    let offset = &target.identity.offset;
    let moved = listener.shifted && offset.known().is_some_and(|offset| *offset != 0);
    let opens = format!("{} opens {port}", target.name);
    match (moved, listener.base.is_written()) {
        (true, false) => finding.related(offset.span, format!("{opens} with this offset")),
        (true, true) => finding
            .related(listener.base.span, opens)
            .related(offset.span, format!("offset of {}", target.name)),
        (false, _) => finding.related(listener.base.span, opens),
    }
}

fn verb(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Receiver | Purpose::ReceiverAuthentication => "sends events to",
        Purpose::Broker => "subscribes to",
        Purpose::DecisionBroker => "publishes to",
        Purpose::GatewayEndpoint | Purpose::GatewayWebSocket => "offers",
        _ => "calls",
    }
}

/// The open listener of the target that could have been meant; `None` where the target has none for the
/// purpose, or one whose port is unknown.
fn answer<'a>(target: &'a Node, purpose: Purpose, endpoint: &Endpoint, port: u16) -> Option<&'a Listener> {
    let kinds = purpose.listeners();
    let of_kind = || target.listeners.iter().filter(|one| one.open && kinds.contains(&one.kind));
    if of_kind().any(|one| one.port.is_none()) {
        return None;
    }
    let is_broker = matches!(purpose, Purpose::Broker | Purpose::DecisionBroker);
    let tls = matches!(endpoint.scheme.as_str(), "https" | "ssl" | "wss");
    let web_socket = matches!(endpoint.scheme.as_str(), "ws" | "wss");
    let distance = |one: &Listener| {
        let nearest =
            one.base.value.abs_diff(port).min(one.port.map_or(u16::MAX, |open| open.abs_diff(port)));
        (!is_broker && one.kind.is_tls() != tls, one.kind.is_web_socket() != web_socket, nearest)
    };
    of_kind().min_by_key(|one| distance(one))
}

/// Decisions for a peer on the same machine, where no node of that machine has a broker on the port.
fn broker_of_a_neighbour(
    deployment: &Deployment,
    node: &Node,
    purpose: Purpose,
    endpoint: &Endpoint,
    port: u16,
) -> Option<Finding> {
    if purpose != Purpose::DecisionBroker
        || is_own_broker(node, purpose, endpoint)
        || endpoint.host != Host::Own
    {
        return None;
    }
    let brokers = deployment
        .neighbours(node)
        .filter_map(|peer| Some((peer, answer(peer, purpose, endpoint, port)?)))
        .filter_map(|(peer, listener)| Some((peer, listener, listener.port?)));
    let (peer, listener, right) = brokers.min_by_key(|(_, _, open)| open.abs_diff(port))?;
    if has_twin(deployment, peer, listener) {
        return None;
    }
    let address = endpoint.address();
    let message = format!("no node has a broker on {address}; {}'s listens on {right}", peer.name);
    let finding =
        Finding::new(endpoint.port.span, "nothing listens here", message).help(format!("write port {right}"));
    Some(with_origin(finding, peer, listener, right))
}

/// True where another node of the machine opens the same port for the same purpose.
fn has_twin(deployment: &Deployment, node: &Node, listener: &Listener) -> bool {
    let alike = |other: &Listener| {
        other.open && other.kind == listener.kind && other.port.is_some() && other.port == listener.port
    };
    deployment.neighbours(node).any(|peer| peer.listeners.iter().any(alike))
}

/// True for a broker on loopback in the connection factory that every pack has: it is there for the node's own. A further
/// factory in that file was added for another broker.
fn is_own_broker(node: &Node, purpose: Purpose, endpoint: &Endpoint) -> bool {
    let is_meant = |broker: &Endpoint| broker.port.span == endpoint.port.span;
    purpose == Purpose::DecisionBroker
        && endpoint.host == Host::Own
        && node.jndi_file(JNDI).is_some_and(|file| {
            let mut shipped = file.connection_factories.iter().filter(|factory| factory.name == FACTORY);
            shipped.any(|factory| factory.brokers.iter().any(is_meant))
        })
}

/// True where another node that may run on the same machine has the port.
fn may_be_another(deployment: &Deployment, node: &Node, port: u16) -> bool {
    let mut others = deployment.others(node).filter(|other| other.listener_on(port).is_some());
    others.any(|other| deployment.same_machine(node, other) != Some(false))
}

/// True where clients may reach the node through something that no input shows: public addresses are mapped
/// by containers and balancers, HostName may be a balancer's.
fn may_be_in_front(deployment: &Deployment, target: &Node, purpose: Purpose, host: &Host) -> bool {
    let public = matches!(
        purpose,
        Purpose::GatewayEndpoint | Purpose::GatewayWebSocket | Purpose::Store | Purpose::TokenRevocation
    );
    let Some(host) = host.name().filter(|host| host.parse::<std::net::IpAddr>().is_err()) else {
        return false;
    };
    let names = [&target.identity.host_name, &target.identity.management_host_name];
    let is_public_name =
        names.into_iter().flatten().filter_map(Setting::text).any(|name| name.eq_ignore_ascii_case(host));
    public || (is_public_name && !deployment.balancers().is_empty())
}
