//! What one node encrypts the other cannot read: registry properties, tenant key stores and tokens are lost between them.

use crate::model::database::LogicalDatabase;
use crate::model::keys::{KeyStore, KeyStoreUse};
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// SE006.
pub static RULE: Rule =
    Rule { card: include_str!("../../../rules/SE006-keystore-mismatch.md"), check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let mut reported = vec![false; deployment.nodes.len()];
    for (left, right) in deployment.pairs() {
        if reported.get(right.index) == Some(&true) || !share_data(deployment, left, right) {
            continue;
        }
        let (Some(ours), Some(theirs)) = (encrypting(left), encrypting(right)) else { continue };
        let Some(difference) = difference(ours, theirs) else { continue };
        if let Some(done) = reported.get_mut(right.index) {
            *done = true;
        }
        let place = |store: &KeyStore| match difference {
            Difference::Alias => store.alias.as_ref().map_or(store.span, |alias| alias.span),
            Difference::File | Difference::Content => store.location.span,
        };
        let message = match difference {
            Difference::File => format!(
                "{} encrypts with key store {}, {} with {}, although they share a database",
                right.name,
                theirs.file_name.as_deref().unwrap_or("?"),
                left.name,
                ours.file_name.as_deref().unwrap_or("?"),
            ),
            Difference::Alias => format!(
                "{} encrypts with key \"{}\", {} with \"{}\", although they share a database",
                right.name,
                alias(theirs).unwrap_or("?"),
                left.name,
                alias(ours).unwrap_or("?"),
            ),
            Difference::Content => format!(
                "{} and {} have different key stores under the name {}, although they share a database",
                left.name,
                right.name,
                ours.file_name.as_deref().unwrap_or("?"),
            ),
        };
        findings.push(
            Finding::new(place(theirs), "differs from its peer", message)
                .help(format!("copy the key store of {} to {} and name it alike", left.name, right.name))
                .related(place(ours), format!("{}'s key store", left.name)),
        );
    }
}

/// In what two key stores differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Difference {
    File,
    Alias,
    Content,
}

/// By content where both files are given, else by name and alias; `None` where they agree or cannot be compared.
fn difference(left: &KeyStore, right: &KeyStore) -> Option<Difference> {
    let names = (left.file_name.as_deref()?, right.file_name.as_deref()?);
    if let (Some(ours), Some(theirs)) = (&left.digest, &right.digest) {
        if ours == theirs {
            return None;
        }
        return Some(if names.0 == names.1 { Difference::Content } else { Difference::File });
    }
    if names.0 != names.1 {
        return Some(Difference::File);
    }
    matches!((alias(left), alias(right)), (Some(ours), Some(theirs)) if ours != theirs)
        .then_some(Difference::Alias)
}

fn alias(store: &KeyStore) -> Option<&str> {
    store.alias.as_ref()?.text()
}

/// The store that a node encrypts its data with: the internal one since 2.6, where it is declared, else the primary.
fn encrypting(node: &Node) -> Option<&KeyStore> {
    let find = |usage| node.key_stores.iter().find(|store| store.usage == usage);
    find(KeyStoreUse::Internal).or_else(|| find(KeyStoreUse::Primary))
}

/// True for nodes of one zone that have the registry, the user or the API Manager database in common.
fn share_data(deployment: &Deployment, left: &Node, right: &Node) -> bool {
    let shared =
        [LogicalDatabase::Governance, LogicalDatabase::Config, LogicalDatabase::Users, LogicalDatabase::Api];
    deployment.same_zone(left, right)
        && shared.into_iter().any(|database| {
            let identity = |node: &Node| {
                let (source, _) = node.database(database)?;
                (!source.is_embedded()).then(|| source.identity()).flatten()
            };
            matches!((identity(left), identity(right)), (Some(ours), Some(theirs)) if ours == theirs)
        })
}
