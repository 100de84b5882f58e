//! Every place of an XML node that names a key store.

use super::paths;
use crate::extract::files::Files;
use crate::extract::key_store_files::look_into;
use crate::extract::view::View;
use crate::model::Setting;
use crate::model::keys::{KeyStore, KeyStoreUse};

/// Folder of the gateway's inbound endpoints.
const INBOUND_ENDPOINTS: &str = "repository/deployment/server/synapse-configs/default/inbound-endpoints";

/// All places in the order of the files below, with what their files show.
pub(super) fn key_stores(files: &mut Files) -> Vec<KeyStore> {
    type Reader = fn(View<'_>) -> Vec<KeyStore>;
    let readers: [(&str, Reader); 8] = [
        (paths::CARBON, of_carbon),
        (paths::CATALINA, of_tomcat),
        (paths::AXIS2, of_axis2),
        (paths::BROKER, of_broker),
        (paths::DATA_BRIDGE, of_data_bridge),
        (paths::IDENTITY, of_identity),
        ("repository/resources/security/sslprofiles.xml", of_profiles),
        ("repository/resources/security/listenerprofiles.xml", of_profiles),
    ];
    let mut stores: Vec<_> = readers
        .into_iter()
        .flat_map(|(path, read)| files.xml(path).map(|file| read(file.root())).unwrap_or_default())
        .collect();
    for path in files.list(INBOUND_ENDPOINTS).into_iter().filter(|path| path.ends_with(".xml")) {
        stores.extend(files.xml(&path).map(|file| of_inbound_endpoint(file.root())).unwrap_or_default());
    }
    look_into(&mut stores, files, false);
    stores
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

/// TLS listeners of broker.xml that are open.
fn of_broker(root: View<'_>) -> Vec<KeyStore> {
    let is_off = |view: View<'_>| view.attribute("enabled").is_some_and(|text| text.boolean().is_false());
    ["amqp", "mqtt"]
        .iter()
        .filter_map(|protocol| root.descend(&["transports", protocol]))
        .filter(|protocol| !is_off(*protocol))
        .filter_map(|protocol| protocol.child("sslConnection"))
        .filter(|connection| !is_off(*connection))
        .flat_map(|connection| {
            let store = |name, usage| elements(connection.child(name)?, usage, &Spelling::LOWER);
            [store("keyStore", KeyStoreUse::Broker), store("trustStore", KeyStoreUse::OtherTrust)]
        })
        .flatten()
        .collect()
}

/// Entitlement service of identity.xml, where it is on.
fn of_identity(root: View<'_>) -> Vec<KeyStore> {
    let service = root.descend(&["EntitlementSettings", "ThirftBasedEntitlementConfig"]);
    service
        .filter(|view| view.leaf(&["EnableThriftService"]).is_some_and(|text| text.boolean().is_true()))
        .and_then(|view| elements(view.child("KeyStore")?, KeyStoreUse::Identity, &Spelling::UPPER))
        .into_iter()
        .collect()
}

/// Profiles of the gateway's TLS transport.
fn of_profiles(root: View<'_>) -> Vec<KeyStore> {
    root.children("profile")
        .flat_map(|profile| {
            let store = |name, usage| elements(profile.child(name)?, usage, &Spelling::UPPER);
            [store("KeyStore", KeyStoreUse::Profile), store("TrustStore", KeyStoreUse::OtherTrust)]
        })
        .flatten()
        .collect()
}

/// An inbound endpoint with TLS of its own.
fn of_inbound_endpoint(root: View<'_>) -> Vec<KeyStore> {
    let Some(parameters) = root.child("parameters") else { return Vec::new() };
    if root.attribute("suspend").is_some_and(|text| text.boolean().is_true()) {
        return Vec::new();
    }
    let parameter = |name: &str| parameters.child_with("parameter", "name", name).map(View::text);
    let store = |kind: &str, usage| {
        let location = parameter(&format!("wss.ssl.{kind}.store.file"))?;
        let password = parameter(&format!("wss.ssl.{kind}.store.pass"));
        let span = location.span;
        Some(key_store(usage, location, password, None, None, span))
    };
    [store("key", KeyStoreUse::InboundEndpoint), store("trust", KeyStoreUse::OtherTrust)]
        .into_iter()
        .flatten()
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
        content: None,
        missing: None,
        span,
    }
}
