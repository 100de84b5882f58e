//! The publisher looks for the gateway on its own machine: apps cannot be created, or open at an address of the publisher.

use super::is_publisher;
use crate::model::gateway::Environment;
use crate::model::node::{Node, Role};
use crate::model::{Deployment, Endpoint};
use crate::rules::{Check, Finding, Rule};

/// AP005.
pub static RULE: Rule = Rule { card: "AP005-app-gateway-loopback", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let is_gateway = |node: &&Node| node.is_app_manager() && node.acts_as(Role::Gateway);
    let publishers = deployment.nodes.iter().filter(|node| is_publisher(node) && !is_gateway(node));
    for publisher in publishers {
        let Some(gateway) = deployment.others(publisher).find(is_gateway) else { continue };
        findings.extend(
            publisher
                .environments
                .iter()
                .filter_map(|environment| judge(deployment, publisher, gateway, environment)),
        );
    }
}

fn judge(
    deployment: &Deployment,
    publisher: &Node,
    gateway: &Node,
    environment: &Environment,
) -> Option<Finding> {
    let is_own = |url: &&Endpoint| {
        let target = deployment.resolve(publisher, url);
        url.text.known().is_some() && target.node_index(publisher.index) == Some(publisher.index)
    };
    let service = environment.service_url.as_ref().filter(is_own);
    let mut endpoints = environment.endpoints.iter().filter(is_own);
    let url = service.or_else(|| endpoints.next())?;
    let message = match service {
        Some(url) => format!(
            "{} deploys apps to {}, which is itself; the gateway is {}",
            publisher.name, url.text.value, gateway.name
        ),
        None => format!(
            "{} shows apps at {}, which is itself; the gateway is {}",
            publisher.name,
            url.address(),
            gateway.name
        ),
    };
    let place = if service.is_some() { url.host_span } else { url.text.span };
    let mut finding = Finding::new(place, "the publisher itself", message)
        .help(format!("write an address of {} that {} reaches", gateway.name, publisher.name));
    if let Some(endpoint) = endpoints.next().filter(|_| service.is_some()) {
        finding = finding.related(endpoint.text.span, "the publisher itself, too");
    }
    finding = finding.related(gateway.identity.span, "the gateway");
    Some(if service.is_none() { finding.variant("endpoint") } else { finding })
}
