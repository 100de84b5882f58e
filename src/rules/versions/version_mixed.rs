//! Nodes of different versions write one database in different forms, and call services that the other does not have.

use std::collections::BTreeMap;

use super::place;
use crate::model::deployment::Target;
use crate::model::node::VersionEvidence;
use crate::model::sharing::SHARED;
use crate::model::{Deployment, Node, Version};
use crate::rules::{Check, Finding, Rule};

/// VR001.
pub static RULE: Rule = Rule { card: "VR001-version-mixed", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for group in connected(deployment) {
        findings.extend(finding(&group));
    }
}

/// API Manager nodes whose versions are certain, joined where two share a database or one calls the other.
fn connected(deployment: &Deployment) -> Vec<Vec<&Node>> {
    let mut groups: Vec<Vec<&Node>> = Vec::new();
    for node in deployment.nodes.iter().filter(|node| node.is_api_manager() && node.told_version().is_some())
    {
        let joins = |group: &Vec<&Node>| group.iter().any(|member| are_joined(deployment, member, node));
        let (mut joined, rest): (Vec<_>, Vec<_>) = groups.into_iter().partition(joins);
        joined.push(vec![node]);
        groups = rest;
        groups.push(joined.concat());
    }
    groups.iter_mut().for_each(|group| group.sort_by_key(|node| node.index));
    groups.sort_by_key(|group| group.first().map(|node| node.index));
    groups
}

fn are_joined(deployment: &Deployment, left: &Node, right: &Node) -> bool {
    let shares = SHARED.iter().any(|database| match (left.database(*database), right.database(*database)) {
        (Some((one, _)), Some((other, _))) => {
            deployment.same_database((left, one), (right, other)) == Some(true)
        }
        _ => false,
    });
    shares || calls(deployment, left, right) || calls(deployment, right, left)
}

fn calls(deployment: &Deployment, from: &Node, to: &Node) -> bool {
    from.references().iter().any(|reference| {
        matches!(deployment.resolve(from, reference.endpoint), Target::Node(node, _) if node.index == to.index)
    })
}

fn finding(group: &[&Node]) -> Option<Finding> {
    let mut counts: BTreeMap<Version, usize> = BTreeMap::new();
    for version in group.iter().filter_map(|node| node.version) {
        *counts.entry(version).or_default() += 1;
    }
    // Who gives each node a version of its own knows that they differ.
    let is_declared = group.iter().all(|node| node.version_evidence == VersionEvidence::Given);
    if counts.len() < 2 || is_declared {
        return None;
    }
    let most = *counts.values().max()?;
    let first = group.first()?.version?;
    let is_usual = |version: &Version| counts.get(version) == Some(&most);
    // Of versions that are equally frequent the first node's counts.
    let usual = Some(first).filter(is_usual).or_else(|| counts.keys().copied().find(is_usual))?;
    let odd = group.iter().find(|node| node.version != Some(usual))?;
    let model = group.iter().find(|node| node.version == Some(usual))?;
    let version = odd.version?;
    let message = format!("{} is API Manager {version}, {} beside it is {usual}", odd.name, model.name);
    let mut finding = Finding::new(place(odd), version.to_string(), message)
        .help("run one version on all nodes that share databases or call each other; migrate them together");
    for node in group.iter().filter(|node| node.index != odd.index) {
        let label = node.version.map(|version| version.to_string()).unwrap_or_default();
        finding = finding.related(place(node), label);
    }
    Some(finding)
}
