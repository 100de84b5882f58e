//! Portals show developers the gateway's public address: a loopback one nobody but the portal's own machine can call.

use crate::model::gateway::Environment;
use crate::model::proxy::{ProxyPass, VirtualServer};
use crate::model::{Deployment, Endpoint, Host, Node, Role, Target};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// GW005.
pub static RULE: Rule = Rule { card: "GW005-gateway-endpoint-loopback", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let portals = |node: &&Node| node.acts_as(Role::Publisher) || node.acts_as(Role::Store);
    for node in deployment.nodes.iter().filter(portals).filter(|node| node.is_api_manager()) {
        for environment in &node.environments {
            findings.extend(judge(deployment, node, environment));
        }
    }
}

/// What shows that the gateway is not called on the portal's own machine.
enum Elsewhere<'a> {
    Node(&'a Node),
    Balancer(&'a str, Option<Span>),
    Proxy(&'a VirtualServer),
}

fn judge(deployment: &Deployment, node: &Node, environment: &Environment) -> Option<Finding> {
    let is_own = |endpoint: &&Endpoint| {
        endpoint.host == Host::Own
            && endpoint.text.is_written()
            && endpoint.text.known().is_some()
            // The address of the machine is right for another node that runs on it.
            && !deployment.may_mean_another(node, endpoint)
    };
    let mut own: Vec<&Endpoint> = environment.public_endpoints().filter(is_own).collect();
    own.sort_by_key(|endpoint| endpoint.host_span);
    let (first, rest) = own.split_first()?;
    let elsewhere = elsewhere(deployment, node, environment)?;
    let name = environment.known_name().map(|name| format!(" of environment \"{name}\"")).unwrap_or_default();
    let because = match &elsewhere {
        Elsewhere::Node(gateway) => format!("the gateway is {}", gateway.name),
        Elsewhere::Balancer(name, _) => format!("the gateways are behind {name}"),
        Elsewhere::Proxy(server) => format!("clients reach the gateway through {}", server.label()),
    };
    let message = format!("{} offers APIs{name} at {}, but {because}", node.name, first.address());
    let mut finding =
        Finding::new(first.host_span, "only this machine can call it", message).help(help(&elsewhere));
    for endpoint in rest.iter().filter(|endpoint| endpoint.text.span != first.text.span) {
        finding = finding.related(endpoint.host_span, "likewise");
    }
    let place = match elsewhere {
        Elsewhere::Node(gateway) => Some((gateway.identity.span, format!("{} is the gateway", gateway.name))),
        Elsewhere::Balancer(_, span) => span.map(|span| (span, "in front of the gateways".to_owned())),
        Elsewhere::Proxy(server) => Some((server.span, "in front of the gateway".to_owned())),
    };
    Some(match place {
        Some((span, label)) => finding.related(span, label),
        None => finding,
    })
}

/// The service URL leads to another node, or the given proxy forwards API calls.
fn elsewhere<'a>(
    deployment: &'a Deployment,
    node: &'a Node,
    environment: &Environment,
) -> Option<Elsewhere<'a>> {
    let target = environment.service_url.as_ref().map(|url| deployment.resolve(node, url));
    match target {
        Some(Target::Node(gateway, _)) if deployment.same_machine(node, gateway) != Some(true) => {
            return Some(Elsewhere::Node(gateway));
        }
        Some(Target::Balancer(balancer)) if !balancer.nodes.contains(&node.index) => {
            return Some(Elsewhere::Balancer(&balancer.name, balancer.span));
        }
        _ => {}
    }
    // From 4.0 on gateways pull, and the service URL says nothing.
    if !node.acts_as(Role::Gateway) {
        let mut gateways = deployment.gateways().filter(|gateway| deployment.same_zone(node, gateway));
        let gateway = gateways.find(|gateway| deployment.same_machine(node, gateway) != Some(true));
        if let Some(gateway) = gateway {
            return Some(Elsewhere::Node(gateway));
        }
    }
    let servers = deployment.proxy.iter().flat_map(|proxy| &proxy.servers);
    let forwards = |server: &&VirtualServer| {
        let mut passes = server.locations.iter().filter_map(|location| location.pass.as_ref());
        passes.any(|pass| reaches_gateway(deployment, pass, node))
    };
    servers.into_iter().find(forwards).map(Elsewhere::Proxy)
}

/// True for a target that ends at the gateway listener of a node in the portal's zone.
fn reaches_gateway(deployment: &Deployment, pass: &ProxyPass, node: &Node) -> bool {
    deployment.reached(pass).any(|reached| {
        reached.node.is_some_and(|gateway| deployment.same_zone(node, gateway))
            && reached.listener.is_some_and(|listener| listener.kind.is_gateway())
    })
}

fn help(elsewhere: &Elsewhere<'_>) -> String {
    match elsewhere {
        Elsewhere::Node(gateway) => match gateway.public_host_name() {
            Some(host) => format!("name the host that clients call: {}", host.value),
            None => format!("name the host under which clients reach {}", gateway.name),
        },
        Elsewhere::Balancer(name, _) => format!("name {name}, or the public name of the gateways"),
        Elsewhere::Proxy(server) => {
            let scheme = if server.main_listen().is_some_and(|listen| server.is_tls(listen)) {
                "https"
            } else {
                "http"
            };
            format!("write {scheme}://{}", server.label())
        }
    }
}
