//! A portal that goes by the `X-Forwarded-*` headers gets none: it builds its links with the address of the node.

use std::collections::BTreeMap;

use super::portals::portals;
use crate::model::portal::{Portal, ProxyMode};
use crate::model::proxy_routes::{AppRoute, WebApp};
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// PX004.
pub static RULE: Rule = Rule { card: "PX004-forwarded-headers-missing", check: Check::Deployment(check) };

const HOST: &str = "x-forwarded-host";
const ANY: [&str; 3] = [HOST, "x-forwarded-server", "x-forwarded-for"];

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let mut by_location: BTreeMap<Span, Finding> = BTreeMap::new();
    for node in &deployment.nodes {
        for portal in portals(node) {
            for route in deployment.likely_routes_to(node, WebApp::from(portal.app)) {
                if let Some(finding) = judge(node, portal, &route) {
                    by_location.entry(route.location.span).or_insert(finding);
                }
            }
        }
    }
    findings.extend(by_location.into_values());
}

fn judge(node: &Node, portal: &Portal, route: &AppRoute<'_>) -> Option<Finding> {
    let (enabled, mode) = portal.reverse_proxy.as_ref()?.enabled.as_ref()?;
    enabled.known().filter(|_| !route.server.incomplete && !route.location.rewritten)?;
    let sets = |name: &str| route.location.headers.iter().any(|(header, _)| header == name);
    let is_missing = match mode {
        ProxyMode::Auto => !sets(HOST),
        ProxyMode::On | ProxyMode::OnText => !ANY.into_iter().any(sets),
        ProxyMode::Off | ProxyMode::Unrecognised => false,
    };
    if !is_missing {
        return None;
    }
    let app = portal.app.name();
    let path = route.location.shown_path();
    let reads = match mode {
        ProxyMode::Auto => format!("{} {app} takes its host from X-Forwarded-Host", node.name),
        _ => format!("{} {app} counts on a proxy", node.name),
    };
    let lost = route.location.lost_headers.iter().any(|header| ANY.contains(&header.as_str()));
    let (message, help) = if lost {
        (
            format!("{reads}, which location {path} discards by setting headers of its own"),
            "repeat the proxy_set_header lines of the levels above in the location: one of its own discards them all",
        )
    } else {
        (
            format!("{reads}, but location {path} sets no X-Forwarded header for it"),
            "add \"proxy_set_header X-Forwarded-Host $host;\", and likewise -Server and -For",
        )
    };
    let finding = Finding::new(route.location.span, "X-Forwarded-Host is not set", message)
        .help(help)
        .related(enabled.span, format!("{} counts on it", node.name));
    Some(if *mode == ProxyMode::Auto { finding } else { finding.variant("fixed-host") })
}
