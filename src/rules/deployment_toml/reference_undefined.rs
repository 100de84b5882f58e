//! A reference that nothing resolves: the server does not start, or takes the reference itself for the value.

use std::collections::BTreeSet;

use crate::model::deployment_toml::{Cause, DeploymentToml, Unresolved, WrittenKey};
use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// TL007.
pub static RULE: Rule = Rule { card: "TL007-reference-undefined", check: Check::Node(check) };

/// Ways to write a reference that none of the server's readers takes for one.
const NO_REFERENCES: [&str; 11] = [
    "${env:",
    "${sys:",
    "${secret:",
    "${ref:",
    "$env(",
    "$sys(",
    "$secret(",
    "$ref(",
    "{$env",
    "{$ref",
    "{$secret",
];

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    for unresolved in &toml.unresolved {
        let Cause::Written(span) = unresolved.cause else { continue };
        if is_left_out(toml, unresolved) {
            continue;
        }
        let message = format!(
            "{} refers to {} in {}, but nothing gives that key a value: the server does not start",
            node.name, unresolved.name, unresolved.user
        );
        findings.push(
            Finding::new(span, "leads nowhere", message)
                .help(format!("write {}, or the value itself in place of the reference", unresolved.name)),
        );
    }
    let aliases = aliases(toml);
    for key in &toml.keys {
        for text in key.texts() {
            if let Some(aliases) = &aliases {
                findings.extend(undefined_secret(node, key, text, aliases));
            }
            findings.extend(malformed(node, key, text));
        }
    }
}

/// True for a key that belongs to what a part of a file leaves out, and for one that the version always needs, which is
/// TL027's.
fn is_left_out(toml: &DeploymentToml, unresolved: &Unresolved) -> bool {
    let is_required =
        |other: &Unresolved| matches!(other.cause, Cause::Default) && other.name == unresolved.name;
    unresolved.is_known && (!toml.is_whole() || toml.unresolved.iter().any(is_required))
}

/// The aliases that the file defines; `None` where they may come at run time.
fn aliases(toml: &DeploymentToml) -> Option<BTreeSet<&str>> {
    let at_run_time = toml.text("runtime_secrets.enable").is_some_and(|on| on.boolean().is_true());
    (!at_run_time)
        .then(|| toml.keys_in("secrets").map(|(alias, _)| alias.trim_matches(['"', '\''])).collect())
}

fn undefined_secret(
    node: &Node,
    key: &WrittenKey,
    text: &Setting,
    aliases: &BTreeSet<&str>,
) -> Option<Finding> {
    let (_, behind) = text.value.split_once("$secret{")?;
    let (alias, _) = behind.split_once('}')?;
    if aliases.contains(alias) || alias.contains(['$', '{', '<']) {
        return None;
    }
    let message =
        format!("{} uses the secret {alias} in {}, which [secrets] does not define", node.name, key.name);
    Some(Finding::new(text.span, "no such alias", message).help(format!("add {alias} to [secrets]")))
}

fn malformed(node: &Node, key: &WrittenKey, text: &Setting) -> Option<Finding> {
    let value = text.value.as_str();
    if let Some(form) = NO_REFERENCES.iter().find(|form| value.contains(*form)) {
        let message =
            format!("{} writes {form} in {}: that is no reference and stays as it is", node.name, key.name);
        let help = "write $env{NAME}, $sys{name}, $ref{key} or $secret{alias}";
        return Some(Finding::new(text.span, "no reference", message).help(help));
    }
    for opening in ["$env{", "$sys{", "$ref{", "$secret{"] {
        let Some((_, behind)) = value.split_once(opening) else { continue };
        match behind.split_once('}') {
            None => {
                let message = format!("{} opens {opening} in {} and never closes it", node.name, key.name);
                return Some(Finding::new(text.span, "not closed", message).help("close it with }"));
            }
            Some((name, _)) if name.trim().is_empty() => {
                let message = format!("{} writes {opening}}} without a name in {}", node.name, key.name);
                let finding = Finding::new(text.span, "no name", message).help("name what is meant");
                return Some(finding.variant("empty"));
            }
            Some(_) => {}
        }
    }
    None
}
