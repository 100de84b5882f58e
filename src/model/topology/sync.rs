//! How deployed artifacts reach the gateways.

use std::collections::BTreeSet;

use super::declared::{Declared, DeclaredArtifacts};
use crate::model::deployment::{Deployment, SyncMode};
use crate::model::gateway::DeploymentSynchronizer;
use crate::model::node::{ConfigModel, Node};
use crate::model::value::Setting;

/// The inventory decides, then the synchroniser of carbon.xml, then the era: gateways of 4.x always pull from
/// the database, those of 3.2 where that is switched on.
pub(super) fn mode(deployment: &Deployment, declared: &Declared, node: &Node) -> SyncMode {
    match declared.artifacts {
        Some(DeclaredArtifacts::Shared) => return SyncMode::Shared,
        Some(DeclaredArtifacts::Database) => return SyncMode::Database,
        Some(DeclaredArtifacts::Rsync(writer)) => {
            return SyncMode::Rsync(writer.or_else(|| pushed_to(deployment, node)));
        }
        Some(DeclaredArtifacts::Svn(writer)) => {
            return SyncMode::Svn(writer.or_else(|| committer(deployment, node)));
        }
        None => {}
    }
    if node.config_model == ConfigModel::Toml {
        let pulls = node.artifact_pull.as_ref().is_some_and(|pull| pull.enabled.is_true());
        return if node.is_at_least(4, 0) || (node.is_at_least(3, 2) && pulls) {
            SyncMode::Database
        } else {
            SyncMode::Unknown
        };
    }
    let synchronised = zone(deployment, node).any(|peer| synchronizer(peer).is_some());
    if synchronised { SyncMode::Svn(committer(deployment, node)) } else { SyncMode::Unknown }
}

fn zone<'a>(deployment: &'a Deployment, node: &'a Node) -> impl Iterator<Item = &'a Node> {
    deployment.nodes.iter().filter(|peer| deployment.same_zone(node, peer))
}

/// The synchroniser where it is on; SVN is its only type that travels between machines, and its default.
fn synchronizer(node: &Node) -> Option<&DeploymentSynchronizer> {
    let synchronizer = node.active_synchronizer()?;
    let kind = synchronizer.repository_type.as_ref().and_then(Setting::text);
    kind.is_none_or(|kind| kind.eq_ignore_ascii_case("svn")).then_some(synchronizer)
}

fn committer(deployment: &Deployment, node: &Node) -> Option<usize> {
    let mut writers =
        zone(deployment, node).filter(|peer| synchronizer(peer).is_some_and(DeploymentSynchronizer::commits));
    let first = writers.next()?;
    writers.next().is_none().then_some(first.index)
}

/// The one node that the gateway URLs of other nodes name.
fn pushed_to(deployment: &Deployment, node: &Node) -> Option<usize> {
    let mut targets = BTreeSet::new();
    for peer in zone(deployment, node) {
        let urls = peer.environments.iter().filter_map(|environment| environment.service_url.as_ref());
        let found = urls.filter_map(|url| deployment.resolve(peer, url).node_index(peer.index));
        targets.extend(found.filter(|target| *target != peer.index));
    }
    (targets.len() == 1).then(|| targets.first().copied()).flatten()
}
