//! What changed for the keys of deployment.toml between two versions.

use std::collections::{BTreeMap, BTreeSet};

use super::keys::{Index, Key, Kind, Place, Role};
use super::pattern::Pattern;

/// What changed between an older and a newer version.
#[derive(Debug, Clone, PartialEq)]
pub struct History<'i> {
    /// Keys of the newer version alone.
    pub came: Vec<&'i Key>,
    /// Keys of the older version alone.
    pub went: Vec<&'i Key>,
    /// Keys of the older version whose place another one fills now.
    pub renamed: Vec<(&'i Key, &'i Key)>,
    /// Keys of both versions whose default differs, in the older and in the newer one.
    pub defaults: Vec<(&'i Key, &'i Key)>,
}

/// Compares two versions.
#[must_use]
pub fn between<'i>(old: &'i Index, new: &'i Index) -> History<'i> {
    let mut came = only_in(new, old);
    let mut went = only_in(old, new);
    let renamed = renamed(&went, &came);
    went.retain(|key| !renamed.iter().any(|(old, _)| old.pattern == key.pattern));
    came.retain(|key| !renamed.iter().any(|(_, new)| new.pattern == key.pattern));
    let both = old.keys().iter().filter_map(|key| Some((key, new.get(&key.pattern)?)));
    let value = |key: &Key| key.default.as_ref().map(|default| default.value.clone());
    let defaults = both.filter(|(old, new)| old.renamed_from.is_empty() && value(old) != value(new));
    let defaults = defaults.collect();
    History { came, went, renamed, defaults }
}

/// The keys that people write in one version and that the other does not know; tables only where they hold no key.
fn only_in<'i>(index: &'i Index, other: &Index) -> Vec<&'i Key> {
    let unknown = |key: &&Key| other.get(&key.pattern).is_none() && key.renamed_from.is_empty();
    let is_leaf = |key: &&Key| {
        let ends = index.tree().fitting(&key.pattern.0);
        !matches!(key.kind, Kind::Table | Kind::Tables) || ends.iter().all(|end| end.children.is_empty())
    };
    index.keys().iter().filter(unknown).filter(is_leaf).collect()
}

/// Pairs the keys that went with those that came to one of their places: with the one of the likest name.
fn renamed<'i>(went: &[&'i Key], came: &[&'i Key]) -> Vec<(&'i Key, &'i Key)> {
    let mut by_place: BTreeMap<(&str, &str), Vec<&'i Key>> = BTreeMap::new();
    for key in came {
        for place in filled(key) {
            by_place.entry((&place.file, &place.path)).or_default().push(key);
        }
    }
    let mut taken: BTreeSet<&Pattern> = BTreeSet::new();
    let mut pairs = Vec::new();
    for key in went {
        let places = filled(key).filter_map(|place| by_place.get(&(place.file.as_ref(), place.path.as_str())));
        let candidates = places.flatten().filter(|candidate| !taken.contains(&candidate.pattern));
        let name = key.pattern.to_string();
        let likeness = |other: &Key| strsim::jaro_winkler(&name, &other.pattern.to_string());
        if let Some(other) = candidates.max_by(|left, right| likeness(left).total_cmp(&likeness(right))) {
            taken.insert(&other.pattern);
            pairs.push((*key, *other));
        }
    }
    pairs
}

fn filled<'i>(key: &'i Key) -> impl Iterator<Item = &'i Place> {
    key.places.iter().filter(|place| place.role == Role::Fills && !place.path.is_empty())
}
