//! The addresses that a node calls in its roles, and the listeners that have to answer them.

use super::deployment::{Deployment, Target};
use super::endpoint::{Endpoint, Host, Purpose, Reference};
use super::node::{Node, Role};
use super::ports::{Listener, ListenerKind};
use super::traffic::{FACTORY, JNDI};
use super::value::Setting;

/// Ports that a balancer or a redirect of the machine usually answers in front of a node.
pub const FRONT: [u16; 2] = [80, 443];

/// An address that means a given node, which has no open listener on its port.
#[derive(Debug, Clone, Copy)]
pub struct Missed<'a> {
    /// The node that calls.
    pub caller: &'a Node,
    /// The address.
    pub reference: Reference<'a>,
    /// Its port.
    pub port: u16,
    /// The node that is meant; the caller itself where the host is its own.
    pub target: &'a Node,
    /// The listener of the target that could have been meant.
    pub expected: &'a Listener,
    /// The port of that listener.
    pub right: u16,
    /// Another node, which opens the port.
    pub taken: Option<&'a Node>,
}

impl Missed<'_> {
    /// True where the node calls itself on the port that its listener would have without its own offset.
    pub fn ignores_own_offset(&self) -> bool {
        self.target.index == self.caller.index
            && self.reference.endpoint.port.variable.is_none()
            && self.expected.shifted
            && self.expected.base.known() == Some(&self.port)
    }
}

impl Reference<'_> {
    /// What the node does with the address: `node1 calls node2`.
    pub fn verb(&self) -> &'static str {
        match self.purpose {
            Purpose::Receiver | Purpose::ReceiverAuthentication => "sends events to",
            Purpose::Broker | Purpose::EventBroker => "subscribes to",
            Purpose::DecisionBroker => "publishes to",
            Purpose::GatewayEndpoint | Purpose::GatewayWebSocket | Purpose::GatewayWebHook => "offers",
            Purpose::Store | Purpose::DeveloperPortal => "sends people to",
            Purpose::IdentityProvider => "logs people in at",
            _ => "calls",
        }
    }

    /// True where the listener speaks the protocol of the address. Brokers speak plain and TLS under one scheme.
    pub fn fits(&self, kind: ListenerKind) -> bool {
        let scheme = self.endpoint.scheme.as_str();
        self.purpose.listeners().contains(&kind)
            && (self.purpose.is_broker() || scheme.is_empty() || kind.is_tls() == is_tls(scheme))
            && (self.purpose != Purpose::GatewayWebSocket || kind.is_web_socket() == is_web_socket(scheme))
    }
}

fn is_tls(scheme: &str) -> bool {
    matches!(scheme, "https" | "ssl" | "wss")
}

fn is_web_socket(scheme: &str) -> bool {
    matches!(scheme, "ws" | "wss")
}

impl Deployment {
    /// The addresses that the node calls in its roles, each place once: a gateway's copy of the publisher's
    /// environments is never read.
    pub fn addresses_in_use<'a>(&'a self, node: &'a Node) -> Vec<Reference<'a>> {
        let mut found: Vec<Reference<'a>> =
            node.references().into_iter().filter(|reference| is_in_use(node, reference.purpose)).collect();
        let decisions = self.decision_targets(node).into_iter().map(|decision| decision.flow.endpoint);
        let decisions = decisions.filter(|_| node.acts_as(Role::TrafficManager));
        let notifications = self.notification_targets(node).into_iter().map(|flow| flow.endpoint);
        let brokers: Vec<&'a Endpoint> = decisions.chain(notifications).collect();
        let broker = |endpoint| Reference { purpose: Purpose::DecisionBroker, endpoint };
        found.extend(brokers.into_iter().map(broker));
        found.extend(sent_to_event_hub(node));
        let mut seen = Vec::new();
        found.retain(|reference| {
            let place = (reference.endpoint.port.span, reference.endpoint.port.number);
            let is_new = !seen.contains(&place);
            seen.push(place);
            is_new
        });
        found
    }

    /// The node that an address means, where nothing on that node listens on its port and where that can be told: an
    /// overlay seldom holds all that was edited, and something that no input shows may translate ports.
    pub fn missed<'a>(&'a self, node: &'a Node, reference: Reference<'a>) -> Option<Missed<'a>> {
        let Reference { purpose, endpoint } = reference;
        let port = endpoint.port.number.filter(|port| !FRONT.contains(port))?;
        if !endpoint.text.is_written() {
            return None;
        }
        let (target, taken) = match self.resolve(node, endpoint) {
            Target::Own(None) => (node, None),
            Target::Node(target, None) => (target, None),
            // The shipped JNDI file means the node's own broker, even where another node's answers.
            Target::Node(other, Some(_)) if is_own_broker(node, purpose, endpoint) => (node, Some(other)),
            _ => return None,
        };
        if !self.port_mappings(target).is_empty() {
            return None;
        }
        let missed = |target: &'a Node, expected: &'a Listener| {
            let right = expected.port?;
            // Two nodes of one machine that open the same port are PT002's: nobody knows which of them moves.
            let is_one = !self.has_twin(target, expected);
            is_one.then_some(Missed { caller: node, reference, port, target, expected, right, taken })
        };
        let own = target.index == node.index;
        if own && let Some((peer, listener)) = self.broker_of_a_neighbour(node, reference, port) {
            return missed(peer, listener);
        }
        let expected = expected(target, reference, port)?;
        let is_gateway = node.acts_as(Role::Gateway) || !expected.kind.is_gateway();
        let is_unshifted = expected.base.value == port && expected.port != Some(port);
        let is_sure = if is_own_broker(node, purpose, endpoint) {
            true
        } else if own {
            // Another port of the machine may be that of a server which was not given.
            let is_complete = self.inventory.complete == Some(true);
            is_gateway && (is_complete || (is_unshifted && !self.may_be_another(node, port)))
        } else {
            is_unshifted || !self.may_be_in_front(target, purpose, &endpoint.host)
        };
        if is_sure { missed(target, expected) } else { None }
    }

    /// Decisions for a peer on the same machine, where no node of that machine has a broker on the port: the nearest one.
    fn broker_of_a_neighbour<'a>(
        &'a self,
        node: &'a Node,
        reference: Reference<'_>,
        port: u16,
    ) -> Option<(&'a Node, &'a Listener)> {
        let Reference { purpose, endpoint } = reference;
        if purpose != Purpose::DecisionBroker
            || is_own_broker(node, purpose, endpoint)
            || endpoint.host != Host::Own
        {
            return None;
        }
        self.neighbours(node)
            .filter_map(|peer| Some((peer, expected(peer, reference, port)?)))
            .min_by_key(|(_, listener)| listener.port.map_or(u16::MAX, |open| open.abs_diff(port)))
    }

    /// True where another node of the machine opens the same port for the same purpose.
    fn has_twin(&self, node: &Node, listener: &Listener) -> bool {
        let alike = |other: &Listener| {
            other.open && other.kind == listener.kind && other.port.is_some() && other.port == listener.port
        };
        self.neighbours(node).any(|peer| peer.listeners.iter().any(alike))
    }

    /// True for a loopback address with a number that is no port of the node, open or closed, but one of another node that
    /// may run on the same machine.
    pub fn may_mean_another(&self, node: &Node, endpoint: &Endpoint) -> bool {
        let own = |port| node.listeners.iter().any(|listener| listener.port == Some(port));
        let port = endpoint.port.number.filter(|_| endpoint.host == Host::Own);
        port.is_some_and(|port| !own(port) && self.may_be_another(node, port))
    }

    /// True where another node that may run on the same machine has the port.
    fn may_be_another(&self, node: &Node, port: u16) -> bool {
        let mut others = self.others(node).filter(|other| other.listener_on(port).is_some());
        others.any(|other| self.same_machine(node, other) != Some(false))
    }

    /// True where clients may reach the node through something that no input shows: public addresses are mapped by
    /// containers and balancers, HostName may be a balancer's.
    fn may_be_in_front(&self, target: &Node, purpose: Purpose, host: &Host) -> bool {
        let public = matches!(
            purpose,
            Purpose::GatewayEndpoint
                | Purpose::GatewayWebSocket
                | Purpose::GatewayWebHook
                | Purpose::Store
                | Purpose::DeveloperPortal
                | Purpose::IdentityProvider
                | Purpose::TokenRevocation
        );
        let Some(host) = host.name().filter(|host| host.parse::<std::net::IpAddr>().is_err()) else {
            return false;
        };
        let names = [&target.identity.host_name, &target.identity.management_host_name];
        let is_public_name =
            names.into_iter().flatten().filter_map(Setting::text).any(|name| name.eq_ignore_ascii_case(host));
        let mut balancers = self.balancers().iter().chain(self.stream_balancers());
        let is_balanced = balancers.any(|balancer| balancer.nodes.contains(&target.index));
        public || (is_public_name && is_balanced && !self.is_mapped_to(target, host))
    }

    /// True where the hosts file leads the name to an address that is the node's own for another reason: nothing stands in
    /// between.
    fn is_mapped_to(&self, node: &Node, host: &str) -> bool {
        let Some(address) = self.mapped(host) else {
            return false;
        };
        let declared =
            self.declared(node).is_some_and(|entry| entry.addresses.iter().any(|own| own == address));
        let member =
            node.clustering.as_ref().is_some_and(|clustering| clustering.local_host.name() == Some(address));
        let written = node.identity.node_address.as_ref().is_some_and(|own| own.text() == Some(address));
        declared || member || written
    }
}

/// The receivers that control planes and key managers of 4.x send events to.
fn sent_to_event_hub(node: &Node) -> impl Iterator<Item = Reference<'_>> {
    let sends = node.acts_as(Role::ControlPlane) || node.acts_as(Role::KeyManager);
    let hub = node.throttling.as_ref().and_then(|throttling| throttling.event_hub.as_ref());
    hub.filter(|_| sends).into_iter().flat_map(|hub| {
        let logins = hub.authentications.iter().map(|groups| (Purpose::ReceiverAuthentication, groups));
        let receivers = hub.receivers.iter().map(|groups| (Purpose::Receiver, groups));
        receivers.chain(logins).flat_map(|(purpose, groups)| {
            groups.endpoints().map(move |endpoint| Reference { purpose, endpoint })
        })
    })
}

/// True where the roles of the node make it call such an address.
fn is_in_use(node: &Node, purpose: Purpose) -> bool {
    let throttling = node.throttling.as_ref();
    let portal = node.acts_as(Role::Publisher) || node.acts_as(Role::Store);
    match purpose {
        Purpose::GatewayService
        | Purpose::GatewayEndpoint
        | Purpose::GatewayWebSocket
        | Purpose::GatewayWebHook
        | Purpose::Authentication
        | Purpose::TokenRevocation
        | Purpose::Store
        | Purpose::DeveloperPortal
        | Purpose::StoreService
        | Purpose::IdentityProvider => portal,
        Purpose::TokenNotification => node.acts_as(Role::KeyManager),
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
        Purpose::EventHub | Purpose::EventBroker | Purpose::RemoteInstance | Purpose::Database => true,
    }
}

/// The open listener of the target that could have been meant; `None` where the target has none for the purpose, or one
/// whose port is unknown.
fn expected<'a>(target: &'a Node, reference: Reference<'_>, port: u16) -> Option<&'a Listener> {
    let Reference { purpose, endpoint } = reference;
    let kinds = purpose.listeners();
    let of_kind = || target.listeners.iter().filter(|one| one.open && kinds.contains(&one.kind));
    if of_kind().any(|one| one.port.is_none()) {
        return None;
    }
    let scheme = endpoint.scheme.as_str();
    let distance = |one: &Listener| {
        let nearest =
            one.base.value.abs_diff(port).min(one.port.map_or(u16::MAX, |open| open.abs_diff(port)));
        let other_protocol = !purpose.is_broker() && one.kind.is_tls() != is_tls(scheme);
        (other_protocol, one.kind.is_web_socket() != is_web_socket(scheme), nearest)
    };
    of_kind().min_by_key(|one| distance(one))
}

/// True for the one broker, on loopback, of the connection factory that every pack has: it is there for the node's own.
/// Somebody who lists several means others on the machine, and a further factory in that file was added for another broker.
fn is_own_broker(node: &Node, purpose: Purpose, endpoint: &Endpoint) -> bool {
    let is_meant = |broker: &Endpoint| broker.port.span == endpoint.port.span;
    purpose == Purpose::DecisionBroker
        && endpoint.host == Host::Own
        && node.jndi_file(JNDI).is_some_and(|file| {
            let mut shipped = file.connection_factories.iter().filter(|factory| factory.name == FACTORY);
            shipped.any(|factory| matches!(factory.brokers.as_slice(), [only] if is_meant(only)))
        })
}
