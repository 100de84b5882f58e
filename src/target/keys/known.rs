//! Which embedded versions know a key and what of it, from the catalogue: no model has to be read.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::catalogue::entries;
use super::versions::VersionSet;
use crate::target::pattern::{Pattern, Step};

/// What is known of a key, version by version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts {
    /// It is read, or a part of it.
    pub known: VersionSet,
    /// It is a list of tables.
    pub tables: VersionSet,
    /// It is a table of keys by name.
    pub table: VersionSet,
    /// `"true"` in quotes counts as false.
    pub exact: VersionSet,
    /// Its value is printed into an XML file.
    pub markup: VersionSet,
    /// It is a duration that counts in this unit.
    pub unit: Option<&'static str>,
}

/// The keys of all embedded versions as a tree.
#[derive(Debug, Default)]
pub struct KnownKeys {
    known: VersionSet,
    open: VersionSet,
    exact: VersionSet,
    markup: VersionSet,
    unit: Option<&'static str>,
    children: BTreeMap<Step, Self>,
}

/// The keys of all embedded versions, read when they are first asked for.
pub fn keys() -> &'static KnownKeys {
    static KEYS: OnceLock<KnownKeys> = OnceLock::new();
    KEYS.get_or_init(KnownKeys::read)
}

impl KnownKeys {
    fn read() -> Self {
        let mut root = Self::default();
        for entry in entries() {
            let (marks, versions) = (entry.marks(), entry.versions);
            let end = root.insert(entry.name, versions);
            let where_it = |holds: bool| if holds { versions } else { VersionSet::default() };
            end.open = end.open.or(where_it(marks.is_table));
            end.exact = end.exact.or(where_it(marks.is_exact));
            end.markup = end.markup.or(where_it(marks.is_markup));
            end.unit = marks.unit.or(end.unit);
        }
        root
    }

    fn insert(&mut self, key: &str, versions: VersionSet) -> &mut Self {
        Pattern::read(key).0.into_iter().fold(self, |tree, step| {
            let child = tree.children.entry(step).or_default();
            child.known = child.known.or(versions);
            child
        })
    }

    /// What is known of a key. Elements of arrays are [`Step::Each`].
    #[must_use]
    pub fn facts(&self, key: &[Step]) -> Facts {
        let mut ends = vec![self];
        let mut facts = Facts::default();
        for step in key {
            // What stands in a table that may hold any key is known.
            for end in &ends {
                facts.known = facts.known.or(end.open_versions());
            }
            let by_name = matches!(step, Step::Key(_));
            let exact = ends.iter().filter_map(|end| end.children.get(step));
            let any = ends.iter().filter_map(|end| end.children.get(&Step::Any)).filter(|_| by_name);
            ends = exact.chain(any).collect();
        }
        for end in ends {
            let elements = end.children.get(&Step::Each);
            facts.known = facts.known.or(end.known);
            facts.tables = facts.tables.or(elements.map_or(VersionSet::default(), Self::named_children));
            facts.table = facts.table.or(end.named_children());
            facts.exact = facts.exact.or(end.exact);
            facts.markup = facts.markup.or(end.markup);
            facts.unit = facts.unit.or(end.unit);
        }
        facts
    }

    /// The versions in which this is a table that may hold any key.
    fn open_versions(&self) -> VersionSet {
        let elements = self.children.get(&Step::Each).map_or(VersionSet::default(), Self::named_children);
        let closed = self.named_children().or(elements);
        self.open.without(closed)
    }

    /// The versions in which keys by name follow.
    fn named_children(&self) -> VersionSet {
        let named = self.children.iter().filter(|(step, _)| **step != Step::Each);
        named.fold(VersionSet::default(), |versions, (_, child)| versions.or(child.known))
    }

    /// The keys by name directly in the table at a path, with the versions that know them.
    #[must_use]
    pub fn names_in(&self, table: &[Step]) -> Vec<(&str, VersionSet)> {
        let mut ends = vec![self];
        for step in table {
            ends = ends.iter().filter_map(|end| end.children.get(step)).collect();
        }
        let children = ends.into_iter().flat_map(|end| &end.children);
        let named = children.filter_map(|(step, child)| match step {
            Step::Key(name) => Some((name.as_ref(), child.known)),
            Step::Each | Step::Any => None,
        });
        named.collect()
    }

    /// The tables in which a key of this name stands, in any of these versions, sorted.
    #[must_use]
    pub fn tables_with(&self, name: &str, versions: VersionSet) -> Vec<Pattern> {
        let mut found = Vec::new();
        self.collect_tables_with(name, versions, &mut Vec::new(), &mut found);
        found
    }

    fn collect_tables_with(
        &self,
        name: &str,
        versions: VersionSet,
        path: &mut Vec<Step>,
        found: &mut Vec<Pattern>,
    ) {
        for (step, child) in &self.children {
            if child.known.and(versions).is_empty() {
                continue;
            }
            if matches!(step, Step::Key(key) if key.as_ref() == name) {
                found.push(Pattern(path.clone()));
            }
            path.push(step.clone());
            child.collect_tables_with(name, versions, path, found);
            path.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::keys::Index;

    fn facts(key: &str) -> Facts {
        keys().facts(&Pattern::read(key).0)
    }

    #[test]
    fn the_catalogue_says_what_the_index_of_a_model_says() {
        let only = VersionSet::of(["4.5.0"].into_iter());
        let index = Index::of_version("4.5.0");
        for key in index.keys() {
            assert_eq!(facts(&key.pattern.to_string()).known.and(only), only, "{}", key.pattern);
        }
        for key in ["server.no_such_key", "apim.gateway.environment[].nmae", "nothing", "server[].hostname"] {
            let pattern = Pattern::read(key);
            assert_eq!(index.knows(&pattern), !facts(key).known.and(only).is_empty(), "{key}");
        }
        assert!(!facts("database.apim_db.pool_options.anything").known.is_empty());
    }

    #[test]
    fn tables_lists_of_tables_and_marks_are_told_apart() {
        let all = VersionSet::all();
        assert_eq!(facts("apim.gateway.environment").tables, all);
        assert!(facts("apim.gateway.environment").table.is_empty());
        assert_eq!(facts("super_admin").table, all);
        assert!(facts("super_admin").tables.is_empty());
        assert_eq!(facts("oauth.grant_type.password.enable").exact, all);
        assert!(facts("apim.jwt.enable").exact.is_empty());
        assert_eq!(facts("apim.jwt.expiry_time").unit, Some("s"));
        assert!(!facts("super_admin.password").markup.is_empty());
    }
}
