//! A key that no template and no rule of the version reads is ignored without a word: what it was meant to set stays at
//! its default.

use crate::model::deployment_toml::{DeploymentToml, Meant, Unheard};
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// TL001.
pub static RULE: Rule = Rule { card: "TL001-key-unknown", check: Check::Node(check) };

/// Keys that have a default which nothing reads: the registry is bound to the shared database.
const UNREAD: [&str; 2] = ["governance_data.data_source", "config_data.data_source"];

/// A table of Micro Integrator that the untouched pack of 4.2 has.
const IN_THE_PACK: &str = "dashboard_config";

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    for unheard in toml.unheard() {
        let meant = toml.meant(&unheard);
        let is_misspelt = matches!(meant, Some(Meant::Spelling(..)));
        // A version that is not known has keys of its own; a misspelling is none of them.
        let is_foreign = unheard.name == IN_THE_PACK;
        if unheard.facts.known.is_empty() && !is_foreign && (is_misspelt || !toml.is_approximate) {
            findings.push(unknown(node, toml, &unheard, meant));
        }
    }
    for key in toml.keys.iter().filter(|key| UNREAD.contains(&key.name.as_str())) {
        let message = format!(
            "nothing reads {}, which {} sets: the registry uses the shared database",
            key.name, node.name
        );
        findings.push(
            Finding::new(key.span, "read by nothing", message)
                .help("remove the key; a database of its own goes under [database.config]"),
        );
    }
}

fn unknown(node: &Node, toml: &DeploymentToml, unheard: &Unheard, meant: Option<Meant>) -> Finding {
    let what = if unheard.is_table { "table" } else { "key" };
    let version = match (node.told_version(), toml.versions.iter().count()) {
        (Some(version), 1) if !toml.is_approximate => format!("{}.{}", version.major, version.minor),
        _ => "any version".to_owned(),
    };
    let by = if version == "any version" {
        format!("by {version}")
    } else {
        format!("by {version} or any other version")
    };
    let message =
        format!("{} sets {}, a {what} that is not known {by}: it is ignored", node.name, unheard.name);
    let finding = Finding::new(unheard.span, "ignored", message);
    // What was meant is missing from the table.
    let finding = match meant {
        Some(Meant::Spelling(..)) => finding.covers(toml.header_above(&unheard.path, unheard.span)),
        _ => finding,
    };
    let mut finding =
        unheard.others.iter().fold(finding, |finding, span| finding.related(*span, "ignored, too"));
    match meant {
        Some(Meant::Spelling(name, wrong)) => {
            let is_certain = wrong == 1 && unheard.others.is_empty();
            finding = finding.help(format!("write {name}"));
            if is_certain { finding.fix(Some(unheard.key_span), name) } else { finding }
        }
        Some(Meant::Elsewhere(tables)) => {
            let tables: Vec<String> = tables.iter().map(|table| format!("[{table}]")).collect();
            finding.help(format!("move it to {}, or remove it", tables.join(" or ")))
        }
        None => finding.help("remove it, or look up the key that is meant with apimlint keys"),
    }
}
