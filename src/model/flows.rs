//! Where throttling events and decisions travel: whom receivers, brokers and duplicated decisions reach.

use super::deployment::{Deployment, Target};
use super::endpoint::Endpoint;
use super::node::{Node, Role};
use super::throttling::{ConnectionFactory, EventPublisher, JndiFile, ReceiverGroup};
use super::value::Setting;

/// An address and what it reaches.
#[derive(Debug, Clone)]
pub struct Flow<'a> {
    /// The address as the node writes it.
    pub endpoint: &'a Endpoint,
    /// Whom it means.
    pub target: Target<'a>,
    /// Index of the one given node that it means, the writing node included.
    pub node: Option<usize>,
}

/// A receiver group and what its addresses reach.
#[derive(Debug, Clone)]
pub struct GroupFlow<'a> {
    /// The group.
    pub group: &'a ReceiverGroup,
    /// One entry an address, in order.
    pub flows: Vec<Flow<'a>>,
}

/// A broker that a node publishes throttle decisions to.
#[derive(Debug, Clone)]
pub struct DecisionFlow<'a> {
    /// The broker and whom it means.
    pub flow: Flow<'a>,
    /// The publisher, JNDI file and connection factory that lead there; `None` for `event_duplicate_url` of
    /// 4.x.
    pub by_hand: Option<(&'a EventPublisher, &'a JndiFile, &'a ConnectionFactory)>,
}

impl Deployment {
    /// The nodes that act in a role, in node order.
    pub fn acting_as(&self, role: Role) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(move |node| node.acts_as(role))
    }

    /// The nodes that manage traffic: Traffic Managers, all-in-one nodes, control planes without a separate
    /// one.
    pub fn traffic_managers(&self) -> impl Iterator<Item = &Node> {
        self.acting_as(Role::TrafficManager)
    }

    /// The nodes that serve API calls, whether as worker, manager or all-in-one.
    pub fn gateways(&self) -> impl Iterator<Item = &Node> {
        self.acting_as(Role::Gateway)
    }

    /// The nodes with the publisher portal.
    pub fn publishers(&self) -> impl Iterator<Item = &Node> {
        self.acting_as(Role::Publisher)
    }

    /// The nodes with the store or developer portal.
    pub fn stores(&self) -> impl Iterator<Item = &Node> {
        self.acting_as(Role::Store)
    }

    /// The nodes that issue and validate keys.
    pub fn key_managers(&self) -> impl Iterator<Item = &Node> {
        self.acting_as(Role::KeyManager)
    }

    /// What an address of a node reaches.
    pub fn flow<'a>(&'a self, node: &'a Node, endpoint: &'a Endpoint) -> Flow<'a> {
        let target = self.resolve(node, endpoint);
        let index = target.node_index(node.index);
        Flow { endpoint, target, node: index }
    }

    /// True where another node opens the port of an address.
    pub fn opened_elsewhere(&self, node: &Node, endpoint: &Endpoint) -> bool {
        let port = endpoint.port.number;
        port.is_some_and(|port| self.others(node).any(|other| other.listener_on(port).is_some()))
    }

    /// What each receiver group of a node reaches.
    pub fn receiver_targets<'a>(&'a self, node: &'a Node) -> Vec<GroupFlow<'a>> {
        let receivers = node.throttling.as_ref().and_then(|throttling| throttling.receivers.as_ref());
        let groups = receivers.into_iter().flat_map(|receivers| &receivers.groups);
        groups
            .map(|group| GroupFlow {
                group,
                flows: group.endpoints.iter().map(|endpoint| self.flow(node, endpoint)).collect(),
            })
            .collect()
    }

    /// The brokers that a node subscribes to for throttle decisions.
    pub fn broker_targets<'a>(&'a self, node: &'a Node) -> Vec<Flow<'a>> {
        let brokers = node.throttling.iter().flat_map(|throttling| &throttling.brokers);
        brokers.map(|endpoint| self.flow(node, endpoint)).collect()
    }

    /// The brokers that a node publishes throttle decisions to, its own among them where it writes that down.
    /// Up to 3.x an event publisher names a JNDI file, whose connection factory lists the brokers; from 4.0
    /// on `apim.throttling.event_duplicate_url` adds further brokers.
    pub fn decision_targets<'a>(&'a self, node: &'a Node) -> Vec<DecisionFlow<'a>> {
        let mut found = Vec::new();
        for publisher in node.event_publishers.iter().filter(|publisher| publisher.publishes_decisions()) {
            let path = publisher.jndi_path().filter(|path| !node.renders(path));
            let Some(file) = path.and_then(|path| node.jndi_file(&path)) else { continue };
            let name = publisher.connection_factory.as_ref().and_then(Setting::text);
            let factories = file.connection_factories.iter();
            for factory in factories.filter(|factory| name.is_none_or(|name| factory.name == name)) {
                found.extend(factory.brokers.iter().map(|endpoint| DecisionFlow {
                    flow: self.flow(node, endpoint),
                    by_hand: Some((publisher, file, factory)),
                }));
            }
        }
        let urls = node.throttling.iter().flat_map(|throttling| &throttling.duplicate_urls);
        found.extend(urls.map(|url| DecisionFlow { flow: self.flow(node, url), by_hand: None }));
        found
    }

    /// The brokers that a control plane duplicates notifications to (`apim.event_hub.event_duplicate_url`,
    /// 4.1 and later).
    pub fn notification_targets<'a>(&'a self, node: &'a Node) -> Vec<Flow<'a>> {
        let hub = node.throttling.as_ref().and_then(|throttling| throttling.event_hub.as_ref());
        let urls = hub.into_iter().flat_map(|hub| &hub.duplicate_urls);
        urls.map(|endpoint| self.flow(node, endpoint)).collect()
    }

    /// True when a node publishes its throttle decisions to a broker of the other.
    pub fn duplicates_decisions_to(&self, from: &Node, to: &Node) -> bool {
        self.decision_targets(from).iter().any(|decision| decision.flow.node == Some(to.index))
    }

    /// True when a node sends its throttling events to a Traffic Manager in some receiver group.
    pub fn sends_events_to(&self, from: &Node, to: &Node) -> bool {
        self.receiver_targets(from)
            .iter()
            .any(|group| group.flows.iter().any(|flow| flow.node == Some(to.index)))
    }
}

impl EventPublisher {
    /// Home-relative path of the JNDI file that the publisher uses; `None` where it is unknown or lies
    /// elsewhere.
    pub fn jndi_path(&self) -> Option<String> {
        jndi_path(self.provider_url.as_ref()?)
    }
}

/// Home-relative path of the JNDI file that a provider URL names; `None` where it is unknown, a URL, or lies elsewhere.
pub fn jndi_path(provider_url: &Setting) -> Option<String> {
    let text = provider_url.text()?.replace('\\', "/");
    let path = text.strip_prefix("${carbon.home}/").unwrap_or(&text);
    let path = path.trim_start_matches("./");
    let is_elsewhere = path.starts_with('/') || path.starts_with("..") || path.contains([':', '$', '{']);
    (!is_elsewhere && !path.is_empty()).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample;

    fn publisher(file: &str) -> EventPublisher {
        EventPublisher {
            file: "repository/deployment/server/eventpublishers/jmsEventPublisher2.xml".to_owned(),
            foreign_root: None,
            name: None,
            stream: Some(sample::written("org.wso2.throttle.globalThrottle.stream")),
            stream_version: None,
            mapping: None,
            adapter: Some(sample::written("jms")),
            provider_url: Some(sample::written(file)),
            destination_type: None,
            destination: None,
            connection_factory: Some(sample::written("TopicConnectionFactory")),
            active: true,
            span: sample::span(),
        }
    }

    #[test]
    fn decisions_travel_from_publisher_over_jndi_file_to_the_broker_of_the_peer() {
        let mut one = sample::node(0, "node1");
        one.event_publishers.push(publisher("repository/conf/jndi2.properties"));
        one.jndi_files.push(sample::jndi_file("repository/conf/jndi2.properties", "tcp://10.0.7.12:5672"));
        let mut two = sample::node(1, "node2");
        two.identity.host_name = Some(sample::written("10.0.7.12"));
        let deployment = sample::deployment(vec![one, two]);
        let [one, two] = deployment.nodes.as_slice() else { unreachable!() };
        assert!(deployment.duplicates_decisions_to(one, two));
        assert!(!deployment.duplicates_decisions_to(two, one));
    }

    #[test]
    fn each_receiver_group_keeps_its_own_targets() {
        let mut gateway = sample::node(0, "gw");
        gateway.throttling = Some(sample::throttling(&[&["tcp://tm1:9611"], &["tcp://10.0.7.99:9611"]]));
        let deployment = sample::deployment(vec![gateway, sample::node(1, "tm1")]);
        let gateway = deployment.nodes.first().unwrap();
        let nodes: Vec<Vec<Option<usize>>> = deployment
            .receiver_targets(gateway)
            .iter()
            .map(|group| group.flows.iter().map(|flow| flow.node).collect())
            .collect();
        assert_eq!(nodes, [vec![Some(1)], vec![None]]);
    }
}
