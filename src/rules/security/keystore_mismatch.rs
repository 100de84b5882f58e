//! What one node encrypts the other cannot read: registry properties, tenant key stores and tokens are lost between them.

use crate::model::database::LogicalDatabase;
use crate::model::keys::{KeyStore, KeyStoreUse};
use crate::model::{Deployment, Node, Origin, Setting};
use crate::rules::{Check, Finding, Rule, majority};

/// SE006.
pub static RULE: Rule = Rule { card: "SE006-keystore-mismatch", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let nodes = deployment.nodes.iter().filter_map(|node| Some((node, encrypting(node)?)));
    for group in sharing_groups(deployment, nodes) {
        let agree =
            |(_, left): &Encrypting<'_>, (_, right): &Encrypting<'_>| difference(left, right).is_none();
        let Some(&(model, ours)) = majority(&group, agree) else { continue };
        for (node, theirs) in &group {
            findings
                .extend(difference(ours, theirs).map(|kind| finding(kind, (model, ours), (node, theirs))));
        }
    }
}

/// A node and the store that it encrypts with.
type Encrypting<'a> = (&'a Node, &'a KeyStore);

/// The nodes that share data with each other, directly or through a third, each with what it encrypts with.
pub(super) fn sharing_groups<'a, T>(
    deployment: &Deployment,
    nodes: impl Iterator<Item = (&'a Node, &'a T)>,
) -> Vec<Vec<(&'a Node, &'a T)>> {
    let mut groups: Vec<Vec<(&Node, &T)>> = Vec::new();
    for (node, with) in nodes {
        let (sharing, apart): (Vec<_>, Vec<_>) = groups
            .into_iter()
            .partition(|group| group.iter().any(|(other, _)| share_data(deployment, other, node)));
        groups = apart;
        let mut joined: Vec<_> = sharing.into_iter().flatten().collect();
        joined.push((node, with));
        groups.push(joined);
    }
    groups
}

fn finding(kind: Difference, (model, ours): Encrypting<'_>, (node, theirs): Encrypting<'_>) -> Finding {
    let name = |store: &KeyStore| store.file_name.clone().unwrap_or_default();
    let place = |store: &KeyStore| match kind {
        Difference::Alias => store.alias.as_ref().map_or(store.span, |alias| alias.span),
        Difference::File | Difference::Content => store.location.span,
    };
    let message = match kind {
        Difference::File => format!(
            "{} encrypts with key store {}, {} with {}, although they share a database",
            node.name,
            name(theirs),
            model.name,
            name(ours),
        ),
        Difference::Alias => format!(
            "{} encrypts with key \"{}\", {} with \"{}\", although they share a database",
            node.name,
            alias(theirs).unwrap_or_default(),
            model.name,
            alias(ours).unwrap_or_default(),
        ),
        Difference::Content => format!(
            "{} and {} have different key stores under the name {}, although they share a database",
            model.name,
            node.name,
            name(ours),
        ),
    };
    let mut finding = Finding::new(place(theirs), "differs from its peer", message)
        .help(format!("copy the key store of {} to {} and name it alike", model.name, node.name))
        .related(place(ours), format!("{}'s key store", model.name));
    // Other places that name the same store change with it.
    let is_same = |store: &&KeyStore| {
        store.location.is_written() && !store.usage.is_trust() && store.file_name == theirs.file_name
    };
    for store in node.key_stores.iter().filter(is_same).filter(|store| place(store) != place(theirs)) {
        finding = finding.related(place(store), "the same key store");
    }
    finding
}

/// In what two key stores differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Difference {
    File,
    Alias,
    Content,
}

/// By content where both files are given, else by name and alias; `None` where they agree or cannot be compared.
pub(super) fn difference(left: &KeyStore, right: &KeyStore) -> Option<Difference> {
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
pub(super) fn encrypting(node: &Node) -> Option<&KeyStore> {
    let (internal, primary) = (node.key_store(KeyStoreUse::Internal), node.key_store(KeyStoreUse::Primary));
    // What deployment.toml leaves to its defaults is the primary store, which has a place of its own.
    let is_own = |store: &&KeyStore| {
        store.location.origin != Origin::Derived || store.alias.as_ref().is_some_and(Setting::is_written)
    };
    internal.filter(is_own).or(primary).or(internal)
}

/// True for nodes of one zone that have the registry, the user or the API Manager database in common.
pub(super) fn share_data(deployment: &Deployment, left: &Node, right: &Node) -> bool {
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
