//! One name twice in registry.xml: the server keeps the later entry, whichever of them people edit.

use super::hand_written;
use crate::model::node::Node;
use crate::model::{Deployment, Setting};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// RG014.
pub static RULE: Rule = Rule { card: "RG014-registry-entry-duplicate", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(registry) = hand_written(node) else { return };
    let db_configs = registry.db_configs.iter().map(|entry| (&entry.name, entry.span));
    let instances = registry.instances.iter().filter_map(|entry| Some((entry.id.as_ref()?, entry.span)));
    let mounts = registry.mounts.iter().map(|entry| (&entry.path, entry.span));
    report(node, "dbConfig", db_configs, findings);
    report(node, "remoteInstance", instances, findings);
    report(node, "mount", mounts, findings);
}

/// Reports each name that occurs again, where it does.
fn report<'a>(
    node: &Node,
    element: &str,
    entries: impl Iterator<Item = (&'a Setting, Span)>,
    findings: &mut Vec<Finding>,
) {
    let mut seen: Vec<(&str, Span)> = Vec::new();
    for (name, span) in entries {
        let Some(key) = name.text().map(|text| text.trim_end_matches('/')).filter(|key| !key.is_empty())
        else {
            continue;
        };
        match seen.iter().find(|(known, _)| *known == key) {
            None => seen.push((key, span)),
            Some((_, first)) => findings.push(
                Finding::new(
                    span,
                    "replaces the first one",
                    format!("registry.xml of {} has two {element} entries \"{key}\"", node.name),
                )
                .help(format!("keep one {element} \"{key}\" and remove the other"))
                .related(*first, "the first one"),
            ),
        }
    }
}
