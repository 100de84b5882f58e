//! A servlet connector with another port than the proxy listens on writes redirects that lead nowhere.

use crate::model::portal::Connector;
use crate::model::proxy_routes::PublicPort;
use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// PX017.
pub static RULE: Rule = Rule { card: "PX017-connector-proxy-port-mismatch", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for node in &deployment.nodes {
        for connector in &node.connectors {
            findings.extend(match told(connector) {
                Some(_) if published(deployment, node, connector) => {
                    against_proxy(deployment, node, connector)
                }
                Some(_) => swapped(node, connector).or_else(|| against_group(deployment, node, connector)),
                None if connector.proxy_port.is_none() => against_group(deployment, node, connector),
                None => None,
            });
        }
    }
}

fn told(connector: &Connector) -> Option<&Setting<u16>> {
    connector.proxy_port.as_ref().filter(|port| port.known().is_some())
}

fn published(deployment: &Deployment, node: &Node, connector: &Connector) -> bool {
    !deployment.public_ports(node, connector.listener()).is_empty()
}

fn against_proxy(deployment: &Deployment, node: &Node, connector: &Connector) -> Option<Finding> {
    let port = told(connector)?;
    let public = deployment.public_ports(node, connector.listener());
    // An unusual port of a container's nginx is seldom the one it is published on.
    let hidden = |public: &&PublicPort<'_>| public.contained && !matches!(public.port, 80 | 443);
    if public.iter().any(|public| public.port == port.value) {
        return None;
    }
    let first = public.iter().find(|public| !hidden(public))?;
    let mut finding = Finding::new(
        port.span,
        "not the proxy's port",
        format!(
            "{} has proxyPort {} on its {} connector, but is reached on port {}",
            node.name,
            port.value,
            connector.protocol(),
            first.port
        ),
    )
    .help(format!("set proxyPort to {}", first.port))
    .fix(port.bare(&port.value.to_string()), first.port.to_string());
    if let Some(span) = first.span {
        finding = finding.related(span, format!("clients use {}", first.port));
    }
    Some(finding)
}

/// 80 for HTTPS or 443 for HTTP: the two connectors were taken for each other.
fn swapped(node: &Node, connector: &Connector) -> Option<Finding> {
    let port = told(connector)?;
    let right = match (connector.secure, port.value) {
        (true, 80) => 443,
        (false, 443) => 80,
        _ => return None,
    };
    Some(
        Finding::new(
            port.span,
            "port of the other scheme",
            format!("{} has proxyPort {} on its {} connector", node.name, port.value, connector.protocol()),
        )
        .help(format!("set proxyPort to {right}"))
        .fix(port.bare(&port.value.to_string()), right.to_string()),
    )
}

/// Nodes of a group stand behind one proxy: what most of them say holds for all.
fn against_group(deployment: &Deployment, node: &Node, connector: &Connector) -> Option<Finding> {
    let group: Vec<(&Node, &Connector)> = deployment
        .nodes
        .iter()
        .filter(|peer| peer.index == node.index || is_twin(deployment, node, peer))
        .filter_map(|peer| {
            let same = |other: &&Connector| other.secure == connector.secure;
            Some((peer, peer.connectors.iter().find(same)?))
        })
        .filter(|(peer, other)| {
            // An overlay that leaves the file out says nothing about it.
            let silent = other.proxy_port.is_none() && !peer.is_home && !other.port.is_written();
            !silent && !published(deployment, peer, other) && swapped(peer, other).is_none()
        })
        .collect();
    if !group.iter().any(|(peer, _)| peer.index == node.index) {
        return None;
    }
    let value = |connector: &Connector| connector.proxy_port.as_ref().map(|port| port.known().copied());
    let count = |wanted: u16| group.iter().filter(|(_, other)| value(other) == Some(Some(wanted))).count();
    let (peer, right) = group
        .iter()
        .filter_map(|(peer, other)| Some((*peer, told(other)?)))
        .rev()
        .max_by_key(|(_, port)| count(port.value))?;
    let seen = match value(connector) {
        Some(None) => return None,
        Some(Some(own)) if own == right.value => return None,
        Some(Some(own)) => format!("proxyPort {own}"),
        None => "no proxyPort".to_owned(),
    };
    let span = connector.proxy_port.as_ref().map_or(connector.span, |port| port.span);
    Some(
        Finding::new(
            span,
            "differs within the group",
            format!(
                "{} has {seen} on its {} connector, {} has {}",
                node.name,
                connector.protocol(),
                peer.name,
                right.value
            ),
        )
        .help(format!("set proxyPort {} on every node behind the same proxy", right.value))
        .related(right.span, format!("{} here", right.value)),
    )
}

/// Nodes of one group that are not each reached by a name of their own.
fn is_twin(deployment: &Deployment, left: &Node, right: &Node) -> bool {
    left.product == right.product && deployment.same_group(left, right) && !left.is_named_apart(right)
}
