//! A gateway environment of a type that the server does not know counts neither for production nor for sandbox calls.

use crate::model::gateway::ENVIRONMENT_TYPES;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// GW007.
pub static RULE: Rule = Rule { card: "GW007-environment-type-unknown", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    if !node.is_api_manager() {
        return;
    }
    for environment in &node.environments {
        let Some(kind) = environment.kind.as_ref().filter(|kind| kind.is_written()) else { continue };
        let is_unknown =
            |text: &&str| !ENVIRONMENT_TYPES.contains(text) && !text.contains(['$', '{', '<', '%']);
        let Some(text) = kind.text().filter(is_unknown) else { continue };
        let name = environment.known_name().unwrap_or("without a name");
        let message = format!("{} has environment \"{name}\" of the unknown type \"{text}\"", node.name);
        let finding = Finding::new(kind.span, "not a known type", message);
        findings.push(match meant(text) {
            Some(known) => finding.help(format!("write {known}")).fix(kind.bare(text), known),
            None => finding.help("write hybrid, production or sandbox").variant("own-word"),
        });
    }
}

/// The type that a misspelt one must be: the first letter is seldom wrong. The server compares them with their case.
fn meant(text: &str) -> Option<&'static str> {
    let first = text.chars().next()?.to_ascii_lowercase();
    ENVIRONMENT_TYPES.into_iter().find(|known| known.starts_with(first))
}
