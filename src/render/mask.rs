//! Which parts of a rendered text are secret, and the text without them.

use std::collections::BTreeSet;
use std::ops::Range;

use super::RenderedFile;
use super::jinja::Source;
use super::value::{KeyPath, Step};
use crate::syntax::secrets;

/// Secrets as short as this stand for nothing that could be looked for elsewhere.
const SHORTEST_LOOKED_FOR: usize = 6;

/// A text that may be shown in parts.
#[derive(Debug)]
pub(super) struct Masked<'a> {
    text: &'a str,
    /// Sorted and disjoint.
    secrets: Vec<Range<usize>>,
}

impl<'a> Masked<'a> {
    /// A rendered file: what looks like a secret, and what came from a key whose name says so.
    pub(super) fn of_rendered(file: &'a RenderedFile, show_secrets: bool) -> Self {
        let (path, text) = (&file.path, file.text());
        let secrets = || secrets::secret_ranges_with(path, text, from_secret_keys(file));
        Self { text, secrets: if show_secrets { Vec::new() } else { secrets() } }
    }

    /// A file on disk in the place of a rendered one: what looks like a secret, what is one in the rendered file, and
    /// what stands where the rendered file has one.
    pub(super) fn of_existing(path: &str, text: &'a str, rendered: &Masked<'_>) -> Self {
        let secrets = rendered.secrets.iter().filter_map(|range| rendered.text.get(range.clone()));
        let long = secrets.filter(|secret| secret.len() >= SHORTEST_LOOKED_FOR);
        let same = long.flat_map(|secret| text.match_indices(secret));
        let mut known: Vec<_> = same.map(|(start, found)| start..start + found.len()).collect();
        let around = rendered.around_secrets();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let body = line.trim_end_matches(['\n', '\r']);
            let inner = around.iter().filter_map(|(before, behind)| {
                let inner = body.strip_prefix(before)?.strip_suffix(behind)?;
                Some(start + before.len()..start + before.len() + inner.len())
            });
            known.extend(inner);
            start += line.len();
        }
        Self { text, secrets: secrets::secret_ranges_with(path, text, known) }
    }

    /// What stands before the first and behind the last secret of each line that has one, where that tells the line.
    fn around_secrets(&self) -> BTreeSet<(&str, &str)> {
        let mut around: BTreeSet<(&str, &str)> = BTreeSet::new();
        let mut start = 0;
        for line in self.text.split_inclusive('\n') {
            let end = start + line.len();
            let first = self.secrets.partition_point(|secret| secret.end <= start);
            let behind = self.secrets.partition_point(|secret| secret.start < end);
            let within = self.secrets.get(first..behind).unwrap_or_default();
            if let (Some(first), Some(last)) = (within.first(), within.last()) {
                let before = self.text.get(start..first.start.max(start)).unwrap_or_default();
                let rest = self.text.get(last.end.min(end)..end).unwrap_or_default();
                if !before.trim().is_empty() {
                    around.insert((before, rest.trim_end_matches(['\n', '\r'])));
                }
            }
            start = end;
        }
        around
    }

    /// A part of the text with a `*` for each character of a secret.
    pub(super) fn slice(&self, range: Range<usize>) -> String {
        let Some(part) = self.text.get(range.clone()) else { return String::new() };
        let is_secret = |at: usize| {
            let next = self.secrets.partition_point(|secret| secret.end <= at);
            self.secrets.get(next).is_some_and(|secret| secret.contains(&at))
        };
        part.char_indices()
            .map(|(at, letter)| if letter != '\n' && is_secret(range.start + at) { '*' } else { letter })
            .collect()
    }

    /// The whole text.
    pub(super) fn all(&self) -> String {
        self.slice(0..self.text.len())
    }
}

fn from_secret_keys(file: &RenderedFile) -> Vec<Range<usize>> {
    let pieces = file.rendered.pieces.iter().filter(|piece| match &piece.source {
        Source::Output { reads } => reads.iter().any(is_secret),
        Source::Literal => false,
    });
    let ranges = pieces.map(|piece| piece.range.clone());
    let is_word = |text: &str| matches!(text.trim(), "" | "true" | "false");
    ranges.filter(|range| !file.text().get(range.clone()).is_some_and(is_word)).collect()
}

fn is_secret(path: &KeyPath) -> bool {
    let name = path.steps.iter().rev().find_map(|step| match step {
        Step::Key(key) => Some(key),
        Step::Index(_) => None,
    });
    name.is_some_and(|name| secrets::is_secret_key(name))
}
