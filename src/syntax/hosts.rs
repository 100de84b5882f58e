//! Hosts files: an address and its names on each line.

use std::net::IpAddr;

use super::Scalar;
use crate::source::{FileId, Span};

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The address as written.
    pub address: Scalar,
    /// The names behind it.
    pub names: Vec<Scalar>,
}

/// A parsed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The lines in file order.
    pub lines: Vec<Line>,
    /// `#` comments: place and text behind the `#`.
    pub comments: Vec<(Span, String)>,
}

/// Parses a hosts file; a line that is none is skipped, as resolvers do. A line whose address is a placeholder or
/// template text is kept: its names are mapped, only not yet to what.
pub fn parse(file: FileId, text: &str) -> Document {
    let mut document = Document { lines: Vec::new(), comments: Vec::new() };
    let mut start = 0;
    for line in text.split(['\n', '\r']) {
        let entry = match line.split_once('#') {
            Some((entry, comment)) => {
                let span = Span::new(file, start + entry.len(), start + line.len());
                document.comments.push((span, comment.to_owned()));
                entry
            }
            None => line,
        };
        let mut words = words(file, entry, start);
        if let Some(address) = words.next()
            && is_address(&address.text)
        {
            let names: Vec<Scalar> = words.collect();
            if !names.is_empty() {
                document.lines.push(Line { address, names });
            }
        }
        start += line.len() + 1;
    }
    document
}

fn words(file: FileId, entry: &str, start: usize) -> impl Iterator<Item = Scalar> {
    let mut at = start;
    entry.split(|char: char| char.is_ascii_whitespace() || char == '\u{b}').filter_map(move |word| {
        let span = Span::new(file, at, at + word.len());
        at += word.len() + 1;
        (!word.is_empty()).then(|| Scalar::plain(word, span, span.start))
    })
}

fn is_address(text: &str) -> bool {
    // A link-local IPv6 address may carry its interface: fe80::1%lo0.
    let bare = text.split_once('%').map_or(text, |(bare, _)| bare);
    bare.parse::<IpAddr>().is_ok() || text.contains('{') || text.contains("<%")
}

#[cfg(test)]
#[allow(clippy::string_slice)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FILE: FileId = FileId { owner: 0, index: 0 };

    fn shown(text: &str) -> Vec<String> {
        let name = |scalar: &Scalar| text[scalar.span.start as usize..scalar.span.end as usize].to_owned();
        let words =
            |line: &Line| std::iter::once(&line.address).chain(&line.names).map(name).collect::<Vec<_>>();
        parse(FILE, text).lines.iter().map(|line| words(line).join(" ")).collect()
    }

    #[test]
    fn lines_are_an_address_and_its_names() {
        let text = "127.0.0.1\tlocalhost\r\n\n  10.0.7.11   node1.corp.test node1 # the first\n# 10.0.7.12 node2\n\
                    ::1 ip6-localhost\nfe80::1%lo0 localhost";
        assert_eq!(
            shown(text),
            [
                "127.0.0.1 localhost",
                "10.0.7.11 node1.corp.test node1",
                "::1 ip6-localhost",
                "fe80::1%lo0 localhost"
            ]
        );
        let comments = parse(FILE, text).comments;
        assert_eq!(
            comments.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(),
            [" the first", " 10.0.7.12 node2"]
        );
        let span = comments[0].0;
        assert_eq!(&text[span.start as usize..span.end as usize], "# the first");
    }

    #[test]
    fn lines_without_address_or_name_are_skipped() {
        assert_eq!(shown("node1 10.0.7.11\n10.0.7.300 node2\n10.0.7.13\n"), Vec::<String>::new());
        assert_eq!(shown("${NODE1_IP} node1"), ["${NODE1_IP} node1"]);
        assert_eq!(shown("10.0.7.11 node1#alias"), ["10.0.7.11 node1"]);
    }

    proptest! {
        #[test]
        fn any_text(text in "[10.:a# \\t\\r\\n\u{b}é😀${}]{0,60}") {
            let document = parse(FILE, &text);
            for line in &document.lines {
                for scalar in std::iter::once(&line.address).chain(&line.names) {
                    let raw = text.get(scalar.span.start as usize..scalar.span.end as usize);
                    prop_assert_eq!(raw, Some(scalar.text.as_str()));
                }
            }
            for (span, behind) in &document.comments {
                let raw = text.get(span.start as usize..span.end as usize);
                prop_assert_eq!(raw.and_then(|raw| raw.strip_prefix('#')), Some(behind.as_str()));
            }
        }
    }
}
