//! What protects a node: secure vault, TLS of its transports, cross-origin answers, encryption of stored data.

use super::value::{Secret, Setting};
use crate::source::Span;

/// Everything of a node that protects it, beside its key stores.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Security {
    /// Secure vault.
    pub vault: Vault,
    /// Which server names the senders of the gateway accept (`HostnameVerifier`).
    pub host_name_verifiers: Vec<Setting>,
    /// TLS versions by place.
    pub protocols: Vec<Protocols>,
    /// Cross-origin answers of the gateway.
    pub cross_origin: Option<CrossOrigin>,
    /// `[encryption]`.
    pub encryption: Option<Encryption>,
    /// Aliases of certificates that tokens and keys of APIs are checked with; they lie in the trust store.
    pub verifying_aliases: Vec<Setting>,
}

/// Secure vault: which settings it fills in and with what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vault {
    /// cipher-text.properties or `[secrets]`; `None` where the input lacks it.
    pub entries: Option<Vec<VaultEntry>>,
    /// Settings that name an alias (`svns:secretAlias`, `$secret{…}`).
    pub uses: Vec<Setting>,
    /// Passwords in plain text beside them. Looked for only where something uses the vault.
    pub plain: Vec<PlainPassword>,
}

impl Vault {
    /// The entry of this alias.
    pub fn entry(&self, alias: &str) -> Option<&VaultEntry> {
        self.entries.as_ref()?.iter().rev().find(|entry| entry.alias == alias)
    }
}

/// One alias and its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultEntry {
    /// The alias.
    pub alias: String,
    /// The secret, encrypted or between square brackets.
    pub secret: Setting<Secret>,
    /// True for a plain text between square brackets, which the cipher tool has not encrypted yet.
    pub is_plain: bool,
}

/// A password that anybody who reads the file can read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainPassword {
    /// What it belongs to: the element or key that holds it.
    pub name: String,
    /// Where it stands.
    pub span: Span,
}

/// TLS versions that one place allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protocols {
    /// What listens or calls there.
    pub listener: &'static str,
    /// The setting as written.
    pub setting: Setting,
    /// The versions, as their names are written.
    pub names: Vec<String>,
}

/// `CORSConfiguration`, `[apim.cors]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrossOrigin {
    /// `Enabled`.
    pub enabled: Setting<bool>,
    /// `Access-Control-Allow-Origin`.
    pub origins: Vec<Setting>,
    /// `Access-Control-Allow-Credentials`.
    pub credentials: Setting<bool>,
}

/// `[encryption]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encryption {
    /// The header, or where it should stand.
    pub span: Span,
    /// `encryption.key`.
    pub key: Option<Setting<Secret>>,
    /// Class that encrypts: with the internal key store, or with the key.
    pub provider: Option<Setting>,
}

impl Encryption {
    /// True where data is encrypted with `encryption.key` instead of the internal key store.
    pub fn is_symmetric(&self) -> bool {
        self.provider
            .as_ref()
            .and_then(Setting::text)
            .is_some_and(|class| class.ends_with(".SymmetricKeyInternalCryptoProvider"))
    }
}
