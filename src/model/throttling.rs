//! Throttling: where gateways send events, whose decisions they hear, and whom Traffic Managers tell.

use super::endpoint::Endpoint;
use super::value::{Secret, Setting};
use crate::source::Span;
pub use crate::syntax::url_group::Mode;

/// api-manager.xml `ThrottlingConfigurations`, or `[apim.throttling]` and `[apim.event_hub]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Throttling {
    /// The element or table (start tag, header), else the root of the file that should hold it.
    pub span: Span,
    /// `EnableAdvanceThrottling`.
    pub advanced: Setting<bool>,
    /// `DataPublisher/Enabled`: whether this node sends events.
    pub publishes: Setting<bool>,
    /// `DataPublisher/Type`: `Binary` or `Thrift`.
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

/// One receiver group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiverGroup {
    /// How its URLs are used.
    pub mode: Mode,
    /// Its URLs.
    pub endpoints: Vec<Endpoint>,
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
    /// `event_duplicate_url`.
    pub duplicate_urls: Vec<Endpoint>,
}

/// A file under `eventpublishers`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPublisher {
    /// Home-relative path.
    pub file: String,
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
    /// False for `processing="disable"`: the server loads it and lets it idle.
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
    /// True for an active publisher of throttle decisions over JMS.
    pub fn publishes_decisions(&self) -> bool {
        let is = |value: &Option<Setting>, text: &str| value.as_ref().and_then(Setting::text) == Some(text);
        self.active && is(&self.adapter, "jms") && is(&self.stream, "org.wso2.throttle.globalThrottle.stream")
    }
}
