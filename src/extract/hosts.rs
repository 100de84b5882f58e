//! Hosts file: one entry a name.

use crate::model::{HostEntry, Hosts};
use crate::source::{FileId, Span};
use crate::syntax::{Scalar, hosts};

/// Lowers a parsed hosts file; `file` is where a missing line should be.
pub fn hosts(document: &hosts::Document, file: FileId) -> Hosts {
    let entries = document
        .lines
        .iter()
        .flat_map(|line| line.names.iter().map(|name| (name, &line.address)))
        .map(|(name, address)| HostEntry {
            name: Scalar { text: name.text.to_ascii_lowercase(), ..name.clone() },
            address: address.text.to_ascii_lowercase(),
        })
        .collect();
    Hosts { entries, span: Some(Span::new(file, 0, 0)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: FileId = FileId { owner: 3, index: 0 };

    fn word(text: &str) -> Scalar {
        Scalar::plain(text, Span::new(FILE, 0, text.len()), 0)
    }

    #[test]
    fn every_name_of_a_line_is_an_entry_and_the_first_line_of_a_name_counts() {
        let line = |address: &str, names: &[&str]| hosts::Line {
            address: word(address),
            names: names.iter().map(|name| word(name)).collect(),
        };
        let document = hosts::Document {
            lines: vec![line("10.0.0.1", &["Gw.Corp.test", "gw"]), line("10.0.0.2", &["gw"])],
            comments: Vec::new(),
        };
        let lowered = hosts(&document, FILE);
        let names: Vec<_> = lowered.entries.iter().map(|entry| entry.name.text.as_str()).collect();
        assert_eq!(names, ["gw.corp.test", "gw", "gw"]);
        assert_eq!(lowered.address_of("GW"), Some("10.0.0.1"));
        assert_eq!(lowered.span, Some(Span::new(FILE, 0, 0)));
    }
}
