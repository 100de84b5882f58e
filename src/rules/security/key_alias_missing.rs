//! An alias that the key store does not have: the server finds no key to sign or decrypt with, or no certificate to check with.

use std::collections::BTreeMap;

use crate::model::keys::{KeyStore, KeyStoreUse};
use crate::model::sharing::listed;
use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;
use crate::syntax::key_store::KeyStoreFile;

/// SE005.
pub static RULE: Rule = Rule { card: "SE005-key-alias-missing", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let mut places: BTreeMap<(&str, &str), Vec<&KeyStore>> = BTreeMap::new();
    for store in node.key_stores.iter().filter(|store| !store.usage.is_trust()) {
        let alias = store.alias.as_ref().and_then(Setting::text).filter(|alias| !alias.is_empty());
        if let (Some(alias), Some(content), Some(file)) = (alias, store.readable(), &store.file_name)
            && !content.entry(alias).is_some_and(|entry| entry.is_key)
        {
            places.entry((file, alias)).or_default().push(store);
        }
    }
    for mut stores in places.into_values() {
        // What follows from the primary key store is told there.
        stores.retain(|store| place(store).is_some());
        findings.extend(missing_key(node, &stores));
    }
    findings.extend(missing_certificates(node));
}

/// The alias, else the store that it belongs to; `None` where neither is written.
fn place(store: &KeyStore) -> Option<Span> {
    let alias = store.alias.as_ref().filter(|alias| alias.is_written());
    alias.map(|alias| alias.span).or_else(|| store.location.is_written().then_some(store.location.span))
}

/// One finding for all places that name one alias of one store.
fn missing_key(node: &Node, stores: &[&KeyStore]) -> Option<Finding> {
    let (store, rest) = stores.split_first()?;
    let content = store.readable()?;
    let name = store.alias.as_ref()?.text()?;
    let file = store.file();
    let reason = if content.entry(name).is_some() { "only a certificate" } else { "no key" };
    let message = format!(
        "{} names alias {name} of the {}, but {file} has {reason} under it",
        node.name,
        store.usage.noun()
    );
    let mut finding = Finding::new(place(store)?, "no such key", message).help(keys_of(file, content));
    for span in rest.iter().filter_map(|store| place(store)) {
        finding = finding.related(span, "the same alias");
    }
    Some(finding)
}

/// Certificates that tokens and keys of APIs are checked with, since 3.1 (`gateway_certificate_alias`).
fn missing_certificates(node: &Node) -> impl Iterator<Item = Finding> {
    let trust = node.key_store(KeyStoreUse::Trust);
    let aliases = node.security.verifying_aliases.iter().filter(|_| node.is_at_least(3, 1));
    aliases.filter_map(move |alias| {
        let (store, name) = (trust?, alias.text()?);
        let content = store.readable()?;
        if name.is_empty() || content.entry(name).is_some() {
            return None;
        }
        let file = store.file();
        let message = format!(
            "{} checks keys of APIs with certificate {name}, which trust store {file} lacks",
            node.name
        );
        let place = if alias.is_written() { alias.span } else { store.location.span };
        let help = format!("import the certificate of the primary key store into {file} under alias {name}");
        Some(Finding::new(place, "no such certificate", message).help(help))
    })
}

fn keys_of(file: &str, content: &KeyStoreFile) -> String {
    let keys: Vec<String> = content.keys().map(|entry| entry.alias.clone()).collect();
    match keys.as_slice() {
        [] => format!("import the key into {file}: it has none"),
        _ => format!("write an alias of {file}: it has {}", listed(&keys)),
    }
}
