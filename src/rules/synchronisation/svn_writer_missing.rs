//! Where nobody commits to the SVN repository, what a publisher deploys never leaves the node that it was deployed to.

use crate::model::gateway::{DeploymentSynchronizer, without_login};
use crate::model::sharing::node_names;
use crate::model::{Deployment, Node, Role, Setting, Target};
use crate::rules::{Check, Finding, Rule};

/// DY004.
pub static RULE: Rule = Rule { card: "DY004-svn-writer-missing", check: Check::Deployment(check) };

/// A node that synchronises, and its settings.
type Reader<'a> = (&'a Node, &'a DeploymentSynchronizer);

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    if !deployment.is_complete() {
        return;
    }
    let mut groups: Vec<(String, Vec<Reader<'_>>)> = Vec::new();
    for node in &deployment.nodes {
        let Some(synchronizer) = node.active_synchronizer() else { continue };
        let Some(url) = synchronizer.repository() else { continue };
        match groups.iter_mut().find(|(known, _)| *known == url) {
            Some((_, readers)) => readers.push((node, synchronizer)),
            None => groups.push((url, vec![(node, synchronizer)])),
        }
    }
    for (url, readers) in groups.iter().filter(|(_, readers)| readers.len() > 1) {
        if readers.iter().all(|(_, own)| reads_only(own)) && !has_manager_outside(deployment, readers) {
            findings.extend(finding(url, readers));
        }
    }
}

fn reads_only(synchronizer: &DeploymentSynchronizer) -> bool {
    synchronizer.auto_commit.as_ref().is_none_or(Setting::is_false)
}

/// True where the node that should commit is likely none of the given ones: publishers push to somebody else, or only
/// workers are given.
fn has_manager_outside(deployment: &Deployment, readers: &[Reader<'_>]) -> bool {
    let mut targets = deployment.publishers().flat_map(|publisher| {
        let urls = publisher.environments.iter().filter_map(|environment| environment.service_url.as_ref());
        urls.map(|url| deployment.resolve(publisher, url)).collect::<Vec<_>>()
    });
    targets.any(|target| matches!(target, Target::Outside(_)))
        || readers.iter().all(|(node, _)| node.is_only(Role::GatewayWorker))
}

fn finding(url: &str, readers: &[Reader<'_>]) -> Option<Finding> {
    let manages = |(node, _): &&Reader<'_>| node.roles.contains(&Role::GatewayManager);
    let (writer, own) = readers.iter().find(manages).or(readers.first())?;
    let place =
        |own: &DeploymentSynchronizer| own.auto_commit.as_ref().map_or(own.span, |commit| commit.span);
    let nodes: Vec<&Node> = readers.iter().map(|(node, _)| *node).collect();
    let message =
        format!("{} synchronise with {}, but none of them commits", node_names(&nodes), without_login(url));
    let commit = own.auto_commit.as_ref().and_then(|commit| commit.bare("false"));
    let finding = Finding::new(place(own), "does not commit", message)
        .help(format!("set AutoCommit to true on the node that publishers push to, such as {}", writer.name))
        .fix(commit, "true");
    let others = readers.iter().filter(|(node, _)| node.index != writer.index);
    Some(others.fold(finding, |finding, (node, own)| {
        finding.related(place(own), format!("{} does not, either", node.name))
    }))
}
