//! A receiver stands outside the braces of a URL group text: the server drops it without a word (carbon-analytics-common
//! `DataPublisherUtil`).

use crate::diagnostic::Edit;
use crate::model::throttling::ReceiverGroups;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// TM011.
pub static RULE: Rule = Rule { card: "TM011-url-group-outside-braces", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(throttling) = node.throttling.as_ref().filter(|throttling| throttling.reads_receivers()) else {
        return;
    };
    let texts = [(&throttling.receivers, "receiver"), (&throttling.authentications, "authentication URL")];
    for (groups, what) in texts {
        findings.extend(groups.as_ref().and_then(|groups| finding(node, groups, what)));
    }
}

fn finding(node: &Node, groups: &ReceiverGroups, what: &str) -> Option<Finding> {
    let (first, others) = groups.outside.split_first()?;
    let names: Vec<String> = groups.outside.iter().map(|endpoint| endpoint.address()).collect();
    let names = names.join(" and ");
    let which = if others.is_empty() { "which stands" } else { "which stand" };
    let message = format!("{} drops the {what} {names}, {which} outside the braces", node.name);
    let mut finding = Finding::new(first.text.span, "outside the braces", message)
        .help("put braces around it: each pair of braces is a group that gets every event");
    finding = others.iter().fold(finding, |finding, other| finding.related(other.text.span, "this one, too"));
    // A place that is the whole text is one that escapes hide.
    if groups.outside.iter().all(|endpoint| endpoint.text.span != groups.span) {
        finding.fix = groups.outside.iter().flat_map(|endpoint| braces(endpoint.text.span)).collect();
    }
    Some(finding)
}

fn braces(span: Span) -> [Edit; 2] {
    let at = |at: u32| Span { start: at, end: at, ..span };
    [Edit { span: at(span.start), text: "{".to_owned() }, Edit { span: at(span.end), text: "}".to_owned() }]
}
