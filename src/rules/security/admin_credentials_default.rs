//! With the shipped administrator account anybody who reaches the console owns the deployment.

use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// SE001.
pub static RULE: Rule = Rule { card: "SE001-admin-credentials-default", check: Check::Node(check) };

fn check(deployment: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    if !deployment.is_production_like(node) {
        return;
    }
    let Some(users) = &node.users else { return };
    let (Some(name), Some(password)) = (&users.admin_name, &users.admin_password) else { return };
    let shipped = name.text() == Some("admin") && password.known().is_some_and(|secret| secret.is("admin"));
    if !shipped {
        return;
    }
    let mut finding = Finding::new(
        password.span,
        "the shipped password",
        format!("{} keeps the shipped administrator account \"admin\" with its shipped password", node.name),
    )
    .help("choose another user name and password before the first start, on every node of the user database alike");
    if Setting::is_written(name) && name.span != password.span {
        finding = finding.related(name.span, "the shipped name");
    }
    findings.push(finding);
}
