//! Target models: what the templates of a pack can produce, and which keys decide it.
//!
//! A model is built from the syntax trees of a pack's templates ([`build`]): layout and comments vanish, elements,
//! attributes, entries and the expressions, conditions and loops around them stay. The models of the packs that we know
//! lie under `rules/models` as text ([`mod@format`]). A model can be [evaluated](evaluate): for a configuration it gives the
//! settings that the rendered files have.

pub mod build;
pub mod embedded;
pub mod evaluate;
pub mod format;
pub mod formula;
pub mod history;
pub mod keys;
pub mod model;
pub mod pattern;
pub mod place;
pub mod reads;
pub mod schema;
pub mod tree;
