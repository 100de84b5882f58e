//! An embedded H2 database that several nodes should share: each node sees only its own data.

use crate::model::Deployment;
use crate::model::database::{DataSource, LogicalDatabase};
use crate::model::node::{ConfigModel, Node, Role};
use crate::model::sharing::{SharedSource, node_names};
use crate::rules::{Check, Finding, Rule};

/// DS001.
pub static RULE: Rule = Rule { card: "DS001-h2-shared-database", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let mut all = deployment.shared_sources();
    for entry in &mut all {
        // UM001 speaks about users that never left the local registry's database.
        if entry.node.has_users_on_local() {
            entry.databases.retain(|database| *database != LogicalDatabase::Users);
        }
        // RG006 speaks about mounts that lead back to the local registry.
        let node = entry.node;
        entry.databases.retain(|database| !node.mounts_local_registry(*database));
    }
    all.retain(|entry| !entry.databases.is_empty() && !entry.node.is_app_identity_provider());
    let mut done: Vec<&SharedSource<'_>> = Vec::new();
    for entry in all.iter().filter(|entry| is_private(deployment, entry, &all)) {
        if done.iter().any(|other| std::ptr::eq(*other, entry)) {
            continue;
        }
        let right: Vec<&SharedSource<'_>> =
            deployment.peers(entry, &all).filter(|peer| !is_private(deployment, peer, &all)).collect();
        if right.is_empty() {
            let alike: Vec<&SharedSource<'_>> = deployment
                .peers(entry, &all)
                .filter(|peer| {
                    peer.databases == entry.databases && !done.iter().any(|other| std::ptr::eq(*other, *peer))
                })
                .collect();
            done.extend(&alike);
            let mild = std::iter::once(entry).chain(alike.iter().copied()).all(only_manages_traffic);
            findings.push(graded(everywhere(entry, &alike), mild));
        } else {
            findings.push(graded(here(entry, &right), only_manages_traffic(entry)));
        }
    }
}

/// True for a file that no other node can open: H2 embedded, unless all nodes that need it are on one machine and open
/// one absolute path with a server that H2 starts by itself.
fn is_private(deployment: &Deployment, entry: &SharedSource<'_>, all: &[SharedSource<'_>]) -> bool {
    let opens_together = |source: &DataSource| source.is_absolute_file() && source.is_auto_server();
    entry.source.identity().is_some()
        && entry.source.is_embedded()
        && !(opens_together(entry.source)
            && deployment.peers(entry, all).all(|peer| {
                opens_together(peer.source)
                    && deployment.same_database((entry.node, entry.source), (peer.node, peer.source))
                        == Some(true)
            }))
}

/// Traffic Managers of 4.x get policies from the control plane and check only the account that sends events, so they work
/// with databases of their own until that account changes.
fn only_manages_traffic(entry: &SharedSource<'_>) -> bool {
    entry.node.is_only(Role::TrafficManager)
}

fn graded(finding: Finding, mild: bool) -> Finding {
    if mild { finding.variant("traffic-manager") } else { finding }
}

fn everywhere(entry: &SharedSource<'_>, alike: &[&SharedSource<'_>]) -> Finding {
    let nodes: Vec<&Node> =
        std::iter::once(entry).chain(alike.iter().copied()).map(|entry| entry.node).collect();
    let message = if alike.is_empty() {
        format!(
            "{} keeps {} in an H2 file of its own ({})",
            entry.node.name,
            entry.nouns(),
            entry.source.shown()
        )
    } else {
        format!(
            "{} each keep {} in an H2 file of their own ({})",
            node_names(&nodes),
            entry.nouns(),
            entry.source.shown()
        )
    };
    let mut finding = Finding::new(entry.source.place(), "a file of this node", message).help(format!(
        "create one database on a server that all nodes reach, and set {} of {} there on every node",
        settings(entry.node),
        name(entry),
    ));
    for peer in alike {
        finding = finding.related(peer.source.place(), format!("another file on {}", peer.node.name));
    }
    finding
}

fn here(entry: &SharedSource<'_>, right: &[&SharedSource<'_>]) -> Finding {
    let peers: Vec<&Node> = right.iter().map(|peer| peer.node).collect();
    let mut finding = Finding::new(
        entry.source.place(),
        "a file of this node",
        format!(
            "{} keeps {} in an H2 file of its own ({}), which {} cannot see",
            entry.node.name,
            entry.nouns(),
            entry.source.shown(),
            node_names(&peers)
        ),
    );
    if let Some(peer) = right.first() {
        finding = finding.help(format!(
            "set {} of {} to those of {} ({})",
            settings(entry.node),
            name(entry),
            peer.node.name,
            peer.source.shown()
        ));
    }
    for peer in right {
        finding = finding.related(peer.source.place(), format!("{} uses this database", peer.node.name));
    }
    finding
}

fn settings(node: &Node) -> &'static str {
    match node.config_model {
        ConfigModel::Xml => "url, driverClassName, username and password",
        ConfigModel::Toml => "type, url, username and password",
    }
}

fn name(entry: &SharedSource<'_>) -> String {
    match entry.node.config_model {
        ConfigModel::Xml => entry.source.name.value.clone(),
        ConfigModel::Toml => format!("[database.{}]", entry.source.name.value),
    }
}
