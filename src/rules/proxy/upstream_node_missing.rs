//! An upstream that leaves out a node of its role: that node idles, and when the others are down nobody takes over.

use std::collections::BTreeSet;

use crate::model::ports::{Listener, ListenerKind};
use crate::model::proxy::{Upstream, UpstreamServer};
use crate::model::{Deployment, Node, SyncMode};
use crate::rules::{Check, Finding, Rule};

/// PX011.
pub static RULE: Rule = Rule { card: "PX011-upstream-node-missing", check: Check::Deployment(check) };

/// A server of an upstream with the listener that it means.
#[derive(Clone, Copy)]
struct Listed<'a> {
    server: &'a UpstreamServer,
    node: &'a Node,
    listener: &'a Listener,
}

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let Some(proxy) = &deployment.proxy else { return };
    let upstreams: Vec<&Upstream> = proxy.upstreams.iter().chain(&proxy.stream_upstreams).collect();
    let all: Vec<Option<Vec<Listed<'_>>>> =
        upstreams.iter().map(|upstream| listed(deployment, upstream)).collect();
    for (position, (upstream, own)) in upstreams.iter().zip(&all).enumerate() {
        let Some(own) = own else { continue };
        let others: Vec<&[Listed<'_>]> = all
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != position)
            .filter_map(|(_, listed)| listed.as_deref())
            .collect();
        let missing: Vec<&Node> =
            deployment.nodes.iter().filter(|node| is_missing(deployment, node, own, &others)).collect();
        findings.extend(match doubled(own) {
            Some((first, second)) => Some(twice(upstream, first, second, &missing)),
            None => left_out(deployment, upstream, own, &missing),
        });
    }
}

/// The servers of an upstream; `None` where one of them is no given node or no open listener, or where the input does not
/// hold them all.
fn listed<'a>(deployment: &'a Deployment, upstream: &'a Upstream) -> Option<Vec<Listed<'a>>> {
    if upstream.incomplete || upstream.servers.is_empty() {
        return None;
    }
    let of = |server: &'a UpstreamServer| {
        let (node, listener) = deployment.upstream_node(server)?;
        Some(Listed { server, node, listener: listener? })
    };
    upstream.servers.iter().map(of).collect()
}

/// True for a node with the roles of all listed ones, whose listener of that kind this upstream does not reach and no
/// other one is there for.
fn is_missing(deployment: &Deployment, node: &Node, own: &[Listed<'_>], others: &[&[Listed<'_>]]) -> bool {
    let Some(kind) = kind(own) else { return false };
    let alike = own.iter().all(|listed| {
        listed.node.index != node.index
            && listed.node.roles == node.roles
            && listed.node.product == node.product
            && deployment.same_zone(listed.node, node)
    });
    if !alike || node.port(kind).is_none() || deployment.is_standby(node) {
        return false;
    }
    let nodes: BTreeSet<usize> = own.iter().map(|listed| listed.node.index).collect();
    let has_one_writer = matches!(deployment.sync_mode(node), SyncMode::Rsync(_) | SyncMode::Svn(_));
    if kind.is_servlet() && nodes.len() == 1 && has_one_writer {
        return false;
    }
    // An upstream of one server is often meant so, like that of the one node which manages.
    let splits = |other: &[Listed<'_>]| {
        let holds = |index: usize| other.iter().any(|listed| listed.node.index == index);
        let is_same =
            other.iter().any(|listed| listed.node.index == node.index && listed.listener.kind == kind);
        is_same && (nodes.len() == 1 || !nodes.iter().any(|index| holds(*index)))
    };
    !others.iter().any(|other| splits(other)) && !is_passed_to(deployment, node, kind)
}

/// The one kind of listener that all servers are.
fn kind(own: &[Listed<'_>]) -> Option<ListenerKind> {
    let first = own.first()?.listener.kind;
    own.iter().all(|listed| listed.listener.kind == first).then_some(first)
}

/// True where some `proxy_pass` or stream server names the listener of the node itself, without an upstream.
fn is_passed_to(deployment: &Deployment, node: &Node, kind: ListenerKind) -> bool {
    let proxy = deployment.proxy.iter();
    let passes = proxy.clone().flat_map(|proxy| &proxy.servers).flat_map(|server| &server.locations);
    let passes = passes.filter_map(|location| location.pass.as_ref()).filter(|pass| !pass.named);
    let streams = proxy.flat_map(|proxy| &proxy.stream_servers).filter(|server| server.servers.len() == 1);
    let mut servers = passes.flat_map(|pass| &pass.servers).chain(streams.flat_map(|one| &one.servers));
    servers.any(|server| {
        deployment.upstream_node(server).is_some_and(|(found, listener)| {
            found.index == node.index && listener.is_some_and(|listener| listener.kind == kind)
        })
    })
}

/// Two servers that are one listener.
fn doubled<'a>(own: &[Listed<'a>]) -> Option<(Listed<'a>, Listed<'a>)> {
    own.iter().enumerate().find_map(|(position, second)| {
        let mut earlier = own.iter().take(position);
        let first = earlier.find(|first| {
            first.node.index == second.node.index && first.listener.kind == second.listener.kind
        })?;
        Some((*first, *second))
    })
}

fn twice(upstream: &Upstream, first: Listed<'_>, second: Listed<'_>, missing: &[&Node]) -> Finding {
    let name = &upstream.name;
    let node = &second.node.name;
    let message = match missing.first() {
        Some(missing) => format!("upstream {name} lists {node} twice and {} not at all", missing.name),
        None => format!("upstream {name} lists {node} twice"),
    };
    let finding = Finding::new(second.server.span, format!("{node} again"), message)
        .related(first.server.span, format!("{node} for the first time"));
    match missing.first() {
        Some(missing) => finding
            .help(format!("name {} here", missing.name))
            .related(missing.identity.span, "gets no requests"),
        None => finding.help("name the other node, or remove the line; for more requests use weight"),
    }
}

/// Of an active and a passive node only the former gets requests.
fn unless_standby(node: &Node) -> String {
    format!(", or say standby = true for {} in apimlint.toml if it only takes over", node.name)
}

fn left_out(
    deployment: &Deployment,
    upstream: &Upstream,
    own: &[Listed<'_>],
    missing: &[&Node],
) -> Option<Finding> {
    let kind = kind(own)?;
    let first = missing.first()?;
    let mut names: Vec<&str> = Vec::new();
    for listed in own {
        if !names.contains(&listed.node.name.as_str()) {
            names.push(&listed.node.name);
        }
    }
    let left: Vec<&str> = missing.iter().map(|node| node.name.as_str()).collect();
    let message = format!(
        "upstream {} sends to {}, but not to {}",
        upstream.name,
        names.join(" and "),
        left.join(" and "),
    );
    let address = deployment.address_from_outside(first, kind);
    let finding = Finding::new(upstream.span, format!("leaves out {}", first.name), message);
    let finding = match address {
        Some(address) => finding.help(format!("add \"server {address};\"{}", unless_standby(first))),
        None => finding.help(format!("add a server line for {}{}", first.name, unless_standby(first))),
    };
    let label = format!("{} port of a node with the same roles", kind.noun());
    Some(missing.iter().fold(finding, |finding, node| finding.related(node.identity.span, label.clone())))
}
