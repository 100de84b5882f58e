//! All that is known of the keys of the embedded versions, from `rules/schema/keys.catalogue`: no model has to be read.
//!
//! A key stands at the start of a line, and behind ` in ` the versions in which the lines below it hold (see
//! `record`). What differs between versions is said again.

use std::collections::BTreeMap;

use memchr::{memchr, memmem};

use super::versions::{Versions, ranges};
use super::{Index, Key, record};
use crate::catalog::compressed::Compressed;
use crate::target::pattern::Pattern;

static TEXT: Compressed = Compressed::new(include_bytes!(concat!(env!("OUT_DIR"), "/keys.catalogue")));

/// Between a key and its versions.
const IN: &str = " in ";

/// The keys of an embedded version, sorted; none for any other.
pub(super) fn keys(version: &str) -> Vec<Key> {
    let mut holds: BTreeMap<&str, bool> = BTreeMap::new();
    let is_known =
        |entry: &Entry| *holds.entry(entry.versions.0).or_insert_with(|| entry.versions.hold(version));
    let known = entries(TEXT.text()).filter(is_known);
    known.map(|entry| record::read(entry.name, entry.lines)).collect()
}

/// What some versions know of a key.
struct Entry {
    name: &'static str,
    versions: Versions,
    lines: &'static str,
}

fn entries(text: &'static str) -> impl Iterator<Item = Entry> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (heading, behind) = rest.split_at_checked(next_line(rest, 0))?;
        let mut end = 0;
        while behind.as_bytes().get(end) == Some(&b' ') {
            end = next_line(behind, end);
        }
        let (lines, behind) = behind.split_at_checked(end)?;
        rest = behind;
        let at = memmem::rfind(heading.as_bytes(), IN.as_bytes())?;
        let (name, versions) = (heading.get(..at)?, heading.get(at + IN.len()..)?.trim_end());
        Some(Entry { name, versions: Versions(versions), lines })
    })
}

/// Where the line behind this offset begins.
fn next_line(text: &str, offset: usize) -> usize {
    let rest = text.as_bytes().get(offset..).unwrap_or_default();
    memchr(b'\n', rest).map_or(text.len(), |length| offset + length + 1)
}

/// The text of `rules/schema/keys.catalogue` for these indexes, one for each embedded version.
#[must_use]
pub fn write(indexes: &[(&str, Index)]) -> String {
    let mut entries: BTreeMap<&Pattern, Vec<(String, Vec<&str>)>> = BTreeMap::new();
    for (version, index) in indexes {
        for key in index.keys() {
            let (known, lines) = (entries.entry(&key.pattern).or_default(), record::write(key));
            match known.iter_mut().find(|(other, _)| *other == lines) {
                Some((_, versions)) => versions.push(version),
                None => known.push((lines, vec![version])),
            }
        }
    }
    let all: Vec<&str> = indexes.iter().map(|(version, _)| *version).collect();
    let mut text = String::new();
    for (pattern, known) in entries {
        for (lines, versions) in known {
            let marks: Vec<bool> = all.iter().map(|version| versions.contains(version)).collect();
            text.push_str(&format!("{pattern}{IN}{}\n{lines}", ranges(&all, &marks)));
        }
    }
    text
}
