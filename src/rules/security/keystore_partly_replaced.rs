//! One place keeps the shipped key store while others have a new one: clients of that place still meet the public key.

use crate::model::keys::KeyStore;
use crate::model::sharing::listed;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// SE003.
pub static RULE: Rule = Rule { card: "SE003-keystore-partly-replaced", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let named = node
        .key_stores
        .iter()
        .filter(|store| !store.usage.is_trust() && store.location.is_written() && store.file_name.is_some());
    let (shipped, others): (Vec<&KeyStore>, Vec<&KeyStore>) = named.partition(|store| keeps_shipped(store));
    let replaced = others.iter().find(|store| store.file_name.as_deref() != Some("wso2carbon.jks"));
    let (Some((first, rest)), Some(replaced)) = (shipped.split_first(), replaced) else { return };
    let name = replaced.file();
    let message = format!(
        "{} uses {name} as {}, but still the shipped wso2carbon.jks as {}",
        node.name,
        replaced.usage.noun(),
        nouns(&shipped)
    );
    let mut finding = Finding::new(first.location.span, "still the shipped key store", message)
        .help(format!("name {name} here, too, with its password and alias"));
    for store in rest.iter().filter(|store| store.location.span != first.location.span) {
        finding = finding.related(store.location.span, "here, too");
    }
    findings.push(finding.related(replaced.location.span, "the new key store"));
}

/// By content where the input holds the file; else by the name, unless the place has a password of its own.
fn keeps_shipped(store: &KeyStore) -> bool {
    let by_name = store.file_name.as_deref() == Some("wso2carbon.jks");
    match (&store.digest, &store.password) {
        (None, Some(password)) => by_name && password.known().is_none_or(|secret| secret.is("wso2carbon")),
        (None, None) => by_name,
        (Some(_), _) => store.is_shipped(),
    }
}

/// What the stores are for, each once.
fn nouns(stores: &[&KeyStore]) -> String {
    let mut nouns: Vec<&str> = Vec::new();
    for store in stores {
        if !nouns.contains(&store.usage.noun()) {
            nouns.push(store.usage.noun());
        }
    }
    listed(&nouns)
}
