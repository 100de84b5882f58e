//! A rendered file was edited by hand: the next start writes it anew from deployment.toml, and the edit is lost.

use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// TL029.
pub static RULE: Rule = Rule { card: "TL029-rendered-file-edited", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    for edited in &node.edited_files {
        let message = format!(
            "{} has an edit in {} that its deployment.toml does not make: the next start overwrites it",
            node.name, edited.path
        );
        findings.push(Finding::new(edited.place, "edited by hand", message).help(
            "write the setting to deployment.toml; apimlint keys names the key of a place in this file",
        ));
    }
}
