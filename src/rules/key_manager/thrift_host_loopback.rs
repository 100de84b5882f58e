//! `ThriftServerHost` outranks the host of `ServerURL`: left at localhost the gateway calls itself and refuses every token.

use crate::model::{Deployment, Host, Node, Role, Target};
use crate::rules::{Check, Finding, Rule};

/// KM005.
pub static RULE: Rule = Rule { card: "KM005-thrift-host-loopback", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let gateways = deployment.nodes.iter().filter(|node| !node.acts_as(Role::KeyManager));
    findings.extend(gateways.filter_map(|gateway| finding(deployment, gateway)));
}

fn finding(deployment: &Deployment, gateway: &Node) -> Option<Finding> {
    let keys = gateway.thrift_client()?;
    let own = keys.own_thrift_host()?;
    let url = keys.validation.as_ref()?;
    let host = match &url.host {
        Host::Name(name) => name,
        Host::Own | Host::Unknown => return None,
    };
    let servers = match deployment.resolve(gateway, url) {
        Target::Node(..) | Target::Outside(_) => deployment.thrift_servers(gateway),
        Target::Balancer(balancer) if balancer.tcp => deployment.thrift_servers(gateway),
        // Thrift does not pass other balancers anyway.
        Target::Own(_) | Target::Balancer(_) | Target::Unknown => return None,
    };
    let is_near = |server: &&Node| deployment.same_machine(gateway, server) == Some(true);
    if servers.iter().any(|server| is_near(server) || server.is_thrift_off()) {
        return None;
    }
    let name = match servers.as_slice() {
        [one] => format!(" {}", one.name),
        _ => String::new(),
    };
    let message = format!(
        "{} calls the Thrift service of its key manager{name} on itself ({})",
        gateway.name, own.value
    );
    let finding = Finding::new(own.span, "this gateway itself", message)
        .help(format!("set ThriftServerHost to {host}, the host of ServerURL"))
        .fix(own.bare(&own.value), host.clone())
        .related(url.host_span, "the key manager is here");
    Some(servers.iter().fold(finding, |finding, server| {
        let place = server.key_management.as_ref().map_or_else(|| server.name_place(), |keys| keys.span);
        finding.related(place, format!("{} serves Thrift", server.name))
    }))
}
