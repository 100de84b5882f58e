//! Two kinds of data in one database: scripts, upgrades and clean-ups of one kind meet tables of the other.

use crate::model::Deployment;
use crate::model::database::{DataSource, LogicalDatabase};
use crate::model::node::{Node, Product};
use crate::model::sharing::listed;
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// DS005.
pub static RULE: Rule = Rule { card: "DS005-database-overlap", check: Check::Node(check) };

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
    let mut kinds = kinds(node);
    while let Some(first) = (!kinds.is_empty()).then(|| kinds.remove(0)) {
        let overlaps = |kind: &Kind<'_>| {
            kind.sources.iter().any(|source| first.sources.iter().any(|other| same(other, source)))
        };
        let (together, apart) = kinds.into_iter().partition(overlaps);
        kinds = apart;
        findings.extend(finding(node, &first, together, same));
    }
}

/// One finding for all that is kept in one database, at the first kind of data that should move.
fn finding(
    node: &Node,
    first: &Kind<'_>,
    others: Vec<Kind<'_>>,
    same: impl Fn(&DataSource, &DataSource) -> bool,
) -> Option<Finding> {
    let is_shared = |source: &&&DataSource| first.sources.iter().any(|other| same(other, source));
    let shared = others.iter().flat_map(|kind| &kind.sources).filter(is_shared);
    let own = first
        .sources
        .iter()
        .filter(|own| others.iter().flat_map(|kind| &kind.sources).any(|other| same(own, other)));
    let places: Vec<Span> = shared.clone().chain(own).map(|source| source.database_place()).collect();
    let (place, rest) = places.split_first()?;
    let moved: Vec<String> = others.iter().map(|kind| format!("the {}", kind.noun)).collect();
    let all: Vec<String> =
        std::iter::once(format!("the {}", first.noun)).chain(moved.iter().cloned()).collect();
    let message =
        format!("{} keeps {} in one database ({})", node.name, listed(&all), shared.clone().next()?.shown());
    let help = match moved.as_slice() {
        [one] => format!("give {one} a database of its own"),
        several => format!("give {} a database each", listed(several)),
    };
    let mut known = vec![*place];
    let mut finding = Finding::new(*place, format!("also the {}", first.noun), message).help(help);
    for place in rest {
        if !known.contains(place) {
            known.push(*place);
            finding = finding.related(*place, "the same database");
        }
    }
    Some(finding)
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
