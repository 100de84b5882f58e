//! Portals: site.json of publisher, store and admin, and the servlet connectors they are reached through.

use super::endpoint::Endpoint;
use super::ports::ListenerKind;
use super::value::Setting;
use crate::source::Span;

/// A Jaggery application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PortalApp {
    /// API Publisher.
    Publisher,
    /// API Store.
    Store,
    /// Admin portal.
    Admin,
}

impl PortalApp {
    /// Its folder and default context without slash.
    pub fn name(self) -> &'static str {
        match self {
            Self::Publisher => "publisher",
            Self::Store => "store",
            Self::Admin => "admin",
        }
    }
}

/// One site.json.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portal {
    /// Which application.
    pub app: PortalApp,
    /// The document's start.
    pub span: Span,
    /// `reverseProxy`.
    pub reverse_proxy: Option<ReverseProxy>,
    /// `ssoConfiguration/identityProviderURL`, where single sign-on is on.
    pub identity_provider: Option<Endpoint>,
}

impl Portal {
    /// True where the portal is told that a proxy is in front of it.
    pub fn knows_proxy(&self) -> bool {
        let enabled = self.reverse_proxy.as_ref().and_then(|proxy| proxy.enabled.as_ref());
        enabled.is_some_and(|(_, mode)| *mode != ProxyMode::Off)
    }
}

/// `reverseProxy.enabled`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyMode {
    /// `true`.
    On,
    /// `false`.
    Off,
    /// `"auto"`: host and context come from `X-Forwarded-*` headers.
    Auto,
    /// `"true"` as a string: truthy, but not documented.
    OnText,
    /// Anything else.
    Unrecognised,
}

/// The `reverseProxy` object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReverseProxy {
    /// The object.
    pub span: Span,
    /// `enabled` as written (without quotes), and what it means.
    pub enabled: Option<(Setting, ProxyMode)>,
    /// `host`.
    pub host: Option<Setting>,
    /// `context`.
    pub context: Option<Setting>,
    /// `regContext`.
    pub registry_context: Option<Setting>,
}

/// A servlet connector of catalina-server.xml, or `transport.http(s).properties`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connector {
    /// True for the TLS connector.
    pub secure: bool,
    /// `@port`, before the offset.
    pub port: Setting<u16>,
    /// `@proxyPort`.
    pub proxy_port: Option<Setting<u16>>,
    /// `@proxyName`.
    pub proxy_name: Option<Setting>,
    /// `@redirectPort`.
    pub redirect_port: Option<Setting<u16>>,
    /// The `Connector` start tag or the table header; the file where nobody wrote one.
    pub span: Span,
}

impl Connector {
    /// The listener that it opens.
    pub fn listener(&self) -> ListenerKind {
        if self.secure { ListenerKind::ServletHttps } else { ListenerKind::ServletHttp }
    }

    /// What to call its protocol in a message.
    pub fn protocol(&self) -> &'static str {
        if self.secure { "HTTPS" } else { "HTTP" }
    }
}
