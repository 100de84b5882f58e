//! A secret that was copied between nodes with different key stores: one of them cannot decrypt it and does not start.

use super::keystore_mismatch::{difference, encrypting, share_data};
use crate::model::security::VaultEntry;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// SE010.
pub static RULE: Rule = Rule { card: "SE010-encrypted-secret-foreign", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for (left, right) in deployment.pairs() {
        let (Some(ours), Some(theirs)) = (encrypting(left), encrypting(right)) else { continue };
        // Between nodes that share data the key stores themselves are what is wrong (SE006).
        if difference(ours, theirs).is_none() || share_data(deployment, left, right) {
            continue;
        }
        let mut copied = encrypted(right).filter_map(|entry| {
            let origin = encrypted(left).find(|other| other.secret.value == entry.secret.value)?;
            Some((entry, origin))
        });
        let Some((entry, origin)) = copied.next() else { continue };
        let count = copied.count();
        let more = if count == 0 { String::new() } else { format!(" and {count} more") };
        findings.push(
            Finding::new(
                entry.secret.span,
                "the same cipher text",
                format!(
                    "{} has the encrypted secret {}{more} of {}, but another key store to decrypt it",
                    right.name, entry.alias, left.name
                ),
            )
            .help(format!("encrypt the secret on {} with its own key store", right.name))
            .related(origin.secret.span, format!("encrypted for {}", left.name))
            .related(theirs.location.span, format!("key store of {}", right.name))
            .related(ours.location.span, format!("key store of {}", left.name)),
        );
    }
}

fn encrypted(node: &Node) -> impl Iterator<Item = &VaultEntry> {
    let entries = node.security.vault.entries.iter().flatten();
    entries.filter(|entry| {
        let is_known =
            entry.secret.is_written() && entry.secret.known().is_some_and(|secret| !secret.is_empty());
        is_known && !entry.is_plain
    })
}
