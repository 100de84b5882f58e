//! `[x]` where the templates go through a list of tables: they take each key for an element and render it empty.

use crate::diagnostic::Edit;
use crate::model::deployment_toml::{DeploymentToml, Form, Step, WrittenTable};
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// TL003.
pub static RULE: Rule = Rule { card: "TL003-table-for-array", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    for table in toml.tables.iter().filter(|table| is_list(toml, table)) {
        let name = &table.name;
        let message =
            format!("{} writes {name} as one table, but the templates take it for a list", node.name);
        let mut finding =
            Finding::new(table.span, "one table", message).help(format!("write [[{name}]] for each element"));
        if table.form == Form::Header {
            finding.fix = doubled(table.span);
        }
        findings.push(finding.covers(toml.spans_in(&table.path)));
    }
}

fn is_list(toml: &DeploymentToml, table: &WrittenTable) -> bool {
    table.form != Form::Element
        && matches!(table.path.0.last(), Some(Step::Key(_)))
        && toml.knows(&table.facts)
        && toml.is_list_of_tables(&table.facts)
}

/// A bracket more on both sides.
fn doubled(header: Span) -> Vec<Edit> {
    let at =
        |start: u32, text: &str| Edit { span: Span { start, end: start, ..header }, text: text.to_owned() };
    vec![at(header.start, "["), at(header.end, "]")]
}
