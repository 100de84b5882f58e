//! Users stay in the database of the local registry: each node has accounts, roles and permissions of its own.

use crate::model::database::{DataSource, LogicalDatabase};
use crate::model::node::Node;
use crate::model::{Deployment, Setting};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// UM001.
pub static RULE: Rule = Rule { card: "UM001-user-database-local", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for group in deployment.sharers(LogicalDatabase::Users) {
        let nodes = group.iter().copied().filter(|node| !node.is_app_identity_provider());
        let (local, others): (Vec<&Node>, Vec<&Node>) =
            nodes.partition(|node| deployment.has_local_users(node, &group));
        findings.extend(local.iter().filter_map(|node| finding(node, &local, &others)));
    }
}

/// The finding of one node; where all are alike, the others have the same to change.
fn finding(node: &Node, local: &[&Node], others: &[&Node]) -> Option<Finding> {
    let (place, jndi_name) = reference(node)?;
    let message = format!("{} keeps its users in {jndi_name}, the database of its local registry", node.name);
    let mut finding = Finding::new(place, "database of this node", message).help(help(node));
    if let Some(jndi_name) = spare(node).and_then(|source| source.jndi_name.as_ref())
        && let Some(right) = jndi_name.text()
    {
        finding = finding.fix(bare_reference(node), right).related(jndi_name.span, "nothing uses it yet");
    }
    for other in others {
        if let Some((place, jndi_name)) = reference(other) {
            finding = finding.related(place, format!("{} uses {jndi_name}", other.name));
        }
    }
    if others.is_empty() {
        for other in local.iter().filter(|other| other.index != node.index) {
            if let Some((place, _)) = reference(other) {
                finding = finding.related(place, format!("likewise on {}", other.name));
            }
        }
    }
    Some(finding)
}

/// The property that names the user database, and its value.
fn reference(node: &Node) -> Option<(Span, &str)> {
    let (_, usage) = node.database(LogicalDatabase::Users)?;
    Some((usage.reference.span, usage.reference.text()?))
}

/// The value of that property.
fn bare_reference(node: &Node) -> Option<Span> {
    let (_, usage) = node.database(LogicalDatabase::Users)?;
    usage.reference.bare(usage.reference.text()?)
}

fn help(node: &Node) -> String {
    match spare(node).and_then(|source| source.jndi_name.as_ref()).and_then(Setting::text) {
        Some(jndi_name) => {
            format!("set the property dataSource in user-mgt.xml to {jndi_name}, which nothing uses yet")
        }
        None => "define a data source for a user database that all nodes reach, such as jdbc/WSO2UM_DB, and name it in \
                 the property dataSource of user-mgt.xml on every node"
            .to_owned(),
    }
}

/// The one networked data source that nothing names: most likely the edit of user-mgt.xml was forgotten.
fn spare(node: &Node) -> Option<&DataSource> {
    let used = |index: usize| node.database_uses.iter().any(|usage| usage.data_source == Some(index));
    let mut candidates: Vec<&DataSource> = node
        .data_sources
        .iter()
        .enumerate()
        .filter(|(index, source)| {
            !used(*index) && source.jndi_name.is_some() && source.jdbc.is_some() && !source.is_h2()
        })
        .map(|(_, source)| source)
        .collect();
    if candidates.len() > 1 {
        candidates.retain(|source| {
            source.name.text().is_some_and(|name| {
                let name = name.to_ascii_uppercase();
                name.contains("UM") || name.contains("USER")
            })
        });
    }
    match candidates.as_slice() {
        [one] => Some(one),
        _ => None,
    }
}
