//! A key that only another version reads: after an upgrade what it sets is gone without a word.

use crate::model::deployment_toml::{Unheard, nearest_other};
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// TL019.
pub static RULE: Rule = Rule { card: "TL019-key-removed", check: Check::Node(check) };

/// Keys that went, and what took their place.
const SUCCESSORS: [(&str, &str); 5] = [
    (
        "apim.analytics.",
        "analytics of 4.x is configured by config_endpoint and auth_token under [apim.analytics]",
    ),
    ("apim.oauth_config.white_listed_scopes", "write allowed_scopes"),
    ("apim.key_manager.key_manager_client_impl", "add the key manager in the admin portal"),
    ("apim.key_manager.configuration", "add the key manager in the admin portal"),
    (
        "apim.key_manager.enable_apikey_subscription_validation",
        "remove it: subscriptions are always validated",
    ),
];

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    let Some(version) = node.told_version().filter(|_| !toml.is_approximate) else { return };
    for unheard in toml.unheard() {
        let Some((known, is_before)) = nearest_other(unheard.facts.known, toml.versions) else { continue };
        let line = format!("{}.{}", version.major, version.minor);
        let message = match is_before {
            true => format!("{} sets {}, which {line} no longer reads", node.name, unheard.name),
            false => format!(
                "{} sets {}, which is known since {}, not by {line}",
                node.name,
                unheard.name,
                short(known)
            ),
        };
        let label =
            if is_before { format!("read until {}", short(known)) } else { "not read yet".to_owned() };
        let finding = Finding::new(unheard.span, label, message).help(help(&unheard, is_before));
        let finding =
            unheard.others.iter().fold(finding, |finding, span| finding.related(*span, "here, too"));
        findings.push(if is_before { finding } else { finding.variant("newer") });
    }
}

fn help(unheard: &Unheard, is_before: bool) -> String {
    let successor = SUCCESSORS.iter().find(|(key, _)| unheard.name.starts_with(key)).filter(|_| is_before);
    match successor {
        Some((_, help)) => (*help).to_owned(),
        None if is_before => {
            "remove it, and see apimlint keys --from and --to for what took its place".to_owned()
        }
        None => "remove it, unless an update brought it to this version".to_owned(),
    }
}

/// A version without its third number.
fn short(version: &str) -> &str {
    version.strip_suffix(".0").unwrap_or(version)
}
