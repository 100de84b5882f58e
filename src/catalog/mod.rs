//! What we know about the products as data: the cards of the rules and the settings of untouched packs.

pub mod card;
pub mod fingerprint;
pub mod lines;
pub mod vanilla;
