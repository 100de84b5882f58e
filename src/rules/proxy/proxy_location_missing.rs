//! A proxy that forwards single paths leaves out some that the portals call: images, log-in and token requests end in "404".

use crate::model::endpoint::Purpose;
use crate::model::proxy::{ProxyPass, VirtualServer};
use crate::model::proxy_routes::{AppRoute, WebApp};
use crate::model::{ConfigModel, Deployment, Node};
use crate::rules::{Check, Finding, Rule};

use super::portals::portals;

/// PX015.
pub static RULE: Rule = Rule { card: "PX015-proxy-location-missing", check: Check::Deployment(check) };

/// What single sign-on of 2.x needs.
const SIGN_ON: [&str; 4] = ["/authenticationendpoint", "/commonauth", "/samlsso", "/oauth2"];
/// What the portals of 3.x and later need.
const PORTALS: [&str; 7] = [
    "/api",
    "/oauth2",
    "/oidc",
    "/logincontext",
    "/commonauth",
    "/authenticationendpoint",
    "/accountrecoveryendpoint",
];
/// What nodes ask the event hub for besides its services.
const EVENT_HUB: &str = "/internal";

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let routes = deployment.app_routes();
    for server in deployment.proxy.iter().flat_map(|proxy| &proxy.servers) {
        let own: Vec<&AppRoute<'_>> =
            routes.iter().filter(|route| std::ptr::eq(route.server, server)).collect();
        let portals: Vec<&AppRoute<'_>> =
            own.iter().copied().filter(|route| route.explicit && route.app != WebApp::Carbon).collect();
        // A name of its own for a portal, and a block that forwards everything, leave nothing out.
        let is_whole = own.iter().any(|route| !route.explicit || route.prefix.is_empty());
        if portals.is_empty() || is_whole || server.incomplete {
            continue;
        }
        findings.extend(judge(deployment, server, &portals));
    }
}

fn judge(deployment: &Deployment, server: &VirtualServer, routes: &[&AppRoute<'_>]) -> Option<Finding> {
    let mut missing: Vec<String> = Vec::new();
    let mut add = |path: String| {
        if !missing.contains(&path) {
            missing.push(path);
        }
    };
    for route in routes {
        let mut nodes = deployment.reached(route.pass).filter_map(|reached| reached.node);
        let Some(node) = nodes.find(|node| node.is_api_manager()) else { continue };
        if node.config_model == ConfigModel::Toml {
            PORTALS
                .into_iter()
                .filter(|path| !serves(deployment, path))
                .for_each(|path| add(path.to_owned()));
            if is_event_hub(deployment, server) && !serves(deployment, EVENT_HUB) {
                add(EVENT_HUB.to_owned());
            }
            continue;
        }
        if needs_registry(node, route.app) && !serves_registry(server, route, routes) {
            add(format!("the registry of {}", route.app.name()));
        }
        if signs_on(node, route.app) {
            SIGN_ON
                .into_iter()
                .filter(|path| !serves(deployment, path))
                .for_each(|path| add(path.to_owned()));
        }
    }
    let first = missing.first()?;
    let list = missing.join(", ");
    let callers = if missing == [EVENT_HUB] { "nodes" } else { "the portals" };
    let message = format!("{} has no location for {list}, which {callers} call", server.label());
    let help = if first.starts_with("the registry") {
        "add locations such as \"~ ^/store/(.*)registry/(.*)$\" with \"proxy_pass https://UPSTREAM/$1registry/$2\", \
         and likewise for the other portals"
            .to_owned()
    } else {
        format!("add locations for {list} to the upstream of the portals")
    };
    let finding = Finding::new(server.span, "paths left out", message).help(help);
    Some(routes.iter().take(3).fold(finding, |finding, route| {
        finding.related(route.location.span, format!("serves {}", route.app.name()))
    }))
}

/// True where a node reaches the event hub under a name of the block.
fn is_event_hub(deployment: &Deployment, server: &VirtualServer) -> bool {
    let calls = deployment.nodes.iter().flat_map(Node::references);
    let hubs = calls.filter(|reference| reference.purpose == Purpose::EventHub);
    hubs.map(|reference| reference.endpoint).any(|hub| {
        let is_name = hub.host.name().is_some_and(|host| server.plain_names().any(|name| name == host));
        is_name && server.listens.iter().any(|listen| Some(listen.port) == hub.port.number)
    })
}

/// Images and documents of APIs lie in the registry, which the portal names by its own path (up to 2.6).
fn needs_registry(node: &Node, app: WebApp) -> bool {
    let has_context = portals(node).any(|portal| {
        let proxy = portal.reverse_proxy.as_ref();
        let context = proxy.and_then(|proxy| proxy.registry_context.as_ref());
        WebApp::from(portal.app) == app && context.is_some_and(|context| !context.value.is_empty())
    });
    matches!(app, WebApp::Store | WebApp::Publisher) && !has_context
}

fn signs_on(node: &Node, app: WebApp) -> bool {
    portals(node).any(|portal| WebApp::from(portal.app) == app && portal.identity_provider.is_some())
}

/// True where a location forwards the registry under the path of the portal, or under that of none.
fn serves_registry(server: &VirtualServer, route: &AppRoute<'_>, routes: &[&AppRoute<'_>]) -> bool {
    let holds = |text: &str, route: &AppRoute<'_>| text.contains(route.prefix.trim_matches('/'));
    let registries = server.locations.iter().map(|location| location.path.text.as_str());
    registries.filter(|text| text.contains("registry")).any(|text| {
        let is_of_another = || routes.iter().any(|other| holds(text, other));
        holds(text, route) || !is_of_another()
    })
}

/// True unless all servers behind it are known to be other listeners, such as those for calls of APIs.
fn leads_to_servlets(deployment: &Deployment, pass: &ProxyPass) -> bool {
    let mut reached = deployment.reached(pass).peekable();
    reached.peek().is_none()
        || reached.any(|reached| reached.listener.is_none_or(|listener| listener.kind.is_servlet()))
}

/// True where some block forwards the path: log-in may have a name of its own.
fn serves(deployment: &Deployment, path: &str) -> bool {
    let servers = deployment.proxy.iter().flat_map(|proxy| &proxy.servers);
    servers.flat_map(|server| &server.locations).any(|location| {
        let text = location.path.text.as_str();
        let is_expression = location.modifier.starts_with('~');
        let is_whole =
            || text == "/" && location.pass.as_ref().is_none_or(|pass| leads_to_servlets(deployment, pass));
        is_whole()
            || (is_expression && text.contains(path.trim_start_matches('/')))
            || text.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}
