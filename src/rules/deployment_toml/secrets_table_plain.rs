//! An entry of `[secrets]` is still plain text: the server does not start before the cipher tool has run, and whoever reads
//! the file reads the secret.

use crate::model::deployment_toml::DeploymentToml;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// TL008.
pub static RULE: Rule = Rule { card: "TL008-secrets-table-plain", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    for (alias, key) in toml.keys_in("secrets") {
        let alias = alias.trim_matches(['"', '\'']);
        let Some(text) = key.quoted() else { continue };
        if text.value.starts_with('[') && text.value.ends_with(']') {
            let message = format!("the secret {alias} of {} is still plain text in [secrets]", node.name);
            findings.push(
                Finding::new(text.span, "not encrypted", message)
                    .help("run bin/ciphertool.sh -Dconfigure, which encrypts what stands in [ ]"),
            );
        } else if !is_used(toml, alias) {
            let message = format!(
                "{} defines the secret {alias}, which nothing in its deployment.toml uses",
                node.name
            );
            let finding = Finding::new(key.span, "not used", message);
            findings.push(
                finding
                    .help(format!("write $secret{{{alias}}} where it is meant, or remove it"))
                    .variant("unused"),
            );
        }
    }
}

fn is_used(toml: &DeploymentToml, alias: &str) -> bool {
    let reference = format!("$secret{{{alias}}}");
    toml.keys.iter().flat_map(|key| key.texts()).any(|text| text.value.contains(&reference))
}
