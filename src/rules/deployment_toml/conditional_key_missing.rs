//! A key that another one makes necessary is missing. The pack has a check for it that never runs, so that the server
//! starts and fails when it needs the value.

use crate::model::sharing::listed;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// TL016.
pub static RULE: Rule = Rule { card: "TL016-conditional-key-missing", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    for unmet in toml.unmet.chunk_by(|left, right| left.value.span == right.value.span) {
        let Some(first) = unmet.first() else { continue };
        let needed: Vec<&str> = unmet.iter().map(|unmet| unmet.needed).collect();
        let needed = listed(&needed);
        let message =
            format!("{} sets {} = {}, which needs {needed}", node.name, first.decider, first.value.value);
        let label = format!("needs {} more", if unmet.len() == 1 { "a key" } else { "keys" });
        findings.push(Finding::new(first.value.span, label, message).help(format!("write {needed}")));
    }
}
