//! Two nodes that commit to one SVN repository run into conflicts, after which neither synchronises any more.

use crate::model::gateway::{DeploymentSynchronizer, without_login};
use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// DY003.
pub static RULE: Rule = Rule { card: "DY003-svn-writer-duplicate", check: Check::Deployment(check) };

/// A node and the setting that makes it a writer.
type Writer<'a> = (&'a Node, &'a Setting<bool>);

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let mut groups: Vec<(String, Vec<Writer<'_>>)> = Vec::new();
    for node in &deployment.nodes {
        let Some((url, commit)) = node.active_synchronizer().and_then(writer) else { continue };
        match groups.iter_mut().find(|(known, _)| *known == url) {
            Some((_, writers)) => writers.push((node, commit)),
            None => groups.push((url, vec![(node, commit)])),
        }
    }
    for (url, writers) in groups {
        let [(first, first_commit), rest @ ..] = writers.as_slice() else { continue };
        let Some(((second, second_commit), others)) = rest.split_first() else { continue };
        let names: Vec<_> = writers.iter().map(|(node, _)| node.name.as_str()).collect();
        let mut finding = Finding::new(
            second_commit.span,
            "a second writer",
            format!("{} both commit artifacts to {}", names.join(" and "), without_login(&url)),
        )
        .help(format!(
            "leave AutoCommit true on one node only, such as {}; set it to false on {}",
            first.name, second.name
        ))
        .related(first_commit.span, "commits, too");
        for (_, commit) in others {
            finding = finding.related(commit.span, "commits, too");
        }
        findings.push(finding);
    }
}

/// The repository that a node commits to, normalised, and the setting that makes it a writer.
fn writer(synchronizer: &DeploymentSynchronizer) -> Option<(String, &Setting<bool>)> {
    let commit = synchronizer.auto_commit.as_ref().filter(|commit| commit.is_true())?;
    Some((synchronizer.repository()?, commit))
}
