//! `[[x]]` where the templates read one table: a list has no keys, so that nothing in it arrives.

use crate::diagnostic::Edit;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// TL004.
pub static RULE: Rule = Rule { card: "TL004-array-for-table", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    let mut seen: Vec<&str> = Vec::new();
    for table in toml.tables.iter().filter(|table| toml.is_needless_list(table)) {
        let name = table.name.as_str();
        if seen.contains(&name) {
            continue;
        }
        seen.push(name);
        let message = format!(
            "{} writes {name} as a list, but the templates read one table: nothing in it arrives",
            node.name
        );
        let finding = Finding::new(table.span, "a list", message).help(format!("write [{name}]"));
        let more = toml.elements(name).filter(|other| other.span != table.span);
        let mut finding = more.fold(finding, |finding, other| finding.related(other.span, "and again"));
        if finding.related.is_empty() {
            finding.fix = single(table.span);
        }
        findings.push(finding.covers(toml.spans_in(&table.path)));
    }
}

/// A bracket less on both sides.
fn single(header: Span) -> Vec<Edit> {
    let without = |start: u32| Edit { span: Span { start, end: start + 1, ..header }, text: String::new() };
    vec![without(header.start), without(header.end.saturating_sub(1))]
}
