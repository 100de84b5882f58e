//! The listeners of a node and their effective ports (rule atlas 2.1).

use super::value::Setting;

/// A listener of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum ListenerKind {
    ServletHttps,
    ServletHttp,
    GatewayHttp,
    GatewayHttps,
    WebSocket,
    SecureWebSocket,
    WebHookHttp,
    WebHookHttps,
    BinaryTcp,
    BinarySsl,
    ThriftTcp,
    ThriftSsl,
    Amqp,
    AmqpTls,
    Mqtt,
    MqttTls,
    BrokerCoordination,
    KeyValidationThrift,
    JmxRegistry,
    JmxServer,
    EmbeddedLdap,
    KeyDistribution,
    EntitlementThrift,
    ThriftAuthentication,
    HaEventSync,
    HaManagement,
    HaPresentation,
}

impl ListenerKind {
    /// What to call it in a message.
    pub fn noun(self) -> &'static str {
        match self {
            Self::ServletHttps => "servlet HTTPS",
            Self::ServletHttp => "servlet HTTP",
            Self::GatewayHttp => "gateway HTTP",
            Self::GatewayHttps => "gateway HTTPS",
            Self::WebSocket => "WebSocket",
            Self::SecureWebSocket => "secure WebSocket",
            Self::WebHookHttp => "web hook HTTP",
            Self::WebHookHttps => "web hook HTTPS",
            Self::BinaryTcp => "data receiver (binary, TCP)",
            Self::BinarySsl => "data receiver (binary, TLS)",
            Self::ThriftTcp => "data receiver (Thrift, TCP)",
            Self::ThriftSsl => "data receiver (Thrift, TLS)",
            Self::Amqp => "broker AMQP",
            Self::AmqpTls => "broker AMQP over TLS",
            Self::Mqtt => "broker MQTT",
            Self::MqttTls => "broker MQTT over TLS",
            Self::BrokerCoordination => "broker coordination",
            Self::KeyValidationThrift => "key validation (Thrift)",
            Self::JmxRegistry => "JMX registry",
            Self::JmxServer => "JMX server",
            Self::EmbeddedLdap => "embedded LDAP",
            Self::KeyDistribution => "embedded KDC",
            Self::EntitlementThrift => "entitlement (Thrift)",
            Self::ThriftAuthentication => "Thrift authentication",
            Self::HaEventSync => "event processor HA event sync",
            Self::HaManagement => "event processor HA management",
            Self::HaPresentation => "event processor HA presentation",
        }
    }

    /// True for a listener that speaks TLS.
    pub fn is_tls(self) -> bool {
        matches!(
            self,
            Self::ServletHttps
                | Self::GatewayHttps
                | Self::SecureWebSocket
                | Self::WebHookHttps
                | Self::BinarySsl
                | Self::ThriftSsl
                | Self::AmqpTls
                | Self::MqttTls
        )
    }
}

/// One listener with its ports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    /// Which.
    pub kind: ListenerKind,
    /// The port before the offset, and where it stands.
    pub base: Setting<u16>,
    /// The port it really opens; `None` where base or offset are unknown or the sum is above 65535.
    pub port: Option<u16>,
    /// True when the offset shifts it.
    pub shifted: bool,
    /// True when the node opens it.
    pub open: bool,
}
