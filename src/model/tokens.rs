//! How a node issues, keeps and caches tokens.

use super::node::Node;
use super::value::{Origin, Setting};

/// What api-manager.xml and identity.xml say about tokens, or `[apim.oauth_config]`, `[apim.jwt]`, `[apim.cache]` and `[oauth]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// `EncryptPersistedTokens`, `enable_token_encryption`.
    pub encrypted: Setting<bool>,
    /// `EnableTokenHashMode`, `enable_token_hashing`.
    pub hashed: Setting<bool>,
    /// Class of `OAuth/TokenPersistenceProcessor`.
    pub processor: Setting,
    /// `EnableGatewayTokenCache`, `gateway_token.enable`.
    pub gateway_cache: Setting<bool>,
    /// `EnableKeyManagerTokenCache`, `km_token.enable`.
    pub key_manager_cache: Setting<bool>,
    /// `IDTokenIssuerID`, `oauth.oidc.id_token.issuer`, variables filled in.
    pub issuer: Setting,
    /// The issuer before variables are filled in.
    pub issuer_as_written: String,
    /// The token that backends get.
    pub backend: BackendToken,
}

/// `JWTConfiguration`, `[apim.jwt]`: the token that gateways send to backends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackendToken {
    /// `EnableJWTGeneration`, `enable`.
    pub enabled: Setting<bool>,
    /// `JWTHeader`, `header`.
    pub header: Setting,
    /// `SignatureAlgorithm`, `signing_algorithm`.
    pub algorithm: Setting,
    /// `ConsumerDialectURI`, `claim_dialect`.
    pub dialect: Setting,
}

/// What a persistence processor does to a token before it goes into the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Processor {
    /// Nothing.
    Plain,
    /// Encrypts it.
    Encryption,
    /// Keeps a hash.
    Hashing,
}

/// The processor of the untouched pack.
pub const PLAIN_PROCESSOR: &str =
    "org.wso2.carbon.identity.oauth.tokenprocessor.PlainTextPersistenceProcessor";

impl Tokens {
    /// What the processor does; `None` where nobody knows the class.
    pub fn processor(&self) -> Option<Processor> {
        match self.processor.text()?.rsplit('.').next()? {
            "PlainTextPersistenceProcessor" => Some(Processor::Plain),
            "EncryptionDecryptionPersistenceProcessor" => Some(Processor::Encryption),
            "HashingPersistenceProcessor" => Some(Processor::Hashing),
            _ => None,
        }
    }
}

impl Node {
    /// True for a gateway that keeps the tokens that it saw.
    pub fn caches_tokens(&self) -> bool {
        self.tokens.as_ref().is_some_and(|tokens| tokens.gateway_cache.is_true())
    }
}

impl<T> Setting<T> {
    /// The value as far as it can be compared with that of another node: what an input leaves out, a person may well
    /// have changed.
    pub fn comparable(&self) -> Option<&T> {
        self.known().filter(|_| self.origin != Origin::Vanilla)
    }
}
