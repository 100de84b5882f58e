//! A database type is given without what its URL is made of: the server does not start, or connects to another database.

use std::collections::BTreeMap;

use super::database_type_unknown::database_of;
use crate::model::deployment_toml::{Cause, DeploymentToml, WrittenKey};
use crate::model::sharing::listed;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// TL011.
pub static RULE: Rule = Rule { card: "TL011-database-keys-insufficient", check: Check::Node(check) };

/// The database whose type infers nothing, however it is named.
const BROKER_STORE: &str = "database.mb.store_db";

/// The table for which the URL of H2 is inferred rightly.
const LOCAL: &str = "database.local";

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    let mut missing: BTreeMap<(Span, &str), Vec<&str>> = BTreeMap::new();
    for unresolved in &toml.unresolved {
        if let Cause::Inferred(cause, span) = &unresolved.cause
            && let Some(table) = cause.strip_suffix(".type").filter(|table| table.starts_with("database."))
        {
            let name = unresolved.name.rsplit('.').next().unwrap_or(&unresolved.name);
            missing.entry((*span, table)).or_default().push(name);
        }
    }
    for ((span, table), names) in missing {
        let names = listed(&names);
        let message =
            format!("{} gives {table} a type, but no {names}: the server does not start", node.name);
        findings.push(
            Finding::new(place(toml, table, span), format!("no {names}"), message)
                .help(format!("write {names} under [{table}], or the whole url")),
        );
    }
    findings.extend(toml.keys.iter().filter_map(|key| file_of_another(node, toml, key)));
    findings.extend(not_inferred(node, toml));
}

/// The header of a table, where it has one.
fn place(toml: &DeploymentToml, table: &str, otherwise: Span) -> Span {
    toml.header(table).map_or(otherwise, |header| header.span)
}

/// H2 without a URL: the one that follows is that of the local registry.
fn file_of_another(node: &Node, toml: &DeploymentToml, key: &WrittenKey) -> Option<Finding> {
    let table = database_of(key).filter(|table| table != LOCAL)?;
    let kind = key.quoted().filter(|kind| kind.text() == Some("h2"))?;
    // 3.0 has a rule of its own for the API Manager's database.
    let has_own_rule = table == "database.apim_db" && !node.is_at_least(4, 0);
    if has_own_rule || toml.key(&format!("{table}.url")).is_some() {
        return None;
    }
    let message = format!(
        "{} gives {table} the type h2 without a url: it gets the file of the local registry",
        node.name
    );
    Some(
        Finding::new(place(toml, &table, kind.span), "no url", message)
            .help(format!("write the url under [{table}], or a type of a shared database")),
    )
}

fn not_inferred(node: &Node, toml: &DeploymentToml) -> Option<Finding> {
    let kind =
        toml.text(&format!("{BROKER_STORE}.type")).and_then(super::plain).filter(|kind| *kind != "h2")?;
    let span = toml.key(&format!("{BROKER_STORE}.type"))?.value_span();
    let is_missing = |name: &&str| toml.key(&format!("{BROKER_STORE}.{name}")).is_none();
    let missing: Vec<&str> = ["driver", "url"].into_iter().filter(is_missing).collect();
    if missing.is_empty() {
        return None;
    }
    let names = listed(&missing);
    let message = format!(
        "{} gives {BROKER_STORE} the type {kind}, from which nothing follows: it stays on H2",
        node.name
    );
    Some(
        Finding::new(place(toml, BROKER_STORE, span), format!("no {names}"), message)
            .help(format!("write {names} under [{BROKER_STORE}]")),
    )
}
