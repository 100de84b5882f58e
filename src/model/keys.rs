//! Key management of an API-M node, and its key stores.

use super::endpoint::Endpoint;
use super::value::{Secret, Setting};
use crate::source::Span;

/// `APIKeyValidator`, `AuthManager` and `OAuthConfigurations`, or `[apim.key_manager]` and `[apim.oauth_config]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyManagement {
    /// The `APIKeyValidator` element (start tag) or the TOML header, else the file's root.
    pub span: Span,
    /// `APIKeyValidator/ServerURL`, `service_url`.
    pub validation: Option<Endpoint>,
    /// `AuthManager/ServerURL`.
    pub authentication: Option<Endpoint>,
    /// `OAuthConfigurations/RevokeAPIURL`.
    pub revocation: Option<Endpoint>,
    /// `KeyValidatorClientType`.
    pub client_type: Option<Setting>,
    /// `EnableThriftServer`.
    pub thrift_enabled: Option<Setting<bool>>,
    /// `ThriftServerHost`.
    pub thrift_host: Option<Setting>,
    /// `ThriftServerPort`.
    pub thrift_server_port: Option<Setting<u16>>,
    /// `ThriftClientPort`.
    pub thrift_client_port: Option<Setting<u16>>,
}

/// Which store of keys a setting names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyStoreUse {
    /// carbon.xml `Security/KeyStore`, TOML `keystore.primary`.
    Primary,
    /// carbon.xml `Security/InternalKeyStore` (2.6 and later), TOML `keystore.internal`.
    Internal,
    /// carbon.xml `Security/TrustStore`, TOML `truststore`.
    Trust,
    /// catalina-server.xml HTTPS connector, TOML `keystore.tls`.
    Tls,
    /// axis2.xml receiver or sender.
    Transport,
    /// axis2.xml trust stores.
    TransportTrust,
    /// broker.xml.
    Broker,
    /// data-bridge-config.xml.
    DataBridge,
    /// identity.xml.
    Identity,
    /// An inbound endpoint.
    InboundEndpoint,
}

/// One place that names a key store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyStore {
    /// Which.
    pub usage: KeyStoreUse,
    /// The location as written.
    pub location: Setting,
    /// Bare file name in lower case: `wso2carbon.jks`.
    pub file_name: Option<String>,
    /// Password.
    pub password: Option<Setting<Secret>>,
    /// Alias of the key.
    pub alias: Option<Setting>,
    /// `JKS`, `PKCS12`.
    pub kind: Option<Setting>,
    /// SHA-256 of the file, as hex, when the input holds it.
    pub digest: Option<String>,
    /// The element or table (start tag, header).
    pub span: Span,
}
