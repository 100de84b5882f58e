//! A server that logs in to its database as superuser: whoever breaks the one owns every database of the other.

use crate::model::database::DataSource;
use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// SE018.
pub static RULE: Rule = Rule { card: "SE018-database-superuser", check: Check::Node(check) };

const SUPERUSERS: [&str; 6] = ["root", "sa", "sys", "system", "postgres", "db2admin"];

fn check(deployment: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    if !deployment.is_production_like(node) {
        return;
    }
    let logins: Vec<(&DataSource, &Setting)> = node.data_sources.iter().filter_map(superuser).collect();
    let Some(((source, user), rest)) = logins.split_first() else { return };
    let mut finding = Finding::new(
        user.span,
        "a superuser",
        format!("{} logs in to {} as {}, which may do anything there", node.name, source.shown(), user.value),
    )
    .help("create a user that owns this database alone, and name it here");
    for (_, user) in rest {
        finding = finding.related(user.span, "here, too");
    }
    findings.push(finding);
}

/// The user of a data source on a server, where it is one that may do anything.
fn superuser(source: &DataSource) -> Option<(&DataSource, &Setting)> {
    let user = source.user_name.as_ref().filter(|user| user.is_written())?;
    let name = user.text()?.to_ascii_lowercase();
    (source.is_networked() && SUPERUSERS.contains(&name.as_str())).then_some((source, user))
}
