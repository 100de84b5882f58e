//! Of two nodes of a role only one has an update: a fault that it mends comes back with every second request.

use std::collections::BTreeSet;

use super::place;
use crate::model::drift::Kind;
use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// VR005.
pub static RULE: Rule = Rule { card: "VR005-update-level-mixed", check: Check::Deployment(check) };

/// So many patches stand in the message.
const NAMED: usize = 3;

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for group in deployment.copies(Kind::Role) {
        findings.extend(levels(&group).or_else(|| patches(&group)));
    }
}

/// Nodes that state different update levels.
fn levels(group: &[&Node]) -> Option<Finding> {
    let stated: Vec<(&Node, &Setting)> =
        group.iter().filter_map(|node| Some((*node, node.update_level.as_ref()?))).collect();
    let (model, usual) = stated.first()?;
    let (odd, level) = stated.iter().find(|(_, level)| level.value != usual.value)?;
    let message = format!(
        "{} is at update level {}, {} beside it at {}",
        odd.name, level.value, model.name, usual.value
    );
    let finding = Finding::new(level.span, level.value.clone(), message)
        .help("bring all nodes of a role to one update level, the older ones first");
    let others = stated.iter().filter(|(node, _)| node.index != odd.index);
    Some(others.fold(finding, |finding, (_, level)| finding.related(level.span, level.value.clone())))
}

/// Nodes with different patches, where each has some.
fn patches(group: &[&Node]) -> Option<Finding> {
    let patched: Vec<&Node> = group.iter().copied().filter(|node| !node.patches.is_empty()).collect();
    let all: BTreeSet<&String> = patched.iter().flat_map(|node| &node.patches).collect();
    let lacks = |node: &&&Node| all.iter().any(|patch| !node.patches.contains(*patch));
    let odd = patched.iter().find(lacks).filter(|_| patched.len() > 1)?;
    let missing: Vec<&str> = all
        .iter()
        .filter(|patch| !odd.patches.contains(**patch))
        .take(NAMED)
        .map(|patch| patch.as_str())
        .collect();
    let message =
        format!("{} lacks patches that another node of its role has: {}", odd.name, missing.join(", "));
    let span: fn(&Node) -> Span = place;
    let finding = Finding::new(span(odd), "lacks patches", message)
        .help("apply the same patches to all nodes of a role, and restart them");
    let others = patched.iter().filter(|node| node.index != odd.index);
    Some(others.fold(finding, |finding, node| {
        finding.related(span(node), format!("has {} patches", node.patches.len()))
    }))
}
