//! Throttling: where gateways send events, whose decisions they hear, and whom Traffic Managers tell.

use super::endpoint::{Endpoint, Host};
use super::value::{Origin, Secret, Setting};
use crate::source::Span;
pub use crate::syntax::url_group::Mode;

/// api-manager.xml `ThrottlingConfigurations`, or `[apim.throttling]` and `[apim.event_hub]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Throttling {
    /// The element or table (start tag, header), else the root of the file that should hold it.
    pub span: Span,
    /// `EnableAdvanceThrottling`.
    pub advanced: Setting<bool>,
    /// `EnableHeaderConditions`, `EnableJWTClaimConditions`, `EnableQueryParamConditions`: what advanced policies may ask for.
    pub conditions: Conditions,
    /// `DataPublisher/Enabled`: whether this node sends events.
    pub publishes: Setting<bool>,
    /// `Type` beside the receivers: `Binary` or `Thrift`.
    pub event_type: Option<Setting>,
    /// Receiver groups.
    pub receivers: Option<ReceiverGroups>,
    /// Authentication groups; `None` where none are written (TCP port + 100 then).
    pub authentications: Option<ReceiverGroups>,
    /// `PolicyDeployer/Enabled`.
    pub deploys_policies: Setting<bool>,
    /// `PolicyDeployer/ServiceURL`.
    pub policy_deployer: Option<Endpoint>,
    /// `JMSConnectionDetails/Enabled`: whether this node hears decisions.
    pub subscribes: Setting<bool>,
    /// Brokers that this node subscribes to.
    pub brokers: Vec<Endpoint>,
    /// The element, key or value that lists the brokers.
    pub brokers_span: Span,
    /// An active `JMSEventPublisherParameters` (read by 2.0 and 2.1 only).
    pub event_publisher_parameters: Option<EventPublisherParameters>,
    /// TOML `apim.throttling.event_duplicate_url` (3.2 and later).
    pub duplicate_urls: Vec<Endpoint>,
    /// TOML 4.x `[apim.event_hub]`.
    pub event_hub: Option<EventHub>,
}

/// Which conditions of advanced policies count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conditions {
    /// On headers.
    pub header: Setting<bool>,
    /// On claims of the token.
    pub claim: Setting<bool>,
    /// On query parameters.
    pub query: Setting<bool>,
}

/// A receiver or authentication group text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiverGroups {
    /// The text, the array, or the first `[[…url_group]]` header.
    pub span: Span,
    /// The groups that count; each gets every event.
    pub groups: Vec<ReceiverGroup>,
    /// URLs outside braces beside groups in braces: the server drops them.
    pub outside: Vec<Endpoint>,
}

impl ReceiverGroups {
    /// The URLs of all groups.
    pub fn endpoints(&self) -> impl Iterator<Item = &Endpoint> {
        self.groups.iter().flat_map(|group| &group.endpoints)
    }
}

/// One receiver group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiverGroup {
    /// How its URLs are used.
    pub mode: Mode,
    /// Its URLs that are URLs.
    pub endpoints: Vec<Endpoint>,
    /// What stands between its separators, white space around it dropped; unknown where a placeholder fills it.
    pub urls: Vec<Setting>,
    /// The group's place.
    pub span: Span,
}

/// api-manager.xml `JMSEventPublisherParameters`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPublisherParameters {
    /// The element.
    pub span: Span,
    /// `java.naming.provider.url`.
    pub provider_url: Option<Setting>,
}

/// `[apim.event_hub]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventHub {
    /// The table header, else the start of the file.
    pub span: Span,
    /// `service_url`.
    pub service_url: Option<Endpoint>,
    /// `event_listening_endpoints`.
    pub listening: Vec<Endpoint>,
    /// The value that lists them; that of `throttle_decision_endpoints` where the hub has none of its own.
    pub listening_span: Span,
    /// `event_duplicate_url`.
    pub duplicate_urls: Vec<Endpoint>,
    /// `[[apim.event_hub.publish.url_group]]`, else the receivers of throttling: whom events are published to.
    pub receivers: Option<ReceiverGroups>,
    /// `auth_urls` of those groups; `None` where none are written.
    pub authentications: Option<ReceiverGroups>,
}

/// broker.xml, as far as it tells how the broker runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broker {
    /// `deployment/mode`.
    pub mode: Option<Setting>,
    /// `coordination/nodeID`.
    pub node_id: Option<Setting>,
}

/// event-processor.xml, or `server.mode` and `[event_processor]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventProcessor {
    /// Whether the HA mode is enabled.
    pub ha: Setting<bool>,
    /// The host names by which the two nodes of a pair find each other: of event sync and management.
    pub hosts: Vec<(Host, Setting)>,
}

/// A file under `eventpublishers`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPublisher {
    /// Home-relative path.
    pub file: String,
    /// What its root element is called where that is no event publisher: the server refuses the file, and nothing else of
    /// it is known.
    pub foreign_root: Option<String>,
    /// `@name`.
    pub name: Option<Setting>,
    /// `from/@streamName`.
    pub stream: Option<Setting>,
    /// `from/@version`.
    pub stream_version: Option<Setting>,
    /// `mapping/@type`.
    pub mapping: Option<Setting>,
    /// `to/@eventAdapterType`.
    pub adapter: Option<Setting>,
    /// Property `java.naming.provider.url`: home-relative path of a JNDI file.
    pub provider_url: Option<Setting>,
    /// Property `transport.jms.DestinationType`: `topic` or `queue`.
    pub destination_type: Option<Setting>,
    /// Property `transport.jms.Destination`.
    pub destination: Option<Setting>,
    /// Property `transport.jms.ConnectionFactoryJNDIName`.
    pub connection_factory: Option<Setting>,
    /// False for `processing="disable"`, which the server loads and lets idle, and for a file that it refuses.
    pub active: bool,
    /// The root element (start tag).
    pub span: Span,
}

/// A JNDI properties file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JndiFile {
    /// Home-relative path.
    pub path: String,
    /// The start of the file: where a missing line should be.
    pub span: Span,
    /// `connectionfactory.NAME` lines.
    pub connection_factories: Vec<ConnectionFactory>,
    /// `topic.NAME` lines.
    pub topics: Vec<Destination>,
    /// `queue.NAME` lines.
    pub queues: Vec<Destination>,
}

/// One `topic.NAME = …` or `queue.NAME = …` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// NAME.
    pub name: String,
    /// The key.
    pub span: Span,
    /// The name of the topic or queue in the broker.
    pub value: Setting,
}

/// One `connectionfactory.NAME = amqp://…` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionFactory {
    /// NAME.
    pub name: String,
    /// The key.
    pub span: Span,
    /// The AMQP URL. It holds a password: never print it, use [`Self::brokers`] and [`Self::user`].
    pub url: Setting<Secret>,
    /// The brokers of its list.
    pub brokers: Vec<Endpoint>,
    /// User in the URL, percent-decoded.
    pub user: Option<Setting>,
    /// Password in the URL, percent-decoded.
    pub password: Option<Setting<Secret>>,
}

impl EventPublisher {
    /// Name of the file.
    pub fn file_name(&self) -> &str {
        self.file.rsplit('/').next().unwrap_or(&self.file)
    }

    /// Its stream.
    pub fn stream_name(&self) -> Option<&str> {
        self.stream.as_ref()?.text()
    }

    /// True for an active publisher over JMS.
    pub fn uses_jms(&self) -> bool {
        self.active && self.adapter.as_ref().and_then(Setting::text) == Some("jms")
    }

    /// True for an active publisher of throttle decisions over JMS.
    pub fn publishes_decisions(&self) -> bool {
        self.uses_jms() && self.stream_name() == Some("org.wso2.throttle.globalThrottle.stream")
    }
}

impl Throttling {
    /// True where the node takes its receiver groups apart at start, unless a file says otherwise.
    pub fn reads_receivers(&self) -> bool {
        let publishes = &self.publishes;
        self.advanced.is_true() && (!publishes.is_false() || publishes.origin == Origin::Derived)
    }

    /// The receiver groups that the node takes apart at start, each with its authentication groups: those of throttling,
    /// and those that the event hub has of its own.
    pub fn url_groups(&self) -> Vec<(Option<&ReceiverGroups>, Option<&ReceiverGroups>)> {
        let own = self.reads_receivers().then_some((self.receivers.as_ref(), self.authentications.as_ref()));
        let hub = self.event_hub.as_ref().map(|hub| (hub.receivers.as_ref(), hub.authentications.as_ref()));
        let hub = hub.filter(|(receivers, _)| *receivers != self.receivers.as_ref());
        own.into_iter().chain(hub).collect()
    }
}

impl ConnectionFactory {
    /// Whether the broker of a node whose administrator has this name knows the user as that administrator. AMQP URLs have
    /// `!` for the `@` of a name.
    pub fn logs_in_as(&self, administrator: &str) -> Option<bool> {
        let user = self.user.as_ref()?.text()?.replace('!', "@");
        let bare = |name: &str| name.strip_suffix("@carbon.super").unwrap_or(name).to_ascii_lowercase();
        Some(bare(&user) == bare(administrator))
    }
}
