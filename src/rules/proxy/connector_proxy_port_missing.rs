//! A servlet connector that does not know the port of the proxy in front writes its own port into redirects.

use super::portals::portals;
use crate::model::portal::{Connector, Portal};
use crate::model::proxy::Location;
use crate::model::proxy_routes::{PublicPort, WebApp};
use crate::model::{ConfigModel, Deployment, Node, Product, Role};
use crate::rules::{Check, Finding, Rule};

/// PX016.
pub static RULE: Rule = Rule { card: "PX016-connector-proxy-port-missing", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for node in &deployment.nodes {
        if matches!(node.product, Product::Analytics | Product::Unknown) {
            continue;
        }
        for connector in node.connectors.iter().filter(|connector| connector.proxy_port.is_none()) {
            let kind = connector.listener();
            let Some(own) = node.port(kind) else { continue };
            let public = deployment.public_ports(node, kind);
            findings.extend(if public.is_empty() {
                lone(deployment, node, connector)
            } else {
                proxied(node, connector, own, &public)
            });
        }
    }
}

/// The proxy publishes the connector on another port, and nothing else puts redirects right.
fn proxied(node: &Node, connector: &Connector, own: u16, public: &[PublicPort<'_>]) -> Option<Finding> {
    if public.iter().any(|port| port.port == own) {
        return None;
    }
    let port = public.iter().find(|port| {
        port.location.map_or_else(|| !portals_know(node), |location| redirects(node, location))
    })?;
    let which = connector.protocol();
    let mut finding = Finding::new(
        connector.span,
        "no proxyPort in here",
        format!(
            "{} is reached on port {}, but its {which} connector ({own}) has no proxyPort",
            node.name, port.port
        ),
    )
    .help(format!("set proxyPort {} on the {which} connector", port.port));
    if let Some(span) = port.span {
        finding = finding.related(span, format!("clients use {}", port.port));
    }
    Some(finding)
}

/// One of the two connectors of a gateway behind a common name has a proxyPort, the other was forgotten.
fn lone(deployment: &Deployment, node: &Node, connector: &Connector) -> Option<Finding> {
    let gateway = [Role::Gateway, Role::GatewayManager, Role::GatewayWorker];
    let is_gateway =
        node.roles.iter().any(|role| gateway.contains(role)) && node.config_model == ConfigModel::Xml;
    if !is_gateway || node.public_host_name().is_none() || deployment.proxy.is_some() {
        return None;
    }
    let other = node.connectors.iter().find(|other| other.secure != connector.secure)?;
    let told = other.proxy_port.as_ref().filter(|port| port.known().is_some())?;
    let which = connector.protocol();
    Some(
        Finding::new(
            connector.span,
            "no proxyPort in here",
            format!(
                "{} has proxyPort {} on its {} connector, but none on its {which} connector",
                node.name,
                told.value,
                other.protocol(),
            ),
        )
        .help(format!(
            "set the port on which clients reach the {which} connector, usually {}",
            if connector.secure { 443 } else { 80 }
        ))
        .related(told.span, "set here"),
    )
}

/// True when people who use the location are redirected by the server, and nobody corrects the port on the
/// way.
fn redirects(node: &Node, location: &Location) -> bool {
    if location.mends_redirects() {
        return false;
    }
    let apps = location.apps();
    // Portals that read site.json learn of the proxy there, and PX002 tells where they do not.
    let by_server = |app: WebApp| !portals(node).any(|portal| WebApp::from(portal.app) == app);
    if apps.is_empty() { location.whole().is_some() } else { apps.into_iter().any(|(app, _)| by_server(app)) }
}

/// True when site.json tells every portal about the proxy.
fn portals_know(node: &Node) -> bool {
    let mut own = portals(node).peekable();
    own.peek().is_some() && own.all(Portal::knows_proxy)
}
