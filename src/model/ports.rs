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

    /// The port before the offset in untouched packs.
    pub fn usual_port(self) -> u16 {
        match self {
            Self::ServletHttps => 9443,
            Self::ServletHttp => 9763,
            Self::GatewayHttp => 8280,
            Self::GatewayHttps => 8243,
            Self::WebSocket => 9099,
            Self::SecureWebSocket => 8099,
            Self::WebHookHttp => 9021,
            Self::WebHookHttps => 8021,
            Self::BinaryTcp => 9611,
            Self::BinarySsl => 9711,
            Self::ThriftTcp | Self::BrokerCoordination => 7611,
            Self::ThriftSsl => 7711,
            Self::Amqp => 5672,
            Self::AmqpTls => 8672,
            Self::Mqtt => 1883,
            Self::MqttTls => 8883,
            Self::KeyValidationThrift => 10397,
            Self::JmxRegistry => 9999,
            Self::JmxServer => 11111,
            Self::EmbeddedLdap => 10389,
            Self::KeyDistribution => 8000,
            Self::EntitlementThrift => 10500,
            Self::ThriftAuthentication => 10711,
            Self::HaEventSync => 11224,
            Self::HaManagement => 10005,
            Self::HaPresentation => 11000,
        }
    }

    /// The listener whose port a variable of the server stands for, such as `mgt.transport.https.port`.
    pub fn of_variable(name: &str) -> Option<Self> {
        match name {
            "mgt.transport.https.port" | "carbon.management.port" => Some(Self::ServletHttps),
            "mgt.transport.http.port" => Some(Self::ServletHttp),
            "https.nio.port" => Some(Self::GatewayHttps),
            "http.nio.port" => Some(Self::GatewayHttp),
            "receiver.url.port" => Some(Self::BinaryTcp),
            "auth.url.port" => Some(Self::BinarySsl),
            "jms.port" => Some(Self::Amqp),
            _ => None,
        }
    }

    /// True for a listener of a gateway: API calls, WebSocket, web hooks.
    pub fn is_gateway(self) -> bool {
        matches!(
            self,
            Self::GatewayHttp
                | Self::GatewayHttps
                | Self::WebSocket
                | Self::SecureWebSocket
                | Self::WebHookHttp
                | Self::WebHookHttps
        )
    }

    /// True for a listener of the servlet container: consoles, portals, admin services.
    pub fn is_servlet(self) -> bool {
        matches!(self, Self::ServletHttps | Self::ServletHttp)
    }

    /// False for listeners of which nobody has verified whether the offset shifts their ports.
    pub fn is_verified(self) -> bool {
        !matches!(
            self,
            Self::BrokerCoordination
                | Self::ThriftAuthentication
                | Self::HaEventSync
                | Self::HaManagement
                | Self::HaPresentation
        )
    }

    /// True for a listener of the WebSocket protocol.
    pub fn is_web_socket(self) -> bool {
        matches!(self, Self::WebSocket | Self::SecureWebSocket)
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
    /// The text of the base port where it is no number; its placeholders are filled in.
    pub malformed: Option<Setting>,
    /// The one address it is bound to, lower case; `None` where it takes all of the machine's.
    pub bind_address: Option<String>,
}

impl Listener {
    /// The same listener bound to an address; a loopback address binds, an any-address does not.
    pub fn bound_to(mut self, address: Option<&Setting>) -> Self {
        let address = address.map(|setting| setting.value.trim().to_ascii_lowercase());
        self.bind_address = address.filter(|text| !matches!(text.as_str(), "" | "0.0.0.0" | "::" | "*"));
        self
    }

    /// The port that both listeners open, if they certainly cannot both have it: two addresses of one machine
    /// can share a port.
    pub fn clash(&self, other: &Self) -> Option<u16> {
        let port = self.port.filter(|_| self.open && other.open && self.port == other.port)?;
        let apart = matches!((&self.bind_address, &other.bind_address), (Some(one), Some(two)) if one != two);
        (!apart && self.kind.is_verified() && other.kind.is_verified()).then_some(port)
    }

    /// How the effective port came about, where an offset takes part: `9443 + offset 1`.
    pub fn sum(&self, offset: u16) -> Option<String> {
        (self.shifted && offset != 0).then(|| format!("{} + offset {offset}", self.base.value))
    }
}
