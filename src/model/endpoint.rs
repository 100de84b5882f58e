//! Addresses that one node writes to reach itself or another: URLs, broker and receiver addresses.

use super::ports::ListenerKind;
use super::value::Setting;
use crate::source::Span;

/// Whom a host text means, seen from the node that reads it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Host {
    /// The reading node itself: `localhost`, `127.0.0.0/8`, `::1`, `0.0.0.0`, `${carbon.local.ip}`, and `${carbon.host}`
    /// where no HostName is set.
    Own,
    /// A name or an address, lower case.
    Name(String),
    /// A placeholder that nobody can resolve.
    Unknown,
}

impl Host {
    /// The name or address, if it is one.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Name(name) => Some(name),
            Self::Own | Self::Unknown => None,
        }
    }

    /// Classifies a literal text: loopback and any-addresses mean the node itself, a text with `$`, `{` or `<` nobody.
    pub fn literal(text: &str) -> Self {
        let text = text.trim().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        let own = matches!(text.as_str(), "localhost" | "0.0.0.0" | "::" | "::1" | "0:0:0:0:0:0:0:1")
            || text.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback());
        if own {
            Self::Own
        } else if text.is_empty() || text.contains(['$', '{', '}', '<', '>', '%']) {
            Self::Unknown
        } else {
            Self::Name(text)
        }
    }
}

/// The port of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// The number after variables were filled in and scheme defaults made explicit; `None` where nobody can tell.
    pub number: Option<u16>,
    /// Name of the variable it was written as, such as `mgt.transport.https.port`: the reading server fills it in with
    /// its own port.
    pub variable: Option<String>,
    /// The port's place; the whole address where none is written.
    pub span: Span,
}

/// An address as one node writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The text as written, with its place and origin.
    pub text: Setting,
    /// Scheme in lower case; empty for a bare `host:port`.
    pub scheme: String,
    /// Whom the host means.
    pub host: Host,
    /// The host's place.
    pub host_span: Span,
    /// The port.
    pub port: Port,
    /// The path, double slashes collapsed, `${carbon.context}` as `/`; empty where none is written.
    pub path: String,
}

impl Endpoint {
    /// `host:port` as a reader wants to see it: the host in the file's own spelling where it is a name, else `localhost`.
    pub fn address(&self) -> String {
        let host = match &self.host {
            Host::Own => "localhost",
            Host::Name(name) => name,
            Host::Unknown => "?",
        };
        match self.port.number {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }
}

/// What an address is for: decides which listener of the target has to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// A publisher's `Environment/ServerURL`: admin services of the gateway (servlet HTTPS).
    GatewayService,
    /// A public endpoint of a gateway environment (pass-through or a proxy in front).
    GatewayEndpoint,
    /// WebSocket endpoint of a gateway environment.
    GatewayWebSocket,
    /// Endpoint of a gateway environment at which it receives events of WebSub APIs (4.0 and later).
    GatewayWebHook,
    /// `APIKeyValidator/ServerURL`: admin services of the key manager.
    KeyValidation,
    /// `AuthManager/ServerURL`.
    Authentication,
    /// `OAuthConfigurations/RevokeAPIURL`.
    TokenRevocation,
    /// `APIStore/URL`: where people find the store.
    Store,
    /// `apim.devportal.url`: where people find the developer portal.
    DeveloperPortal,
    /// `APIStore/ServerURL`: admin services of the store.
    StoreService,
    /// `PolicyDeployer/ServiceURL`: admin services of the Traffic Manager.
    PolicyDeployment,
    /// Receiver of throttling events (data bridge, TCP).
    Receiver,
    /// Authentication address of a receiver (data bridge, TLS).
    ReceiverAuthentication,
    /// Broker that a node subscribes to (AMQP).
    Broker,
    /// Broker of the event hub that a node of 4.x subscribes to (AMQP).
    EventBroker,
    /// Broker that a Traffic Manager publishes decisions to (AMQP).
    DecisionBroker,
    /// `apim.event_hub.service_url`.
    EventHub,
    /// Where the portals log people in: `ssoConfiguration` of site.json, `[apim.idp]`.
    IdentityProvider,
    /// `notification_endpoint` of an event listener: where the key manager reports revoked tokens.
    TokenNotification,
    /// Registry `remoteInstance/@url`: never called for a JDBC mount.
    RemoteInstance,
    /// Database host.
    Database,
}

impl Purpose {
    /// The listeners that can answer, whether they speak TLS or not; none where no listener of a node does.
    pub fn listeners(self) -> &'static [ListenerKind] {
        use ListenerKind::{
            Amqp, AmqpTls, BinarySsl, BinaryTcp, GatewayHttp, GatewayHttps, SecureWebSocket, ServletHttp,
            ServletHttps, ThriftSsl, ThriftTcp, WebHookHttp, WebHookHttps, WebSocket,
        };
        match self {
            Self::GatewayService
            | Self::KeyValidation
            | Self::Authentication
            | Self::Store
            | Self::DeveloperPortal
            | Self::StoreService
            | Self::PolicyDeployment
            | Self::EventHub
            | Self::IdentityProvider
            | Self::TokenNotification => &[ServletHttps, ServletHttp],
            Self::TokenRevocation => &[GatewayHttps, GatewayHttp, ServletHttps, ServletHttp],
            Self::GatewayEndpoint | Self::GatewayWebSocket => {
                &[GatewayHttps, GatewayHttp, WebSocket, SecureWebSocket, WebHookHttp, WebHookHttps]
            }
            Self::GatewayWebHook => &[WebHookHttps, WebHookHttp],
            Self::Receiver => &[BinaryTcp, ThriftTcp, BinarySsl, ThriftSsl],
            Self::ReceiverAuthentication => &[BinarySsl, ThriftSsl],
            Self::Broker | Self::EventBroker | Self::DecisionBroker => &[Amqp, AmqpTls],
            Self::RemoteInstance | Self::Database => &[],
        }
    }

    /// True for the address of a message broker.
    pub fn is_broker(self) -> bool {
        matches!(self, Self::Broker | Self::EventBroker | Self::DecisionBroker)
    }
}

/// An address with what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference<'a> {
    /// What for.
    pub purpose: Purpose,
    /// The address.
    pub endpoint: &'a Endpoint,
}
