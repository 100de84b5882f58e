//! `[apim.oauth_config]`, `[apim.jwt]`, `[apim.cache]` and `[oauth]`.

use super::settings::Settings;
use crate::extract::variables::Variables;
use crate::model::Endpoint;
use crate::model::tokens::{BackendToken, PLAIN_PROCESSOR, Tokens};

/// Key of the issuer.
const ISSUER: &str = "oauth.oidc.id_token.issuer";

/// How tokens are issued, kept and cached.
pub(super) fn tokens(settings: &Settings<'_>, variables: &Variables) -> Tokens {
    Tokens {
        encrypted: settings.switch("apim.oauth_config.enable_token_encryption", false),
        hashed: settings.switch("apim.oauth_config.enable_token_hashing", false),
        processor: settings.get_or("oauth.extensions.token_persistence_processor", PLAIN_PROCESSOR),
        gateway_cache: settings.switch("apim.cache.gateway_token.enable", true),
        key_manager_cache: settings.switch("apim.cache.km_token.enable", false),
        issuer: variables.fill(settings.get_or(ISSUER, "")),
        issuer_as_written: settings.get_or(ISSUER, "").value,
        backend: BackendToken {
            enabled: settings.switch("apim.jwt.enable", false),
            header: settings.get_or("apim.jwt.header", "X-JWT-Assertion"),
            algorithm: settings.get_or("apim.jwt.signing_algorithm", "SHA256withRSA"),
            dialect: settings.get_or("apim.jwt.claim_dialect", "http://wso2.org/claims"),
        },
    }
}

/// `notification_endpoint` of the event listener that tells about revoked tokens, 3.2 and later.
pub(super) fn notification(settings: &Settings<'_>, variables: &Variables) -> Option<Endpoint> {
    let entries = settings.entries("event_listener");
    let listener = entries
        .into_iter()
        .find(|entry| entry.get("id").is_some_and(|id| id.text() == Some("token_revocation")))?;
    let properties = listener.under("properties");
    let (_, url) = properties.into_iter().find(|(name, _)| name == "notification_endpoint")?;
    variables.endpoint(url)
}
