//! Publisher and store cache the registry that they share without telling each other: published apps show late or never.

use super::{is_publisher, is_store};
use crate::model::Deployment;
use crate::model::node::Node;
use crate::model::sharing::node_names;
use crate::rules::{Check, Finding, Rule};

/// AP003.
pub static RULE: Rule = Rule { card: "AP003-portal-clustering-absent", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let is_part = |node: &&Node| is_publisher(node) || is_store(node);
    let mut done: Vec<usize> = Vec::new();
    for first in deployment.nodes.iter().filter(is_part) {
        if done.contains(&first.index) {
            continue;
        }
        let portals: Vec<&Node> = deployment
            .nodes
            .iter()
            .filter(is_part)
            .filter(|node| deployment.same_zone(first, node))
            .collect();
        done.extend(portals.iter().map(|node| node.index));
        findings.extend(finding(&portals));
    }
}

/// One finding for the portals of a zone: they form one cluster or none.
fn finding(portals: &[&Node]) -> Option<Finding> {
    if !portals.iter().any(|node| is_publisher(node)) || !portals.iter().any(|node| is_store(node)) {
        return None;
    }
    let mounts = |node: &&Node| node.registry.as_ref().is_some_and(|registry| !registry.mounts.is_empty());
    let off =
        |node: &&&Node| node.clustering.as_ref().is_some_and(|clustering| clustering.enabled.is_false());
    let unclustered: Vec<&Node> = portals.iter().filter(off).copied().collect();
    let (first, rest) = unclustered.split_first()?;
    let caching: Vec<&Node> = portals.iter().filter(|node| !caches(node).is_empty()).copied().collect();
    if !portals.iter().all(mounts) || caching.is_empty() {
        return None;
    }
    let verb = if caching.len() == 1 { "caches" } else { "cache" };
    let what = if unclustered.len() == portals.len() && caching.len() == portals.len() {
        "but are not clustered".to_owned()
    } else if unclustered.len() == portals.len() {
        format!("but {} are not clustered", node_names(portals))
    } else {
        format!("but clustering is off on {}", node_names(&unclustered))
    };
    let mut finding = Finding::new(
        first.clustering.as_ref()?.enabled.span,
        "clustering is off",
        format!("{} {verb} the shared registry, {what}", node_names(&caching)),
    )
    .help(format!(
        "enable clustering with the scheme wka and one domain on {}, and let each list the other as member",
        node_names(portals)
    ));
    for node in rest {
        if let Some(clustering) = &node.clustering {
            finding = finding.related(clustering.enabled.span, format!("off on {}, too", node.name));
        }
    }
    for node in portals.iter().filter(|node| !off(node)) {
        if let Some(clustering) = &node.clustering {
            finding = finding.related(clustering.enabled.span, format!("on at {}", node.name));
        }
    }
    for node in caching {
        for span in caches(node) {
            finding = finding.related(span, "what is mounted is cached");
        }
    }
    Some(finding)
}

/// The settings by which a node caches what it mounts.
fn caches(node: &Node) -> Vec<crate::source::Span> {
    let registry = node.registry.iter();
    let mut spans: Vec<_> = registry
        .flat_map(|registry| registry.mount_caches())
        .filter(|cache| cache.is_true())
        .map(|cache| cache.span)
        .collect();
    spans.dedup();
    spans
}
