//! Two keys say the same thing and the templates read one of them: the other has no effect.

use crate::model::deployment_toml::DeploymentToml;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// TL028.
pub static RULE: Rule = Rule { card: "TL028-key-shadowed", check: Check::Node(check) };

/// Keys that win, and what they hide: a key, or a list of tables.
const HIDDEN: [(&str, &str); 3] = [
    ("apim.throttling.receiver_url", "apim.throttling.url_group"),
    ("apim.throttling.receiver_auth_url", "apim.throttling.url_group"),
    ("apim.throttling.jms.topic_connection_factory", "apim.throttling.throttle_decision_endpoints"),
];

/// Keys that stand for one and the same.
const ONE: (&str, &str) = ("apim.cache.gateway_token.expiry_time", "apim.cache.km_token.expiry_time");

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    let mut hidden: Vec<&str> = Vec::new();
    for (winner, loser) in HIDDEN {
        let Some(key) = toml.key(winner) else { continue };
        let Some(place) = place(toml, loser).filter(|_| !hidden.contains(&loser)) else { continue };
        hidden.push(loser);
        let message = format!("{} sets {loser}, but {winner} wins over it", node.name);
        findings.push(
            Finding::new(place, "has no effect", message)
                .help(format!("remove {winner}, or {loser}"))
                .related(key.span, "wins"),
        );
    }
    if let (Some(first), Some(second)) = (toml.text(ONE.0), toml.text(ONE.1))
        && first.text() != second.text()
    {
        let message = format!(
            "{} sets {} and {} to different values, but both are one setting",
            node.name, ONE.0, ONE.1
        );
        findings.push(
            Finding::new(second.span, second.value.clone(), message)
                .help("write one of them, or the same value twice")
                .related(first.span, first.value.clone()),
        );
    }
}

/// Where a key or the first element of a list stands.
fn place(toml: &DeploymentToml, name: &str) -> Option<Span> {
    let key = toml.key(name).map(|key| key.span);
    key.or_else(|| toml.elements(name).next().map(|element| element.span))
}
