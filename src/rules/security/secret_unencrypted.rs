//! An alias that is in use and not encrypted yet: the password stands in cipher-text.properties for all to read.

use crate::model::node::ConfigModel;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// SE008.
pub static RULE: Rule = Rule { card: "SE008-secret-unencrypted", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let vault = &node.security.vault;
    if node.config_model != ConfigModel::Xml {
        return;
    }
    for entry in vault.entries.iter().flatten().filter(|entry| entry.is_plain && entry.secret.is_written()) {
        let Some(usage) = vault.uses.iter().find(|usage| usage.text() == Some(&entry.alias)) else {
            continue;
        };
        findings.push(
            Finding::new(
                entry.secret.span,
                "plain text",
                format!("{} keeps the password of alias {} in plain text", node.name, entry.alias),
            )
            .help("run bin/ciphertool.sh -Dconfigure on this node")
            .related(usage.span, "uses the alias"),
        );
    }
}
