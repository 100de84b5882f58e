//! App Manager: what app-manager.xml says beyond what it shares with API Manager.

use super::endpoint::Endpoint;
use super::value::Setting;
use crate::source::Span;

/// app-manager.xml.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppManager {
    /// The root element (start tag).
    pub span: Span,
    /// `DataSourceName` of the root.
    pub data_source: Option<Setting>,
    /// `UiActivityPublishDataSourceName`, a child of the root (1.0.x).
    pub activity_data_source_root: Option<Setting>,
    /// `Analytics/UIActivityPublishDataSourceName` (1.2.2 and later).
    pub activity_data_source_analytics: Option<Setting>,
    /// An element of either name in any case that stands where no release reads it, such as
    /// `Analytics/UiActivityPublishDataSourceName`.
    pub activity_data_source_elsewhere: Option<Setting>,
    /// The `Analytics` element (start tag), if any.
    pub analytics_span: Option<Span>,
    /// `DataSources/Storage` or the like: JNDI name of the storage database.
    pub storage: Option<Setting>,
    /// `SSOConfiguration/IdentityProviderUrl`.
    pub identity_provider: Option<Endpoint>,
    /// Other addresses of the identity provider: `SSOConfiguration/Configurators/Configurator/parameters/providerURL`, and
    /// `ssoConfiguration.identityProviderURL` of the portals.
    pub provider_urls: Vec<Endpoint>,
    /// Service providers of sso-idp-config.xml.
    pub consumers: Vec<AssertionConsumer>,
}

/// A service provider that the identity provider answers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssertionConsumer {
    /// `Issuer`.
    pub issuer: String,
    /// Where its users are sent back to: `AssertionConsumerServiceURL` and the like.
    pub urls: Vec<Endpoint>,
}
