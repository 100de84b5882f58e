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

/// True when packs ship a key store with this SHA-256 (hex).
pub fn is_shipped_key_store(digest: &str) -> bool {
    SHIPPED_KEY_STORES.lines().any(|line| line.split_whitespace().next() == Some(digest))
}
