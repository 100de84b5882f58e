//! Bytes that are no text in the declared encoding stop the XML reader, and turn into question marks in deployment.toml.

use super::base;
use crate::input::Unparsed;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// FM005.
pub static RULE: Rule = Rule { card: "FM005-encoding-mismatch", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    for Unparsed { path, error, .. } in node.unparsed.iter().filter(|file| file.is_undecodable) {
        let message = format!(
            "{} of {} is in another encoding than it should: {}",
            base(path),
            node.name,
            error.reason
        );
        let help = if path.ends_with(".xml") {
            "save the file as UTF-8, or declare its encoding in the first line"
        } else {
            "save the file as UTF-8"
        };
        findings.push(Finding::new(error.span, "from here on", message).help(help));
    }
}
