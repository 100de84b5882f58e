//! Credentials for every origin: browsers refuse the answers, or any page may call the APIs as its visitor.

use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// SE016.
pub static RULE: Rule = Rule { card: "SE016-cors-wildcard-credentials", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(cors) = node.security.cross_origin.as_ref().filter(|_| node.is_api_manager()) else { return };
    let Some(origin) = cors.origins.iter().find(|origin| origin.text() == Some("*")) else { return };
    if !cors.enabled.is_true() || !cors.credentials.is_true() {
        return;
    }
    let mut finding = Finding::new(
        cors.credentials.span,
        "credentials for every origin",
        format!("{} allows credentials to every origin (*)", node.name),
    )
    .help("name the origins that may call with credentials, or switch credentials off");
    if origin.span != cors.credentials.span {
        finding = finding.related(origin.span, "every origin");
    }
    findings.push(finding);
}
