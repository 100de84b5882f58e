//! The local registry lies in a shared database: nodes overwrite what each keeps for itself, and the mounts point at it.

use super::moved_local;
use crate::model::database::{DataSource, DatabaseUse, LogicalDatabase};
use crate::model::node::Node;
use crate::model::sharing::{Opened, node_names};
use crate::model::{Deployment, Setting};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// RG003.
pub static RULE: Rule = Rule { card: "RG003-local-registry-shared", check: Check::Deployment(check) };

const HELP: &str =
    "keep the local registry on a data source of this node alone (jdbc/WSO2CarbonDB on H2 will do)";

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    if deployment.nodes.len() < 2 {
        return;
    }
    let mut apart: Vec<Opened<'_>> = Vec::new();
    for node in &deployment.nodes {
        let Some(local) = moved_local(node) else { continue };
        match also_mounted(deployment, node, local) {
            Some(finding) => findings.push(finding),
            None => apart.extend(node.database(LogicalDatabase::Local).map(|(source, _)| (node, source))),
        }
    }
    apart.retain(|(node, _)| !deployment.is_standby(node));
    for group in deployment.by_database(apart, |opened| *opened) {
        if let [first, peers @ ..] = group.as_slice()
            && !peers.is_empty()
        {
            findings.push(shared_by_nodes(*first, peers));
        }
    }
}

/// What the node mounts out of the database of its local registry.
fn also_mounted(deployment: &Deployment, node: &Node, local: &DatabaseUse) -> Option<Finding> {
    let source = |usage: &DatabaseUse| node.data_sources.get(usage.data_source?);
    let is_same = |usage: &&DatabaseUse| match (source(local), source(usage)) {
        (Some(own), Some(mounted)) => deployment.same_database((node, own), (node, mounted)) == Some(true),
        (None, None) => local.reference.text().is_some() && local.reference.text() == usage.reference.text(),
        _ => false,
    };
    let mounted =
        node.database_uses.iter().filter(|usage| usage.database.mount_path().is_some()).find(is_same)?;
    let mount = node.registry.as_ref()?.mount(mounted.database.mount_path()?)?;
    let name = local.reference.text()?;
    let message = format!("{} keeps its local registry in {name}, which is also mounted", node.name);
    let finding = Finding::new(place(node, local), "the mounted database", message).help(HELP);
    // In deployment.toml the mounts stand nowhere: their database does.
    let written = mount.path.is_written().then_some(mount.span);
    let there = written.or_else(|| source(mounted).map(DataSource::database_place))?;
    let finding = finding.related(there, "mounted from the same database");
    let registry = node.registry.as_ref()?;
    let instances = registry.instances.iter().filter_map(|instance| registry.leads_to_local(instance));
    let written = instances.filter(|(db_config, _)| db_config.is_written());
    Some(
        written
            .fold(finding, |finding, (db_config, _)| finding.related(db_config.span, "the local dbConfig")),
    )
}

fn shared_by_nodes((node, source): Opened<'_>, peers: &[Opened<'_>]) -> Finding {
    let place = |node: &Node, source: &DataSource| match moved_local(node) {
        Some(local) => place(node, local),
        None => source.database_place(),
    };
    let nodes: Vec<&Node> = std::iter::once(node).chain(peers.iter().map(|(peer, _)| *peer)).collect();
    let message =
        format!("{} keep their local registries in one database ({})", node_names(&nodes), source.shown());
    let mut finding = Finding::new(place(node, source), "shared by several nodes", message).help(HELP);
    for (peer, source) in peers {
        finding = finding.related(place(peer, source), format!("{} keeps its own there, too", peer.name));
    }
    finding
}

/// Either the data source of the untouched pack was moved, or another one is named.
fn place(node: &Node, local: &DatabaseUse) -> Span {
    let reference = &local.reference;
    let source = local.data_source.and_then(|index| node.data_sources.get(index));
    let moved =
        source.filter(|_| !Setting::is_written(reference) || reference.text() == Some(super::LOCAL_SOURCE));
    moved.map_or(reference.span, DataSource::database_place)
}
