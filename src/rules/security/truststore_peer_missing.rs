//! A node that does not trust the certificate of a peer: every call over TLS to it fails.

use crate::model::keys::{KeyStore, KeyStoreUse};
use crate::model::{Deployment, Encounter, Node};
use crate::rules::{Check, Finding, Rule};
use crate::syntax::certificate::Certificate;
use crate::syntax::key_store::KeyStoreFile;

/// SE015.
pub static RULE: Rule = Rule { card: "SE015-truststore-peer-missing", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let mut seen = Vec::new();
    for Encounter { caller, peer } in deployment.encounters() {
        let Some((store, content)) = trust(caller.node) else { continue };
        let Some(certificate) = peer.chain.first().filter(|_| !is_trusted(peer.chain, content)) else {
            continue;
        };
        let fact = (caller.node.index, certificate.digest.as_str());
        if seen.contains(&fact) {
            continue;
        }
        seen.push(fact);
        let file = store.file();
        let message = format!(
            "{} calls {} at {}, but {file} does not have its self-signed certificate",
            caller.node.name,
            peer.name(),
            caller.endpoint.address()
        );
        findings.push(
            Finding::new(store.location.span, "does not trust the peer", message)
                .help(format!(
                    "import the certificate of {} into {file} of {}",
                    peer.name(),
                    caller.node.name
                ))
                .related(peer.place, format!("certificate of {}", peer.name()))
                .related(caller.endpoint.text.span, "calls it here"),
        );
    }
}

/// The trust store of a node, as far as its file can be read.
fn trust(node: &Node) -> Option<(&KeyStore, &KeyStoreFile)> {
    let store = node.key_store(KeyStoreUse::Trust)?;
    Some((store, store.readable()?))
}

/// A chain that ends with a root of its own is trusted by one of its certificates; of any other nobody knows the root.
fn is_trusted(chain: &[Certificate], content: &KeyStoreFile) -> bool {
    let has = |one: &Certificate| {
        content.entries.iter().flat_map(|entry| &entry.chain).any(|trusted| trusted.digest == one.digest)
    };
    chain.last().is_none_or(|root| !root.is_self_signed()) || chain.iter().any(has)
}
