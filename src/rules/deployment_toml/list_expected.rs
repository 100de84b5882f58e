//! A text where the template makes a list of the value: rendering fails, and the server does not start.

use crate::diagnostic::Edit;
use crate::model::deployment_toml::WrittenKey;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// TL005.
pub static RULE: Rule = Rule { card: "TL005-list-expected", check: Check::Node(check) };

/// Keys whose value the templates take for a list, whatever it is.
const LISTS: [&str; 4] = [
    "apim.throttling.url_group[].traffic_manager_urls",
    "apim.throttling.url_group[].traffic_manager_auth_urls",
    "apim.event_hub.publish.url_group[].urls",
    "apim.event_hub.publish.url_group[].auth_urls",
];

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    let lists = toml.keys.iter().filter(|key| LISTS.contains(&key.name.as_str()));
    findings.extend(lists.filter_map(|key| text(node, key)));
}

fn text(node: &Node, key: &WrittenKey) -> Option<Finding> {
    let value = key.quoted()?;
    let message = format!(
        "{} writes {} as a text, but the template wants a list: the server does not start",
        node.name,
        key.last()
    );
    let mut finding = Finding::new(value.span, "no list", message).help("put the value in square brackets");
    let at = |start: u32, text: &str| Edit {
        span: Span { start, end: start, ..value.span },
        text: text.to_owned(),
    };
    finding.fix = vec![at(value.span.start, "["), at(value.span.end, "]")];
    Some(finding)
}
