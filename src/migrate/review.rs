//! The rules of `check` over what a migration produced: what they find there and did not find in the old nodes.

use std::collections::BTreeSet;
use std::path::Path;

use super::run::Migrated;
use super::target::DEPLOYMENT_TOML;
use super::{Note, Risk, Target};
use crate::diagnostic::{Diagnostic, Severity};
use crate::extract::{self, Extracted};
use crate::input::{OpenNode, Tree};
use crate::lint::{Date, Judgement, Selection, lint};
use crate::model::Deployment;
use crate::source::{OwnerSources, Sources};

/// Adds a note for each finding to the node that it is about.
pub(super) fn review(deployment: &Deployment, nodes: &mut [Migrated<'_>], target: &Target) {
    let produced = produced(deployment, nodes, target);
    let known: BTreeSet<(String, String)> =
        findings(deployment).into_iter().map(|found| (node_of(&found, deployment), found.code)).collect();
    for found in findings(&produced) {
        let node = node_of(&found, &produced);
        let risk = match found.severity {
            Severity::Error => Risk::High,
            Severity::Warning => Risk::Medium,
            Severity::Info => continue,
        };
        if known.contains(&(node.clone(), found.code.clone())) {
            continue;
        }
        let text = format!(
            "check finds {} {} in the new file, which it did not find in the old node: {}",
            found.code, found.rule, found.message
        );
        let note = Note { risk, text };
        let notes = nodes.iter_mut().find(|migrated| migrated.legacy.node.name == node);
        let notes = notes.map(|migrated| &mut migrated.decisions.notes);
        notes.filter(|notes| !notes.contains(&note)).into_iter().for_each(|notes| notes.push(note.clone()));
    }
}

/// The deployment as it will be. What stands in front of it stays; only where nodes were left out it is unknown what it
/// sends where.
fn produced(deployment: &Deployment, nodes: &[Migrated<'_>], target: &Target) -> Deployment {
    let open = |migrated: &Migrated<'_>| {
        let name = migrated.legacy.node.name.clone();
        let path = Path::new(&name).join(DEPLOYMENT_TOML);
        let tree = Tree::open_content(&path, migrated.deployment.as_bytes(), Path::new("")).ok()?;
        Some(OpenNode { name, tree })
    };
    let open: Vec<OpenNode> = nodes.iter().filter_map(open).collect();
    let options = extract::Options { product_version: Some(target.version), everything: false };
    let extracted = extract::extract_nodes(open, &deployment.inventory, &options);
    let (mut lowered, mut owners) = (Vec::new(), Vec::new());
    for Extracted { node, sources, .. } in extracted {
        lowered.push(node);
        owners.push(sources);
    }
    let is_whole = lowered.len() == deployment.nodes.len();
    let in_front = deployment.sources.owners.iter().skip(lowered.len()).cloned();
    if is_whole {
        owners.extend(in_front);
    } else {
        owners.resize_with(owners.len() + 3, OwnerSources::default);
    }
    let proxy = deployment.proxy.clone().filter(|_| is_whole);
    let hosts = deployment.hosts.clone().filter(|_| is_whole);
    Deployment::new(lowered, proxy, hosts, deployment.inventory.clone(), Sources { owners })
}

/// With every rule at its own severity, and no suppression run out.
fn findings(deployment: &Deployment) -> Vec<Diagnostic> {
    let judgement = Judgement {
        selection: Selection { layers: Vec::new() },
        today: Date::from_unix(0),
        known: BTreeSet::new(),
    };
    lint(deployment, &judgement, false).diagnostics
}

fn node_of(found: &Diagnostic, deployment: &Deployment) -> String {
    deployment.sources.node_name(found.primary.span.file).unwrap_or_default().to_owned()
}
