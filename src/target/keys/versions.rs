//! Which embedded versions know a key.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::OnceLock;

use super::{Index, Key};
use crate::catalog::lines::sections;
use crate::target::embedded;

/// Sections of keys, each under the versions that know them.
static TEXT: &str = include_str!("../../../rules/schema/keys.versions");

/// Versions that know a key, oldest first, `3.0.0-4.1.0 4.5.0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Versions(pub &'static str);

impl Versions {
    /// The versions that know a key, by its pattern; `None` where none does.
    #[must_use]
    pub fn of(key: &str) -> Option<Self> {
        static SORTED: OnceLock<Vec<(&str, Versions)>> = OnceLock::new();
        let sorted = SORTED.get_or_init(|| {
            let mut all: Vec<_> = all().collect();
            // The keys of a section are sorted already, which a stable sort makes use of.
            all.sort_by_key(|(known, _)| *known);
            all
        });
        let place = sorted.binary_search_by_key(&key, |(known, _)| known).ok()?;
        sorted.get(place).map(|(_, versions)| *versions)
    }

    /// Whether one of them is this.
    #[must_use]
    pub fn hold(self, version: &str) -> bool {
        self.list().any(|known| known == version)
    }

    /// Each version.
    pub fn list(self) -> impl Iterator<Item = &'static str> {
        let place = |version: &str| embedded::all().position(|model| model.version == version);
        let of_range = move |range: &'static str| {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            let from = place(first).unwrap_or(usize::MAX);
            let length = place(last).map_or(0, |last| (last + 1).saturating_sub(from));
            embedded::all().map(|model| model.version).skip(from).take(length)
        };
        self.0.split(' ').flat_map(of_range)
    }
}

/// The keys of all embedded versions, those of a section together.
pub(super) fn by_section() -> impl Iterator<Item = (Versions, impl Iterator<Item = &'static str>)> {
    sections(TEXT).map(|section| (Versions(section.name), section.body.lines()))
}

/// All keys of all embedded versions.
pub fn all() -> impl Iterator<Item = (&'static str, Versions)> {
    by_section().flat_map(|(versions, keys)| keys.map(move |key| (key, versions)))
}

/// The text of `rules/schema/keys.versions` for these indexes, one for each embedded version.
#[must_use]
pub fn write(indexes: &[(&str, Index)]) -> String {
    write_lines(indexes, |key| vec![key.pattern.to_string()])
}

/// Sections of lines, each under the versions whose keys give them.
pub(super) fn write_lines(indexes: &[(&str, Index)], lines: impl Fn(&Key) -> Vec<String>) -> String {
    let mut known: BTreeMap<String, Vec<bool>> = BTreeMap::new();
    for (place, (_, index)) in indexes.iter().enumerate() {
        for line in index.keys().iter().flat_map(&lines) {
            let marks = known.entry(line).or_insert_with(|| vec![false; indexes.len()]);
            if let Some(mark) = marks.get_mut(place) {
                *mark = true;
            }
        }
    }
    let versions: Vec<&str> = indexes.iter().map(|(version, _)| *version).collect();
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (key, marks) in known {
        groups.entry(ranges(&versions, &marks)).or_default().push(key);
    }
    let mut text = String::new();
    for (versions, keys) in groups {
        // Writing to a string does not fail.
        let _ = writeln!(text, "[{versions}]\n{}", keys.join("\n"));
    }
    text
}

/// The marked versions, as [`Versions`] spells them.
pub(super) fn ranges(versions: &[&str], marks: &[bool]) -> String {
    let marked: Vec<(&str, bool)> = versions.iter().copied().zip(marks.iter().copied()).collect();
    let runs =
        marked.chunk_by(|left, right| left.1 == right.1).filter(|run| run.iter().any(|(_, known)| *known));
    let range = |run: &[(&str, bool)]| match run {
        [(only, _)] => (*only).to_owned(),
        [(first, _), .., (last, _)] => format!("{first}-{last}"),
        [] => String::new(),
    };
    runs.map(range).collect::<Vec<_>>().join(" ")
}
