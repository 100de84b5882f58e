//! What one node encrypts with its key another cannot read: endpoint passwords and tokens are lost between them.

use super::keystore_mismatch::share_data;
use crate::model::security::Encryption;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// SE017.
pub static RULE: Rule = Rule {
    card: include_str!("../../../rules/SE017-encryption-key-mismatch.md"),
    check: Check::Deployment(check),
};

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let nodes: Vec<(&Node, &Encryption)> = deployment
        .nodes
        .iter()
        .filter(|node| node.is_api_manager() && node.is_at_least(4, 0))
        .filter_map(|node| Some((node, node.security.encryption.as_ref()?)))
        .collect();
    for (index, (node, theirs)) in nodes.iter().enumerate() {
        let earlier = nodes.iter().take(index).filter(|(other, _)| share_data(deployment, other, node));
        let found = earlier.filter_map(|(other, ours)| judge((other, ours), (node, theirs))).next();
        findings.extend(found);
    }
}

fn judge((left, ours): (&Node, &Encryption), (right, theirs): (&Node, &Encryption)) -> Option<Finding> {
    let is_known = |one: &Encryption| {
        one.key.as_ref().is_none_or(|key| key.known().is_some())
            && one.provider.as_ref().is_none_or(|provider| provider.known().is_some())
    };
    if !is_known(ours) || !is_known(theirs) {
        return None;
    }
    let place = |one: &Encryption| one.key.as_ref().map_or(one.span, |key| key.span);
    let way = |one: &Encryption| if one.is_symmetric() { "encryption.key" } else { "the internal key store" };
    let (message, spans) = if ours.is_symmetric() != theirs.is_symmetric() {
        let message = format!(
            "{} encrypts with {}, {} with {}, although they share a database",
            right.name,
            way(theirs),
            left.name,
            way(ours)
        );
        let provider = |one: &Encryption| match &one.provider {
            Some(provider) if provider.is_written() => provider.span,
            _ => place(one),
        };
        (message, (provider(theirs), provider(ours)))
    } else {
        let keys = (ours.key.as_ref()?.known()?, theirs.key.as_ref()?.known()?);
        if keys.0 == keys.1 {
            return None;
        }
        let message = format!(
            "{} and {} have different encryption keys, although they share a database",
            left.name, right.name
        );
        (message, (place(theirs), place(ours)))
    };
    Some(
        Finding::new(spans.0, "differs from its peer", message)
            .help(format!("copy [encryption] of {} to {}", left.name, right.name))
            .related(spans.1, format!("{}'s encryption", left.name)),
    )
}
