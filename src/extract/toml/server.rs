//! `[server]` and the servlet connectors.

use super::settings::Settings;
use crate::extract::variables::Variables;
use crate::model::node::Identity;
use crate::model::portal::Connector;
use crate::model::{Endpoint, Origin, Purpose, Setting};
use crate::source::Span;

/// `[server]`. Without `mgt_console_hostname` the console answers under the host name.
pub(super) fn identity(settings: &Settings<'_>, offset: Setting<u16>) -> Identity {
    let span = settings.table_place("server");
    let host_name = settings.get("server.hostname");
    let management_host_name = settings.get("server.mgt_console_hostname").or_else(|| {
        let host = host_name.as_ref()?;
        let origin = if host.origin == Origin::Unknown { Origin::Unknown } else { Origin::Derived };
        Some(Setting::at(host.value.clone(), span, origin))
    });
    Identity {
        span,
        host_name,
        management_host_name,
        offset,
        malformed_offset: settings.get("server.offset").and_then(|text| text.malformed_port()),
        node_address: settings.get("server.node_ip"),
        server_key: None,
        server_role: settings.written("server.server_role"),
    }
}

/// What a deployment.toml that cannot be read leaves open.
pub(super) fn unread(place: Span) -> Identity {
    let unknown = || Some(Setting::at(String::new(), place, Origin::Unknown));
    Identity {
        span: place,
        host_name: unknown(),
        management_host_name: unknown(),
        offset: Setting::at(0, place, Origin::Unknown),
        malformed_offset: None,
        node_address: unknown(),
        server_key: None,
        server_role: unknown(),
    }
}

/// `transport.https.properties` and `transport.http.properties`, which become attributes as they are.
pub(super) fn connectors(settings: &Settings<'_>, variables: &Variables) -> Vec<Connector> {
    [("transport.https.properties", 9443, true), ("transport.http.properties", 9763, false)]
        .into_iter()
        .map(|(table, port, secure)| {
            let get = |name: &str| settings.get(&format!("{table}.{name}"));
            Connector {
                secure,
                port: settings.port(&format!("{table}.port"), port),
                proxy_port: get("proxyPort").map(|text| super::settings::port(&text)),
                proxy_name: get("proxyName").map(|name| variables.fill(name)),
                redirect_port: get("redirectPort").map(|text| super::settings::port(&text)),
                span: settings.table_place(table),
            }
        })
        .collect()
}

/// `[apim.idp]` and the URL of the developer portal.
pub(super) fn references(settings: &Settings<'_>, variables: &Variables) -> Vec<(Purpose, Endpoint)> {
    let providers = settings.written_under("apim.idp").map(|(_, text)| (Purpose::IdentityProvider, text));
    let portal = settings.written("apim.devportal.url").map(|text| (Purpose::DeveloperPortal, text));
    providers
        .chain(portal)
        .filter_map(|(purpose, text)| Some((purpose, variables.endpoint(text)?)))
        .filter(|(_, endpoint)| matches!(endpoint.scheme.as_str(), "http" | "https"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{lower, under};
    use super::*;

    #[test]
    fn the_console_answers_under_the_host_name() {
        let text = "[server]\nhostname = \"gw.corp.test\"\noffset = 3";
        lower("4.2.0", text, |settings, _| {
            let found = identity(settings, settings.port("server.offset", 0));
            let console = found.management_host_name.unwrap();
            assert_eq!((console.value.as_str(), console.origin), ("gw.corp.test", Origin::Derived));
            assert_eq!((found.offset.value, under(text, found.offset.span)), (3, "3"));
            assert_eq!(under(text, found.span), "[server]");
            assert!(found.server_role.is_none());
        });
    }

    #[test]
    fn connectors_have_proxy_ports_where_they_are_written() {
        let text = "[transport.https.properties]\nproxyPort = 443\nport = 9444\n[transport.http]\n\
                    properties.proxyPort = 80";
        lower("4.2.0", text, |settings, variables| {
            let [secure, plain] = connectors(settings, variables).try_into().unwrap();
            let port = |connector: &Connector| connector.proxy_port.as_ref().map(|port| port.value);
            assert_eq!((secure.port.value, port(&secure)), (9444, Some(443)));
            assert_eq!((plain.port.value, port(&plain)), (9763, Some(80)));
            assert_eq!(under(text, secure.span), "[transport.https.properties]");
            assert_eq!(under(text, plain.span), "[transport.http]");
        });
    }
}
