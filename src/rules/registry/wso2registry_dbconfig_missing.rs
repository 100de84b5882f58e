//! The local registry's own dbConfig was replaced by the mounted one: the registry has no database to start with.

use super::hand_written;
use crate::model::node::Node;
use crate::model::registry::Registry;
use crate::model::{Deployment, Setting};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// RG001.
pub static RULE: Rule = Rule { card: "RG001-wso2registry-dbconfig-missing", check: Check::Node(check) };

const LOCAL: &str = "wso2registry";

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(registry) = hand_written(node) else { return };
    let Some(current) = registry.current.as_ref().filter(|current| current.text() == Some(LOCAL)) else {
        return;
    };
    if registry.has_unknown_db_config() || registry.db_config(LOCAL).is_some() {
        return;
    }
    let mut finding = Finding::new(
        current.span,
        "no dbConfig of this name",
        format!("{} has no dbConfig \"{LOCAL}\", which currentDBConfig names", node.name),
    )
    .help(format!(
        "put <dbConfig name=\"{LOCAL}\"><dataSource>jdbc/WSO2CarbonDB</dataSource></dbConfig> back beside the dbConfig of \
         the mounts"
    ));
    if let Some((name, place)) = mounted(registry) {
        finding = finding.related(place, format!("only {name} is defined"));
    }
    findings.push(finding);
}

/// The dbConfig that a mount leads to, which most likely took the place of the local one.
fn mounted(registry: &Registry) -> Option<(&str, Span)> {
    registry.mounts.iter().find_map(|mount| {
        let instance = registry.instance(mount.instance_id.as_ref().and_then(Setting::text)?)?;
        let entry = registry.db_config(instance.db_config.as_ref().and_then(Setting::text)?)?;
        Some((entry.name.text()?, entry.name.span))
    })
}
