//! What the proxy serves: which application a location reaches, under which public path, and on which nodes.

mod paths;

use std::collections::BTreeSet;

use self::paths::{covers, generic_prefix, mapping, named_by_expression};
use super::deployment::Deployment;
use super::endpoint::Host;
use super::node::{Node, Role};
use super::portal::PortalApp;
use super::ports::{Listener, ListenerKind};
use super::proxy::{Listen, Location, ProxyPass, Upstream, UpstreamServer, VirtualServer};
use crate::source::Span;

/// A web application of the servlet ports that people open in a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WebApp {
    /// API Publisher.
    Publisher,
    /// API Store, up to 2.6.
    Store,
    /// Developer Portal, 3.0 and later.
    DeveloperPortal,
    /// Admin portal.
    Admin,
    /// Management console.
    Carbon,
}

impl WebApp {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Publisher, Self::Store, Self::DeveloperPortal, Self::Admin, Self::Carbon];

    /// Its context without slash.
    pub fn name(self) -> &'static str {
        match self {
            Self::Publisher => "publisher",
            Self::Store => "store",
            Self::DeveloperPortal => "devportal",
            Self::Admin => "admin",
            Self::Carbon => "carbon",
        }
    }

    /// Its context with slash.
    pub fn path(self) -> String {
        format!("/{}", self.name())
    }

    /// The Jaggery application of that name.
    pub fn portal(self) -> Option<PortalApp> {
        match self {
            Self::Publisher => Some(PortalApp::Publisher),
            Self::Store => Some(PortalApp::Store),
            Self::Admin => Some(PortalApp::Admin),
            Self::DeveloperPortal | Self::Carbon => None,
        }
    }

    /// True where the release of a node has the application: the developer portal took the place of the store in 3.0.
    pub fn is_in_release_of(self, node: &Node) -> bool {
        match self {
            Self::Store => !node.is_at_least(3, 0),
            Self::DeveloperPortal => node.is_at_least(3, 0),
            Self::Publisher | Self::Admin | Self::Carbon => true,
        }
    }

    /// True when a node with these roles offers the application for people to work with.
    pub fn runs_on(self, node: &Node) -> bool {
        match self {
            Self::Publisher | Self::Admin => node.acts_as(Role::Publisher),
            Self::Store | Self::DeveloperPortal => node.acts_as(Role::Store),
            Self::Carbon => true,
        }
    }
}

impl From<PortalApp> for WebApp {
    fn from(app: PortalApp) -> Self {
        match app {
            PortalApp::Publisher => Self::Publisher,
            PortalApp::Store => Self::Store,
            PortalApp::Admin => Self::Admin,
        }
    }
}

/// A location that serves an application.
#[derive(Debug, Clone)]
pub struct AppRoute<'a> {
    /// The application.
    pub app: WebApp,
    /// The block that clients reach.
    pub server: &'a VirtualServer,
    /// The location in it.
    pub location: &'a Location,
    /// Where it forwards to.
    pub pass: &'a ProxyPass,
    /// Path under which clients find the application: a leading slash and no trailing one, empty for the
    /// root.
    pub prefix: String,
    /// True where the location names the application; false where it forwards whatever comes.
    pub explicit: bool,
}

/// One server behind a location.
#[derive(Debug, Clone, Copy)]
pub struct Reached<'a> {
    /// The server line or the address of the `proxy_pass`.
    pub server: &'a UpstreamServer,
    /// The node, if it is a given one.
    pub node: Option<&'a Node>,
    /// The node's open listener on that port.
    pub listener: Option<&'a Listener>,
}

/// A port on which clients reach a listener of a node from outside.
#[derive(Debug, Clone, Copy)]
pub struct PublicPort<'a> {
    /// The port that clients use.
    pub port: u16,
    /// The `listen`, the stream server or the inventory's balancer; `None` for a port mapping of the
    /// inventory.
    pub span: Option<Span>,
    /// The location that forwards; `None` where everything is forwarded without a look at it.
    pub location: Option<&'a Location>,
    /// True where nginx knows the node by its container's name: then nginx runs in a container, too, and the
    /// port may be published as another.
    pub contained: bool,
}

impl Location {
    /// The applications that the location names, by its path or by the path it forwards to, each with the
    /// public path.
    pub fn apps(&self) -> Vec<(WebApp, String)> {
        let Some(pass) = self.pass.as_ref().filter(|_| !self.rewritten) else { return Vec::new() };
        if self.modifier.starts_with('~') {
            if pass.path.is_some() {
                return Vec::new();
            }
            let named = named_by_expression(&self.path.text);
            return WebApp::ALL
                .into_iter()
                .filter(|app| named.contains(&app.name()))
                .map(|app| (app, app.path()))
                .collect();
        }
        let Some((public, inner)) = mapping(self, pass) else { return Vec::new() };
        WebApp::ALL.into_iter().filter(|app| inner == app.path()).map(|app| (app, public.clone())).collect()
    }

    /// The path that the back end sees for the location itself, without trailing slash; `None` where nobody
    /// can tell.
    pub fn inner_path(&self) -> Option<String> {
        let pass = self.pass.as_ref().filter(|_| !self.rewritten)?;
        mapping(self, pass).map(|(_, inner)| inner)
    }

    /// Path in front of the paths of the back end where the location forwards all of them; empty for the
    /// root.
    pub fn whole(&self) -> Option<String> {
        let pass = self.pass.as_ref().filter(|_| !self.rewritten)?;
        if self.modifier.starts_with('~') {
            return (pass.path.is_none() && generic_prefix(&self.path.text)).then(String::new);
        }
        mapping(self, pass).filter(|(_, inner)| inner.is_empty()).map(|(public, _)| public)
    }

    /// The path as a message shows it.
    pub fn shown_path(&self) -> &str {
        match self.path.text.as_str() {
            "" => "/",
            path => path,
        }
    }

    /// True when a `proxy_redirect` of its own making puts redirects right.
    pub fn mends_redirects(&self) -> bool {
        self.redirect_rules.iter().any(|(words, _)| words.len() >= 2)
    }

    /// True when the back end sees the `Host` that the client asked for.
    pub fn passes_host(&self) -> bool {
        let unchanged = ["$http_host", "$host", "$host:$server_port"];
        self.headers.iter().any(|(name, value)| name == "host" && unchanged.contains(&value.as_str()))
    }
}

impl VirtualServer {
    /// What a browser shows for the block on a `listen`: each plain name, with the port where it is not the
    /// usual one.
    pub fn public_hosts(&self) -> Vec<String> {
        let hosts = self.plain_names().flat_map(|name| {
            self.listens.iter().map(move |listen| match listen.port {
                80 | 443 => name.to_owned(),
                port => format!("{name}:{port}"),
            })
        });
        let mut seen = BTreeSet::new();
        hosts.filter(|host| seen.insert(host.clone())).collect()
    }

    /// The first of [`Self::public_hosts`], on a TLS port if there is one; `nginx` where the block has no
    /// plain name.
    pub fn label(&self) -> String {
        let Some(name) = self.plain_names().next() else { return "nginx".to_owned() };
        match self.main_listen().map(|listen| listen.port) {
            None | Some(80 | 443) => name.to_owned(),
            Some(port) => format!("{name}:{port}"),
        }
    }

    /// The `listen` that people use: the first with TLS, else the first.
    pub fn main_listen(&self) -> Option<&Listen> {
        self.listens.iter().find(|listen| self.is_tls(listen)).or_else(|| self.listens.first())
    }

    /// True when requests for other names than the plain ones are meant to arrive here, too.
    pub fn takes_other_names(&self) -> bool {
        self.names.len() > self.plain_names().count() || self.names.is_empty()
    }
}

impl Deployment {
    /// Every location of the proxy that serves a web application. A location that forwards all paths to a
    /// servlet port serves those applications that no other location of its block takes.
    pub fn app_routes(&self) -> Vec<AppRoute<'_>> {
        let mut routes = Vec::new();
        for server in self.proxy.iter().flat_map(|proxy| &proxy.servers) {
            let taken: Vec<WebApp> = WebApp::ALL
                .into_iter()
                .filter(|app| server.locations.iter().any(|location| covers(location, app.name())))
                .collect();
            for location in &server.locations {
                let Some(pass) = &location.pass else { continue };
                let route =
                    |app, prefix, explicit| AppRoute { app, server, location, pass, prefix, explicit };
                routes.extend(location.apps().into_iter().map(|(app, prefix)| route(app, prefix, true)));
                let Some(front) = location.whole().filter(|_| self.reaches_servlets(pass)) else { continue };
                let rest = WebApp::ALL.into_iter().filter(|app| !front.is_empty() || !taken.contains(app));
                routes.extend(rest.map(|app| route(app, format!("{front}{}", app.path()), false)));
            }
        }
        routes
    }

    /// The servers behind a `proxy_pass` with the nodes they mean.
    pub fn reached<'a>(&'a self, pass: &'a ProxyPass) -> impl Iterator<Item = Reached<'a>> + 'a {
        pass.servers.iter().map(|server| match self.upstream_node(server) {
            Some((node, listener)) => {
                let mapped = self.port_mappings(node).iter().find(|(public, _)| *public == server.port);
                let listener = match mapped {
                    Some((_, port)) => node.listener_on(*port),
                    None => listener,
                };
                Reached { server, node: Some(node), listener }
            }
            None => Reached { server, node: None, listener: None },
        })
    }

    /// The `upstream` block that a `proxy_pass` names.
    pub fn upstream(&self, pass: &ProxyPass) -> Option<&Upstream> {
        let name = pass.upstream.as_ref().filter(|_| pass.named)?;
        self.proxy.iter().flat_map(|proxy| &proxy.upstreams).find(|upstream| upstream.name == *name)
    }

    /// The routes of an application that end at a node.
    pub fn routes_to(&self, node: &Node, app: WebApp) -> Vec<AppRoute<'_>> {
        let ends_here = |reached: Reached<'_>| {
            reached.node.is_some_and(|found| found.index == node.index)
                && reached.listener.is_none_or(|listener| listener.kind.is_servlet())
        };
        let mut routes = self.app_routes();
        routes.retain(|route| route.app == app && self.reached(route.pass).any(ends_here));
        routes
    }

    /// [`Self::routes_to`]; where there are none, those whose servers cannot be told apart (loopback,
    /// placeholders), and where only one node is given those that end at no given node.
    pub fn likely_routes_to(&self, node: &Node, app: WebApp) -> Vec<AppRoute<'_>> {
        let routes = self.routes_to(node, app);
        if !routes.is_empty() {
            return routes;
        }
        let nobody = |reached: Reached<'_>| {
            let vague = !matches!(Host::literal(&reached.server.host), Host::Name(_));
            reached.node.is_none() && (vague || self.nodes.len() == 1)
        };
        let mut routes = self.app_routes();
        routes.retain(|route| route.app == app && self.reached(route.pass).all(nobody));
        routes
    }

    /// Every port on which clients reach this listener of a node through nginx or what the inventory
    /// declares, in that order.
    pub fn public_ports(&self, node: &Node, kind: ListenerKind) -> Vec<PublicPort<'_>> {
        let mut found = Vec::new();
        let Some(own) = node.port(kind) else { return found };
        let is_this = |server: &UpstreamServer| {
            self.upstream_node(server).is_some_and(|(node_behind, listener)| {
                let is_answered = listener.is_none_or(|listener| listener.kind == kind);
                node_behind.index == node.index && server.port == own && is_answered
            })
        };
        for server in self.proxy.iter().flat_map(|proxy| &proxy.servers) {
            for location in &server.locations {
                let Some(pass) = &location.pass else { continue };
                if let Some(behind) = pass.servers.iter().find(|server| is_this(server)) {
                    let contained = self.is_container_name(node, &behind.host);
                    found.extend(server.listens.iter().map(|listen| PublicPort {
                        port: listen.port,
                        span: Some(listen.span),
                        location: Some(location),
                        contained,
                    }));
                }
            }
        }
        let whole = |port, span| PublicPort { port, span, location: None, contained: false };
        for server in self.proxy.iter().flat_map(|proxy| &proxy.stream_servers) {
            if server.servers.iter().any(is_this) {
                found.push(whole(server.port, Some(server.span)));
            }
        }
        for balancer in &self.inventory.balancers {
            if balancer.nodes.iter().any(|name| name.text == node.name) {
                let ports = balancer.ports.iter().filter(|(_, port)| *port == own);
                found.extend(ports.map(|(listen, _)| whole(*listen, Some(balancer.span))));
            }
        }
        let mapped = self.port_mappings(node).iter().filter(|(_, port)| *port == own);
        found.extend(mapped.map(|(public, _)| whole(*public, None)));
        found
    }

    /// True for the node's own label where no hosts line and no address of the inventory explains it.
    pub fn is_container_name(&self, node: &Node, host: &str) -> bool {
        let stated = self.inventory.node(&node.name).is_some_and(|entry| {
            entry.addresses.iter().any(|address| address.text.eq_ignore_ascii_case(host))
        });
        node.name.eq_ignore_ascii_case(host) && !stated && self.mapped(host).is_none()
    }

    fn reaches_servlets(&self, pass: &ProxyPass) -> bool {
        self.reached(pass).any(|reached| match reached.listener {
            Some(listener) => listener.kind.is_servlet(),
            None => reached.node.is_none() && matches!(reached.server.port, 9443 | 9763),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample;

    fn published(path: &str, target: Option<&str>, port: u16) -> Deployment {
        let mut server = sample::server("api.corp.test", 443, &[("10.0.7.11", port)]);
        let location = server.locations.first_mut().unwrap();
        if let Some((modifier, path)) = path.split_once(' ') {
            location.modifier = modifier.to_owned();
            location.path.text = path.to_owned();
        } else {
            location.path.text = path.to_owned();
        }
        location.pass.as_mut().unwrap().path = target.map(str::to_owned);
        let mut node = sample::node(0, "node1");
        node.clustering = Some(sample::clustering("d", "10.0.7.11", 4000, &[]));
        sample::assemble(vec![node], Some(sample::proxy(vec![server])), None, |_| {})
    }

    fn store(deployment: &Deployment) -> Option<String> {
        let node = deployment.nodes.first().unwrap();
        deployment.routes_to(node, WebApp::Store).first().map(|route| route.prefix.clone())
    }

    #[test]
    fn a_location_serves_an_app_by_its_path_or_by_its_target() {
        for (path, target, port, expected) in [
            ("/store", None, 9443, Some("/store")),
            ("/store/", Some("/store/"), 9443, Some("/store")),
            ("/devs/", Some("/store/"), 9443, Some("/devs")),
            ("/devs", Some("/store"), 9443, Some("/devs")),
            ("/", Some("/store/"), 9443, Some("")),
            ("/", None, 9443, Some("/store")),
            ("/", Some("/"), 9763, Some("/store")),
            ("/wso2/", Some("/"), 9443, Some("/wso2/store")),
            ("/", None, 8243, None),
            ("/storefront", None, 9443, None),
            ("/store", Some("/publisher"), 9443, None),
            ("/x", Some("/store$y"), 9443, None),
            ("= /store", None, 9443, None),
            ("^~ /store", None, 9443, Some("/store")),
            ("~ ^/(publisher|store)(/.*)?$", None, 9443, Some("/store")),
            ("~ ^/store(.*)$", None, 9443, Some("/store")),
            ("~ ^/store/(.*)registry/(.*)$", None, 9443, None),
            ("~ ^/store/(.*)registry/(.*)$", Some("/$1registry/$2"), 9443, None),
            ("~* \\.(png|css)$", None, 9443, None),
        ] {
            let deployment = published(path, target, port);
            assert_eq!(store(&deployment).as_deref(), expected, "{path} {target:?} {port}");
        }
    }

    #[test]
    fn a_block_that_takes_an_app_apart_leaves_the_rest_to_the_root() {
        let mut deployment = published("/", None, 9443);
        let server = deployment.proxy.as_mut().unwrap().servers.first_mut().unwrap();
        let mut apart = server.locations.first().unwrap().clone();
        apart.path.text = "/store".to_owned();
        apart.pass = None;
        server.locations.push(apart);
        assert_eq!(store(&deployment), None);
        let node = deployment.nodes.first().unwrap();
        assert_eq!(deployment.routes_to(node, WebApp::Publisher).len(), 1);
    }

    #[test]
    fn public_ports_are_those_in_front_of_one_listener() {
        let deployment = published("/", None, 9443);
        let node = deployment.nodes.first().unwrap();
        let ports = |kind| -> Vec<u16> {
            deployment.public_ports(node, kind).iter().map(|public| public.port).collect()
        };
        assert_eq!(ports(ListenerKind::ServletHttps), [443]);
        assert!(ports(ListenerKind::ServletHttp).is_empty());
    }

    #[test]
    fn names_carry_unusual_ports() {
        let mut server = sample::server("api.corp.test", 8443, &[]);
        assert_eq!(server.public_hosts(), ["api.corp.test:8443"]);
        assert_eq!(server.label(), "api.corp.test:8443");
        server.listens.iter_mut().for_each(|listen| listen.port = 443);
        assert_eq!(server.public_hosts(), ["api.corp.test"]);
    }
}
