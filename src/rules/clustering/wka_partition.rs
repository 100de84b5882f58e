//! Two sets of nodes that list only themselves are two clusters under one name.

use crate::model::member_lists::MemberGroup;
use crate::model::sharing::node_names;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// CL006.
pub static RULE: Rule = Rule { card: "CL006-wka-partition", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    findings.extend(deployment.member_groups().iter().filter_map(finding));
}

/// The first list of the smaller part is to be changed; of equally large ones that of the later.
fn finding(group: &MemberGroup<'_>) -> Option<Finding> {
    let mut parts = group.parts();
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    let (last, rest) = parts.split_last()?;
    let beside: Vec<&Node> = group.at(rest.first()?);
    let apart = group.at(last);
    let (first, others) = apart.split_first()?;
    let message = format!(
        "{} in cluster domain {} list only each other, and so do {}",
        node_names(&apart),
        group.domain,
        node_names(&beside)
    );
    let place = |node: &Node| node.clustering.as_ref().map(|clustering| clustering.members_span);
    let mut finding = Finding::new(place(first)?, "leads to nobody outside", message)
        .help(format!("list {} here and on the other nodes", node_names(&beside)));
    for node in others.iter().chain(&beside) {
        finding = finding.related(place(node)?, format!("list of {}", node.name));
    }
    Some(finding)
}
