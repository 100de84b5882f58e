//! Nodes of one user database name different administrators: the first start makes one, and the others log in in vain.

use super::{Compared, compared};
use crate::model::users::Users;
use crate::model::{Deployment, Setting};
use crate::rules::{Check, Finding, Rule, majority};

/// UM005.
pub static RULE: Rule = Rule { card: "UM005-admin-account-mismatch", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for group in deployment.user_groups() {
        let mut creating = compared(&group);
        creating.retain(|compared| compared.users.creates_admin());
        let agree = |left: &Compared<'_>, right: &Compared<'_>| difference(left.users, right.users).is_none();
        let Some(model) = majority(&creating, agree) else { continue };
        findings.extend(creating.iter().filter_map(|other| finding(model, other)));
    }
}

/// In what two accounts differ.
enum Difference<'a> {
    Name(&'a Setting, &'a Setting),
    Password,
}

/// `None` where the accounts agree or cannot be compared.
fn difference<'a>(ours: &'a Users, theirs: &'a Users) -> Option<Difference<'a>> {
    let (our_name, their_name) = (ours.admin_name.as_ref()?, theirs.admin_name.as_ref()?);
    if our_name.text()? != their_name.text()? {
        return Some(Difference::Name(our_name, their_name));
    }
    let (ours, theirs) = (ours.admin_password.as_ref()?.known()?, theirs.admin_password.as_ref()?.known()?);
    (ours != theirs).then_some(Difference::Password)
}

fn finding(model: &Compared<'_>, differing: &Compared<'_>) -> Option<Finding> {
    let (own, other) = (&differing.node.name, &model.node.name);
    let (ours, theirs) = (model.users, differing.users);
    let (place, there, message) = match difference(ours, theirs)? {
        Difference::Name(our_name, their_name) => (
            their_name.span,
            our_name.span,
            format!(
                "{own} has the administrator {}, {other} has {}, but they share a user database",
                their_name.value, our_name.value
            ),
        ),
        Difference::Password => (
            theirs.admin_password.as_ref()?.span,
            ours.admin_password.as_ref()?.span,
            format!("{own} and {other} share a user database, but not the administrator's password"),
        ),
    };
    Some(
        Finding::new(place, "differs from its peer", message)
            .help(format!("write the administrator of the shared user database on both nodes, as on {other}"))
            .related(there, format!("the account on {other}")),
    )
}
