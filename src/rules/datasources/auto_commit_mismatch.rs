//! A database with and without automatic commits: what one node leaves open locks the other, or is lost.

use crate::model::Deployment;
use crate::model::database::DataSource;
use crate::model::node::Node;
use crate::model::sharing::{SHARED, uses};
use crate::model::value::Setting;
use crate::rules::{Check, Finding, Rule, majority};
use crate::source::Span;
use crate::syntax::jdbc::Vendor;

/// DS011.
pub static RULE: Rule = Rule { card: "DS011-auto-commit-mismatch", check: Check::Deployment(check) };

/// A data source that says whether it commits by itself.
#[derive(Clone, Copy)]
struct Committing<'a> {
    node: &'a Node,
    source: &'a DataSource,
    option: &'a Setting,
}

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let mut seen: Vec<Span> = Vec::new();
    for node in &deployment.nodes {
        let sources = node.data_sources.iter().filter_map(|source| committing(node, source));
        for one in sources.filter(|one| is_postgresql(one.source) && !one.commits()) {
            seen.push(one.option.span);
            findings.push(refused(&one));
        }
    }
    for database in SHARED {
        for nodes in deployment.sharers(database) {
            let all: Vec<Committing<'_>> = uses(&nodes, database)
                .iter()
                .filter_map(|sharer| committing(sharer.node, sharer.source))
                .filter(|one| !seen.contains(&one.option.span))
                .collect();
            let Some(right) = majority(&all, |one, other| !differ(deployment, one, other)) else { continue };
            for wrong in all.iter().filter(|one| differ(deployment, right, one)) {
                if !seen.contains(&wrong.option.span) {
                    seen.push(wrong.option.span);
                    findings.push(differing(wrong, right));
                }
            }
        }
    }
}

fn committing<'a>(node: &'a Node, source: &'a DataSource) -> Option<Committing<'a>> {
    let option =
        source.option("defaultAutoCommit").filter(|option| option.is_written() && option.text().is_some())?;
    Some(Committing { node, source, option })
}

impl Committing<'_> {
    fn commits(&self) -> bool {
        self.option.boolean().is_true()
    }
}

fn is_postgresql(source: &DataSource) -> bool {
    source.jdbc.as_ref().is_some_and(|jdbc| jdbc.vendor == Vendor::PostgreSql)
}

/// Releases have different defaults, so that only nodes of one release are compared.
fn differ(deployment: &Deployment, left: &Committing<'_>, right: &Committing<'_>) -> bool {
    left.commits() != right.commits()
        && left.node.version == right.node.version
        && deployment.same_database((left.node, left.source), (right.node, right.source)) == Some(true)
}

fn refused(one: &Committing<'_>) -> Finding {
    let message = format!(
        "{} of {} keeps PostgreSQL from committing by itself (defaultAutoCommit {})",
        one.source.name.value, one.node.name, one.option.value
    );
    Finding::new(one.option.span, "leaves transactions open", message)
        .help("set defaultAutoCommit to true")
        .fix(one.option.bare(&one.option.value), "true")
}

fn differing(wrong: &Committing<'_>, right: &Committing<'_>) -> Finding {
    let (own, other) = (&wrong.node.name, &right.node.name);
    let message = format!(
        "{own} has defaultAutoCommit {}, {other} has {} for the same database ({})",
        wrong.option.value,
        right.option.value,
        wrong.source.shown()
    );
    Finding::new(wrong.option.span, "differs from its peer", message)
        .help(format!("write {} as on {other}", right.option.value))
        .fix(wrong.option.bare(&wrong.option.value), right.option.value.clone())
        .related(right.option.span, format!("as {other} has it"))
}
