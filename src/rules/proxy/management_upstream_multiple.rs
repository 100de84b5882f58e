//! Where one node alone writes artifacts, what people publish on another node never reaches the gateways.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::proxy_routes::{AppRoute, WebApp};
use crate::model::{Deployment, Node, Role, SyncMode};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// PX012.
pub static RULE: Rule = Rule { card: "PX012-management-upstream-multiple", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let routes = deployment.app_routes();
    let mut by_upstream: BTreeMap<&str, Vec<&AppRoute<'_>>> = BTreeMap::new();
    let manages =
        |route: &&AppRoute<'_>| matches!(route.app, WebApp::Publisher | WebApp::Admin | WebApp::Carbon);
    for route in routes.iter().filter(manages) {
        if let Some(name) = route.pass.upstream.as_deref() {
            by_upstream.entry(name).or_default().push(route);
        }
    }
    for (name, routes) in by_upstream {
        let Some((route, nodes)) = routes.iter().find_map(|route| {
            let nodes = writers(deployment, route);
            (nodes.len() >= 2).then_some((route, nodes))
        }) else {
            continue;
        };
        let Some((writer, mode)) = nodes.first().and_then(|node| single_writer(deployment, node)) else {
            continue;
        };
        let listed: Vec<&str> = nodes.iter().map(|node| node.name.as_str()).collect();
        let by = match writer {
            Some(index) => format!("only {} writes artifacts ({mode})", deployment.name(index)),
            None => format!("only one node writes artifacts ({mode})"),
        };
        let mut finding = Finding::new(
            route.pass.target.span,
            "reaches several nodes",
            format!("{} reaches {}, but {by}", described(route), listed.join(" and ")),
        )
        .help(match writer {
            Some(index) => format!(
                "send it to an upstream that holds {} alone; {name} may stay for the store",
                deployment.name(index)
            ),
            None => "send it to an upstream that holds the writing node alone".to_owned(),
        });
        for reached in deployment.reached(route.pass).filter(|reached| !reached.server.standby) {
            if let Some(node) = reached.node {
                let label = match writer {
                    Some(index) if index == node.index => format!("{} writes", node.name),
                    Some(_) => format!("{} does not write", node.name),
                    None => node.name.clone(),
                };
                finding = finding.related(reached.server.span, label);
            }
        }
        let others = routes.iter().filter(|other| other.pass.target.span != route.pass.target.span);
        let others: BTreeSet<Span> = others.map(|other| other.pass.target.span).collect();
        for other in others {
            finding = finding.related(other, "the same here");
        }
        findings.push(finding);
    }
}

fn described(route: &AppRoute<'_>) -> String {
    let path = if route.explicit { route.prefix.as_str() } else { route.location.path.text.as_str() };
    if path.is_empty() { "/".to_owned() } else { path.to_owned() }
}

/// The nodes behind a route on which people change artifacts, each once.
fn writers<'a>(deployment: &'a Deployment, route: &AppRoute<'a>) -> Vec<&'a Node> {
    let mut nodes: Vec<&Node> = Vec::new();
    for reached in deployment.reached(route.pass).filter(|reached| !reached.server.standby) {
        let Some(node) = reached.node else { continue };
        let changes = match route.app {
            WebApp::Carbon => node.acts_as(Role::Gateway),
            // A publisher that is no gateway pushes to one, whichever publisher people reach.
            _ => node.acts_as(Role::Publisher) && node.acts_as(Role::Gateway),
        };
        if changes && !node.is_at_least(4, 0) && !nodes.iter().any(|known| known.index == node.index) {
            nodes.push(node);
        }
    }
    nodes
}

/// The writing node, if it is known, and how artifacts travel from it.
fn single_writer(deployment: &Deployment, node: &Node) -> Option<(Option<usize>, &'static str)> {
    match deployment.sync_mode(node) {
        SyncMode::Rsync(writer) => Some((writer, "rsync")),
        SyncMode::Svn(writer) => Some((writer, "SVN")),
        SyncMode::Shared | SyncMode::Database | SyncMode::Unknown => None,
    }
}
