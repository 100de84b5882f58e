//! A gateway that accepts any certificate for any host talks to whoever stands in between.

use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// SE011.
pub static RULE: Rule = Rule { card: "SE011-host-name-verification-off", check: Check::Node(check) };

fn check(deployment: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    if !deployment.is_production_like(node) {
        return;
    }
    let mut places = places(node).into_iter();
    let Some((first, message, help)) = places.next() else { return };
    let mut finding = Finding::new(first.span, "accepts any name", message).help(help);
    for (setting, ..) in places {
        finding = finding.related(setting.span, "accepts any name, too");
    }
    findings.push(finding);
}

/// The switches that turn verification off, each with message and help.
fn places(node: &Node) -> Vec<(&Setting, String, &'static str)> {
    let senders = node.security.host_name_verifiers.iter().filter(|verifier| {
        verifier.is_written() && verifier.text().is_some_and(|name| name.eq_ignore_ascii_case("AllowAll"))
    });
    let senders = senders.map(|verifier| {
        let message = format!(
            "{} calls other servers without checking the host name of their certificates ({})",
            node.name, verifier.value
        );
        (verifier, message, "write DefaultAndLocalhost, and name hosts as their certificates do")
    });
    // Packs up to 2.2 ship the property.
    let is_on = |value: &&Setting| value.boolean().is_true() && node.is_at_least(2, 5);
    let option = node.system_property(IGNORED).filter(is_on).map(|value| {
        let message =
            format!("{} starts with {IGNORED}=true: it accepts certificates of any host name", node.name);
        (value, message, "remove the option, and name hosts as their certificates do")
    });
    senders.chain(option).collect()
}

const IGNORED: &str = "org.wso2.ignoreHostnameVerification";
