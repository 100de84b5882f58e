//! A mount that may not overwrite: the path exists in every node's own registry, so that the mount is skipped.

use super::hand_written;
use crate::model::node::Node;
use crate::model::{Deployment, Setting};
use crate::rules::{Check, Finding, Rule};

/// RG010.
pub static RULE: Rule = Rule { card: "RG010-mount-overwrite-missing", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(registry) = hand_written(node) else { return };
    for mount in &registry.mounts {
        let Some(path) = mount.path.text() else { continue };
        let finding = match &mount.overwrite {
            None => Finding::new(
                mount.span,
                "overwrite missing here",
                format!("{} mounts {path} without overwrite, so that the mount is skipped", node.name),
            ),
            Some(overwrite) => {
                let Some(text) = overwrite.text().filter(|text| !overwrites(text)) else { continue };
                Finding::new(
                    overwrite.span,
                    "keeps the local path",
                    format!(
                        "{} mounts {path} with overwrite=\"{text}\", so that the mount is skipped",
                        node.name
                    ),
                )
                .fix(Setting::bare(overwrite, text), "true")
            }
        };
        findings.push(finding.help(format!("write <mount path=\"{path}\" overwrite=\"true\">")));
    }
}

/// The server takes `true` and `virtual` in any case and everything else for false (`RegistryConfigurationProcessor`).
fn overwrites(text: &str) -> bool {
    text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("virtual")
}
