//! A group of several receivers whose type is not exactly `loadbalance` is rendered as failover: the second receiver gets
//! nothing while the first one answers.

use crate::model::deployment_toml::{DeploymentToml, Value, WrittenKey, WrittenTable};
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// TL009.
pub static RULE: Rule = Rule { card: "TL009-url-group-type-missing", check: Check::Node(check) };

/// Lists of groups, and the key of the receivers in each.
const GROUPS: [(&str, &str); 2] =
    [("apim.throttling.url_group", "traffic_manager_urls"), ("apim.event_hub.publish.url_group", "urls")];

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    for (list, urls) in GROUPS {
        findings.extend(toml.elements(list).filter_map(|group| untyped(node, toml, group, urls)));
    }
}

fn untyped(node: &Node, toml: &DeploymentToml, group: &WrittenTable, urls: &str) -> Option<Finding> {
    let key = |name: &str| toml.keys_of(group).find(|key| key.last() == name);
    let count = match &key(urls)?.value {
        Value::List(_, items) => items.len(),
        Value::Scalar(..) => 1,
    };
    if count < 2 {
        return None;
    }
    let help = "write type = \"loadbalance\", or one group for each receiver that is to get every event";
    let Some(kind) = key("type") else {
        let message = format!(
            "{} has {count} receivers in one group without a type, which makes it failover",
            node.name
        );
        return Some(Finding::new(group.span, "no type", message).help(help));
    };
    let written = kind.quoted().filter(|kind| is_mistaken(kind.text()))?;
    let message = format!(
        "{} has {count} receivers in a group of type {}, which counts as failover",
        node.name, written.value
    );
    Some(
        Finding::new(WrittenKey::value_span(kind), "counts as failover", message)
            .help(help)
            .fix(written.bare(&written.value), "loadbalance"),
    )
}

fn is_mistaken(kind: Option<&str>) -> bool {
    let is_meant = |kind: &str| kind == "loadbalance" || kind.eq_ignore_ascii_case("failover");
    kind.is_some_and(|kind| !is_meant(kind) && !super::is_filled_in_later(kind))
}
