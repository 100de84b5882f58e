//! The embedded message broker is told to form a cluster: it was made to run alone on each node, and shares its store with
//! nobody.

use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// TM020.
pub static RULE: Rule = Rule { card: "TM020-broker-mode-unsupported", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let nodes: Vec<&Node> = deployment.nodes.iter().filter(|node| node.is_api_manager()).collect();
    for (at, node) in nodes.iter().enumerate() {
        if let Some(mode) = clustered(node) {
            let value = mode.text().unwrap_or_default();
            let message = format!("{} runs its broker in mode {value}", node.name);
            findings.push(
                Finding::new(mode.span, "not alone", message)
                    .help("set the mode to standalone; an external broker may be clustered, the embedded one not")
                    .fix(mode.bare(value), "standalone"),
            );
        }
        let earlier = nodes.iter().take(at);
        findings.extend(earlier.filter_map(|other| same_id(deployment, other, node)).next());
    }
}

/// The mode, where it is known and not the one of the untouched pack.
fn clustered(node: &Node) -> Option<&Setting> {
    let mode = node.broker.as_ref()?.mode.as_ref()?;
    let is_other = |mode: &str| ["clustered", "default"].iter().any(|word| mode.eq_ignore_ascii_case(word));
    mode.text().is_some_and(is_other).then_some(mode)
}

/// Two nodes whose broker was given one name, while one of them at least looks for others.
fn same_id(deployment: &Deployment, first: &Node, second: &Node) -> Option<Finding> {
    let id = |node: &'_ Node| node.broker.as_ref().and_then(|broker| broker.node_id.clone());
    let (one, other) = (id(first)?, id(second)?);
    let value = other.text().filter(|value| !value.is_empty() && !value.eq_ignore_ascii_case("default"))?;
    let joins = clustered(first).is_some() && clustered(second).is_some();
    let is_same = one.text() == Some(value) && joins && deployment.same_zone(first, second);
    let message = format!("{} and {} give their brokers one nodeID, {value}", first.name, second.name);
    is_same.then(|| {
        Finding::new(other.span, "the same nodeID", message)
            .help("leave it at default, or give each node one of its own")
            .related(one.span, "first used here")
    })
}
