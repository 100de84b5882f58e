//! A test query that the database does not understand: every connection counts as broken, and none is ever lent.

use crate::model::database::DataSource;
use crate::model::node::Node;
use crate::model::{Deployment, Setting};
use crate::rules::{Check, Finding, Rule};
use crate::syntax::jdbc::Vendor;

/// DS009.
pub static RULE: Rule = Rule { card: "DS009-validation-query-mismatch", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    // With a driver of another vendor the query is the smaller fault.
    let sources = node.data_sources.iter().filter(|source| !source.has_foreign_driver());
    findings.extend(sources.filter_map(|source| finding(node, source)));
}

fn finding(node: &Node, source: &DataSource) -> Option<Finding> {
    source.url.as_ref()?.known()?;
    let (vendor, right) = match source.jdbc.as_ref()?.vendor {
        Vendor::Oracle => ("Oracle", "SELECT 1 FROM DUAL"),
        Vendor::Db2 => ("DB2", "SELECT 1 FROM SYSIBM.SYSDUMMY1"),
        _ => return None,
    };
    let query = source.option("validationQuery")?;
    let text = query.text().filter(|text| selects_from_nothing(text))?;
    let message =
        format!("{} of {} tests with \"{text}\", which {vendor} refuses", source.name.value, node.name);
    let finding = Finding::new(query.span, "has no FROM", message).help(format!("write {right}"));
    let url = source.url.as_ref().filter(|url| Setting::is_written(url))?;
    Some(finding.related(url.span, format!("a database of {vendor}")))
}

/// True for a `SELECT` without `FROM`. Other statements, such as `VALUES 1`, stand for themselves.
fn selects_from_nothing(query: &str) -> bool {
    let query = query.to_ascii_lowercase();
    let mut words = query.split(|letter: char| !letter.is_alphanumeric());
    words.find(|word| !word.is_empty()) == Some("select") && !words.any(|word| word == "from")
}
