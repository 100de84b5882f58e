//! An event publisher writes its events in another format than those who listen in this version read: they drop them.

use crate::model::throttling::EventPublisher;
use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// TM008.
pub static RULE: Rule = Rule { card: "TM008-event-publisher-mapping-mismatch", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let publishers = node.event_publishers.iter().filter(|publisher| publisher.uses_jms());
    let own = publishers.filter(|publisher| !node.renders_publisher(publisher));
    findings.extend(own.filter_map(|publisher| finding(node, publisher)));
}

fn finding(node: &Node, publisher: &EventPublisher) -> Option<Finding> {
    let mapping = publisher.mapping.as_ref()?;
    let kind = mapping.text()?;
    let mut right: Vec<&str> =
        node.stock(publisher).filter_map(|stock| stock.mapping.as_ref().and_then(Setting::text)).collect();
    right.sort_unstable();
    right.dedup();
    let [right] = right.as_slice() else { return None };
    if kind.eq_ignore_ascii_case(right) {
        return None;
    }
    let message = format!(
        "{} of {} writes {} as {kind}; this version has {right} there",
        publisher.file_name(),
        node.name,
        publisher.stream_name().unwrap_or_default()
    );
    Some(
        Finding::new(mapping.span, format!("not {right}"), message)
            .help(format!("set type to {right}"))
            .fix(mapping.bare(kind), *right),
    )
}
