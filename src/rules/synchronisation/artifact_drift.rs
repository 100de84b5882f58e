//! Gateways of one group that deploy different artifacts answer the same request differently.

use std::collections::BTreeMap;

use crate::model::gateway::Artifact;
use crate::model::{Deployment, Node, Role, SyncMode};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// DY007.
pub static RULE: Rule = Rule { card: "DY007-artifact-drift", check: Check::Deployment(check) };

/// So many names stand in the message.
const NAMED: usize = 3;

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let mut compared: Vec<Vec<usize>> = Vec::new();
    for role in [Role::Gateway, Role::TrafficManager] {
        for group in deployment.groups(role) {
            let members: Vec<_> = group
                .into_iter()
                .filter(|node| node.artifacts.is_some() && deployment.sync_mode(node) != SyncMode::Database)
                .collect();
            let indices: Vec<_> = members.iter().map(|node| node.index).collect();
            if members.len() < 2 || compared.contains(&indices) {
                continue;
            }
            compared.push(indices);
            findings.extend(drift(&members));
        }
    }
}

/// The one finding of a group, or none.
fn drift(members: &[&Node]) -> Option<Finding> {
    let mut paths: BTreeMap<&str, Vec<Option<&Artifact>>> = BTreeMap::new();
    for (position, node) in members.iter().enumerate() {
        for artifact in node.artifacts.iter().flat_map(|artifacts| &artifacts.files) {
            let row = paths.entry(&artifact.path).or_insert_with(|| vec![None; members.len()]);
            if let Some(cell) = row.get_mut(position) {
                *cell = Some(artifact);
            }
        }
    }
    let drifted: Vec<_> = paths.iter().filter(|(path, row)| differs(path, row, members)).collect();
    let (_, first) = drifted.first()?;
    let place = |position: usize| -> Option<Span> { first.get(position)?.map(|artifact| artifact.span) };
    let holder = (0..members.len()).find(|position| place(*position).is_some())?;

    let names: Vec<_> = drifted.iter().take(NAMED).map(|(path, _)| **path).collect();
    let more = if drifted.len() > NAMED { ", …" } else { "" };
    let nodes: Vec<_> = members.iter().map(|node| node.name.as_str()).collect();
    let count = drifted.len();
    let noun = if count == 1 { "artifact" } else { "artifacts" };
    let mut finding = Finding::new(
        place(holder)?,
        describe(first, holder, members),
        format!("{} differ in {count} deployed {noun}: {}{more}", nodes.join(" and "), names.join(", ")),
    )
    .help("let the nodes share repository/deployment/server, or copy it from the writing node to the others");
    for (position, node) in members.iter().enumerate().filter(|(position, _)| *position != holder) {
        finding = match place(position) {
            Some(span) => finding.related(span, "another text"),
            None => finding.related(node.identity.span, format!("{} lacks it", node.name)),
        };
    }
    Some(finding)
}

fn describe(row: &[Option<&Artifact>], holder: usize, members: &[&Node]) -> String {
    if row.iter().flatten().count() == 1 {
        members.get(holder).map_or_else(String::new, |node| format!("only on {}", node.name))
    } else {
        "differs between the nodes".to_owned()
    }
}

/// Inbound endpoints hold the node's own ports. A file that packs ship may differ between versions. In an overlay a folder
/// that the input leaves out proves nothing, and neither does a missing file of the product's own.
fn differs(path: &str, row: &[Option<&Artifact>], members: &[&Node]) -> bool {
    if path.contains("/inbound-endpoints/") {
        return false;
    }
    let shipped = row.iter().flatten().any(|artifact| artifact.vanilla);
    let versions_agree = members.windows(2).all(|pair| match pair {
        [left, right] => left.version == right.version,
        _ => true,
    });
    if shipped && !versions_agree {
        return false;
    }
    let digests: Vec<_> = row.iter().flatten().map(|artifact| artifact.digest.as_str()).collect();
    let changed = digests.windows(2).any(|pair| matches!(pair, [left, right] if left != right));
    let missing = row
        .iter()
        .zip(members)
        .any(|(cell, node)| cell.is_none() && (node.is_home || (!shipped && holds_folder_of(node, path))));
    changed || missing
}

fn holds_folder_of(node: &Node, path: &str) -> bool {
    let Some((folder, _)) = path.rsplit_once('/') else { return false };
    node.artifacts
        .iter()
        .flat_map(|artifacts| &artifacts.files)
        .any(|artifact| artifact.path.rsplit_once('/').is_some_and(|(other, _)| other == folder))
}
