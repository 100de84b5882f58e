//! What the rules about a mount that several nodes need have in common.

use crate::model::database::{DataSource, LogicalDatabase};
use crate::model::node::{ConfigModel, Node, Product, Role};
use crate::model::registry::Registry;
use crate::model::sharing::{listed, node_names};
use crate::model::{Deployment, Setting};
use crate::rules::Finding;

/// A registry space that nodes share by mounting it.
pub(super) struct Space {
    /// What the nodes need it for.
    pub(super) database: LogicalDatabase,
    /// Where it is mounted.
    pub(super) path: &'static str,
    /// What the instance is called in the help, where the node has none yet.
    pub(super) instance: &'static str,
}

/// Reports each node that lacks the mount while others have it, or once that no node has it.
pub(super) fn report_missing(deployment: &Deployment, space: &Space, findings: &mut Vec<Finding>) {
    for group in groups(deployment, space) {
        let (with, without): (Vec<&Node>, Vec<&Node>) =
            group.iter().copied().partition(|node| mounts(node, space) == Some(true));
        let without: Vec<&Node> = without
            .into_iter()
            .filter(|node| {
                mounts(node, space) == Some(false) && !shares_local(deployment, node, &group, space)
            })
            .collect();
        if with.is_empty() && without.len() == group.len() {
            findings.extend(finding(space, &without, &[]));
        } else {
            findings.extend(without.iter().filter_map(|node| finding(space, &[node], &with)));
        }
    }
}

/// The nodes of one zone and product that need the space and mount it by hand; TOML nodes have it mounted by the server.
fn groups<'a>(deployment: &'a Deployment, space: &Space) -> Vec<Vec<&'a Node>> {
    let mut groups = deployment.sharers(space.database);
    for group in &mut groups {
        group.retain(|node| {
            node.config_model == ConfigModel::Xml
                && match node.product {
                    Product::ApiManager => true,
                    Product::AppManager => node.acts_as(Role::Publisher) || node.acts_as(Role::Store),
                    Product::IdentityServer | Product::Analytics | Product::Unknown => false,
                }
        });
    }
    groups.retain(|group| group.len() > 1);
    groups
}

/// Whether the node mounts the space; `None` where that cannot be told.
fn mounts(node: &Node, space: &Space) -> Option<bool> {
    let registry = node.registry.as_ref()?;
    if registry.mount(space.path).is_some() {
        return Some(true);
    }
    registry.mounts.iter().all(|mount| mount.path.text().is_some()).then_some(false)
}

/// True when the whole local registry of the node lies in the database that the others use for the space, or in their
/// local one: wrong, but not for want of a mount.
fn shares_local(deployment: &Deployment, node: &Node, group: &[&Node], space: &Space) -> bool {
    let Some((local, _)) = node.database(LogicalDatabase::Local) else { return false };
    group.iter().filter(|other| other.index != node.index).any(|other| {
        [space.database, LogicalDatabase::Local]
            .into_iter()
            .filter_map(|database| other.database(database))
            .any(|(source, _)| deployment.same_database((node, local), (other, source)) == Some(true))
    })
}

fn finding(space: &Space, without: &[&Node], with: &[&Node]) -> Option<Finding> {
    let (first, rest) = without.split_first()?;
    let registry = first.registry.as_ref()?;
    let message = match (rest, with) {
        ([], []) => format!("{} does not mount {}", first.name, space.path),
        ([], [one]) => format!("{} does not mount {}, but {} does", first.name, space.path, one.name),
        ([], _) => format!("{} does not mount {}, but {} do", first.name, space.path, node_names(with)),
        _ => format!("no node mounts {} ({})", space.path, node_names(without)),
    };
    let mut finding = Finding::new(registry.span, "mount missing here", message).help(help(registry, space));
    for node in rest {
        let place = node.registry.as_ref()?.span;
        finding = finding.related(place, format!("missing on {}, too", node.name));
    }
    for node in with {
        if let Some(mount) = node.registry.as_ref().and_then(|registry| registry.mount(space.path)) {
            finding = finding.related(mount.path.span, format!("{} mounts it", node.name));
        }
    }
    for node in without {
        let spare = node.data_sources.iter().find(|source| is_spare(source));
        let Some(jndi_name) = spare.and_then(|source| source.jndi_name.as_ref()) else { continue };
        finding = finding.related(jndi_name.span, "nothing uses it yet");
    }
    Some(finding)
}

/// A data source for the registry that nothing uses: most likely the edit of registry.xml was forgotten.
fn is_spare(source: &DataSource) -> bool {
    source.spare && matches!(source.purpose(), Some(LogicalDatabase::Governance | LogicalDatabase::Config))
}

/// The mount to add, and what it stands on as far as the node lacks that, too.
fn help(registry: &Registry, space: &Space) -> String {
    let existing =
        registry.instances.iter().find_map(|instance| instance.id.as_ref().and_then(Setting::text));
    let mut parts = Vec::new();
    if existing.is_none() {
        parts.push(format!("a dbConfig \"{0}\" on the data source of the shared registry", space.instance));
        parts.push(format!("a remoteInstance with id and dbConfig \"{0}\"", space.instance));
    }
    parts.push(format!(
        "<mount path=\"{0}\" overwrite=\"true\"><instanceId>{1}</instanceId><targetPath>{0}</targetPath></mount>",
        space.path,
        existing.unwrap_or(space.instance)
    ));
    format!("add {} to registry.xml, and keep the dbConfig \"wso2registry\"", listed(&parts))
}
