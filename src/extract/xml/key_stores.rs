//! Every place of an XML node that names a key store.

use sha2::{Digest, Sha256};

use super::paths;
use crate::extract::files::Files;
use crate::extract::view::View;
use crate::model::Setting;
use crate::model::keys::{KeyStore, KeyStoreUse};

/// All places in the order of the files below. Where the input holds the store itself, its digest is taken.
pub(super) fn key_stores(files: &mut Files) -> Vec<KeyStore> {
    type Reader = fn(View<'_>) -> Vec<KeyStore>;
    let readers: [(&str, Reader); 5] = [
        (paths::CARBON, of_carbon),
        (paths::CATALINA, of_tomcat),
        ("repository/conf/axis2/axis2.xml", of_axis2),
        ("repository/conf/broker.xml", of_broker),
        ("repository/conf/data-bridge/data-bridge-config.xml", of_data_bridge),
    ];
    let mut stores: Vec<_> = readers
        .into_iter()
        .flat_map(|(path, read)| files.xml(path).map(|file| read(file.root())).unwrap_or_default())
        .collect();
    digests(&mut stores, files);
    stores
}

/// Fills in the digests of the stores that the input holds.
pub(in crate::extract) fn digests(stores: &mut [KeyStore], files: &mut Files) {
    for store in stores {
        let Some(location) = store.location.text() else { continue };
        let path = location.trim_start_matches("${carbon.home}").trim_start_matches('/');
        store.digest = digest(files, path);
    }
}

/// SHA-256 of a file as hex; `None` where the input lacks it.
pub(in crate::extract) fn digest(files: &mut Files, path: &str) -> Option<String> {
    files.bytes(path).map(|bytes| Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}

/// `Security` of carbon.xml.
fn of_carbon(root: View<'_>) -> Vec<KeyStore> {
    [
        ("KeyStore", KeyStoreUse::Primary),
        ("InternalKeyStore", KeyStoreUse::Internal),
        ("TrustStore", KeyStoreUse::Trust),
    ]
    .into_iter()
    .filter_map(|(name, usage)| elements(root.descend(&["Security", name])?, usage, &Spelling::UPPER))
    .collect()
}

/// HTTPS connectors of catalina-server.xml.
fn of_tomcat(root: View<'_>) -> Vec<KeyStore> {
    root.children("Service")
        .flat_map(|service| service.children("Connector"))
        .filter_map(|view| {
            Some(key_store(
                KeyStoreUse::Tls,
                view.attribute("keystoreFile")?,
                view.attribute("keystorePass"),
                view.attribute("keyAlias"),
                view.attribute("keystoreType"),
                view.element.start_tag,
            ))
        })
        .collect()
}

/// Receivers and senders of axis2.xml.
fn of_axis2(root: View<'_>) -> Vec<KeyStore> {
    let mut stores = Vec::new();
    for transport in ["transportReceiver", "transportSender"] {
        for view in root.children(transport) {
            for (parameter, element, usage) in [
                ("keystore", "KeyStore", KeyStoreUse::Transport),
                ("truststore", "TrustStore", KeyStoreUse::TransportTrust),
            ] {
                let store =
                    view.child_with("parameter", "name", parameter).and_then(|view| view.child(element));
                stores.extend(store.and_then(|view| elements(view, usage, &Spelling::UPPER)));
            }
        }
    }
    stores
}

/// TLS listeners of broker.xml.
fn of_broker(root: View<'_>) -> Vec<KeyStore> {
    ["amqp", "mqtt"]
        .iter()
        .filter_map(|protocol| root.descend(&["transports", protocol, "sslConnection", "keyStore"]))
        .filter_map(|view| elements(view, KeyStoreUse::Broker, &Spelling::LOWER))
        .collect()
}

/// data-bridge-config.xml.
fn of_data_bridge(root: View<'_>) -> Vec<KeyStore> {
    root.child("keyStoreLocation")
        .map(|view| {
            key_store(
                KeyStoreUse::DataBridge,
                view.text(),
                root.leaf(&["keyStorePassword"]),
                None,
                None,
                view.place(),
            )
        })
        .into_iter()
        .collect()
}

/// How a file spells the children of a key store element.
struct Spelling {
    location: &'static str,
    password: &'static str,
    alias: &'static str,
    kind: &'static str,
}

impl Spelling {
    const UPPER: Self = Self { location: "Location", password: "Password", alias: "KeyAlias", kind: "Type" };
    const LOWER: Self = Self { location: "location", password: "password", alias: "keyAlias", kind: "type" };
}

fn elements(view: View<'_>, usage: KeyStoreUse, spelling: &Spelling) -> Option<KeyStore> {
    Some(key_store(
        usage,
        view.leaf(&[spelling.location])?,
        view.leaf(&[spelling.password]),
        view.leaf(&[spelling.alias]),
        view.leaf(&[spelling.kind]),
        view.place(),
    ))
}

/// A key store entry from its parts.
pub(in crate::extract) fn key_store(
    usage: KeyStoreUse,
    location: Setting,
    password: Option<Setting>,
    alias: Option<Setting>,
    kind: Option<Setting>,
    span: crate::source::Span,
) -> KeyStore {
    let file_name = location
        .text()
        .and_then(|text| text.rsplit(['/', '\\']).next())
        .filter(|name| !name.is_empty() && !name.contains(['$', '{', '<']))
        .map(str::to_ascii_lowercase);
    KeyStore {
        usage,
        location,
        file_name,
        password: password.map(|password| password.secret()),
        alias,
        kind,
        digest: None,
        span,
    }
}
