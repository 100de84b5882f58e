//! A node behind the proxy calls itself by a name that the proxy does not serve: links, redirects and tokens lead past it.

use super::{host_name_key, management_host_name_key};
use crate::model::ports::ListenerKind;
use crate::model::proxy::VirtualServer;
use crate::model::proxy_routes::WebApp;
use crate::model::{Deployment, Host, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// HN006.
pub static RULE: Rule = Rule {
    card: include_str!("../../../rules/HN006-host-name-unproxied.md"),
    check: Check::Deployment(check),
};

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for node in &deployment.nodes {
        let identity = &node.identity;
        let all = servers(deployment, node, |_| true);
        findings.extend(judge(deployment, node, host_name_key(node), identity.host_name.as_ref(), &all));
        let consoles = servers(deployment, node, ListenerKind::is_servlet);
        let consoles: Vec<&VirtualServer> = consoles
            .into_iter()
            .filter(|server| {
                deployment
                    .app_routes()
                    .iter()
                    .any(|route| route.app == WebApp::Carbon && std::ptr::eq(route.server, *server))
            })
            .collect();
        let name = identity.management_host_name.as_ref().filter(|name| name.is_written());
        let is_other = |name: &&Setting| {
            identity.host_name.as_ref().is_none_or(|host| !host.value.eq_ignore_ascii_case(&name.value))
        };
        let key = management_host_name_key(node);
        findings.extend(judge(deployment, node, key, name.filter(is_other), &consoles));
    }
}

/// The server blocks of the proxy that forward to such a listener of the node.
fn servers<'a>(
    deployment: &'a Deployment,
    node: &Node,
    wants: impl Fn(ListenerKind) -> bool,
) -> Vec<&'a VirtualServer> {
    let all = deployment.proxy.iter().flat_map(|proxy| &proxy.servers);
    let reaches = |server: &&VirtualServer| {
        let mut passes = server.locations.iter().filter_map(|location| location.pass.as_ref());
        passes.any(|pass| {
            deployment.reached(pass).any(|reached| {
                reached.node.is_some_and(|found| found.index == node.index)
                    && reached.listener.is_some_and(|listener| wants(listener.kind))
            })
        })
    };
    all.filter(reaches).collect()
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
    let mut names: Vec<&str> = servers.iter().flat_map(|server| server.plain_names()).collect();
    names.dedup();
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
