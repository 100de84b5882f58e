//! Gateway environments of publishers and stores, and how artifacts reach gateways.

use super::endpoint::Endpoint;
use super::node::Node;
use super::value::{Secret, Setting};
use crate::source::Span;
use crate::syntax::url::default_port;

/// The types of gateway environments that the server knows, in its spelling.
pub const ENVIRONMENT_TYPES: [&str; 3] = ["hybrid", "production", "sandbox"];

/// One gateway environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// `Name`.
    pub name: Option<Setting>,
    /// `@type`.
    pub kind: Option<Setting>,
    /// `ServerURL`, `service_url`.
    pub service_url: Option<Endpoint>,
    /// `Username`.
    pub user_name: Option<Setting>,
    /// `Password`.
    pub password: Option<Setting<Secret>>,
    /// Public HTTP and HTTPS endpoints.
    pub endpoints: Vec<Endpoint>,
    /// Public WebSocket endpoints.
    pub web_sockets: Vec<Endpoint>,
    /// Public endpoints for events of WebSub APIs (4.0 and later).
    pub web_hooks: Vec<Endpoint>,
    /// TOML `gateway_type`: `Regular`, or a gateway of another make (4.2 and later).
    pub gateway_type: Option<Setting>,
    /// TOML `virtual_host` (4.0 and later).
    pub virtual_hosts: Vec<VirtualHost>,
    /// The `Environment` element or the `[[…]]` header.
    pub span: Span,
}

impl Environment {
    /// The name, where it is known.
    pub fn known_name(&self) -> Option<&str> {
        self.name.as_ref().and_then(Setting::text)
    }

    /// All public endpoints, in no order of the file.
    pub fn public_endpoints(&self) -> impl Iterator<Item = &Endpoint> {
        self.endpoints.iter().chain(&self.web_sockets).chain(&self.web_hooks)
    }
}

/// `virtual_host` of a gateway environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VirtualHost {
    /// Its public endpoints, of any kind.
    pub endpoints: Vec<Endpoint>,
    /// `websub_event_receiver_http_endpoint` and `websub_event_receiver_https_endpoint`, each if written.
    pub web_hooks: [bool; 2],
    /// True for `[[…virtual_host]]`, false for a single table.
    pub listed: bool,
    /// The header.
    pub span: Span,
}

/// carbon.xml `DeploymentSynchronizer`; 3.0 and later have none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeploymentSynchronizer {
    /// The element.
    pub span: Span,
    /// `Enabled`.
    pub enabled: Setting<bool>,
    /// `AutoCommit`.
    pub auto_commit: Option<Setting<bool>>,
    /// `AutoCheckout`.
    pub auto_checkout: Option<Setting<bool>>,
    /// `RepositoryType`.
    pub repository_type: Option<Setting>,
    /// `SvnUrl`.
    pub svn_url: Option<Setting>,
    /// `SvnUser`.
    pub svn_user: Option<Setting>,
    /// `SvnPassword`.
    pub svn_password: Option<Setting<Secret>>,
    /// `SvnUrlAppendTenantId`.
    pub append_tenant: Option<Setting<bool>>,
}

impl Node {
    /// The synchroniser of a node where it is on.
    pub fn active_synchronizer(&self) -> Option<&DeploymentSynchronizer> {
        self.synchronizer.as_ref().filter(|synchronizer| synchronizer.enabled.is_true())
    }
}

impl Environment {
    /// True where the gateways are known to be of this product: other makes have services of their own.
    pub fn is_regular(&self) -> bool {
        let kind = self.gateway_type.as_ref();
        kind.is_none_or(|kind| kind.text().is_some_and(|kind| kind.eq_ignore_ascii_case("Regular")))
    }
}

impl DeploymentSynchronizer {
    /// True for a node that commits what is deployed to it.
    pub fn commits(&self) -> bool {
        self.auto_commit.as_ref().is_some_and(Setting::is_true)
    }

    /// The repository as it compares: scheme and host in lower case, no port that the scheme means anyway, no doubled or
    /// trailing slash. `None` where it is unknown. It may hold a login: never print it.
    pub fn repository(&self) -> Option<String> {
        let url = self.svn_url.as_ref()?.text()?.trim();
        let Some((scheme, rest)) = url.split_once("://") else {
            return Some(url.trim_end_matches('/').to_owned());
        };
        let scheme = scheme.to_ascii_lowercase();
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, server) = match authority.rsplit_once('@') {
            Some((login, server)) => (Some(login), server),
            None => (None, authority),
        };
        let server = server.to_ascii_lowercase();
        let default = match scheme.as_str() {
            "svn" => Some(3690),
            other => default_port(other),
        };
        let server = default.and_then(|port| server.strip_suffix(&format!(":{port}"))).unwrap_or(&server);
        let path = path.split('/').filter(|segment| !segment.is_empty());
        let server = login.map_or_else(|| server.to_owned(), |login| format!("{login}@{server}"));
        Some(path.fold(format!("{scheme}://{server}"), |url, segment| format!("{url}/{segment}")))
    }
}

/// A repository as a message may show it: without the login that a URL can carry.
pub fn without_login(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
            let host = authority.rsplit('@').next().unwrap_or(authority);
            format!("{scheme}://{host}/{path}").trim_end_matches('/').to_owned()
        }
        None => url.to_owned(),
    }
}

/// TOML `apim.sync_runtime_artifacts.gateway`: gateways pull artifacts from the database (3.2 and later).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtifactPull {
    /// `enable`.
    pub enabled: Setting<bool>,
    /// `gateway_labels`.
    pub labels: Vec<Setting>,
}

/// Where one of the token APIs that every gateway deploys sends its requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenApi {
    /// What it is for: `token requests`, `revocation`.
    pub name: &'static str,
    /// The address of the key manager.
    pub endpoint: Endpoint,
}

/// Deployed files under `repository/deployment/server` that the input holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifacts {
    /// Every file under `synapse-configs/default` and `executionplans` that a person or a publisher deploys, sorted.
    pub files: Vec<Artifact>,
    /// True when a `.svn` folder lies in `repository/deployment/server`.
    pub checked_out: bool,
}

/// One deployed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Path relative to `repository/deployment/server`.
    pub path: String,
    /// SHA-256 of the text after XML normalisation, as hex.
    pub digest: String,
    /// True when the untouched pack has the file with this content or deploys it under this name.
    pub vanilla: bool,
    /// Start of the file.
    pub span: Span,
}
