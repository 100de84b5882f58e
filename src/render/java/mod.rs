//! What the Java runtime and the libraries of the mapper do with numbers, texts, patterns and JSON.

pub mod gson;
mod number;
pub(in crate::render) mod pattern;
pub(in crate::render) mod text;

pub use number::double_to_string;
pub use text::value_of;
