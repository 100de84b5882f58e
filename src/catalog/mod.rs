//! What we know about the products as data: the cards of the rules and the settings of untouched packs.

pub mod card;
pub mod comments;
pub mod compressed;
pub mod fingerprint;
pub mod lines;
pub mod vanilla;
pub mod vocabulary;

/// SHA-256 of the key stores that packs ship, one a line.
const SHIPPED_KEY_STORES: &str = include_str!("../../rules/vanilla/key-stores.list");

/// SHA-256 of the certificates whose private keys those hold, one a line.
const SHIPPED_CERTIFICATES: &str = include_str!("../../rules/vanilla/certificates.list");

/// True when packs ship a key store with this SHA-256 (hex).
pub fn is_shipped_key_store(digest: &str) -> bool {
    is_listed(SHIPPED_KEY_STORES, digest)
}

/// True when packs ship the private key of the certificate with this SHA-256 (hex).
pub fn is_shipped_certificate(digest: &str) -> bool {
    is_listed(SHIPPED_CERTIFICATES, digest)
}

fn is_listed(list: &str, digest: &str) -> bool {
    list.lines().any(|line| line.split_whitespace().next() == Some(digest))
}
