//! A file that only some nodes of a role have switches something on there, and requests to the others miss it.

use std::collections::BTreeSet;

use super::list;
use crate::model::drift::Kind;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// DR005.
pub static RULE: Rule = Rule { card: "DR005-file-on-one-node", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for group in deployment.copies(Kind::Role) {
        // Only of a whole home is a file that is not there known to be missing.
        if !group.iter().all(|node| node.is_home) {
            continue;
        }
        let files: BTreeSet<&String> =
            group.iter().flat_map(|node| &node.files).filter(|path| changes_behaviour(path)).collect();
        findings.extend(files.into_iter().filter_map(|path| finding(deployment, &group, path)));
    }
}

/// True for a file whose mere presence changes what a node does. What a gateway deploys has a rule of its own.
fn changes_behaviour(path: &str) -> bool {
    let single = ["hazelcast.xml", "jndi2.properties", "synapse-handlers.xml"];
    let folders = ["eventpublishers", "userstores"];
    path.strip_prefix("repository/conf/").is_some_and(|name| single.contains(&name))
        || path
            .strip_prefix("repository/deployment/server/")
            .and_then(|path| path.split_once('/'))
            .is_some_and(|(folder, name)| {
                folders.contains(&folder) && name.ends_with(".xml") && !name.contains('/')
            })
}

fn finding(deployment: &Deployment, group: &[&Node], path: &str) -> Option<Finding> {
    let (holders, lacking): (Vec<&Node>, Vec<&Node>) =
        group.iter().partition(|node| node.files.contains(path));
    let (holder, lack) = (holders.first()?, lacking.first()?);
    if speaks_of_decisions(deployment, group, holder, path) {
        return None;
    }
    let names = |nodes: &[&Node]| -> String {
        list(&nodes.iter().map(|node| node.name.as_str()).collect::<Vec<_>>())
    };
    let have = if holders.len() > 1 { "have" } else { "has" };
    let lack_verb = if lacking.len() > 1 { "lack" } else { "lacks" };
    let message = format!("{} {have} {path}, which {} {lack_verb}", names(&holders), names(&lacking));
    let help =
        format!("copy it to {} with that node's own addresses, or remove it everywhere", names(&lacking));
    // The nodes that are fewer differ from the rest.
    let (odd, label, rest) = if holders.len() > lacking.len() {
        (lack, "is not here", "is here")
    } else {
        (holder, "only here", "is not here")
    };
    let mut finding = Finding::new(place(odd, path), label, message).help(help);
    for node in group.iter().filter(|node| node.index != odd.index) {
        let label = if node.files.contains(path) == odd.files.contains(path) { label } else { rest };
        finding = finding.related(place(node, path), label);
    }
    Some(finding)
}

/// True for files that publish throttle decisions between Traffic Managers: other rules compare whom they reach.
fn speaks_of_decisions(deployment: &Deployment, group: &[&Node], holder: &Node, path: &str) -> bool {
    let publishes = holder
        .event_publishers
        .iter()
        .any(|publisher| publisher.file == path && publisher.publishes_decisions());
    (publishes || path.ends_with("/jndi2.properties"))
        && group.iter().any(|node| deployment.manages_traffic(node))
}

/// The start of the file, else of the main file of a node that lacks it.
fn place(node: &Node, path: &str) -> Span {
    node.documents.get(path).map_or(node.identity.span, |(file, _)| Span::new(*file, 0, 0))
}
