//! People who log in on one node and are sent to another are logged out again.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::proxy_routes::{AppRoute, Reached, WebApp};
use crate::model::{Deployment, Node, Role};
use crate::rules::{Check, Finding, Rule};

/// PX009.
pub static RULE: Rule = Rule { card: "PX009-session-affinity-missing", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let routes = deployment.app_routes();
    let mut by_upstream: BTreeMap<&str, Vec<&AppRoute<'_>>> = BTreeMap::new();
    for route in &routes {
        if let Some(name) = route.pass.upstream.as_deref().filter(|_| route.pass.named) {
            by_upstream.entry(name).or_default().push(route);
        }
    }
    for upstream in deployment.proxy.iter().flat_map(|proxy| &proxy.upstreams) {
        let active: BTreeSet<(&str, u16)> = upstream
            .servers
            .iter()
            .filter(|server| !server.standby)
            .map(|server| (server.host.as_str(), server.port))
            .collect();
        if upstream.affinity.is_some() || upstream.incomplete || active.len() < 2 {
            continue;
        }
        let routes = by_upstream.get(upstream.name.as_str()).map_or(&[][..], Vec::as_slice);
        let needing: Vec<&AppRoute<'_>> =
            routes.iter().copied().filter(|route| needs_affinity(deployment, route)).collect();
        let Some(first) = needing.first() else { continue };
        let apps: BTreeSet<WebApp> = needing.iter().map(|route| route.app).collect();
        let apps: Vec<&str> = apps.into_iter().map(WebApp::name).collect();
        let mut finding = Finding::new(
            upstream.span,
            "no ip_hash in here",
            format!(
                "upstream {} spreads the sessions of {} over {} without affinity",
                upstream.name,
                apps.join(", "),
                servers(deployment, first),
            ),
        )
        .help(format!("add \"ip_hash;\" to upstream {}", upstream.name));
        let places: BTreeSet<_> = needing.iter().map(|route| route.location.span).collect();
        for place in places.into_iter().take(3) {
            finding = finding.related(place, "forwards people here");
        }
        findings.push(finding);
    }
}

/// Consoles of gateways and key managers that everybody uses alone need no affinity; those of gateway
/// managers of 2.x do.
fn needs_affinity(deployment: &Deployment, route: &AppRoute<'_>) -> bool {
    let nodes: Vec<&Node> = active(deployment, route).filter_map(|reached| reached.node).collect();
    let serves = |node: &&Node| {
        node.acts_as(Role::Publisher) || node.acts_as(Role::Store) || node.acts_as(Role::ControlPlane)
    };
    let managers: BTreeSet<usize> = nodes
        .iter()
        .filter(|node| node.roles.contains(&Role::GatewayManager) && !node.is_at_least(3, 0))
        .map(|node| node.index)
        .collect();
    if route.app == WebApp::Carbon && managers.len() >= 2 {
        return true;
    }
    if route.explicit {
        let all_known = active(deployment, route).all(|reached| reached.node.is_some());
        return nodes.iter().any(serves) || (!all_known && route.app != WebApp::Carbon);
    }
    nodes.iter().any(|node| serves(node) && route.app.runs_on(node) && route.app.is_in_release_of(node))
}

fn active<'a>(deployment: &'a Deployment, route: &AppRoute<'a>) -> impl Iterator<Item = Reached<'a>> + 'a {
    deployment.reached(route.pass).filter(|reached| !reached.server.standby)
}

/// The servers of a route by node name, else as nginx names them.
fn servers(deployment: &Deployment, route: &AppRoute<'_>) -> String {
    let mut names: Vec<String> = Vec::new();
    for reached in active(deployment, route) {
        let name = reached.node.map_or_else(
            || format!("{}:{}", reached.server.host, reached.server.port),
            |node| node.name.clone(),
        );
        if !names.contains(&name) {
            names.push(name);
        }
    }
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) if names.len() <= 4 => format!("{} and {last}", first.join(", ")),
        _ => format!("{} servers", names.len()),
    }
}
