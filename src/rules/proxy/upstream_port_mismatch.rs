//! An upstream that names a port on which the node does not listen, or listens for something else.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::model::ports::{Listener, ListenerKind};
use crate::model::proxy::{Location, ProxyPass, Upstream, UpstreamServer};
use crate::model::proxy_routes::Reached;
use crate::model::{Deployment, Host, Node, Role};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// PX006.
pub static RULE: Rule = Rule { card: "PX006-upstream-port-mismatch", check: Check::Deployment(check) };

/// Listeners that a proxy can forward HTTP to.
const WEB: [ListenerKind; 8] = [
    ListenerKind::ServletHttps,
    ListenerKind::ServletHttp,
    ListenerKind::GatewayHttps,
    ListenerKind::GatewayHttp,
    ListenerKind::WebSocket,
    ListenerKind::SecureWebSocket,
    ListenerKind::WebHookHttps,
    ListenerKind::WebHookHttp,
];

/// Paths of the servlet ports besides the applications themselves.
const SERVLET_PATHS: [&str; 9] = [
    "/services",
    "/api/am",
    "/api/identity",
    "/oauth2",
    "/authenticationendpoint",
    "/commonauth",
    "/samlsso",
    "/logincontext",
    "/client-registration",
];

/// So many locations are labelled.
const MOST_LOCATIONS: usize = 5;

/// How far an offset may carry a port.
const WIDEST_OFFSET: u16 = 100;

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let mut closed_servers: BTreeMap<Span, (Finding, Vec<Span>)> = BTreeMap::new();
    let mut consoles: BTreeMap<Span, (Finding, Vec<Span>)> = BTreeMap::new();
    let mut wrong: Vec<Wrong<'_>> = Vec::new();
    for server in deployment.proxy.iter().flat_map(|proxy| &proxy.servers) {
        for location in &server.locations {
            let Some(pass) = &location.pass else { continue };
            let servlet = wants_servlet(location);
            for reached in deployment.reached(pass) {
                if let Some((_, places)) = closed_servers.get_mut(&reached.server.span) {
                    places.push(location.span);
                } else if let Some(finding) = closed(deployment, pass, reached, servlet) {
                    closed_servers.insert(reached.server.span, (finding, vec![location.span]));
                }
            }
            wrong.extend(wrong_listener(deployment, location, pass, servlet));
            if let Some(finding) = worker_servlet_port(deployment, location, pass) {
                let place = finding.primary.span;
                consoles.entry(place).or_insert((finding, Vec::new())).1.push(location.span);
            }
        }
    }
    let of_servers = closed_servers.into_values().chain(consoles.into_values());
    findings.extend(of_servers.map(|(finding, places)| forwarding(finding, places)));
    findings.extend(Wrong::findings(deployment, wrong));
    let upstreams = deployment.proxy.iter().flat_map(|proxy| &proxy.upstreams);
    for finding in upstreams.filter_map(|upstream| mixed(deployment, upstream)) {
        // Where the locations tell which server is wrong, that was said.
        if !findings.iter().any(|other| other.primary.span == finding.primary.span) {
            findings.push(finding);
        }
    }
}

/// Labels the locations that forward to the place of a finding, each once.
fn forwarding(finding: Finding, mut locations: Vec<Span>) -> Finding {
    locations.dedup();
    let shown = locations.into_iter().filter(|span| *span != finding.primary.span);
    let shown: Vec<Span> = shown.take(MOST_LOCATIONS).collect();
    shown.into_iter().fold(finding, |finding, span| finding.related(span, "forwards here"))
}

/// True for a location that only the servlet ports can answer.
fn wants_servlet(location: &Location) -> bool {
    let inner = location.inner_path();
    let below = |path: &str| {
        inner
            .as_deref()
            .and_then(|inner| inner.strip_prefix(path))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    !location.apps().is_empty() || SERVLET_PATHS.into_iter().any(below)
}

/// The node does not open the port.
fn closed(deployment: &Deployment, pass: &ProxyPass, reached: Reached<'_>, servlet: bool) -> Option<Finding> {
    if reached.listener.is_some() {
        return None;
    }
    let server = reached.server;
    let Some(node) = reached.node else { return nobody(deployment, pass, reached) };
    let listeners = web_listeners(node)?;
    let expected = expected(&listeners, server.port, &pass.scheme, servlet)?;
    let port = expected.port?;
    let offset = match node.identity.offset.known() {
        Some(0) | None => String::new(),
        Some(offset) => format!(" (offset {offset})"),
    };
    let message = format!(
        "{} forwards to {} on port {}, but its {} port is {port}{offset}",
        described(pass),
        node.name,
        server.port,
        expected.kind.noun(),
    );
    let finding = Finding::new(server.span, "nothing listens there", message)
        .help(format!("write {}", server.at_port(port)));
    let place =
        if expected.shifted && !offset.is_empty() { node.identity.offset.span } else { expected.base.span };
    Some(finding.related(place, format!("{port} follows from this")))
}

/// A loopback address beside one that a node opens: the machine of the proxy, but no node opens this port.
fn nobody(deployment: &Deployment, pass: &ProxyPass, reached: Reached<'_>) -> Option<Finding> {
    let server = reached.server;
    let loopback = |host: &str| Host::literal(host) == Host::Own;
    if !loopback(&server.host) || !deployment.is_complete() {
        return None;
    }
    let mut all = Vec::new();
    for node in &deployment.nodes {
        all.extend(web_listeners(node)?.into_iter().map(|listener| (node, listener)));
    }
    let opens = |port: u16| all.iter().any(|(_, listener)| listener.port == Some(port));
    let beside = pass.servers.iter().any(|other| loopback(&other.host) && opens(other.port));
    let nearest = |listener: &Listener| {
        let base = *listener.base.known()?;
        server.port.checked_sub(base).filter(|distance| *distance <= WIDEST_OFFSET)
    };
    let kind = all
        .iter()
        .filter_map(|(_, listener)| Some((nearest(listener)?, listener.kind)))
        .min()
        .map(|(_, kind)| kind)?;
    let ports: Vec<String> = all
        .iter()
        .filter(|(_, listener)| listener.kind == kind)
        .filter_map(|(node, listener)| Some(format!("{} {}", node.name, listener.port?)))
        .collect();
    // With more servers than such nodes the missing one was not given.
    if opens(server.port) || !beside || ports.len() < pass.servers.len() {
        return None;
    }
    let message = format!(
        "{} forwards to {}:{}, where no node listens; the {} ports are {}",
        described(pass),
        server.host,
        server.port,
        kind.noun(),
        ports.join(", "),
    );
    let mut finding = Finding::new(server.span, "nothing listens there", message)
        .help("set the offset of the node that is meant, or write the port that it has");
    for node in &deployment.nodes {
        finding =
            finding.related(node.identity.offset.span, format!("offset {} here", node.identity.offset.value));
    }
    Some(finding)
}

/// The listeners for HTTP; `None` where one of them has a port that nobody can tell, or there are none.
fn web_listeners(node: &Node) -> Option<Vec<&Listener>> {
    let found: Vec<&Listener> =
        node.listeners.iter().filter(|listener| listener.open && WEB.contains(&listener.kind)).collect();
    let known = found.iter().all(|listener| listener.port.is_some());
    (known && !found.is_empty()).then_some(found)
}

/// The listener that must be meant: of the right sort, with the nearest base or effective port. A port far
/// from all of them belongs to another program on the machine, unless the path says otherwise.
fn expected<'a>(listeners: &[&'a Listener], port: u16, scheme: &str, servlet: bool) -> Option<&'a Listener> {
    if servlet {
        let kind = if scheme == "http" { ListenerKind::ServletHttp } else { ListenerKind::ServletHttps };
        return listeners.iter().copied().find(|listener| listener.kind == kind);
    }
    let distance = |listener: &Listener| {
        let near = |known: u16| known.abs_diff(port);
        Some(near(*listener.base.known()?).min(near(listener.port?)))
    };
    let nearest =
        listeners.iter().filter_map(|listener| Some((distance(listener)?, listener.kind, *listener)));
    nearest
        .filter(|(distance, ..)| *distance <= WIDEST_OFFSET)
        .min_by_key(|(distance, kind, _)| (*distance, *kind))
        .map(|(_, _, listener)| listener)
}

/// A server that opens the port for something else than a location needs.
struct Wrong<'a> {
    location: &'a Location,
    pass: &'a ProxyPass,
    reached: Reached<'a>,
    node: &'a Node,
    listener: &'a Listener,
    servlet: bool,
    /// Every server of the target is wrong for the location.
    all: bool,
}

fn wrong_listener<'a>(
    deployment: &'a Deployment,
    location: &'a Location,
    pass: &'a ProxyPass,
    servlet: bool,
) -> Option<Wrong<'a>> {
    let found = listening(deployment, pass);
    let is_wrong = |kind: ListenerKind| if servlet { !kind.is_servlet() } else { !WEB.contains(&kind) };
    let all = found.iter().all(|(_, _, listener)| is_wrong(listener.kind));
    let (reached, node, listener) = found.into_iter().find(|(_, _, listener)| is_wrong(listener.kind))?;
    Some(Wrong { location, pass, reached, node, listener, servlet, all })
}

impl Wrong<'_> {
    /// One finding a server that is wrong for all locations of its upstream, else one a location: that names the wrong
    /// upstream.
    fn findings(deployment: &Deployment, all: Vec<Self>) -> Vec<Finding> {
        let mut by_place: BTreeMap<Span, Vec<Wrong<'_>>> = BTreeMap::new();
        for wrong in all {
            let is_server = !wrong.all || wrong.has_no_other_use(deployment);
            let place = if is_server { wrong.reached.server.span } else { wrong.pass.target.span };
            by_place.entry(place).or_default().push(wrong);
        }
        let found = by_place.into_iter().filter_map(|(place, all)| {
            let first = all.first()?;
            let finding = first.finding(place);
            let server = first.reached.server.span;
            Some(if place == server {
                forwarding(finding, all.iter().map(|one| one.location.span).collect())
            } else {
                finding.related(server, "the port is named here")
            })
        });
        found.collect()
    }

    /// True for an upstream of which every location needs another listener.
    fn has_no_other_use(&self, deployment: &Deployment) -> bool {
        let locations =
            deployment.proxy.iter().flat_map(|proxy| &proxy.servers).flat_map(|server| &server.locations);
        let mut same = locations.filter(|location| {
            location.pass.as_ref().is_some_and(|pass| pass.named && pass.upstream == self.pass.upstream)
        });
        self.pass.named && same.all(|location| !self.servlet || wants_servlet(location))
    }

    fn finding(&self, place: Span) -> Finding {
        let path = self.location.shown_path();
        let noun = self.listener.kind.noun();
        let message =
            format!("{path} goes to the {noun} port of {} ({})", self.node.name, self.reached.server.port);
        let wanted =
            if self.pass.scheme == "http" { ListenerKind::ServletHttp } else { ListenerKind::ServletHttps };
        let help = match self.node.port(wanted).filter(|_| self.servlet) {
            Some(port) => format!("forward it to port {port} of {}", self.node.name),
            None => "forward it to a servlet or gateway port".to_owned(),
        };
        let message = if self.servlet {
            format!("{message}, but only the servlet ports answer it")
        } else {
            format!("{message}, which speaks no HTTP")
        };
        Finding::new(place, "not the listener for this", message).help(help)
    }
}

/// The servers behind a target that are open listeners of nodes.
fn listening<'a>(
    deployment: &'a Deployment,
    pass: &'a ProxyPass,
) -> Vec<(Reached<'a>, &'a Node, &'a Listener)> {
    let reached = deployment.reached(pass);
    reached.filter_map(|reached| Some((reached, reached.node?, reached.listener?))).collect()
}

/// An upstream with consoles on one server and API calls on another: each request finds the other half of the time
/// nothing. The rarer sort is wrong; of equally frequent ones that of the last server.
fn mixed(deployment: &Deployment, upstream: &Upstream) -> Option<Finding> {
    let found: Vec<(&UpstreamServer, &Node, &Listener)> = upstream
        .servers
        .iter()
        .filter_map(|server| {
            let (node, listener) = deployment.upstream_node(server)?;
            Some((server, node, listener?))
        })
        .collect();
    let is_web = |kind: ListenerKind| matches!(kind, ListenerKind::GatewayHttps | ListenerKind::GatewayHttp);
    let (servlet, gateway): (Vec<_>, Vec<_>) = found
        .into_iter()
        .filter(|(_, _, listener)| listener.kind.is_servlet() || is_web(listener.kind))
        .partition(|(_, _, listener)| listener.kind.is_servlet());
    let (last_servlet, last_gateway) = (servlet.last()?, gateway.last()?);
    // A control plane answers no calls of APIs.
    let has_no_calls = gateway.iter().any(|(_, node, _)| !node.acts_as(Role::Gateway));
    let is_servlet_odd = match servlet.len().cmp(&gateway.len()) {
        Ordering::Equal => !has_no_calls && last_servlet.0.span > last_gateway.0.span,
        order => order == Ordering::Less,
    };
    let ((server, node, listener), (usual, model, right)) =
        if is_servlet_odd { (last_servlet, last_gateway) } else { (last_gateway, last_servlet) };
    let message = format!(
        "upstream {} mixes the {} port of {} with the {} port of {}",
        upstream.name,
        listener.kind.noun(),
        node.name,
        right.kind.noun(),
        model.name,
    );
    let finding = Finding::new(server.span, "not the listener of the others", message)
        .related(usual.span, format!("{} port", right.kind.noun()));
    Some(match node.port(right.kind) {
        Some(port) => finding.help(format!("write port {port}, or give this server an upstream of its own")),
        None => finding.help("give this server an upstream of its own"),
    })
}

/// A whole host forwards to the servlet ports of gateway workers, which have no consoles.
fn worker_servlet_port(deployment: &Deployment, location: &Location, pass: &ProxyPass) -> Option<Finding> {
    let found = listening(deployment, pass);
    let whole = location.whole().is_some_and(|front| front.is_empty());
    let (reached, node, listener) = found.first()?;
    let workers = found
        .iter()
        .all(|(_, node, listener)| node.is_only(Role::GatewayWorker) && listener.kind.is_servlet());
    if !whole || !workers || wants_servlet(location) {
        return None;
    }
    let wanted = if listener.kind == ListenerKind::ServletHttps {
        ListenerKind::GatewayHttps
    } else {
        ListenerKind::GatewayHttp
    };
    let port = node.port(wanted)?;
    let message = format!(
        "/ goes to the {} port of gateway worker {} ({}); APIs answer on {port}",
        listener.kind.noun(),
        node.name,
        reached.server.port,
    );
    let finding = Finding::new(reached.server.span, "consoles, not APIs", message)
        .help(format!("for API calls forward to port {port}"));
    Some(finding.variant("worker-servlet-port"))
}

fn described(pass: &ProxyPass) -> String {
    match &pass.upstream {
        Some(name) if pass.named => format!("upstream {name}"),
        _ => "proxy_pass".to_owned(),
    }
}
