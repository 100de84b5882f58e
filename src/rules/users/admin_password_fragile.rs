//! A password that breaks the URL it is put into: the node never reaches the message broker, and throttling stops.

use crate::model::Deployment;
use crate::model::login::Login;
use crate::model::node::Node;
use crate::rules::{Check, Finding, Rule};

/// UM008.
pub static RULE: Rule = Rule { card: "UM008-admin-password-fragile", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    for login in node.logins.iter().filter(|login| login.breaks_url) {
        findings.extend(finding(node, login));
    }
}

fn finding(node: &Node, login: &Login) -> Option<Finding> {
    let place = login.password.as_ref()?.span;
    let administrator = node.users.as_ref().and_then(|users| users.admin_password.as_ref());
    let own = administrator.filter(|_| login.is_own_administrator);
    let message = format!(
        "the password that {} puts into the URL of the {} holds a letter that breaks it",
        node.name,
        login.service.noun()
    );
    let finding = Finding::new(own.map_or(place, |own| own.span), "breaks a URL", message).help(
        "choose a password of letters, digits and - _ . ! ~, or give the broker an account of its own, escaped as in \
         a URL",
    );
    let is_apart = own.is_some_and(|own| own.span != place);
    Some(if is_apart { finding.related(place, "where it is put in") } else { finding })
}
