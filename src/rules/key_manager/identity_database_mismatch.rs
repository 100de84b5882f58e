//! The identity component keeps tokens in one database, the rest of the node looks for them in another.

use crate::model::database::LogicalDatabase;
use crate::model::sharing::uses;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// KM011.
pub static RULE: Rule = Rule { card: "KM011-identity-database-mismatch", check: Check::Node(check) };

fn check(deployment: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    if !node.is_api_manager() && !node.is_app_manager() {
        return;
    }
    let uses = uses(&[node], LogicalDatabase::Api);
    let Some((main, others)) = uses.split_first() else { return };
    for other in others.iter().filter(|other| other.usage.reference.is_written()) {
        let is_other = main.usage.reference.is_written()
            && deployment.same_database((node, main.source), (node, other.source)) == Some(false);
        if !is_other {
            continue;
        }
        let (name, right) = (&other.usage.reference.value, &main.usage.reference.value);
        let message = format!(
            "{} keeps tokens in {name} ({}), but everything else in {right} ({})",
            node.name,
            other.source.shown(),
            main.source.shown()
        );
        findings.push(
            Finding::new(other.usage.reference.span, "another database", message)
                .help(format!("write {right}"))
                .related(main.usage.reference.span, "applications and APIs are here"),
        );
    }
}
