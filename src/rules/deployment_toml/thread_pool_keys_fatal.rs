//! The template of 4.3 to 4.5 opens `JMSTaskManager` twice and never closes it once a key of its thread pool is set:
//! api-manager.xml is malformed, and the server does not start.

use crate::diagnostic::Edit;
use crate::model::deployment_toml::WrittenKey;
use crate::model::{Deployment, Node, Version};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// TL025.
pub static RULE: Rule = Rule { card: "TL025-thread-pool-keys-fatal", check: Check::Node(check) };

const TABLES: [&str; 2] = ["apim.throttling.jms", "apim.event_hub.listener"];
const KEYS: [&str; 4] =
    ["min_thread_pool_size", "max_thread_pool_size", "keep_alive_time_in_millis", "job_queue_size"];

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    let is_broken = |version: &Version| version.at_least(4, 3) && !version.at_least(4, 6);
    let Some(version) = node.told_version().filter(is_broken) else { return };
    let keys = TABLES.iter().flat_map(|table| toml.keys_in(table).filter(|(name, _)| KEYS.contains(name)));
    let keys: Vec<&WrittenKey> = keys.map(|(_, key)| key).collect();
    let Some((first, others)) = keys.split_first() else { return };
    let message = format!(
        "{} sets {}, with which the template of {}.{} makes api-manager.xml malformed",
        node.name, first.name, version.major, version.minor
    );
    let finding = Finding::new(first.span, "breaks api-manager.xml", message)
        .help("remove the keys of this thread pool, or take an update that mends the template");
    let mut finding = others.iter().fold(finding, |finding, key| finding.related(key.span, "likewise"));
    finding.fix = keys.iter().map(|key| removal(key)).collect();
    findings.push(finding);
}

fn removal(key: &WrittenKey) -> Edit {
    Edit { span: Span { end: key.value_span().end, ..key.span }, text: String::new() }
}
