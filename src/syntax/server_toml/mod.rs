//! deployment.toml as the server reads it: the TOML of cava-toml 0.5.0, which every API Manager from 3.0.0 on
//! ships.
//!
//! [`super::toml`] reads TOML as the standard has it, so that a file that the server would refuse can still
//! be checked. This reader gives the server's own verdict: what it accepts, refuses, or dies of, and the keys
//! in the order in which Java hands them on. The two differ in both directions, so neither can stand in for
//! the other.
//!
//! Peculiar, and kept here, is that the reader
//! - puts a table into itself when its header comes after that of a sub-table, and later dies of it,
//! - has one single empty inline table, so that what is added to one `{}` stands in all of them,
//! - loses count of open arrays after `[]` and after a comma before `]`,
//! - keeps the line end where a `\` at the end of a line should remove it,
//! - reads dates only where a blank, a comma or the end of the line follows.

mod date;
mod decode;
mod fault;
mod growth;
mod keys;
mod lexer;
mod number;
mod parser;
mod recovery;
mod tables;
mod text;
mod tree;
mod wording;

pub use decode::decode;
pub use fault::{Fault, FaultKind};
pub use keys::{KeyError, is_bare_key, join_key_path, parse_dotted_key};
pub use tree::{Document, Entry, Item, Table, Value};

use crate::source::FileId;

/// How many arrays and tables may stand within one another. The server's limit is the stack of its thread:
/// with the usual 1 MiB it dies between 716 and 785 levels. No file comes near, so this reader stops where
/// [`super::toml`] does.
const MOST_LEVELS: usize = 256;

/// After so many faults the rest of the file is not read.
const MOST_FAULTS: usize = 20;

/// Reads a text as the server does on Linux. [`decode`] gives the text of a file's bytes.
///
/// # Errors
/// All that has to change before the server reads the file; the server itself dies of an overflow only where
/// nothing is [`FaultKind::Rejected`].
pub fn parse(file: FileId, text: &str) -> Result<Document, Vec<Fault>> {
    parser::Parser::new(file, text).document()
}

#[cfg(test)]
mod tests;
