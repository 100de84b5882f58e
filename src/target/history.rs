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
        let is_empty = || index.tree().fitting(&key.pattern.0).iter().all(|end| end.children.is_empty());
        !matches!(key.kind, Kind::Table | Kind::Tables) || is_empty()
    };
    index.keys().iter().filter(unknown).filter(is_leaf).collect()
}

/// Pairs each key that went with the one that came to its place, where that place was its alone and is now the other's.
fn renamed<'i>(went: &[&'i Key], came: &[&'i Key]) -> Vec<(&'i Key, &'i Key)> {
    let (old, new) = (by_place(went), by_place(came));
    let only = |keys: Option<&Vec<&'i Key>>| match keys.map(Vec::as_slice) {
        Some([key]) => Some(*key),
        _ => None,
    };
    let mut taken: BTreeSet<&Pattern> = BTreeSet::new();
    let mut pairs = Vec::new();
    for key in went {
        let mut places = filled(key).map(|place| (place.file.as_ref(), place.path.as_str()));
        let other = places.find_map(|place| only(old.get(&place)).and_then(|_| only(new.get(&place))));
        if let Some(other) = other.filter(|other| !taken.contains(&other.pattern)) {
            taken.insert(&other.pattern);
            pairs.push((*key, other));
        }
    }
    pairs
}

fn by_place<'i>(keys: &[&'i Key]) -> BTreeMap<(&'i str, &'i str), Vec<&'i Key>> {
    let mut by_place: BTreeMap<(&str, &str), Vec<&Key>> = BTreeMap::new();
    for key in keys {
        for place in filled(key) {
            let known = by_place.entry((&place.file, &place.path)).or_default();
            if !known.iter().any(|other| other.pattern == key.pattern) {
                known.push(key);
            }
        }
    }
    by_place
}

fn filled(key: &Key) -> impl Iterator<Item = &Place> {
    key.places.iter().filter(|place| place.role == Role::Fills && !place.path.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::phases::{RuleTexts, Rules};
    use crate::target::model::read_file;

    fn index(default: &str, model: &str) -> Index {
        let texts =
            RuleTexts { default, infer: "{}", key_mappings: "{}", unit_resolve: "{}", validator: "{}" };
        let file = read_file("conf/a.xml", model).unwrap();
        Index::of(&Rules::parse(&texts).unwrap(), [&file])
    }

    fn names(keys: &[&Key]) -> String {
        keys.iter().map(|key| key.pattern.to_string()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_key_at_the_place_of_another_is_its_new_name() {
        let old = index(
            r#"{"a.port": "1"}"#,
            "A\n  Port = {{ a.port }}\n  Old = {{ a.old }}\n  Gone = {{ a.gone }}\n",
        );
        let new = index(
            r#"{"a.port": "2"}"#,
            "A\n  Port = {{ a.port }}\n  Old = {{ b.new }}\n  New = {{ a.more }}\n",
        );
        let history = between(&old, &new);
        assert_eq!((names(&history.came), names(&history.went)), ("a.more".to_owned(), "a.gone".to_owned()));
        let pair = |(from, to): &(&Key, &Key)| format!("{} {}", from.pattern, to.pattern);
        assert_eq!(history.renamed.iter().map(pair).collect::<Vec<_>>(), ["a.old b.new"]);
        assert_eq!(history.defaults.iter().map(pair).collect::<Vec<_>>(), ["a.port a.port"]);
    }

    #[test]
    fn a_place_that_several_keys_came_to_tells_no_name() {
        let old = index("{}", "A\n  Port = {{ a.old }}\n");
        let new = index("{}", "A\n  Port = {{ b.one }}\n  Port = {{ b.two }}\n");
        let history = between(&old, &new);
        assert!(history.renamed.is_empty());
        assert_eq!(
            (names(&history.came), names(&history.went)),
            ("b.one b.two".to_owned(), "a.old".to_owned())
        );
    }
}
