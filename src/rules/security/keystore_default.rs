//! The shipped private key is public: with it anybody signs tokens and impersonates the server.

use crate::model::keys::{KeyStore, KeyStoreUse};
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// SE002.
pub static RULE: Rule = Rule { card: "SE002-keystore-default", check: Check::Node(check) };

fn check(deployment: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    if !deployment.is_production_like(node) {
        return;
    }
    let judged = [KeyStoreUse::Primary, KeyStoreUse::Internal, KeyStoreUse::Tls];
    let mut shipped: Vec<&KeyStore> =
        node.key_stores.iter().filter(|store| judged.contains(&store.usage) && store.is_shipped()).collect();
    // A key store that deployment.toml leaves to the default has no place of its own: speak where one is named.
    if shipped.iter().any(|store| store.location.is_written()) {
        shipped.retain(|store| store.location.is_written());
    }
    let Some((first, others)) = shipped.split_first() else { return };
    let mut finding = Finding::new(
        first.location.span,
        "the shipped key store",
        format!("{} uses the shipped key store wso2carbon.jks, whose private key is public", node.name),
    )
    .help("create a key store of your own, name it here and everywhere else, and import its certificate into the trust store");
    for store in others.iter().filter(|store| store.location.span != first.location.span) {
        finding = finding.related(store.location.span, "the same key store");
    }
    findings.push(finding);
}
