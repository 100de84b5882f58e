//! Two kinds of data in one database: scripts, upgrades and clean-ups of one kind meet tables of the other.

use crate::model::Deployment;
use crate::model::database::{DataSource, LogicalDatabase};
use crate::model::node::{Node, Product};
use crate::rules::{Check, Finding, Rule};

/// DS005.
pub static RULE: Rule =
    Rule { card: include_str!("../../../rules/DS005-database-overlap.md"), check: Check::Node(check) };

/// One kind of data, which a script of its own creates, and the data sources that lead to it.
struct Kind<'a> {
    noun: &'static str,
    sources: Vec<&'a DataSource>,
}

fn check(deployment: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    if node.product == Product::Analytics {
        return;
    }
    let same = |left: &DataSource, right: &DataSource| {
        deployment.same_database((node, left), (node, right)) == Some(true)
    };
    let kinds = kinds(node);
    for (index, kind) in kinds.iter().enumerate() {
        let overlap = kinds.iter().take(index).find_map(|earlier| {
            let other = |source: &DataSource| earlier.sources.iter().find(|other| same(other, source));
            let place = kind.sources.iter().find_map(|source| Some((*source, *other(source)?)))?;
            Some((earlier, place.0, place.1))
        });
        let Some((earlier, source, other)) = overlap else { continue };
        let mut finding = Finding::new(
            source.database_place(),
            format!("also the {}", earlier.noun),
            format!(
                "{} keeps the {} and the {} in one database ({})",
                node.name,
                earlier.noun,
                kind.noun,
                source.shown()
            ),
        )
        .help(format!("give the {} a database of its own", kind.noun));
        let further = kind.sources.iter().filter(|further| same(further, source));
        let mut known = vec![source.database_place()];
        for place in std::iter::once(&other).chain(further).map(|source| source.database_place()) {
            if !known.contains(&place) {
                known.push(place);
                finding = finding.related(place, "the same database");
            }
        }
        findings.push(finding);
    }
}

/// Users, governance and config registry are of one kind: official clusters keep them together. The local registry is
/// another rule's subject.
fn kinds(node: &Node) -> Vec<Kind<'_>> {
    use LogicalDatabase::{Api, Broker, Config, Governance, Statistics, Storage, Users};
    let mut kinds: Vec<Kind<'_>> = Vec::new();
    for database in [Api, Users, Governance, Config, Storage, Statistics, Broker] {
        let Some((source, _)) = node.database(database) else { continue };
        // App Manager's statistics are a database in memory, without a name.
        if source.jdbc.as_ref().is_none_or(|jdbc| jdbc.hosts.is_empty() && jdbc.database.is_empty()) {
            continue;
        }
        let noun = match database {
            Users | Governance | Config => "user and registry database",
            other => other.noun(),
        };
        match kinds.iter_mut().find(|kind| kind.noun == noun) {
            Some(kind) if kind.sources.iter().any(|known| std::ptr::eq(*known, source)) => {}
            Some(kind) => kind.sources.push(source),
            None => kinds.push(Kind { noun, sources: vec![source] }),
        }
    }
    kinds
}
