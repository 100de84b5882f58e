//! A shared database on localhost while the nodes run on several machines: each node asks its own machine.

use crate::model::sharing::{SharedSource, node_names};
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// DS004.
pub static RULE: Rule = Rule { card: "DS004-database-host-loopback", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let all = deployment.shared_sources();
    let stranded: Vec<&SharedSource<'_>> =
        all.iter().filter(|entry| is_stranded(deployment, entry, &all)).collect();
    let mut done: Vec<&SharedSource<'_>> = Vec::new();
    for entry in &stranded {
        if done.iter().any(|other| std::ptr::eq(*other, *entry)) {
            continue;
        }
        let is_wrong = |peer: &SharedSource<'_>| stranded.iter().any(|other| std::ptr::eq(*other, peer));
        let (wrong, right): (Vec<&SharedSource<'_>>, Vec<&SharedSource<'_>>) =
            deployment.peers(entry, &all).partition(|peer| is_wrong(peer));
        // Where no node names the server it is one fault of the whole deployment.
        let alike: Vec<&SharedSource<'_>> = if right.is_empty() {
            wrong.into_iter().filter(|peer| peer.databases == entry.databases).collect()
        } else {
            Vec::new()
        };
        done.extend(&alike);
        findings.extend(finding(entry, &alike, &right));
    }
}

fn is_stranded(deployment: &Deployment, entry: &SharedSource<'_>, all: &[SharedSource<'_>]) -> bool {
    let peers: Vec<_> = deployment.peers(entry, all).map(|peer| (peer.node, peer.source)).collect();
    deployment.is_stranded(entry.node, entry.source, &peers)
}

fn finding(
    entry: &SharedSource<'_>,
    alike: &[&SharedSource<'_>],
    right: &[&SharedSource<'_>],
) -> Option<Finding> {
    let nodes: Vec<&Node> = std::iter::once(entry.node).chain(alike.iter().map(|peer| peer.node)).collect();
    let host = &entry.source.loopback_host()?.host;
    let verb = if alike.is_empty() { "looks" } else { "each look" };
    let message = format!(
        "{} {verb} for {} on {host}, but not all nodes that share it run there",
        node_names(&nodes),
        entry.nouns()
    );
    let help = match right.first() {
        Some(peer) => format!("write the server that {} uses: {}", peer.node.name, peer.source.shown()),
        None => "write a host name or address of the database server that all nodes reach".to_owned(),
    };
    let mut finding = Finding::new(host_place(entry)?, "this node's own machine", message).help(help);
    for peer in alike {
        finding = finding.related(host_place(peer)?, format!("another machine: {}", peer.node.name));
    }
    for peer in right {
        finding = finding.related(peer.source.place(), format!("database of {}", peer.node.name));
    }
    Some(finding)
}

fn host_place(entry: &SharedSource<'_>) -> Option<Span> {
    let host = entry.source.loopback_host()?;
    if let Some(key) = &entry.source.parts.host {
        return Some(key.span);
    }
    Some(entry.source.url.as_ref()?.part(host.range.clone()))
}
