//! Two nodes keep users in different databases: an account made on one node cannot log in on the other.

use crate::model::Deployment;
use crate::model::database::LogicalDatabase;
use crate::model::sharing::{Sharer, uses};
use crate::rules::datasources::{adoption, with_sources};
use crate::rules::{Check, Finding, Rule};

/// UM002.
pub static RULE: Rule = Rule { card: "UM002-user-database-mismatch", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for nodes in deployment.sharers(LogicalDatabase::Users) {
        let mut sharers = deployment.comparable(&uses(&nodes, LogicalDatabase::Users));
        sharers.retain(|sharer| !deployment.has_local_users(sharer.node, &nodes));
        let (right, wrong) = deployment.split(&sharers);
        let Some(reference) = right.first() else { continue };
        let wrong = wrong.iter().filter(|sharer| !sharer.node.is_app_identity_provider());
        findings.extend(
            wrong.map(|sharer| with_sources(deployment, finding(sharer, reference), sharer, reference)),
        );
    }
}

fn finding(sharer: &Sharer<'_>, reference: &Sharer<'_>) -> Finding {
    let (own, other) = (&sharer.node.name, &reference.node.name);
    let shown = reference.source.shown();
    Finding::new(
        sharer.place_against(reference),
        "another database",
        format!("{own} keeps its users at {}, but {other} at {shown}", sharer.source.shown()),
    )
    .help(adoption(sharer, reference))
    .related(reference.source.place(), format!("users of {other}"))
}
