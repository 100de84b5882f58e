//! The server's TOML reader refuses the file: the node does not start.

use crate::model::deployment_toml::{Fault, FaultKind};
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// FM003.
pub static RULE: Rule = Rule { card: "FM003-toml-malformed", check: Check::Node(check) };

const DEPLOYMENT: &str = "repository/conf/deployment.toml";

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    if toml.has_byte_order_mark {
        let message = format!(
            "deployment.toml of {} starts with a byte order mark, which the server refuses",
            node.name
        );
        findings.push(
            Finding::new(toml.start, "byte order mark", message)
                .help("save the file as UTF-8 without a byte order mark"),
        );
    }
    // Of a file that does not decode the text ends in the middle of things.
    if node.unparsed.iter().any(|file| file.is_undecodable && file.path == DEPLOYMENT) {
        return;
    }
    let refused = toml.faults.iter().filter(|fault| fault.kind == FaultKind::Rejected);
    findings.extend(refused.map(|fault| refusal(node, fault)));
}

fn refusal(node: &Node, fault: &Fault) -> Finding {
    let message = format!("the server refuses deployment.toml of {}: {}", node.name, fault.reason);
    let finding = Finding::new(fault.span, "refused here", message).help(fault.help.clone());
    match fault.earlier {
        Some(earlier) => finding.related(earlier, "first here"),
        None => finding,
    }
}
