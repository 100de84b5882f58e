//! TLS of the transports, cross-origin answers, secure vault and encryption of a TOML node.

use super::settings::Settings;
use crate::extract::vault::entry;
use crate::extract::xml::protocols;
use crate::model::security::{CrossOrigin, Encryption, PlainPassword, Protocols, Security, Vault};
use crate::model::{Origin, Setting};
use crate::syntax::toml::{Document, Item, Kind, Table};

const MARKER: &str = "$secret{";
/// Places that allow TLS versions, and what listens or calls there.
const PROTOCOLS: [(&str, &str); 4] = [
    ("transport.https.sslHostConfig.properties.protocols", "the servlet transport"),
    ("transport.passthru_https.listener.parameters.HttpsProtocols", "the gateway transport"),
    ("transport.passthru_https.sender.parameters.HttpsProtocols", "the gateway's sender"),
    ("transport.binary.receiver.sslEnabledProtocols", "the data bridge"),
];
/// Keys that name a certificate of the trust store.
const VERIFYING_ALIASES: [&str; 2] = ["apim.devportal.api_key_alias", "apim.publisher.key_alias"];

/// Everything but the key stores.
pub(super) fn security(settings: &Settings<'_>, document: &Document) -> Security {
    const VERIFIER: &str = "transport.passthru_https.sender.parameters.HostnameVerifier";
    Security {
        vault: vault(settings, document),
        host_name_verifiers: settings.get(VERIFIER).into_iter().collect(),
        protocols: PROTOCOLS.iter().filter_map(|(key, listener)| allowed(settings, key, listener)).collect(),
        cross_origin: cross_origin(settings),
        encryption: Some(Encryption {
            span: settings.table_place("encryption"),
            key: settings.get("encryption.key").map(|key| key.secret()),
            provider: settings.get("encryption.internal_crypto_provider"),
        }),
        verifying_aliases: VERIFYING_ALIASES.iter().filter_map(|key| settings.get(key)).collect(),
    }
}

/// A text or an array of texts.
fn allowed(settings: &Settings<'_>, key: &str, listener: &'static str) -> Option<Protocols> {
    let list = settings.list(key)?;
    let setting = Setting::at(String::new(), list.span, list.origin);
    let names = list.items.iter().flat_map(|item| protocols(listener, item.clone()).names);
    Some(Protocols { listener, names: names.collect(), setting })
}

fn cross_origin(settings: &Settings<'_>) -> Option<CrossOrigin> {
    let origins = settings.list("apim.cors.allow_origins")?;
    Some(CrossOrigin {
        enabled: settings.switch("apim.cors.enable", true),
        origins: origins.items,
        credentials: settings.switch("apim.cors.allow_credentials", false),
    })
}

fn vault(settings: &Settings<'_>, document: &Document) -> Vault {
    let mut vault = Vault::default();
    if settings.has_table("secrets") {
        let entries =
            settings.written_under("secrets").map(|(alias, value)| entry(alias.trim_matches('\''), &value));
        vault.entries = Some(entries.collect());
    }
    collect(&document.root, &mut vault);
    if vault.uses.is_empty() {
        vault.plain.clear();
    }
    vault
}

/// Settings that name an alias, and passwords in plain text; a data source on H2 needs none worth hiding.
fn collect(table: &Table, vault: &mut Vault) {
    let is_h2 = [("type", "h2"), ("url", "jdbc:h2:")].iter().any(
        |(key, start)| matches!(table.get(key), Some(Item::Scalar(text, _)) if text.text.starts_with(start)),
    );
    for entry in &table.entries {
        match &entry.item {
            Item::Scalar(text, Kind::String) => {
                let value = Setting::read(text, Origin::Written);
                if let Some(alias) = value.value.strip_prefix(MARKER).and_then(|rest| rest.strip_suffix('}'))
                {
                    vault.uses.push(Setting::at(alias.trim().to_owned(), value.span, Origin::Written));
                } else if is_password(&entry.key) && !is_h2 && is_plain(&value.value) {
                    vault.plain.push(PlainPassword { name: entry.key.clone(), span: value.span });
                }
            }
            Item::Table(inner) if entry.key != "secrets" => collect(inner, vault),
            Item::Tables(tables) => tables.iter().for_each(|inner| collect(inner, vault)),
            Item::Scalar(..) | Item::Array(..) | Item::Table(_) => {}
        }
    }
}

fn is_password(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ["password", "secret"].iter().any(|end| key.ends_with(end))
}

fn is_plain(value: &str) -> bool {
    !value.is_empty() && !value.contains(['$', '{', '<']) && !["true", "false"].contains(&value)
}
