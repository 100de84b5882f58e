//! A data source that nothing names: the edit that should use it was forgotten, and the data still goes elsewhere.

use crate::model::database::{DataSource, LogicalDatabase};
use crate::model::node::{ConfigModel, Node};
use crate::model::registry::Registry;
use crate::model::{Deployment, Setting};
use crate::rules::{Check, Finding, Rule};

/// DS012.
pub static RULE: Rule = Rule { card: "DS012-datasource-unused", check: Check::Node(check) };

/// Parts of names of data sources that other components look up by themselves.
const SELF_SERVED: [&str; 3] = ["STAT", "METRIC", "ANALYTICS"];

fn check(deployment: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    // A name that is filled in at start may be any.
    if node.database_uses.iter().any(|usage| usage.reference.text().is_none()) {
        return;
    }
    let unused =
        node.data_sources.iter().filter(|source| source.spare && is_certain(deployment, node, source));
    findings.extend(unused.filter_map(|source| finding(node, source)));
}

/// True where the node needs what the data source is for, and the input holds all that could use it. One file with all data
/// sources is often copied to nodes that need some.
fn is_certain(deployment: &Deployment, node: &Node, source: &DataSource) -> bool {
    let name = called(source);
    if SELF_SERVED.iter().any(|part| name.contains(part)) {
        return false;
    }
    let is_whole = node.is_home && node.artifacts.is_some();
    match source.purpose() {
        Some(purpose) if !deployment.needs(node, purpose) => false,
        Some(LogicalDatabase::Users) => names_users(node),
        Some(_) => node.registry.as_ref().is_some_and(|registry| names_registry(node, registry)),
        None => is_whole && node.config_model == ConfigModel::Xml,
    }
}

fn called(source: &DataSource) -> String {
    source.name.value.to_uppercase()
}

/// True where the file that names the user database is there, and what it names exists.
fn names_users(node: &Node) -> bool {
    let users = node.database_uses.iter().find(|usage| usage.database == LogicalDatabase::Users);
    users.is_some_and(|usage| {
        usage.data_source.is_some()
            && (usage.reference.is_written() || node.config_model == ConfigModel::Toml)
    })
}

/// True where registry.xml is there, and every mount in it leads to a database.
fn names_registry(node: &Node, registry: &Registry) -> bool {
    let is_resolved = |path: &str| {
        registry.mounted_data_source(path).and_then(Setting::text).is_some_and(|name| {
            node.data_sources
                .iter()
                .any(|source| source.jndi_name.as_ref().and_then(Setting::text) == Some(name))
        })
    };
    registry.current.as_ref().is_some_and(Setting::is_written)
        && registry.mounts.iter().all(|mount| mount.path.text().is_some_and(is_resolved))
}

fn finding(node: &Node, source: &DataSource) -> Option<Finding> {
    let jndi_name = source.jndi_name.as_ref()?;
    let name = jndi_name.text()?;
    let bare = name.strip_prefix("jdbc/").unwrap_or(name);
    let help = match (source.purpose(), node.config_model) {
        (Some(LogicalDatabase::Users), ConfigModel::Xml) => {
            format!("name {name} in the property dataSource of user-mgt.xml, or remove the entry")
        }
        (Some(LogicalDatabase::Users), ConfigModel::Toml) => {
            format!("add [realm_manager] with data_source = \"{bare}\", or remove the entry")
        }
        (Some(_), _) => {
            format!("name {name} in a dbConfig of registry.xml and mount from it, or remove the entry")
        }
        (None, _) => "name it where it belongs, or remove the entry".to_owned(),
    };
    let place = if jndi_name.is_written() { jndi_name.span } else { source.span };
    let message = format!("{} defines the data source {name}, but no file uses it", node.name);
    let finding = Finding::new(place, "used by nothing", message).help(help);
    Some(if place == source.span { finding } else { finding.related(source.span, "the entry") })
}
