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
        let help = found.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
        let text = format!(
            "check finds {} {} in the new file, which it did not find in the old node: {}{help}",
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::inventory::Inventory;
    use crate::migrate::{Decisions, Legacy};
    use crate::model::Version;

    const TARGET: Target = Target { version: Version::new(4, 5, 0), pack: None };

    /// A deployment.toml whose first administrator has a password.
    fn with_password(password: &str) -> String {
        format!(
            "[server]\nhostname = \"api.corp.test\"\n\n[super_admin]\nusername = \"admin\"\npassword = \"{password}\"\n"
        )
    }

    /// Nodes of 3.0.0 with these deployment.tomls.
    fn deployment(texts: &[(&str, String)]) -> Deployment {
        let open = |(name, text): &(&str, String)| OpenNode {
            name: (*name).to_owned(),
            tree: Tree::open_content(&Path::new(name).join(DEPLOYMENT_TOML), text.as_bytes(), Path::new(""))
                .unwrap(),
        };
        let options = extract::Options { product_version: Some(Version::new(3, 0, 0)), everything: false };
        let extracted =
            extract::extract_nodes(texts.iter().map(open).collect(), &Inventory::default(), &options);
        let (nodes, owners) = extracted.into_iter().map(|found| (found.node, found.sources)).unzip();
        Deployment::new(nodes, None, None, Inventory::default(), Sources { owners })
    }

    /// The notes of each node after a review; `new` are their new files.
    fn notes(deployment: &Deployment, new: &[String]) -> Vec<Vec<Note>> {
        let migrated = deployment.nodes.iter().zip(new).map(|(node, text)| Migrated {
            legacy: Legacy { node, pack: None, customised: Vec::new() },
            decisions: Decisions::default(),
            deployment: text.clone(),
            carried: BTreeSet::new(),
            instead: Vec::new(),
            besides: Vec::new(),
            proof: None,
        });
        let mut nodes: Vec<Migrated<'_>> = migrated.collect();
        review(deployment, &mut nodes, &TARGET);
        nodes.into_iter().map(|node| node.decisions.notes).collect()
    }

    fn mentions(notes: &[Note], code: &str) -> bool {
        notes.iter().any(|note| note.text.contains(code))
    }

    /// Two nodes before and after: the first keeps its password.
    fn reviewed(before: &str, after: &str) -> Vec<Vec<Note>> {
        let kept = with_password("known to few");
        let old = deployment(&[("node1", kept.clone()), ("node2", with_password(before))]);
        notes(&old, &[kept, with_password(after)])
    }

    #[test]
    fn what_only_the_new_file_has_is_told_of_its_node_with_what_to_do() {
        let found = reviewed("known to few", "admin");
        assert!(!mentions(&found[0], "SE001"), "{found:?}");
        let note = found[1].iter().find(|note| note.text.contains("SE001")).unwrap();
        assert_eq!(note.risk, Risk::High);
        assert!(
            note.text.starts_with("check finds SE001 admin-credentials-default in the new file"),
            "{note:?}"
        );
        assert!(note.text.contains("; "), "{note:?}");
    }

    #[test]
    fn what_the_old_node_had_already_is_not_told() {
        let found = reviewed("admin", "admin");
        assert!(!mentions(&found[1], "SE001"), "{found:?}");
    }

    #[test]
    fn nothing_is_told_twice() {
        let found = reviewed("known to few", "admin");
        let unique: BTreeSet<&str> = found[1].iter().map(|note| note.text.as_str()).collect();
        assert_eq!(unique.len(), found[1].len());
    }
}
