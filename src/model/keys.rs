//! Key management of an API-M node, and its key stores.

use std::sync::Arc;

use super::endpoint::Endpoint;
use super::value::{Secret, Setting};
use crate::source::Span;
use crate::syntax::certificate::Certificate;
use crate::syntax::key_store::KeyStoreFile;

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
    /// Profiles of the gateway's TLS transport (sslprofiles.xml, listenerprofiles.xml).
    Profile,
    /// Trust stores of inbound endpoints and of profiles.
    OtherTrust,
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
    /// What the file shows without its password, when the input holds it and its type allows.
    pub content: Option<Arc<KeyStoreFile>>,
    /// Set where the input holds the folder of key stores, and no such file in it.
    pub missing: Option<MissingFile>,
    /// The element or table (start tag, header).
    pub span: Span,
}

/// A key store that is not where a setting says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingFile {
    /// Home-relative path.
    pub path: String,
    /// Name of a file beside it that differs in upper and lower case alone.
    pub similar: Option<String>,
}

impl KeyStoreUse {
    /// True for stores of certificates that a node trusts.
    pub fn is_trust(self) -> bool {
        matches!(self, Self::Trust | Self::TransportTrust | Self::OtherTrust)
    }

    /// What the store is for.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Primary => "primary key store",
            Self::Internal => "internal key store",
            Self::Trust => "trust store",
            Self::Tls => "key store of the servlet transport",
            Self::Transport => "key store of the gateway transport",
            Self::TransportTrust => "trust store of the gateway transport",
            Self::Broker => "key store of the broker",
            Self::DataBridge => "key store of the data bridge",
            Self::Identity => "key store of the entitlement service",
            Self::InboundEndpoint => "key store of an inbound endpoint",
            Self::Profile => "key store of a TLS profile",
            Self::OtherTrust => "trust store",
        }
    }
}

impl KeyStore {
    /// Name of the file as written.
    pub fn file(&self) -> &str {
        self.location.value.rsplit(['/', '\\']).next().unwrap_or_default()
    }

    /// What the file holds, where every entry of it could be read.
    pub fn readable(&self) -> Option<&KeyStoreFile> {
        self.content.as_deref().filter(|content| content.is_complete)
    }

    /// The chain that a TLS client is shown: of the alias, else of the one key in the store. `None` where the file is not given,
    /// cannot be read, or leaves open which key is meant.
    pub fn chain(&self) -> Option<&[Certificate]> {
        let content = self.content.as_ref()?;
        let alias = self.alias.as_ref().filter(|alias| !alias.value.is_empty());
        let entry = match alias {
            Some(alias) => content.entry(alias.text()?).filter(|entry| entry.is_key)?,
            None => {
                let mut keys = content.keys();
                let only = keys.next()?;
                if keys.next().is_some() {
                    return None;
                }
                only
            }
        };
        (!entry.chain.is_empty()).then_some(entry.chain.as_slice())
    }

    fn presents_shipped_key(&self) -> bool {
        let own = self.chain().and_then(|chain| chain.first());
        own.is_some_and(|certificate| crate::catalog::is_shipped_certificate(&certificate.digest))
    }

    /// True where this is a store as packs ship it, or one that still has their private key beside certificates that somebody
    /// added: by content where the input holds the file, else by its name, unless alias or password tell of another.
    pub fn is_shipped(&self) -> bool {
        if self.file_name.as_deref() != Some("wso2carbon.jks") {
            return false;
        }
        match &self.digest {
            Some(digest) => crate::catalog::is_shipped_key_store(digest) || self.presents_shipped_key(),
            None => {
                let alias = self.alias.as_ref().is_none_or(|alias| alias.text() == Some("wso2carbon"));
                let password = self
                    .password
                    .as_ref()
                    .is_none_or(|password| password.known().is_some_and(|secret| secret.is("wso2carbon")));
                alias && password
            }
        }
    }
}
