//! A cluster whose lists point one way only splits when the listed node starts last or restarts alone.

use crate::model::member_lists::MemberGroup;
use crate::model::sharing::node_names;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// CL005.
pub static RULE: Rule = Rule { card: "CL005-wka-list-one-sided", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let groups = deployment.member_groups();
    let whole = groups.iter().filter(|group| group.parts().len() == 1);
    findings.extend(whole.filter_map(|group| finding(deployment, group)));
}

/// One finding for the group, with a label on each list that is too short.
fn finding(deployment: &Deployment, group: &MemberGroup<'_>) -> Option<Finding> {
    let short: Vec<(usize, Vec<usize>)> = (0..group.nodes.len())
        .map(|node| (node, group.unanswered(node)))
        .filter(|(_, missing)| !missing.is_empty())
        .collect();
    let ((first, missing), others) = short.split_first()?;
    let node = group.nodes.get(*first)?;
    let peers = group.at(missing);
    let names = node_names(&peers);
    let message = format!(
        "{} does not list {names} as a well-known member, although {} it",
        node.name,
        if peers.len() == 1 { format!("{names} lists") } else { "they list".to_owned() }
    );
    let known: Vec<String> = peers
        .iter()
        .filter_map(|peer| deployment.member_address(peer))
        .map(|(host, port)| format!("{host}:{port}"))
        .collect();
    let help = if known.len() == peers.len() {
        format!("add {} to the members of {}", known.join(" and "), node.name)
    } else {
        format!("add {names} to the members of {}", node.name)
    };
    let place = |node: &Node| node.clustering.as_ref().map(|clustering| clustering.members_span);
    let mut finding = Finding::new(place(node)?, format!("lacks {names}"), message).help(help);
    for (other, missing) in others {
        let other = group.nodes.get(*other)?;
        finding = finding.related(place(other)?, format!("lacks {}", node_names(&group.at(missing))));
    }
    for peer in missing.iter().filter(|peer| !others.iter().any(|(other, _)| other == *peer)) {
        if let Some(entry) = group.entry(*peer, *first) {
            finding = finding.related(entry.span, format!("lists {}", node.name));
        }
    }
    Some(finding)
}
