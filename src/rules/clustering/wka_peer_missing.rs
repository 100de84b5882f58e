//! A node whose member list leads to no peer starts a cluster of its own.

use crate::model::clustering::{Clustering, Member};
use crate::model::{ConfigModel, Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// CL004.
pub static RULE: Rule = Rule { card: "CL004-wka-peer-missing", check: Check::Deployment(check) };

/// So many members are shown in a label.
const SHOWN: usize = 3;

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for node in &deployment.nodes {
        let Some(clustering) = &node.clustering else { continue };
        let peers = deployment.unlisted_peers(node);
        let names: Vec<String> = peers.iter().map(|peer| shown(deployment, peer)).collect();
        let Some((last, first)) = names.split_last() else { continue };
        let names = if first.is_empty() { last.clone() } else { format!("{} or {last}", first.join(", ")) };
        let message = format!("{} does not list {names} as a well-known member", node.name);
        let mut finding = Finding::new(clustering.members_span, listed(clustering), message)
            .help(help(deployment, node, &peers));
        for peer in peers {
            if let Some(place) = peer.member_host_place() {
                finding = finding.related(place, format!("{} is not listed", peer.name));
            }
        }
        findings.push(finding);
    }
}

fn shown(deployment: &Deployment, peer: &Node) -> String {
    match deployment.member_address(peer) {
        Some((host, port)) => format!("{} ({host}:{port})", peer.name),
        None => peer.name.clone(),
    }
}

fn listed(clustering: &Clustering) -> String {
    if clustering.members.is_empty() {
        return "lists nobody".to_owned();
    }
    let shown: Vec<String> = clustering.members.iter().take(SHOWN).map(Member::address).collect();
    let more = clustering.members.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("lists only {}{more}", shown.join(", "))
}

fn help(deployment: &Deployment, node: &Node, peers: &[&Node]) -> String {
    let known: Vec<(String, u16)> = peers.iter().filter_map(|peer| deployment.member_address(peer)).collect();
    if known.len() < peers.len() {
        let names: Vec<&str> = peers.iter().map(|peer| peer.name.as_str()).collect();
        return format!("add the localMemberHost and localMemberPort of {} to the members", names.join(", "));
    }
    match node.config_model {
        ConfigModel::Xml => {
            let entries = known.iter().map(|(host, port)| format!("hostName {host} and port {port}"));
            let each = if known.len() > 1 { "one <member> each" } else { "a <member>" };
            format!("add {each} with {}", entries.collect::<Vec<_>>().join("; "))
        }
        ConfigModel::Toml => {
            let entries = known.iter().map(|(host, port)| format!("\"{host}:{port}\""));
            format!("add {} to clustering.members", entries.collect::<Vec<_>>().join(", "))
        }
    }
}
