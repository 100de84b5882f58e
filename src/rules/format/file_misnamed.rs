//! The server asks for its files by fixed names: what lies under another one is never read.

use super::base;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// FM014.
pub static RULE: Rule = Rule { card: "FM014-file-misnamed", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    for file in &node.misnamed {
        let message = format!("{} has {}, which the server does not read", node.name, file.path);
        findings.push(
            Finding::new(file.span, format!("{}?", base(&file.expected)), message)
                .help(format!("name it {}", file.expected)),
        );
    }
}
