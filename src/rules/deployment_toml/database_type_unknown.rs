//! A database type that the mapper does not know infers nothing: the node silently stays on its own H2 file.

use crate::model::deployment_toml::{DeploymentToml, Step, WrittenKey};
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule, letters};

/// TL010.
pub static RULE: Rule = Rule { card: "TL010-database-type-unknown", check: Check::Node(check) };

/// The types of infer.json.
const TYPES: [&str; 7] = ["mysql", "mariadb", "oracle", "mssql", "db2", "postgre", "h2"];

/// What people write, and what is meant.
const MEANT: [(&str, &str); 8] = [
    ("postgresql", "postgre"),
    ("postgres", "postgre"),
    ("psql", "postgre"),
    ("pgsql", "postgre"),
    ("sqlserver", "mssql"),
    ("microsoftsqlserver", "mssql"),
    ("oracledb", "oracle"),
    ("maria", "mariadb"),
];

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    findings.extend(toml.keys.iter().filter_map(|key| unknown(node, toml, key)));
}

fn unknown(node: &Node, toml: &DeploymentToml, key: &WrittenKey) -> Option<Finding> {
    let table = database_of(key)?;
    let kind = key.quoted()?;
    let written = super::plain(kind).filter(|written| !TYPES.contains(written))?;
    let is_written = |name: &str| toml.key(&format!("{table}.{name}")).is_some();
    if is_written("url") && is_written("driver") {
        return None;
    }
    let message = format!(
        "{} gives {table} the type {written}, which is not known: the database stays on H2",
        node.name
    );
    let finding = Finding::new(kind.span, "not known", message);
    let finding = match toml.header(&table) {
        Some(header) => finding.related(header.span, "stays on H2"),
        None => finding,
    };
    Some(match meant(written) {
        Some(meant) => finding.help(format!("write {meant}")).fix(kind.bare(written), meant),
        None => finding.help(format!("write {} or h2", TYPES.get(..6).unwrap_or_default().join(", "))),
    })
}

/// The table of a key `type` that is a database's.
pub(super) fn database_of(key: &WrittenKey) -> Option<String> {
    match key.path.0.as_slice() {
        [Step::Key(root), Step::Key(name), Step::Key(last)]
            if root.as_ref() == "database" && last.as_ref() == "type" =>
        {
            Some(format!("database.{name}"))
        }
        _ => None,
    }
}

fn meant(written: &str) -> Option<&'static str> {
    let bare = letters(written);
    let known = TYPES.into_iter().find(|known| *known == bare);
    known.or_else(|| MEANT.iter().find(|(other, _)| *other == bare).map(|(_, meant)| *meant))
}
