//! Sets of the embedded versions.

use std::fmt;

use crate::target::embedded;

/// A set of embedded versions, written as ranges, oldest first: `3.0.0-4.1.0 4.5.0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct VersionSet(u32);

impl VersionSet {
    /// All embedded versions.
    #[must_use]
    pub fn all() -> Self {
        Self::of(embedded::all().map(|model| model.version))
    }

    /// Those of some versions that are embedded.
    pub fn of<'v>(versions: impl Iterator<Item = &'v str>) -> Self {
        Self(versions.filter_map(place).fold(0, |bits, place| bits | 1 << place))
    }

    /// Reads what it is written as; ranges of other versions are left out.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let range = |range: &str| {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            let (first, last) = (place(first)?, place(last)?);
            Some((first..=last).fold(0, |bits, place| bits | 1 << place))
        };
        Self(text.split(' ').filter_map(range).fold(0, |bits, range| bits | range))
    }

    /// The versions, oldest first.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = &'static str> {
        let all: Vec<&'static str> = embedded::all().map(|model| model.version).collect();
        all.into_iter().enumerate().filter(move |(place, _)| self.has(*place)).map(|(_, version)| version)
    }

    /// Whether one of them is this.
    #[must_use]
    pub fn holds(self, version: &str) -> bool {
        place(version).is_some_and(|place| self.has(place))
    }

    /// True for no version at all.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The versions of both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The versions of either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those that the other set lacks.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// True where all of these versions are in the other set.
    #[must_use]
    pub fn is_within(self, other: Self) -> bool {
        self.without(other).is_empty()
    }

    fn has(self, place: usize) -> bool {
        self.0 >> place & 1 == 1
    }
}

/// The place of a version among the embedded ones.
fn place(version: &str) -> Option<usize> {
    embedded::all().position(|model| model.version == version)
}

impl fmt::Display for VersionSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<(usize, &str)> = embedded::all().map(|model| model.version).enumerate().collect();
        let runs = all.chunk_by(|left, right| self.has(left.0) == self.has(right.0));
        let ranges = runs.filter_map(|run| match run {
            [(place, _), ..] if !self.has(*place) => None,
            [(_, only)] => Some((*only).to_owned()),
            [(_, first), .., (_, last)] => Some(format!("{first}-{last}")),
            [] => None,
        });
        formatter.write_str(&ranges.collect::<Vec<_>>().join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_sets() {
        let some = VersionSet::of(["4.5.0", "3.0.0", "9.9.9"].into_iter());
        assert_eq!(some.iter().collect::<Vec<_>>(), ["3.0.0", "4.5.0"]);
        assert!(some.is_within(VersionSet::all()) && !VersionSet::all().is_within(some));
        assert!(some.holds("4.5.0") && !some.holds("4.3.0") && !some.holds("9.9.9"));
    }

    #[test]
    fn they_are_written_as_ranges() {
        let list = |text| VersionSet::parse(text).iter().collect::<Vec<_>>().join(" ");
        assert_eq!(list("3.0.0-4.1.0 4.5.0"), "3.0.0 4.0.0 4.1.0 4.5.0");
        assert_eq!(list("4.2.0"), "4.2.0");
        assert_eq!(list("9.9.9 4.5.0-9.9.9"), "");
        for text in ["3.0.0-4.1.0 4.5.0", "4.2.0", "3.0.0-4.5.0", ""] {
            assert_eq!(VersionSet::parse(text).to_string(), text);
        }
    }
}
