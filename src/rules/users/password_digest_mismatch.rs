//! Nodes that hash passwords differently in one user database: what one node stores the other does not recognise.

use super::{Compared, compared};
use crate::model::{Deployment, Setting};
use crate::rules::{Check, Finding, Rule, majority};

/// UM004.
pub static RULE: Rule = Rule { card: "UM004-password-digest-mismatch", check: Check::Deployment(check) };

const PROPERTIES: [&str; 3] = ["PasswordDigest", "StoreSaltedPassword", "PasswordHashMethod"];

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for nodes in deployment.user_groups() {
        let mut all = compared(&nodes);
        all.retain(|compared| compared.users.are_in_database());
        for name in PROPERTIES {
            let Some(model) = majority(&all, |left, right| difference(name, left, right).is_none()) else {
                continue;
            };
            for other in &all {
                let Some((ours, theirs)) = difference(name, model, other) else { continue };
                let (own, peer) = (&other.node.name, &model.node.name);
                let message = format!(
                    "{own} has {name} {}, {peer} has {}, but they share a user database",
                    theirs.value, ours.value
                );
                findings.push(
                    Finding::new(theirs.span, "other hashes", message)
                        .help(format!(
                            "write {} as on {peer}, with which the passwords were stored",
                            ours.value
                        ))
                        .fix(theirs.bare(&theirs.value), ours.value.clone())
                        .related(ours.span, format!("as {peer} has it")),
                );
            }
        }
    }
}

fn difference<'a>(
    name: &str,
    left: &Compared<'a>,
    right: &Compared<'a>,
) -> Option<(&'a Setting, &'a Setting)> {
    let (ours, theirs) = (left.users.property(name)?, right.users.property(name)?);
    (!ours.text()?.eq_ignore_ascii_case(theirs.text()?)).then_some((ours, theirs))
}
