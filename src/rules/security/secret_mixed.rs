//! Some passwords are encrypted and others are not: whoever reads the files still gets in.

use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// SE009.
pub static RULE: Rule = Rule { card: "SE009-secret-mixed", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let vault = &node.security.vault;
    let (Some(usage), Some((first, rest))) = (vault.uses.first(), vault.plain.split_first()) else { return };
    let more = match rest.len() {
        0 => String::new(),
        1 => " and 1 more".to_owned(),
        count => format!(" and {count} more"),
    };
    let mut finding = Finding::new(
        first.span,
        "plain text",
        format!("{} uses secure vault, but keeps {}{more} in plain text", node.name, first.name),
    )
    .help("give these passwords an alias, too, and run the cipher tool");
    for password in rest {
        finding = finding.related(password.span, "plain text");
    }
    findings.push(finding.related(usage.span, "encrypted"));
}
