//! An administrator that is to be created in a user store that nobody may write to: the first start ends there.

use crate::model::node::Node;
use crate::model::{Deployment, Setting};
use crate::rules::{Check, Finding, Rule};

/// UM006.
pub static RULE: Rule = Rule { card: "UM006-admin-creation-impossible", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(users) = &node.users else { return };
    let Some(add_admin) = users.add_admin.as_ref().filter(|add| add.is_true() && add.is_written()) else {
        return;
    };
    let read_only = users.property("ReadOnly").filter(|value| value.boolean().is_true());
    let is_read_only = |store: &&Setting| {
        store.text().is_some_and(|text| text.contains("ReadOnlyLDAP") || text == "read_only_ldap")
    };
    let Some(why) = read_only.or(users.user_store.as_ref().filter(is_read_only)) else { return };
    let name = users.admin_name.as_ref().and_then(Setting::text).unwrap_or("the administrator");
    let message = format!("{} is to create {name} in a user store that is read-only", node.name);
    let finding = Finding::new(add_admin.span, "cannot be created there", message)
        .help("set it to false, and name an account of the user store as administrator")
        .fix(add_admin.bare("true"), "false");
    let is_apart = why.span != add_admin.span && why.is_written();
    findings.push(if is_apart { finding.related(why.span, "read-only") } else { finding });
}
