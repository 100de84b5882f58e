//! A location for WebSocket APIs that does not hand the upgrade on: nginx drops it, and no client gets a connection.

use crate::model::Deployment;
use crate::model::proxy::Location;
use crate::rules::{Check, Finding, Rule};

/// PX021.
pub static RULE: Rule = Rule { card: "PX021-websocket-upgrade-missing", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for server in deployment.proxy.iter().flat_map(|proxy| &proxy.servers) {
        for location in server.locations.iter().filter(|_| !server.incomplete) {
            let Some(pass) = &location.pass else { continue };
            let missing = missing(location);
            let mut reached = deployment.reached(pass);
            let reached = reached.find_map(|reached| {
                let listener = reached.listener.filter(|listener| listener.kind.is_web_socket())?;
                Some((reached.node?, listener, reached.server))
            });
            let Some((node, listener, server)) = reached.filter(|_| !missing.is_empty()) else { continue };
            let message = format!(
                "location {} forwards to {} of {} without {}",
                location.shown_path(),
                listener.kind.noun(),
                node.name,
                missing.join(", "),
            );
            findings.push(
                Finding::new(location.span, "the upgrade is dropped", message)
                    .help(format!("add to the location: {};", missing.join("; ")))
                    .related(server.span, "the WebSocket port"),
            );
        }
    }
}

/// The directives that hand an upgrade on, as far as they are not in force.
fn missing(location: &Location) -> Vec<&'static str> {
    let sets = |name: &str| location.headers.iter().any(|(header, _)| header == name);
    let rows = [
        (location.http_version.as_deref() == Some("1.1"), "proxy_http_version 1.1"),
        (sets("upgrade"), "proxy_set_header Upgrade $http_upgrade"),
        (sets("connection"), "proxy_set_header Connection \"upgrade\""),
    ];
    rows.into_iter().filter(|(present, _)| !present).map(|(_, directive)| directive).collect()
}
