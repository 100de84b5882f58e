//! Which Traffic Managers count whose events, and which of them tell each other what they decided.

use std::collections::{BTreeMap, BTreeSet};

use super::deployment::{Deployment, Target};
use super::endpoint::Host;
use super::flows::{Flow, GroupFlow};
use super::node::{ConfigModel, Node, Role};
use super::ports::ListenerKind;
use super::throttling::{EventPublisher, ReceiverGroup, Throttling};
use super::value::Setting;
use crate::source::Span;

/// How the throttling events of a gateway reach a Traffic Manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// In a receiver group of its own: it gets every event. Also where it stands outside the braces by mistake.
    OwnGroup,
    /// In a group with others: it gets a part, or what the others leave.
    SharedGroup,
    /// Through a name in front of several nodes: it gets a part.
    Balanced,
    /// The gateway sends it nothing.
    Absent,
    /// Some receiver is an address that nobody given owns: it may be this Traffic Manager.
    Unknown,
}

/// Whether the throttle decisions of one Traffic Manager reach the broker of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duplication {
    /// A publisher leads there.
    Published,
    /// No publisher leads anywhere but to the node's own broker and to third nodes.
    Absent,
    /// Some publisher leads to an address that nobody given owns, to nowhere, or back to the node.
    Unknown,
}

/// Traffic Managers that share the events of one zone, and the gateways that send them.
#[derive(Debug)]
pub struct TrafficGroup<'a> {
    /// Traffic Managers that some gateway sends events to, and nodes that are nothing but Traffic Managers; in node order.
    pub managers: Vec<&'a Node>,
    /// Gateways with advanced throttling, in node order.
    pub gateways: Vec<&'a Node>,
    deliveries: BTreeMap<(usize, usize), Delivery>,
}

impl TrafficGroup<'_> {
    /// How the events of a gateway reach a Traffic Manager.
    pub fn delivery(&self, gateway: &Node, manager: &Node) -> Delivery {
        self.deliveries.get(&(gateway.index, manager.index)).copied().unwrap_or(Delivery::Unknown)
    }

    /// True when every gateway sends every event to every Traffic Manager: all decide alike.
    pub fn decides_alike(&self) -> bool {
        !self.gateways.is_empty()
            && self.pairs().all(|(gateway, manager)| self.delivery(gateway, manager) == Delivery::OwnGroup)
    }

    /// True when some gateway sends every event to several Traffic Managers, or to another one than itself while it is one.
    pub fn fans_out(&self) -> bool {
        self.gateways.iter().any(|gateway| {
            let reached: Vec<usize> = self
                .managers
                .iter()
                .filter(|manager| self.delivery(gateway, manager) == Delivery::OwnGroup)
                .map(|manager| manager.index)
                .collect();
            let is_manager = self.managers.iter().any(|manager| manager.index == gateway.index);
            reached.len() > 1 || (is_manager && reached.iter().any(|index| *index != gateway.index))
        })
    }

    /// True when some gateway reaches some Traffic Manager in this way.
    pub fn has(&self, delivery: Delivery) -> bool {
        self.pairs().any(|(gateway, manager)| self.delivery(gateway, manager) == delivery)
    }

    fn pairs(&self) -> impl Iterator<Item = (&Node, &Node)> {
        self.gateways.iter().flat_map(|gateway| self.managers.iter().map(|manager| (*gateway, *manager)))
    }
}

impl Deployment {
    /// Traffic Managers and the gateways that they serve, by zone. Standby nodes, nodes without throttling (1.10 and
    /// before, other products) and nodes whose data receivers are off take no part.
    pub fn traffic_groups(&self) -> Vec<TrafficGroup<'_>> {
        let gateways: Vec<&Node> = self.gateways().filter(|node| self.sends_events(node)).collect();
        let zones = self.groups(Role::TrafficManager);
        zones.into_iter().map(|managers| self.traffic_group(managers, &gateways)).collect()
    }

    fn traffic_group<'a>(&'a self, managers: Vec<&'a Node>, gateways: &[&'a Node]) -> TrafficGroup<'a> {
        let mut managers: Vec<&Node> =
            managers.into_iter().filter(|node| self.manages_traffic(node)).collect();
        let same_zone = |gateway: &&&Node| managers.iter().any(|manager| self.same_zone(gateway, manager));
        let gateways: Vec<&Node> = gateways.iter().filter(same_zone).copied().collect();
        let mut deliveries = BTreeMap::new();
        for gateway in &gateways {
            let outlets = self.outlets(gateway);
            for manager in &managers {
                let delivery =
                    outlets.as_ref().map_or(Delivery::Unknown, |outlets| outlets.delivery(manager));
                deliveries.insert((gateway.index, manager.index), delivery);
            }
        }
        let served: BTreeSet<usize> = deliveries
            .iter()
            .filter(|(_, delivery)| !matches!(delivery, Delivery::Absent | Delivery::Unknown))
            .map(|((_, manager), _)| *manager)
            .collect();
        managers.retain(|manager| served.contains(&manager.index) || manager.is_only(Role::TrafficManager));
        TrafficGroup { managers, gateways, deliveries }
    }

    /// True for a Traffic Manager that shares the load.
    pub fn manages_traffic(&self, node: &Node) -> bool {
        let receivers = [ListenerKind::BinaryTcp, ListenerKind::ThriftTcp].map(|kind| node.listener(kind));
        let is_deaf = receivers[0].is_some() && receivers.iter().flatten().all(|listener| !listener.open);
        node.is_api_manager()
            && node.acts_as(Role::TrafficManager)
            && node.throttling.as_ref().is_some_and(is_advanced)
            && !is_deaf
            && !self.is_standby(node)
    }

    /// True for a gateway that sends throttling events, unless a file says otherwise.
    pub fn sends_events(&self, node: &Node) -> bool {
        node.is_api_manager()
            && node.acts_as(Role::Gateway)
            && !self.is_standby(node)
            && node.throttling.as_ref().is_some_and(Throttling::reads_receivers)
    }

    /// Where a gateway sends its events; `None` where that is unknown.
    fn outlets<'a>(&'a self, gateway: &'a Node) -> Option<Outlets<'a>> {
        let receivers = gateway.throttling.as_ref()?.receivers.as_ref()?;
        let outside = receivers.outside.iter().map(|endpoint| self.flow(gateway, endpoint)).collect();
        Some(Outlets { groups: self.receiver_targets(gateway), outside })
    }

    /// The Traffic Managers behind a receiver group, in its order, each once; those of names in front of several nodes and
    /// of strangers are not among them.
    pub fn managers_behind<'a>(&'a self, gateway: &'a Node, group: &'a ReceiverGroup) -> Vec<&'a Node> {
        let mut managers: Vec<&Node> = Vec::new();
        for endpoint in &group.endpoints {
            let node = self.flow(gateway, endpoint).node.and_then(|index| self.nodes.get(index));
            if let Some(node) = node.filter(|node| self.manages_traffic(node))
                && managers.iter().all(|known| known.index != node.index)
            {
                managers.push(node);
            }
        }
        managers
    }

    /// Whether the decisions of one Traffic Manager reach the broker of another. A list of several brokers is failover: the
    /// decisions reach its first one.
    pub fn duplication(&self, from: &Node, to: &Node) -> Duplication {
        let rows = self
            .duplications
            .get_or_init(|| self.nodes.iter().map(|node| self.duplication_row(node)).collect());
        let found = rows.get(from.index).and_then(|row| row.get(to.index));
        found.copied().unwrap_or(Duplication::Unknown)
    }

    /// [`Self::duplication`] from one node to each.
    fn duplication_row(&self, from: &Node) -> Vec<Duplication> {
        let mut lists: Vec<(Vec<Flow<'_>>, bool)> = Vec::new();
        // What a file that the server refuses, or a stream that it does not know, was meant for nobody knows.
        let mut unknown = from.event_publishers.iter().any(|publisher| {
            publisher.foreign_root.is_some() || (publisher.uses_jms() && from.lacks_stream(publisher))
        });
        for publisher in node_publishers(from) {
            let path = publisher.jndi_path();
            let file = path.as_ref().and_then(|path| from.jndi_file(path));
            let name = publisher.connection_factory.as_ref().and_then(Setting::text);
            let factories = file.into_iter().flat_map(|file| &file.connection_factories);
            let mut factories = factories.filter(|factory| name == Some(factory.name.as_str())).peekable();
            unknown |= factories.peek().is_none();
            let is_own = path.as_deref() == Some(JNDI) && name == Some(FACTORY);
            for factory in factories {
                lists.push((factory.brokers.iter().map(|broker| self.flow(from, broker)).collect(), is_own));
            }
        }
        let urls = from.throttling.iter().flat_map(|throttling| &throttling.duplicate_urls);
        let flows: Vec<Flow<'_>> = urls.map(|url| self.flow(from, url)).collect();
        if !flows.is_empty() {
            lists.push((flows, false));
        }
        let towards = |to: &Node| {
            let mut found = if unknown { Duplication::Unknown } else { Duplication::Absent };
            for (flows, is_own) in &lists {
                match reach(flows, from, to, *is_own) {
                    Duplication::Published => return Duplication::Published,
                    Duplication::Unknown => found = Duplication::Unknown,
                    Duplication::Absent => {}
                }
            }
            found
        };
        self.nodes.iter().map(towards).collect()
    }

    /// True when each of these Traffic Managers tells all others what it decides, or may do so.
    pub fn share_decisions(&self, managers: &[&Node]) -> bool {
        managers.iter().all(|from| {
            let mut others = managers.iter().filter(|to| to.index != from.index);
            others.all(|to| self.duplication(from, to) != Duplication::Absent)
        })
    }

    /// `host:port` by which one node reaches an open listener of another; `None` where no address of that node is known.
    pub fn address_for(&self, from: &Node, to: &Node, kind: ListenerKind) -> Option<String> {
        match self.same_machine(from, to) {
            Some(true) => Some(format!("localhost:{}", to.port(kind)?)),
            _ => self.address_from_outside(to, kind),
        }
    }

    /// `host:port` by which another machine reaches an open listener of a node; `None` where no address of the node is
    /// known.
    pub fn address_from_outside(&self, to: &Node, kind: ListenerKind) -> Option<String> {
        let port = to.port(kind)?;
        let mapped = self.port_mappings(to).iter().find(|(_, own)| *own == port).map(|(public, _)| *public);
        // A node's label is an address only where containers make it one, or where the node's files say so.
        let member = to.clustering.as_ref().and_then(|clustering| clustering.local_host.name());
        let host_name = to.public_host_name().and_then(Setting::text);
        let is_stated = |host: &str| {
            [member, host_name].into_iter().flatten().any(|stated| stated.eq_ignore_ascii_case(host))
        };
        let known =
            |host: &&str| self.in_containers() || !host.eq_ignore_ascii_case(&to.name) || is_stated(host);
        // Files that were copied from node to node leave all of them with one address for the cluster.
        let is_copied = |host: &str| {
            self.others(to).any(|other| {
                self.same_machine(to, other) == Some(false)
                    && self.addresses(other).any(|theirs| theirs.eq_ignore_ascii_case(host))
            })
        };
        let hosts: Vec<&str> = self.addresses(to).filter(known).filter(|host| !is_copied(host)).collect();
        let numeric = hosts.iter().find(|host| host.parse::<std::net::IpAddr>().is_ok());
        let host = numeric.or_else(|| hosts.first())?;
        Some(format!("{host}:{}", mapped.unwrap_or(port)))
    }
}

/// Where one gateway sends its throttling events.
struct Outlets<'a> {
    groups: Vec<GroupFlow<'a>>,
    /// Addresses outside the braces by mistake.
    outside: Vec<Flow<'a>>,
}

impl Outlets<'_> {
    /// How the events reach a Traffic Manager.
    fn delivery(&self, manager: &Node) -> Delivery {
        let means = |flow: &Flow<'_>| flow.node == Some(manager.index);
        let flows = || self.groups.iter().flat_map(|group| &group.flows).chain(&self.outside);
        if self.outside.iter().any(means)
            || self.groups.iter().any(|group| !group.flows.is_empty() && group.flows.iter().all(means))
        {
            Delivery::OwnGroup
        } else if self.groups.iter().any(|group| group.flows.iter().any(means)) {
            Delivery::SharedGroup
        } else if flows().any(|flow| {
            flow.node.is_none()
                && matches!(flow.target, Target::Balancer(balancer) if balancer.nodes.contains(&manager.index))
        }) {
            Delivery::Balanced
        } else if flows().all(|flow| flow.node.is_some() || matches!(flow.target, Target::Balancer(_))) {
            Delivery::Absent
        } else {
            Delivery::Unknown
        }
    }
}

/// The JNDI file of the untouched pack, through which a node publishes to its own broker.
pub const JNDI: &str = "repository/conf/jndi.properties";
/// The connection factory of the untouched pack.
pub const FACTORY: &str = "TopicConnectionFactory";

fn is_advanced(throttling: &Throttling) -> bool {
    throttling.advanced.is_true()
}

fn node_publishers(node: &Node) -> impl Iterator<Item = &EventPublisher> {
    node.event_publishers
        .iter()
        .filter(|publisher| publisher.publishes_decisions())
        .filter(|publisher| publisher.jndi_path().is_none_or(|path| !node.renders(&path)))
}

/// What one broker list of `from` says about `to`. The node's own broker proves nothing in the list of the untouched
/// pack; in any other it is a slip, and nobody knows what was meant.
fn reach(flows: &[Flow<'_>], from: &Node, to: &Node, is_own: bool) -> Duplication {
    let slip = |flow: &Flow<'_>| flow.node.is_none() || (!is_own && flow.node == Some(from.index));
    match flows.first() {
        // Without its offset a loopback port may be a neighbour's: the file was not meant for that one.
        Some(first) if is_own && first.endpoint.host == Host::Own => Duplication::Absent,
        Some(first) if first.node == Some(to.index) => Duplication::Published,
        None => Duplication::Unknown,
        Some(_) if flows.iter().any(slip) => Duplication::Unknown,
        Some(_) => Duplication::Absent,
    }
}

impl Node {
    /// True for an event processor in HA mode: two of them count as one.
    pub fn counts_as_pair(&self) -> bool {
        self.listener(ListenerKind::HaEventSync).is_some_and(|listener| listener.open)
    }

    /// Where the port of the broker is set.
    pub fn broker_place(&self) -> Span {
        self.listener(ListenerKind::Amqp).map_or(self.identity.span, |listener| listener.base.span)
    }

    /// True where the untouched pack has no publisher over JMS for the stream of this one.
    pub fn lacks_stream(&self, publisher: &EventPublisher) -> bool {
        !self.stock_publishers.is_empty() && self.stock(publisher).next().is_none()
    }

    /// The publishers over JMS of the untouched pack for the stream of this one.
    pub fn stock<'a>(&'a self, publisher: &'a EventPublisher) -> impl Iterator<Item = &'a EventPublisher> {
        let stream = publisher.stream_name();
        self.stock_publishers.iter().filter(move |stock| stock.uses_jms() && stock.stream_name() == stream)
    }

    /// Where the port that receives throttling events is set.
    pub fn receiver_place(&self) -> Span {
        self.listener(ListenerKind::BinaryTcp).map_or(self.identity.span, |listener| listener.base.span)
    }

    /// True for an event publisher that the server writes itself at each start (4.0 and later): the duplicates that
    /// `event_duplicate_url` switches on.
    pub fn renders_publisher(&self, publisher: &EventPublisher) -> bool {
        let name = publisher.file_name();
        self.config_model == ConfigModel::Toml
            && !self.is_before(3, 2)
            && (name.ends_with("2.xml") || name == "HTTP-recommendationEventPublisher.xml")
    }

    /// True for a JNDI file that the server writes itself at each start, from deployment.toml: what stands in it is a copy.
    /// `jndi2.properties` is one since 3.2, which brought `event_duplicate_url`.
    pub fn renders(&self, path: &str) -> bool {
        let name = path.strip_prefix("repository/conf/").unwrap_or("");
        self.config_model == ConfigModel::Toml
            && (name == "jndi.properties"
                || (["jndi2.properties", "jndi-cp.properties", "jndi2-cp.properties"].contains(&name)
                    && !self.is_before(3, 2)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample;

    fn pair(group: &[&[&str]]) -> Deployment {
        let mut gateway = sample::node(0, "gw");
        gateway.throttling = Some(sample::throttling(group));
        let deployment = sample::deployment(vec![gateway, sample::node(1, "tm1"), sample::node(2, "tm2")]);
        assert_eq!(deployment.nodes.len(), 3);
        deployment
    }

    fn delivery(group: &[&[&str]]) -> [Delivery; 2] {
        let deployment = pair(group);
        let [gateway, one, two] = deployment.nodes.as_slice() else { unreachable!() };
        let outlets = deployment.outlets(gateway).unwrap();
        [outlets.delivery(one), outlets.delivery(two)]
    }

    #[test]
    fn only_groups_multiply_events() {
        use Delivery::{Absent, OwnGroup, SharedGroup, Unknown};
        assert_eq!(delivery(&[&["tcp://tm1:9611"], &["tcp://tm2:9611"]]), [OwnGroup, OwnGroup]);
        assert_eq!(delivery(&[&["tcp://tm1:9611", "tcp://tm2:9611"]]), [SharedGroup, SharedGroup]);
        assert_eq!(delivery(&[&["tcp://tm1:9611"]]), [OwnGroup, Absent]);
        assert_eq!(delivery(&[&["tcp://tm1:9611"], &["tcp://10.0.7.99:9611"]]), [OwnGroup, Unknown]);
    }

    #[test]
    fn a_list_of_brokers_is_failover() {
        let mut one = sample::node(0, "tm1");
        let mut throttling = sample::throttling(&[]);
        throttling.duplicate_urls = vec![sample::url("tcp://tm2:5672"), sample::url("tcp://tm3:5672")];
        one.throttling = Some(throttling);
        let deployment = sample::deployment(vec![one, sample::node(1, "tm2"), sample::node(2, "tm3")]);
        let [one, two, three] = deployment.nodes.as_slice() else { unreachable!() };
        assert_eq!(deployment.duplication(one, two), Duplication::Published);
        assert_eq!(deployment.duplication(one, three), Duplication::Absent);
        assert_eq!(deployment.duplication(two, one), Duplication::Absent);
    }
}
