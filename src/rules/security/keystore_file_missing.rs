//! A key store that is not there: the server does not start, or a transport does not open.

use std::collections::BTreeMap;

use crate::model::keys::KeyStore;
use crate::model::{Deployment, Node, Origin};
use crate::rules::{Check, Finding, Rule};

/// SE004.
pub static RULE: Rule = Rule { card: "SE004-keystore-file-missing", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let mut places: BTreeMap<&str, Vec<&KeyStore>> = BTreeMap::new();
    for store in &node.key_stores {
        if let Some(missing) = store.missing.as_ref().filter(|_| store.location.origin != Origin::Vanilla) {
            places.entry(&missing.path).or_default().push(store);
        }
    }
    for (path, mut stores) in places {
        // What deployment.toml leaves to a default follows from a place that is written.
        if stores.iter().any(|store| store.location.is_written()) {
            stores.retain(|store| store.location.is_written());
        }
        findings.extend(finding(node, path, &stores));
    }
}

fn finding(node: &Node, path: &str, stores: &[&KeyStore]) -> Option<Finding> {
    let (first, rest) = stores.split_first()?;
    let missing = first.missing.as_ref()?;
    let (folder, name) = path.rsplit_once('/')?;
    let (message, help) = match &missing.similar {
        Some(similar) => (
            format!(
                "{} names the {} {name}, but the file is called {similar}",
                node.name,
                first.usage.noun()
            ),
            format!("write {similar}, as the file is called"),
        ),
        None => (
            format!("{} has no file {name} in {folder}, which it names as {}", node.name, first.usage.noun()),
            format!("copy {name} into {folder} of {}, or name the file that is there", node.name),
        ),
    };
    let mut finding = Finding::new(first.location.span, "no such file", message).help(help);
    let mut spans = vec![first.location.span];
    for store in rest {
        if !spans.contains(&store.location.span) {
            spans.push(store.location.span);
            finding = finding.related(store.location.span, "the same file");
        }
    }
    Some(finding)
}
