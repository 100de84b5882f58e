//! nginx asks for the name of its upstream instead of the name that the browser wrote: redirects and links carry a name
//! that nobody outside can resolve.

use std::collections::BTreeMap;

use super::portals::portals;
use crate::model::proxy_routes::{AppRoute, WebApp};
use crate::model::{Deployment, Node, Role};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// PX018.
pub static RULE: Rule = Rule { card: "PX018-host-header-missing", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let routes = deployment.app_routes();
    let mut by_server: BTreeMap<Span, Vec<(&AppRoute<'_>, &Node)>> = BTreeMap::new();
    for route in &routes {
        if let Some(node) = lost(deployment, route) {
            by_server.entry(route.server.span).or_default().push((route, node));
        }
    }
    for lost in by_server.into_values() {
        let Some((first, node)) = lost.first() else { continue };
        let path = first.location.shown_path();
        let message = format!(
            "location {path} of {} passes no Host on: {} answers with the name of the upstream",
            first.server.label(),
            node.name,
        );
        let mut finding = Finding::new(first.location.span, "no proxy_set_header Host", message)
            .help("add \"proxy_set_header Host $host;\" (with a port in it where clients use one)");
        let mut seen = vec![first.location.span];
        for (route, _) in lost.iter().skip(1) {
            if !seen.contains(&route.location.span) {
                seen.push(route.location.span);
                finding = finding.related(route.location.span, "likewise");
            }
        }
        let knows = lost.iter().all(|(_, node)| knows_its_name(node));
        findings.push(if knows { finding.variant("name-known") } else { finding });
    }
}

/// The node that people reach through the location and whose redirects nothing puts right.
fn lost<'a>(deployment: &'a Deployment, route: &AppRoute<'a>) -> Option<&'a Node> {
    let location = route.location;
    let sets_host = location.headers.iter().any(|(name, _)| name == "host");
    if sets_host || location.mends_redirects() || route.server.incomplete || location.rewritten {
        return None;
    }
    let nodes = deployment.reached(route.pass).filter_map(|reached| {
        let node = reached.node?;
        reached.listener?.kind.is_servlet().then_some(node)
    });
    nodes.filter(|node| serves(node, route.app)).find(|node| !is_told(node, route.app))
}

/// Consoles of gateways and key managers are called by those who run them.
fn serves(node: &Node, app: WebApp) -> bool {
    let is_portal = node.acts_as(Role::Publisher) || node.acts_as(Role::Store);
    is_portal && app.is_in_release_of(node) && app.runs_on(node)
}

/// True where site.json tells the portal that a proxy is in front, and how to learn its name.
fn is_told(node: &Node, app: WebApp) -> bool {
    portals(node).any(|portal| WebApp::from(portal.app) == app && portal.knows_proxy())
}

/// True where HostName and `proxyPort` say how clients reach the node: most links are built of these.
fn knows_its_name(node: &Node) -> bool {
    let mut secure = node.connectors.iter().filter(|connector| connector.secure);
    node.public_host_name().is_some() && secure.any(|connector| connector.proxy_port.is_some())
}
