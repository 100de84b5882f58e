//! Of two gateway environments with one name the server drops the second (carbon-apimgt `APIManagerConfiguration`).

use crate::model::gateway::Environment;
use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// GW008.
pub static RULE: Rule = Rule { card: "GW008-environment-duplicate", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let mut seen: Vec<(&Setting, &str)> = Vec::new();
    for name in node.environments.iter().filter_map(written_name) {
        let Some(text) = name.text() else { continue };
        match seen.iter().find(|(_, earlier)| *earlier == text) {
            Some((first, _)) => findings.push(
                Finding::new(
                    name.span,
                    "the second of this name is dropped",
                    format!("{} has two gateway environments named \"{text}\"", node.name),
                )
                .help("give each environment a name of its own")
                .related(first.span, "the first counts"),
            ),
            None => seen.push((name, text)),
        }
    }
}

fn written_name(environment: &Environment) -> Option<&Setting> {
    environment.name.as_ref().filter(|name| name.is_written())
}
