//! What has to be known of keys without reading a model, as marks in `rules/schema/keys.marks`.

use super::versions::{Versions, write_lines};
use super::{Index, Key, Kind, Role};
use crate::catalog::lines::sections;

/// Sections of keys with a mark behind a blank, each under the versions in which it holds.
static TEXT: &str = include_str!("../../../rules/schema/keys.marks");

/// What a mark says of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Its table may hold any key.
    Open,
    /// `"true"` in quotes counts as false.
    Exact,
    /// Its value is printed into an XML file.
    Markup,
    /// A duration that counts in this unit.
    Unit(&'static str),
}

impl Mark {
    fn of(word: &'static str) -> Self {
        match word {
            "open" => Self::Open,
            "exact" => Self::Exact,
            "markup" => Self::Markup,
            unit => Self::Unit(unit),
        }
    }
}

/// All marks of all embedded versions.
pub fn all() -> impl Iterator<Item = (&'static str, Mark, Versions)> {
    sections(TEXT).flat_map(|section| {
        let marks = section.body.lines().filter_map(|line| line.rsplit_once(' '));
        marks.map(move |(key, word)| (key, Mark::of(word), Versions(section.name)))
    })
}

/// The text of `rules/schema/keys.marks` for these indexes, one for each embedded version.
#[must_use]
pub fn write(indexes: &[(&str, Index)]) -> String {
    write_lines(indexes, |key| words(key).into_iter().map(|word| format!("{} {word}", key.pattern)).collect())
}

fn words(key: &Key) -> Vec<&str> {
    // A table whose entries are gone through has them as children.
    let is_open = matches!(key.kind, Kind::Table | Kind::Tables);
    let fills = |place: &super::Place| place.role == Role::Fills && place.path.starts_with('/');
    let marks = [
        is_open.then_some("open"),
        key.is_exact.then_some("exact"),
        key.places.iter().any(fills).then_some("markup"),
        key.unit.as_deref(),
    ];
    marks.into_iter().flatten().collect()
}
