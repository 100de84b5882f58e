//! A broker address with another scheme than `tcp` ends in a null pointer at start; TLS is switched on by a key of its own.

use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// TL023.
pub static RULE: Rule = Rule { card: "TL023-broker-scheme-fatal", check: Check::Node(check) };

/// Keys with broker addresses, and the key that switches on TLS for them.
const BROKERS: [(&str, &str); 4] = [
    ("apim.throttling.throttle_decision_endpoints", "apim.throttling.jms.ssl"),
    ("apim.throttling.event_duplicate_url", "apim.throttling.jms.ssl"),
    ("apim.event_hub.event_listening_endpoints", "apim.event_hub.jms.ssl"),
    ("apim.event_hub.event_duplicate_url", "apim.event_hub.jms.ssl"),
];

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    for (name, switch) in BROKERS {
        let urls = toml.key(name).into_iter().flat_map(|key| key.texts());
        findings.extend(urls.filter_map(|url| wrong_scheme(node, name, switch, url)));
    }
}

fn wrong_scheme(node: &Node, key: &str, switch: &str, url: &Setting) -> Option<Finding> {
    let text = url.text()?;
    let (scheme, address) = text.split_once("://")?;
    let is_word = !scheme.is_empty() && scheme.chars().all(|letter| letter.is_ascii_alphanumeric());
    if scheme == "tcp" || !is_word {
        return None;
    }
    let message =
        format!("{} has a broker with the scheme {scheme} in {key}: the server fails at start", node.name);
    let help = match scheme.eq_ignore_ascii_case("tcp") {
        true => format!("write tcp://{address}"),
        false => format!("write tcp://{address}; {switch} = true switches on TLS, which has port 8672"),
    };
    let finding = Finding::new(url.span, "not tcp", message).help(help);
    Some(finding.fix(url.bare(text), format!("tcp://{address}")))
}
