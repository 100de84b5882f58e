//! What one node encrypts with its key another cannot read: endpoint passwords and tokens are lost between them.

use super::keystore_mismatch::sharing_groups;
use crate::model::security::Encryption;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule, majority};

/// SE017.
pub static RULE: Rule = Rule { card: "SE017-encryption-key-mismatch", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let nodes = deployment.nodes.iter().filter(|node| node.is_api_manager() && node.is_at_least(4, 0));
    let known =
        nodes.filter_map(|node| Some((node, node.security.encryption.as_ref().filter(|one| is_known(one))?)));
    for group in sharing_groups(deployment, known) {
        let agreed = majority(&group, |(_, left), (_, right)| difference(left, right).is_none());
        let Some(&(model, ours)) = agreed else { continue };
        for (node, theirs) in &group {
            findings
                .extend(difference(ours, theirs).map(|kind| finding(kind, (model, ours), (node, theirs))));
        }
    }
}

/// In what two nodes differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Difference {
    Way,
    Key,
}

fn is_known(one: &Encryption) -> bool {
    one.key.as_ref().is_none_or(|key| key.known().is_some())
        && one.provider.as_ref().is_none_or(|provider| provider.known().is_some())
}

fn difference(left: &Encryption, right: &Encryption) -> Option<Difference> {
    if left.is_symmetric() != right.is_symmetric() {
        return Some(Difference::Way);
    }
    let (ours, theirs) = (left.key.as_ref()?, right.key.as_ref()?);
    (left.is_symmetric() && ours.value != theirs.value).then_some(Difference::Key)
}

fn finding(
    kind: Difference,
    (model, ours): (&Node, &Encryption),
    (node, theirs): (&Node, &Encryption),
) -> Finding {
    let way = |one: &Encryption| if one.is_symmetric() { "encryption.key" } else { "the internal key store" };
    let message = match kind {
        Difference::Way => format!(
            "{} encrypts with {}, {} with {}, although they share a database",
            node.name,
            way(theirs),
            model.name,
            way(ours)
        ),
        Difference::Key => format!(
            "{} and {} have different encryption keys, although they share a database",
            model.name, node.name
        ),
    };
    let place = |one: &Encryption| one.key.as_ref().map_or(one.span, |key| key.span);
    Finding::new(place(theirs), "differs from its peer", message)
        .help(format!("copy [encryption] of {} to {}", model.name, node.name))
        .related(place(ours), format!("{}'s encryption", model.name))
}
