//! A password whose alias secure vault does not know stays empty, and the login with it fails.

use std::collections::BTreeMap;

use crate::model::node::ConfigModel;
use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// SE007.
pub static RULE: Rule = Rule { card: "SE007-secret-alias-undefined", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let vault = &node.security.vault;
    let Some(entries) = vault.entries.as_ref().filter(|_| node.config_model == ConfigModel::Xml) else {
        return;
    };
    let mut undefined: BTreeMap<&str, Vec<&Setting>> = BTreeMap::new();
    for usage in &vault.uses {
        if let Some(alias) = usage.text().filter(|alias| vault.entry(alias).is_none() && is_plain(alias)) {
            undefined.entry(alias).or_default().push(usage);
        }
    }
    for (alias, uses) in undefined {
        let Some((first, rest)) = uses.split_first() else { continue };
        let similar = entries.iter().find(|entry| entry.alias.eq_ignore_ascii_case(alias));
        let help = match similar {
            Some(entry) => format!("write {}, as cipher-text.properties has it", entry.alias),
            None => "add the alias to cipher-text.properties, its password in square brackets, and run the cipher tool"
                .to_owned(),
        };
        let message = format!(
            "{} takes a password from alias {alias}, which cipher-text.properties does not define",
            node.name
        );
        let mut finding = Finding::new(first.span, "no such alias", message).help(help);
        for usage in rest {
            finding = finding.related(usage.span, "the same alias");
        }
        findings.push(finding);
    }
}

/// Template text is no alias.
fn is_plain(alias: &str) -> bool {
    !alias.is_empty() && !alias.contains(['$', '{', '<', '%'])
}
