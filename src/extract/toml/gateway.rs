//! `[[apim.gateway.environment]]` and `[apim.sync_runtime_artifacts.gateway]`.

use super::Administrator;
use super::settings::{Entry, Settings};
use crate::extract::variables::Variables;
use crate::model::gateway::{ArtifactPull, Environment, VirtualHost};
use crate::model::{Endpoint, Version};

/// The gateway environments in file order.
pub(super) fn environments(
    settings: &Settings<'_>,
    variables: &Variables,
    administrator: &Administrator,
) -> Vec<Environment> {
    settings
        .entries("apim.gateway.environment")
        .into_iter()
        .map(|entry| environment(entry, variables, administrator))
        .collect()
}

/// Where clients call APIs.
const CALLS: [&str; 2] = ["https_endpoint", "http_endpoint"];
const WEB_SOCKETS: [&str; 2] = ["ws_endpoint", "wss_endpoint"];
const WEB_HOOKS: [&str; 2] = ["websub_event_receiver_http_endpoint", "websub_event_receiver_https_endpoint"];

fn environment(entry: Entry<'_>, variables: &Variables, administrator: &Administrator) -> Environment {
    let hosts = entry.entries("virtual_host");
    let endpoints = |keys: [&str; 2]| -> Vec<Endpoint> {
        let holders = std::iter::once(entry).chain(hosts.iter().copied());
        holders.flat_map(|holder| endpoints_of(holder, &keys, variables)).collect()
    };
    Environment {
        name: entry.get("name").filter(|name| !name.value.is_empty()),
        kind: entry.get("type"),
        service_url: entry.get("service_url").and_then(|url| variables.endpoint(url)),
        user_name: entry.get("username").map(|name| variables.fill(name)),
        password: entry.get("password").map(|password| administrator.fill(password, variables).secret()),
        endpoints: endpoints(CALLS),
        web_sockets: endpoints(WEB_SOCKETS),
        web_hooks: endpoints(WEB_HOOKS),
        gateway_type: entry.get("gateway_type"),
        virtual_hosts: hosts.iter().map(|host| virtual_host(*host, variables)).collect(),
        span: entry.span(),
    }
}

fn endpoints_of(holder: Entry<'_>, keys: &[&str], variables: &Variables) -> Vec<Endpoint> {
    keys.iter().filter_map(|key| holder.get(key)).filter_map(|text| variables.endpoint(text)).collect()
}

fn virtual_host(entry: Entry<'_>, variables: &Variables) -> VirtualHost {
    let keys = [CALLS, WEB_SOCKETS, WEB_HOOKS].concat();
    VirtualHost {
        endpoints: endpoints_of(entry, &keys, variables),
        web_hooks: WEB_HOOKS.map(|key| entry.get(key).is_some()),
        listed: entry.is_trusted(),
        span: entry.span(),
    }
}

/// How the gateway pulls artifacts; 3.2 and later. It is on by default from 4.0 on.
pub(super) fn artifact_pull(settings: &Settings<'_>, version: Option<Version>) -> Option<ArtifactPull> {
    const TABLE: &str = "apim.sync_runtime_artifacts.gateway";
    let by_default = version.is_some_and(|version| version.at_least(4, 0));
    if version.is_some_and(|version| !version.at_least(3, 2)) || !(by_default || settings.has_table(TABLE)) {
        return None;
    }
    let labels = settings.list(&format!("{TABLE}.gateway_labels"));
    Some(ArtifactPull {
        enabled: settings.switch(&format!("{TABLE}.enable"), by_default),
        labels: labels.map(|list| list.items).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{lower, under};
    use super::*;
    use crate::model::{Host, Origin, Setting};

    fn administrator(name: &str) -> Administrator {
        let span = crate::source::Span::new(crate::source::FileId { owner: 0, index: 0 }, 0, 0);
        Administrator { password: Some(Setting::at(name.to_owned(), span, Origin::Written)) }
    }

    #[test]
    fn environments_have_endpoints_with_variables_filled_in() {
        let text = "[server]\noffset = 2\n[[apim.gateway.environment]]\nname = \"Default\"\n\
                    type = \"hybrid\"\n\
                    service_url = \"https://gw:${mgt.transport.https.port}/services/\"\n\
                    password = \"${admin.password}\"\n\
                    https_endpoint = \"https://localhost:${https.nio.port}\"\n\
                    ws_endpoint = \"ws://gw:9099\"\n\
                    [[apim.gateway.environment.virtual_host]]\n\
                    https_endpoint = \"https://us.corp.test:8243\"";
        lower("4.2.0", text, |settings, variables| {
            let found = environments(settings, variables, &administrator("secret"));
            let [default] = found.as_slice() else { panic!("one environment") };
            let service = default.service_url.as_ref().unwrap();
            assert_eq!(service.host, Host::Name("gw".to_owned()));
            assert_eq!(service.port.number, Some(9445));
            assert_eq!(service.port.variable.as_deref(), Some("mgt.transport.https.port"));
            assert!(default.password.as_ref().unwrap().known().unwrap().is("secret"));
            let addresses: Vec<_> = default.endpoints.iter().map(|one| one.address()).collect();
            assert_eq!(addresses, ["localhost:8245", "us.corp.test:8243"]);
            assert_eq!(default.web_sockets.len(), 1);
            assert_eq!(under(text, default.span), "[[apim.gateway.environment]]");
        });
    }

    #[test]
    fn pulling_is_on_from_4_0_and_off_for_a_control_plane() {
        let pull = |version: &str, text: &str| {
            lower(version, text, |settings, _| artifact_pull(settings, Version::parse(version)))
        };
        assert!(pull("3.0.0", "").is_none());
        let gateway =
            pull("4.2.0", "[apim.sync_runtime_artifacts.gateway]\ngateway_labels = [\"A\", \"B\"]").unwrap();
        assert!(gateway.enabled.is_true());
        assert_eq!(gateway.labels.len(), 2);
        let control = pull("4.2.0", "[server]\nserver_role = \"control-plane\"").unwrap();
        assert!(control.enabled.is_false());
        assert_eq!(control.labels[0].value, "Default");
    }
}
