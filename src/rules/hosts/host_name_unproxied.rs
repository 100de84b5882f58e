//! A node behind the proxy calls itself by a name that the proxy does not serve: links, redirects and tokens lead past it.

use super::{host_name_key, management_host_name_key};
use crate::model::node::Identity;
use crate::model::proxy::VirtualServer;
use crate::model::proxy_routes::{Reached, WebApp};
use crate::model::{Deployment, Host, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// HN006.
pub static RULE: Rule = Rule { card: "HN006-host-name-unproxied", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let routes = deployment.app_routes();
    let has_console = |server: &&VirtualServer| {
        routes.iter().any(|route| route.app == WebApp::Carbon && std::ptr::eq(route.server, *server))
    };
    for node in &deployment.nodes {
        let Identity { host_name, management_host_name, .. } = &node.identity;
        let servers = servers(deployment, node);
        findings.extend(judge(deployment, node, host_name_key(node), host_name.as_ref(), &servers));
        let is_other = |name: &&Setting| {
            host_name.as_ref().is_none_or(|host| !host.value.eq_ignore_ascii_case(&name.value))
        };
        let name = management_host_name.as_ref().filter(is_other);
        let consoles: Vec<&VirtualServer> = servers.into_iter().filter(has_console).collect();
        findings.extend(judge(deployment, node, management_host_name_key(node), name, &consoles));
    }
}

/// The server blocks of the proxy that forward to a listener of the node.
fn servers<'a>(deployment: &'a Deployment, node: &Node) -> Vec<&'a VirtualServer> {
    let is_node = |reached: Reached<'_>| {
        reached.node.is_some_and(|found| found.index == node.index) && reached.listener.is_some()
    };
    let reaches = |server: &&VirtualServer| {
        let mut passes = server.locations.iter().filter_map(|location| location.pass.as_ref());
        passes.any(|pass| deployment.reached(pass).any(is_node))
    };
    deployment.proxy.iter().flat_map(|proxy| &proxy.servers).filter(reaches).collect()
}

fn judge(
    deployment: &Deployment,
    node: &Node,
    key: &str,
    name: Option<&Setting>,
    servers: &[&VirtualServer],
) -> Option<Finding> {
    let name = name.filter(|name| name.is_written())?;
    let host = Host::literal(name.text()?);
    let host = host.name()?;
    let first = servers.first()?;
    // A block for all names takes this one, too.
    let takes_all = |server: &&VirtualServer| {
        server.takes_other_names()
            || server.incomplete
            || server.listens.iter().any(|listen| listen.default_server)
    };
    let all = || deployment.proxy.iter().flat_map(|proxy| &proxy.servers);
    let is_served = all().any(|server| server.plain_names().any(|served| served.eq_ignore_ascii_case(host)));
    if is_served || all().any(|server| takes_all(&server)) || is_balanced(deployment, host) {
        return None;
    }
    let mut names: Vec<&str> = Vec::new();
    for name in servers.iter().flat_map(|server| server.plain_names()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let message =
        format!("{} sets {key} to {}, but nginx serves it as {}", node.name, name.value, names.join(", "),);
    let finding = Finding::new(name.span, "is no server_name", message);
    let finding = match names.as_slice() {
        [one] => finding.help(format!("set {key} to {one}, or add {host} to server_name")),
        _ => finding.help(format!("set {key} to a name that nginx serves, or add {host} to a server_name")),
    };
    Some(finding.related(first.span, "forwards to this node"))
}

/// True for a name that the inventory gives to a balancer besides nginx.
fn is_balanced(deployment: &Deployment, host: &str) -> bool {
    deployment.inventory.balancers.iter().any(|balancer| balancer.name.text.eq_ignore_ascii_case(host))
}
