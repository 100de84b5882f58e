//! A portal that names another host than the proxy answers to sends every log-in to nowhere.

use std::net::IpAddr;

use super::portals::{fixed, portals};
use crate::model::portal::{Portal, ReverseProxy};
use crate::model::proxy_routes::AppRoute;
use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// PX003.
pub static RULE: Rule = Rule { card: "PX003-reverse-proxy-host-mismatch", check: Check::Deployment(check) };

/// Host of the untouched site.json.
const SAMPLE: &str = "sample.proxydomain.com";

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for node in &deployment.nodes {
        for portal in portals(node) {
            let Some(proxy) = fixed(portal) else { continue };
            let Some(host) = &proxy.host else { continue };
            let Some(written) = host.text() else { continue };
            let routes = deployment.likely_routes_to(node, portal.app.into());
            let site = Site { node, portal, proxy, host, written };
            findings.extend(site.malformed(&routes).or_else(|| {
                if routes.is_empty() { site.differs(deployment) } else { site.against(deployment, &routes) }
            }));
        }
    }
}

/// One portal with the host that it names.
struct Site<'a> {
    node: &'a Node,
    portal: &'a Portal,
    proxy: &'a ReverseProxy,
    host: &'a Setting,
    written: &'a str,
}

impl Site<'_> {
    fn finding(&self, label: &str, message: String, host: Option<String>) -> Finding {
        let finding = Finding::new(self.host.span, label, message);
        match host.map(|host| format!("\"{host}\"")) {
            Some(host) => {
                finding.help(format!("set reverseProxy.host to {host}")).fix(Some(self.host.span), host)
            }
            None => finding.help("set reverseProxy.host to the proxy's host name"),
        }
    }

    fn subject(&self) -> String {
        format!("{} {}", self.node.name, self.portal.app.name())
    }

    fn malformed(&self, routes: &[AppRoute<'_>]) -> Option<Finding> {
        let right = || {
            routes
                .first()
                .filter(|route| route.server.plain_names().next().is_some())
                .map(|route| route.server.label())
        };
        if self.written.eq_ignore_ascii_case(SAMPLE) {
            let message = format!("{} still names the sample proxy {SAMPLE}", self.subject());
            return Some(self.finding("nobody's host", message, right()));
        }
        if self.written.contains('/') {
            let message = format!(
                "{} names the proxy \"{}\"; a bare host name is expected",
                self.subject(),
                self.written
            );
            let bare = self.written.split("://").last().and_then(|rest| rest.split('/').next()).unwrap_or("");
            // Whoever logs in there is no part of a host name.
            let bare = bare.rsplit('@').next().unwrap_or(bare);
            let bare = (!bare.is_empty()).then(|| bare.to_owned());
            return Some(self.finding("more than a host name", message, bare.or_else(right)));
        }
        None
    }

    /// Compares with the names and ports of the blocks that forward to the portal.
    fn against(&self, deployment: &Deployment, routes: &[AppRoute<'_>]) -> Option<Finding> {
        let (name, port) = split(self.written);
        if routes.iter().any(|route| route.server.takes_other_names()) || name.parse::<IpAddr>().is_ok() {
            return None;
        }
        let in_container = |route: &AppRoute<'_>| {
            deployment.in_containers()
                || route
                    .pass
                    .servers
                    .iter()
                    .any(|server| deployment.is_container_name(self.node, &server.host))
        };
        let fits = |route: &AppRoute<'_>| {
            route.server.plain_names().any(|known| known.eq_ignore_ascii_case(name))
                && route.server.listens.iter().any(|listen| match port {
                    Some(port) => port == listen.port,
                    // In containers the port that people use is the one that is published for nginx.
                    None => matches!(listen.port, 80 | 443) || in_container(route),
                })
        };
        if routes.iter().any(fits) {
            return None;
        }
        let route = routes.iter().find(|route| route.explicit).or_else(|| routes.first())?;
        let label = route.server.label();
        let app = self.portal.app.name();
        let message =
            format!("{} names the proxy \"{}\", but {label} serves the {app}", self.subject(), self.written);
        let place = route.server.names.first().map_or(route.server.span, |name| name.span);
        Some(
            self.finding("not a name of the proxy", message, Some(label))
                .related(place, format!("serves the {app}")),
        )
    }

    /// Without a proxy: the portals of a node, and the nodes of a group, have one proxy in front.
    fn differs(&self, deployment: &Deployment) -> Option<Finding> {
        let earlier = deployment.nodes.iter().filter(|peer| {
            peer.index < self.node.index
                && deployment.same_group(peer, self.node)
                && !peer.is_named_apart(self.node)
        });
        let same_app = |peer: &Portal| peer.app == self.portal.app;
        for peer in earlier {
            let other = portals(peer).filter(|portal| same_app(portal)).find_map(host_of);
            // The peer's portal that differs from its neighbours has a finding of its own.
            if other.is_some_and(|other| self.is_odd(peer, other)) && !self.is_odd(self.node, self.host) {
                continue;
            }
            if let Some(finding) = other.and_then(|other| self.differs_from(&peer.name, other)) {
                return Some(finding);
            }
        }
        // A dedicated name for each portal leaves the contexts empty.
        let shared = |proxy: &ReverseProxy| {
            proxy.context.as_ref().and_then(Setting::text).is_some_and(|context| !context.is_empty())
        };
        let first = portals(self.node)
            .filter(|portal| portal.app < self.portal.app)
            .find_map(|portal| Some((portal, fixed(portal).filter(|proxy| shared(proxy))?)))?;
        if !shared(self.proxy) {
            return None;
        }
        self.differs_from(first.0.app.name(), first.1.host.as_ref()?)
    }

    /// True where the other portals of a node all name another host than this one does.
    fn is_odd(&self, node: &Node, host: &Setting) -> bool {
        let same = |other: &Setting| match (other.text(), host.text()) {
            (Some(other), Some(host)) => other.eq_ignore_ascii_case(host),
            _ => false,
        };
        let mut others =
            portals(node).filter(|portal| portal.app != self.portal.app).filter_map(host_of).peekable();
        others.peek().is_some() && !others.any(same)
    }

    fn differs_from(&self, who: &str, other: &Setting) -> Option<Finding> {
        let known = other.text()?;
        if known.eq_ignore_ascii_case(self.written)
            || known.eq_ignore_ascii_case(SAMPLE)
            || known.contains('/')
        {
            return None;
        }
        let message =
            format!("{} names the proxy \"{}\", {who} names \"{known}\"", self.subject(), self.written);
        Some(
            self.finding("another host", message, None)
                .help("set reverseProxy.host to the same public name everywhere")
                .related(other.span, "the other host"),
        )
    }
}

fn host_of(portal: &Portal) -> Option<&Setting> {
    fixed(portal)?.host.as_ref()
}

/// Host and port of `host:port`.
fn split(text: &str) -> (&str, Option<u16>) {
    match text.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') => match port.parse() {
            Ok(port) => (host, Some(port)),
            Err(_) => (text, None),
        },
        _ => (text, None),
    }
}
