//! All that is known of the keys of the embedded versions, from `rules/schema/keys.catalogue`: no model has to be read.
//!
//! A key stands at the start of a line, and behind ` in ` the versions in which the lines below it hold (see
//! `record`). What differs between versions is said again.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use memchr::{memchr, memmem};

use super::record::{self, Marks};
use super::versions::VersionSet;
use super::{Index, Key};
use crate::catalog::compressed::Compressed;
use crate::target::pattern::Pattern;

static TEXT: Compressed = Compressed::new(include_bytes!(concat!(env!("OUT_DIR"), "/keys.catalogue")));

/// Between a key and its versions.
const IN: &str = " in ";

/// The keys of an embedded version, sorted; none for any other.
pub(super) fn keys(version: &str) -> Vec<Key> {
    let known = entries().iter().filter(|entry| entry.versions.holds(version));
    known.map(|entry| record::read(entry.name, entry.lines)).collect()
}

/// The versions that know a key, by its pattern; none where no version does.
#[must_use]
pub fn versions_of(key: &str) -> VersionSet {
    static VERSIONS: OnceLock<BTreeMap<&str, VersionSet>> = OnceLock::new();
    let versions = VERSIONS.get_or_init(|| {
        let mut versions: BTreeMap<&str, VersionSet> = BTreeMap::new();
        for entry in entries() {
            let known = versions.entry(entry.name).or_default();
            *known = known.or(entry.versions);
        }
        versions
    });
    versions.get(key).copied().unwrap_or_default()
}

/// What some versions know of a key.
#[derive(Debug)]
pub(super) struct Entry {
    /// The key's pattern.
    pub name: &'static str,
    /// The versions.
    pub versions: VersionSet,
    lines: &'static str,
}

impl Entry {
    /// What of it has to be known for each key of a file.
    pub fn marks(&self) -> Marks {
        record::marks(self.lines)
    }
}

/// All entries, those of a key together.
pub(super) fn entries() -> &'static [Entry] {
    static ENTRIES: OnceLock<Vec<Entry>> = OnceLock::new();
    ENTRIES.get_or_init(|| read(TEXT.text()))
}

fn read(text: &'static str) -> Vec<Entry> {
    let mut sets: BTreeMap<&str, VersionSet> = BTreeMap::new();
    let mut rest = text;
    let entries = std::iter::from_fn(move || {
        let (heading, behind) = rest.split_at_checked(next_line(rest, 0))?;
        let mut end = 0;
        while behind.as_bytes().get(end) == Some(&b' ') {
            end = next_line(behind, end);
        }
        let (lines, behind) = behind.split_at_checked(end)?;
        rest = behind;
        let at = memmem::rfind(heading.as_bytes(), IN.as_bytes())?;
        let (name, ranges) = (heading.get(..at)?, heading.get(at + IN.len()..)?.trim_end());
        let versions = *sets.entry(ranges).or_insert_with(|| VersionSet::parse(ranges));
        Some(Entry { name, versions, lines })
    });
    entries.collect()
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
    let mut text = String::new();
    for (pattern, known) in entries {
        for (lines, versions) in known {
            text.push_str(&format!("{pattern}{IN}{}\n{lines}", VersionSet::of(versions.into_iter())));
        }
    }
    text
}
