//! A portal that builds its links under another path than the proxy serves it under sends people to pages
//! that are not there.

use super::portals::{fixed, portals};
use crate::model::portal::{Portal, ReverseProxy};
use crate::model::proxy_routes::{AppRoute, WebApp};
use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// PX001.
pub static RULE: Rule =
    Rule { card: "PX001-reverse-proxy-context-mismatch", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for node in &deployment.nodes {
        for portal in portals(node) {
            let Some(proxy) = fixed(portal) else { continue };
            let routes = relevant(deployment, node, portal, proxy);
            findings.extend(match routes.as_slice() {
                [] => unproxied(deployment, node, portal, proxy),
                routes => against(node, portal, proxy, routes),
            });
        }
    }
}

/// The routes to the portal; those under the name that it uses itself, where there are such.
fn relevant<'a>(
    deployment: &'a Deployment,
    node: &Node,
    portal: &Portal,
    proxy: &ReverseProxy,
) -> Vec<AppRoute<'a>> {
    let mut routes = deployment.likely_routes_to(node, portal.app.into());
    let named = proxy.host.as_ref().and_then(Setting::text).unwrap_or("");
    let named = named.split("://").last().unwrap_or("").split([':', '/']).next().unwrap_or("");
    let is_named =
        |route: &AppRoute<'_>| route.server.plain_names().any(|name| name.eq_ignore_ascii_case(named));
    if routes.iter().any(is_named) {
        routes.retain(is_named);
    }
    routes
}

/// Compares the context with the paths under which nginx serves the portal.
fn against(node: &Node, portal: &Portal, proxy: &ReverseProxy, routes: &[AppRoute<'_>]) -> Option<Finding> {
    let written = match &proxy.context {
        Some(context) => context.text()?,
        None => "",
    };
    if routes.iter().any(|route| route.prefix == written) {
        return None;
    }
    let close = routes.iter().find(|route| trimmed(&route.prefix) == trimmed(written));
    if close.is_some() {
        return malformed(node, portal, proxy.context.as_ref()?);
    }
    let app = portal.app.name();
    let route = routes.iter().find(|route| route.explicit).or_else(|| routes.first())?;
    let span = proxy.context.as_ref().map_or(proxy.span, |context| context.span);
    let message = format!(
        "{} builds {app} links {}, but {} serves the {app} {}",
        node.name,
        under(written),
        route.server.label(),
        under(&route.prefix),
    );
    Some(
        Finding::new(span, "not the path at the proxy", message)
            .help(format!("set reverseProxy.context to \"{}\"", route.prefix))
            .fix(proxy.context.as_ref().map(|context| context.span), format!("\"{}\"", route.prefix))
            .related(route.location.span, format!("the {app} is served here")),
    )
}

/// Without a proxy to compare with: the form, and the contexts that cannot be right.
fn unproxied(deployment: &Deployment, node: &Node, portal: &Portal, proxy: &ReverseProxy) -> Option<Finding> {
    let context = proxy.context.as_ref()?;
    let written = context.text()?;
    let app = portal.app;
    let own = format!("/{}", app.name());
    if written == own {
        return None;
    }
    let help = format!("set reverseProxy.context to \"{own}\"");
    let other = WebApp::ALL
        .into_iter()
        .filter(|other| *other != WebApp::from(app))
        .find(|other| trimmed(written) == other.name());
    if let Some(other) = other {
        let message = format!(
            "{} builds {} links under {written}, the context of {}",
            node.name,
            app.name(),
            other.name()
        );
        return Some(
            Finding::new(context.span, "copied from another portal", message)
                .help(help)
                .fix(Some(context.span), format!("\"{own}\"")),
        );
    }
    if written.is_empty() {
        let twin = portals(node)
            .filter(|peer| peer.app < app)
            .filter_map(|peer| Some((peer, fixed(peer)?)))
            .find(|(_, peer)| same_root(proxy, peer))?;
        let message = format!(
            "{} builds the links of {} and {} both at the root of one host",
            node.name,
            twin.0.app.name(),
            app.name(),
        );
        let place = twin.1.context.as_ref()?.span;
        return Some(
            Finding::new(context.span, "no path", message).help(help).related(place, "no path either"),
        );
    }
    if written.trim_matches('/').is_empty() || !written.starts_with('/') || written.ends_with('/') {
        return malformed(node, portal, context);
    }
    // A proxy that nobody showed us may serve the portal under any path.
    if deployment.proxy.is_some() || !deployment.inventory.balancers.is_empty() {
        return None;
    }
    let message = format!(
        "{} builds {} links under {written}, but the {} answers under {own}",
        node.name,
        app.name(),
        app.name()
    );
    Some(
        Finding::new(context.span, "not the portal's path", message)
            .help(help)
            .fix(Some(context.span), format!("\"{own}\"")),
    )
}

fn malformed(node: &Node, portal: &Portal, context: &Setting) -> Option<Finding> {
    let written = context.text()?;
    let app = portal.app.name();
    let message = format!(
        "{} {app} has reverseProxy.context \"{written}\"; it takes a leading slash and no trailing one",
        node.name
    );
    let right = match trimmed(written) {
        "" => String::new(),
        path => format!("/{path}"),
    };
    Some(
        Finding::new(context.span, "slash missing or too many", message)
            .help(format!("set reverseProxy.context to \"{right}\""))
            .fix(Some(context.span), format!("\"{right}\"")),
    )
}

fn same_root(left: &ReverseProxy, right: &ReverseProxy) -> bool {
    let text =
        |setting: &Option<Setting>| setting.as_ref().and_then(Setting::text).map(str::to_ascii_lowercase);
    text(&right.context).as_deref() == Some("")
        && text(&left.host).is_some()
        && text(&left.host) == text(&right.host)
}

fn trimmed(path: &str) -> &str {
    path.trim_matches('/')
}

fn under(path: &str) -> String {
    if path.is_empty() { "at the root".to_owned() } else { format!("under {path}") }
}
