//! A node calls a host that nobody in the deployment is: a name that was left over or misspelt.

use crate::model::endpoint::{Purpose, Reference};
use crate::model::{Deployment, Endpoint, Host, Node, Role, Target};
use crate::rules::{Check, Finding, Rule};

/// GW011.
pub static RULE: Rule = Rule { card: "GW011-gateway-target-unknown", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    // Where no other node serves API calls the gateway was not given.
    let is_given = |node: &Node| deployment.others(node).any(|other| other.acts_as(Role::Gateway));
    if !deployment.is_complete() {
        return;
    }
    for node in deployment.nodes.iter().filter(|node| node.is_api_manager()) {
        findings.extend(services(deployment, node));
    }
    for node in deployment.publishers().filter(|node| pushes(node) && is_given(node)) {
        for environment in &node.environments {
            let Some(url) = environment.service_url.as_ref().filter(|url| url.text.is_written()) else {
                continue;
            };
            if let Some(host) = unknown(deployment, node, url) {
                let name = environment.known_name().unwrap_or("without a name");
                let message = format!(
                    "{} publishes environment \"{name}\" to {host}, which is no node, no name of the proxy and in no \
                     hosts line",
                    node.name,
                );
                let finding = Finding::new(url.host_span, "nobody given has this name", message);
                findings.push(finding.help(help(deployment, node)));
            }
        }
    }
}

/// Services of key manager, Traffic Manager and event hub that are at no given node, where another node shows by what
/// address a given one is called.
fn services(deployment: &Deployment, node: &Node) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for reference in deployment.addresses_in_use(node) {
        let Reference { purpose, endpoint } = reference;
        let (Some(task), true) = (task(purpose), endpoint.text.is_written()) else { continue };
        let Some(right) = called_by_others(deployment, node, purpose) else { continue };
        let Some(host) = unknown(deployment, node, endpoint) else { continue };
        let message = format!(
            "{} {task} {host}, which is no node, no name of the proxy and in no hosts line",
            node.name
        );
        findings.push(
            Finding::new(endpoint.host_span, "nobody given has this name", message)
                .help(format!(
                    "write {} as {} does, give the node that has this name, or say complete = false in apimlint.toml",
                    right.endpoint.address(),
                    right.caller.name,
                ))
                .related(right.endpoint.host_span, format!("{} calls {}", right.caller.name, right.target.name)),
        );
    }
    findings
}

/// What a node does at a service that one node of the deployment has.
fn task(purpose: Purpose) -> Option<&'static str> {
    match purpose {
        Purpose::KeyValidation => Some("validates keys at"),
        Purpose::Authentication => Some("logs in through"),
        Purpose::PolicyDeployment => Some("deploys throttling policies on"),
        Purpose::EventHub => Some("asks the event hub at"),
        _ => None,
    }
}

/// A call that arrives.
struct Call<'a> {
    caller: &'a Node,
    endpoint: &'a Endpoint,
    target: &'a Node,
}

/// How another node of the zone calls such a service of a given node.
fn called_by_others<'a>(deployment: &'a Deployment, node: &'a Node, purpose: Purpose) -> Option<Call<'a>> {
    deployment.others(node).filter(|other| deployment.same_zone(node, other)).find_map(|caller| {
        let references = deployment.addresses_in_use(caller);
        references.into_iter().filter(|reference| reference.purpose == purpose).find_map(|reference| {
            let index = deployment.resolve(caller, reference.endpoint).node_index(caller.index)?;
            let target = deployment.others(caller).find(|target| target.index == index)?;
            (index != node.index).then_some(Call { caller, endpoint: reference.endpoint, target })
        })
    })
}

/// From 4.0 on gateways pull.
fn pushes(node: &Node) -> bool {
    node.is_api_manager() && !node.is_at_least(4, 0)
}

/// The host, if nothing in the input explains it.
fn unknown(deployment: &Deployment, node: &Node, url: &Endpoint) -> Option<String> {
    let Target::Outside(host) = deployment.resolve(node, url) else { return None };
    // Service names of Kubernetes belong to no node.
    let is_service = host.ends_with("-service") || host.contains(".svc");
    // Without proxy and hosts file a name with a domain may be that of anything in front of the gateways.
    let is_address = host.parse::<std::net::IpAddr>().is_ok() || !host.contains('.');
    if !is_address && deployment.proxy.is_none() && deployment.hosts.is_none() {
        return None;
    }
    let is_mapped = deployment.mapped(&host).is_some();
    let mut servers = deployment.proxy.iter().flat_map(|proxy| &proxy.servers);
    let is_served = servers.any(|server| server.plain_names().any(|name| name.eq_ignore_ascii_case(&host)));
    (!is_service && !is_mapped && !is_served).then_some(host)
}

/// The gateways that could be meant, by the names that the deployment has for them.
fn help(deployment: &Deployment, node: &Node) -> String {
    let gateways: Vec<&str> = deployment
        .others(node)
        .filter(|other| other.acts_as(Role::Gateway))
        .filter_map(|gateway| {
            let is_name = |name: &&str| Host::literal(name).name().is_some();
            deployment.addresses(gateway).find(is_name)
        })
        .collect();
    match gateways.as_slice() {
        [] => "name a gateway, or give the node that has this name".to_owned(),
        names => format!(
            "name a gateway ({}), give the node that has this name, or say complete = false in apimlint.toml",
            names.join(", "),
        ),
    }
}
