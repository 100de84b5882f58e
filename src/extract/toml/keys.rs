//! `[apim.key_manager]` and `[apim.oauth_config]`, and the key stores.

use super::settings::Settings;
use crate::extract::variables::Variables;
use crate::extract::xml::key_store;
use crate::model::Origin;
use crate::model::keys::{KeyManagement, KeyStore, KeyStoreUse};

/// Key management.
pub(super) fn key_management(settings: &Settings<'_>, variables: &Variables) -> KeyManagement {
    let endpoint = |key: &str| settings.get(key).and_then(|url| variables.endpoint(url));
    KeyManagement {
        span: settings.table_place("apim.key_manager"),
        validation: endpoint("apim.key_manager.service_url"),
        authentication: None,
        revocation: endpoint("apim.oauth_config.revoke_endpoint"),
        client_type: None,
        thrift_enabled: None,
        thrift_host: None,
        thrift_server_port: None,
        thrift_client_port: None,
    }
}

/// `[keystore.*]` and `[truststore]`, and the stores of the gateway's HTTPS transport where the file names
/// others.
pub(super) fn key_stores(settings: &Settings<'_>) -> Vec<KeyStore> {
    const TRANSPORT: &str = "transport.passthru_https.listener.key_store";
    const TRANSPORT_TRUST: &str = "transport.passthru_https.listener.trust_store";
    let rows = [
        (KeyStoreUse::Primary, "keystore.primary", "file_name", true),
        (KeyStoreUse::Internal, "keystore.internal", "file_name", true),
        (KeyStoreUse::Tls, "keystore.tls", "file_name", true),
        (KeyStoreUse::Trust, "truststore", "file_name", true),
        (KeyStoreUse::Transport, TRANSPORT, "location", false),
        (KeyStoreUse::TransportTrust, TRANSPORT_TRUST, "location", false),
    ];
    rows.into_iter()
        .filter_map(|(usage, table, name, always)| {
            let get = |key: &str| settings.get(&format!("{table}.{key}"));
            let location = get(name).filter(|location| always || location.origin != Origin::Derived)?;
            Some(key_store(
                usage,
                location,
                get("password"),
                get("alias"),
                get("type"),
                settings.table_place(table),
            ))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{lower, under};
    use super::*;

    #[test]
    fn stores_take_what_they_lack_from_the_primary_one() {
        let text = "[keystore.primary]\nfile_name = \"corp.p12\"\ntype = \"PKCS12\"\npassword = \"x\"\n\
                    [keystore.tls]\n\
                    file_name = \"tls.jks\"";
        lower("4.2.0", text, |settings, _| {
            let stores = key_stores(settings);
            let find = |usage| stores.iter().find(|store: &&KeyStore| store.usage == usage).unwrap();
            assert_eq!(find(KeyStoreUse::Internal).file_name.as_deref(), Some("corp.p12"));
            let tls = find(KeyStoreUse::Tls);
            assert_eq!(tls.file_name.as_deref(), Some("tls.jks"));
            assert_eq!(tls.kind.as_ref().map(|kind| kind.value.as_str()), Some("PKCS12"));
            assert_eq!(under(text, tls.span), "[keystore.tls]");
            assert_eq!(find(KeyStoreUse::Trust).file_name.as_deref(), Some("client-truststore.jks"));
            assert_eq!(stores.len(), 4);
        });
    }

    #[test]
    fn services_of_the_key_manager_are_the_nodes_own_by_default() {
        lower("4.2.0", "[server]\noffset = 1", |settings, variables| {
            let found = key_management(settings, variables);
            assert_eq!(found.validation.map(|url| url.address()).as_deref(), Some("localhost:9444"));
            assert_eq!(found.revocation.map(|url| url.path).as_deref(), Some("/oauth2/revoke"));
        });
    }
}
