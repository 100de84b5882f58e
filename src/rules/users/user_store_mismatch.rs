//! Nodes that ask different user stores: who logs in on one node is unknown, or somebody else, on the other.

use std::collections::BTreeSet;

use super::{Compared, compared};
use crate::model::database::LogicalDatabase;
use crate::model::node::ConfigModel;
use crate::model::users::Users;
use crate::model::{Deployment, Setting};
use crate::rules::{Check, Finding, Rule, majority};

/// UM003.
pub static RULE: Rule = Rule { card: "UM003-user-store-mismatch", check: Check::Deployment(check) };

const ADDRESS: &str = "ConnectionURL";
/// Properties that decide who can log in, besides the address.
const DECIDING: [&str; 10] = [
    "UserSearchBase",
    "GroupSearchBase",
    "UserNameAttribute",
    "UserNameListFilter",
    "UserNameSearchFilter",
    "GroupNameListFilter",
    "GroupNameSearchFilter",
    "CaseInsensitiveUsername",
    "UserNameUniqueAcrossTenants",
    "IsEmailUserName",
];

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for nodes in deployment.sharers(LogicalDatabase::Users) {
        let all = compared(&nodes);
        let Some(model) = majority(&all, |left, right| difference(deployment, left, right).is_none()) else {
            continue;
        };
        for other in &all {
            let Some((name, ours, theirs)) = difference(deployment, model, other) else { continue };
            let what =
                name.map_or_else(|| "user store".to_owned(), |name| format!("{name} of the user store"));
            let (own, peer) = (&other.node.name, &model.node.name);
            let message =
                format!("{own} and {peer} differ in the {what}: {} and {}", theirs.value, ours.value);
            findings.push(
                Finding::new(theirs.span, "differs from its peer", message)
                    .help(format!("configure the user store as on {peer}"))
                    .related(ours.span, format!("as {peer} has it")),
            );
        }
    }
}

/// The first thing that differs and decides who can log in, and both values. `None` for the class in place of a property.
fn difference<'a>(
    deployment: &Deployment,
    left: &Compared<'a>,
    right: &Compared<'a>,
) -> Option<(Option<&'static str>, &'a Setting, &'a Setting)> {
    let (ours, theirs) = (left.users, right.users);
    if left.node.index == right.node.index || left.node.config_model != right.node.config_model {
        return None;
    }
    let same_product = left.node.product == right.node.product;
    // An Identity Server with a deployment.toml may be a key manager with users of its own.
    if !same_product && left.node.config_model == ConfigModel::Toml {
        return None;
    }
    let stores = (ours.user_store.as_ref()?, theirs.user_store.as_ref()?);
    if !is_one_kind(stores.0.text()?, stores.1.text()?, same_product) {
        return Some((None, stores.0, stores.1));
    }
    let pair = |name: &str| Some((ours.property(name)?, theirs.property(name)?));
    if let Some((one, other)) = pair(ADDRESS).filter(|(one, other)| !meet(deployment, one, other)) {
        return Some((Some(ADDRESS), one, other));
    }
    let names = DECIDING.iter().copied().filter(|_| same_product);
    names.into_iter().find_map(|name| {
        let (one, other) = pair(name)?;
        let differs = comparable(name, one.text()?) != comparable(name, other.text()?);
        differs.then_some((Some(name), one, other))
    })
}

/// Classes of one product are to be the same; a type and a class, or classes of two products, of one family.
fn is_one_kind(left: &str, right: &str, same_product: bool) -> bool {
    let is_class = |text: &str| text.contains('.');
    if same_product && is_class(left) == is_class(right) {
        return left == right;
    }
    Users::family(left) == Users::family(right)
}

/// Names of directories and switches are read in any case.
fn comparable(name: &str, text: &str) -> String {
    if name.ends_with("Base") {
        return text.split_whitespace().collect::<String>().to_lowercase();
    }
    match text {
        text if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") => {
            text.to_lowercase()
        }
        text => text.split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

/// True where two lists of servers have one in common, whatever names the hosts file gives them, or cannot be compared.
fn meet(deployment: &Deployment, left: &Setting, right: &Setting) -> bool {
    let (Some(left), Some(right)) = (left.text(), right.text()) else { return true };
    let servers = |list: &str| -> BTreeSet<String> {
        list.split([' ', ',', '\t', '\n'])
            .filter(|url| !url.is_empty())
            .map(|url| server(deployment, url))
            .collect()
    };
    !servers(left).is_disjoint(&servers(right))
}

/// A URL of a directory with the address that the hosts file gives to its host.
fn server(deployment: &Deployment, url: &str) -> String {
    let url = url.trim_end_matches('/').to_lowercase();
    let Some((scheme, rest)) = url.split_once("://") else { return url };
    let (host, port) = rest.split_once(':').unwrap_or((rest, ""));
    let address = deployment.mapped(host).unwrap_or(host);
    format!("{scheme}://{address}:{port}")
}
