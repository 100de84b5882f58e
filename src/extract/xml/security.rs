//! TLS of the transports, cross-origin answers and secure vault of an XML node.

use super::paths;
use crate::extract::files::Files;
use crate::extract::vault::vault;
use crate::extract::view::View;
use crate::model::Setting;
use crate::model::security::{CrossOrigin, Protocols, Security};

/// Everything but the key stores; `api` is the root of api-manager.xml or app-manager.xml.
pub(super) fn security(api: Option<View<'_>>, files: &mut Files) -> Security {
    let transports = files.xml(paths::AXIS2);
    let transports = transports.as_ref().map(|file| file.root());
    let mut protocols = Vec::new();
    if let Some(file) = files.xml(paths::CATALINA) {
        protocols.extend(of_connectors(file.root()));
    }
    protocols.extend(transports.into_iter().flat_map(of_transports));
    if let Some(file) = files.xml(paths::DATA_BRIDGE) {
        protocols.extend(of_receivers(file.root()));
    }
    Security {
        vault: vault(files),
        host_name_verifiers: transports.map(host_name_verifiers).unwrap_or_default(),
        protocols,
        cross_origin: api.and_then(cross_origin),
        encryption: None,
        verifying_aliases: Vec::new(),
    }
}

/// TLS versions between commas; Tomcat's `+` and the names of the suite before them are dropped.
pub(in crate::extract) fn protocols(listener: &'static str, setting: Setting) -> Protocols {
    let names = setting.text().unwrap_or_default().split([',', ' ']);
    let names = names.map(|name| name.trim().trim_start_matches('+')).filter(|name| !name.is_empty());
    Protocols { listener, names: names.map(str::to_owned).collect(), setting }
}

fn of_connectors(root: View<'_>) -> Vec<Protocols> {
    root.children("Service")
        .flat_map(|service| service.children("Connector"))
        .flat_map(|connector| {
            let hosts = connector.children("SSLHostConfig").filter_map(|host| host.attribute("protocols"));
            connector.attribute("sslEnabledProtocols").into_iter().chain(hosts)
        })
        .map(|setting| protocols("the servlet transport", setting))
        .collect()
}

fn of_transports(root: View<'_>) -> Vec<Protocols> {
    [("transportReceiver", "the gateway transport"), ("transportSender", "the gateway's sender")]
        .into_iter()
        .flat_map(|(element, listener)| {
            root.children(element)
                .filter_map(|transport| transport.child_with("parameter", "name", "HttpsProtocols"))
                .map(move |parameter| protocols(listener, parameter.text()))
        })
        .collect()
}

fn of_receivers(root: View<'_>) -> Vec<Protocols> {
    root.children("dataReceiver")
        .filter_map(|receiver| receiver.child_with("config", "name", "sslEnabledProtocols"))
        .map(|config| protocols("the data bridge", config.text()))
        .collect()
}

fn host_name_verifiers(root: View<'_>) -> Vec<Setting> {
    root.children("transportSender")
        .filter_map(|sender| sender.child_with("parameter", "name", "HostnameVerifier"))
        .map(View::text)
        .collect()
}

/// `CORSConfiguration`.
fn cross_origin(root: View<'_>) -> Option<CrossOrigin> {
    let view = root.child("CORSConfiguration")?;
    let origins = view.leaf(&["Access-Control-Allow-Origin"])?;
    let listed = origins.value.split(',').map(|origin| origins.map(|_| origin.trim().to_owned()));
    Some(CrossOrigin {
        enabled: view.leaf(&["Enabled"])?.boolean(),
        origins: listed.collect(),
        credentials: view.leaf(&["Access-Control-Allow-Credentials"])?.boolean(),
    })
}
