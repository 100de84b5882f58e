//! A portal that does not know of the proxy in front of it writes links and log-in redirects that leave the
//! proxy.

use std::collections::BTreeSet;

use super::portals::portals;
use crate::model::deployment::Deployment;
use crate::model::portal::ProxyMode;
use crate::model::ports::ListenerKind;
use crate::model::proxy_routes::AppRoute;
use crate::model::{Node, Origin, Setting};
use crate::rules::{Check, Finding, Rule};

/// PX002.
pub static RULE: Rule = Rule { card: "PX002-reverse-proxy-disabled", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for node in &deployment.nodes {
        for portal in portals(node) {
            let Some((enabled, ProxyMode::Off)) =
                portal.reverse_proxy.as_ref().and_then(|proxy| proxy.enabled.as_ref())
            else {
                continue;
            };
            if enabled.origin == Origin::Vanilla && !shows_deployment(node) {
                continue;
            }
            let routes = deployment.routes_to(node, portal.app.into());
            let Some(route) = routes
                .iter()
                .filter(|route| route.explicit || route.app.runs_on(node))
                .find(|route| leaves(deployment, node, route))
            else {
                continue;
            };
            let app = portal.app.name();
            let name = route.server.label();
            let context =
                if route.prefix.is_empty() { "\"\"".to_owned() } else { format!("\"{}\"", route.prefix) };
            findings.push(
                Finding::new(
                    enabled.span,
                    "the proxy is not known here",
                    format!("{name} serves the {app} of {}, but its reverseProxy is not enabled", node.name),
                )
                .help(format!(
                    "set reverseProxy.enabled to true, host to \"{name}\" and context to {context}"
                ))
                .related(route.location.span, format!("the {app} is served here")),
            );
        }
    }
}

/// True when the input shows the deployment folder, so that an absent site.json is an untouched one.
fn shows_deployment(node: &Node) -> bool {
    node.is_home || node.documents.keys().any(|path| path.starts_with("repository/deployment/"))
}

/// True when links that the portal builds from its own host name and port are wrong at this route.
fn leaves(deployment: &Deployment, node: &Node, route: &AppRoute<'_>) -> bool {
    let ports: BTreeSet<u16> = route.server.listens.iter().map(|listen| listen.port).collect();
    let known = deployment
        .reached(route.pass)
        .filter(|reached| reached.node.is_some_and(|found| found.index == node.index))
        .filter_map(|reached| reached.listener)
        .any(|listener| {
            let secure = listener.kind == ListenerKind::ServletHttps;
            let told = node
                .connectors
                .iter()
                .filter(|connector| connector.secure == secure)
                .filter_map(|connector| connector.proxy_port.as_ref())
                .next();
            match told {
                Some(port) => port.known().is_none_or(|port| ports.contains(port)),
                None => listener.port.is_some_and(|port| ports.contains(&port)),
            }
        });
    let own_name = node.public_host_name().and_then(Setting::text);
    let same_name =
        route.server.plain_names().any(|name| own_name.is_some_and(|own| own.eq_ignore_ascii_case(name)));
    let moved = route.prefix != format!("/{}", route.app.name());
    moved || !known || !(route.location.passes_host() || same_name)
}
