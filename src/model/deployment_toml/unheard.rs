//! Keys and tables that the node's version does not read, and what their writer may have meant.

use std::collections::BTreeMap;

use super::{DeploymentToml, Facts, Form, Pattern, Step, VersionSet, header_name, last};
use crate::source::Span;
use crate::target::keys::known::keys;

/// Tables that the server reads before any template.
const READ_FIRST: [&str; 2] = ["secrets", "runtime_secrets"];

/// So many tables are named that have a key of the same name.
const MOST_TABLES: usize = 2;

/// So many letters may be wrong in a name.
const MOST_WRONG_LETTERS: usize = 2;

/// A key or table that the version does not read; of a table that it does not know, none of the keys in it.
#[derive(Debug, Clone)]
pub struct Unheard {
    /// Its path.
    pub path: Pattern,
    /// As it is written in a header, or before the `=` with the header in front.
    pub name: String,
    /// The header or key.
    pub span: Span,
    /// The last part of the name, where it was first written.
    pub key_span: Span,
    /// Where else it is written.
    pub others: Vec<Span>,
    /// It is a table.
    pub is_table: bool,
    /// What other versions know of it.
    pub facts: Facts,
}

/// What somebody may have meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meant {
    /// This name in the same table; so many letters differ.
    Spelling(String, usize),
    /// The same name in these tables.
    Elsewhere(Vec<String>),
}

impl DeploymentToml {
    /// The keys and tables that the version does not read, in file order.
    pub fn unheard(&self) -> Vec<Unheard> {
        let tables = self.tables.iter().filter(|table| table.form != Form::Implied);
        let tables = tables.map(|table| (&table.path, table.span, table.key_span, true));
        let keys = self.keys.iter().map(|key| (&key.path, key.span, key.span, false));
        let mut places: Vec<_> = tables.chain(keys).collect();
        places.sort_by_key(|(_, span, ..)| span.start);
        let mut found: BTreeMap<Pattern, Unheard> = BTreeMap::new();
        let mut order = Vec::new();
        for (path, span, key_span, is_table) in places {
            let Some((prefix, facts)) = self.first_unknown(path) else { continue };
            let is_whole = prefix.len() == path.0.len();
            match found.get_mut(&Pattern(prefix.to_vec())) {
                Some(known) if is_whole => known.others.push(span),
                Some(_) => {}
                None => {
                    let path = Pattern(prefix.to_vec());
                    // A table that only sub-tables make is written where the first of them is.
                    let key_span =
                        if is_whole { key_span } else { self.key_span_of(prefix).unwrap_or(key_span) };
                    let unheard = Unheard {
                        name: header_name(prefix),
                        span: if is_whole { span } else { key_span },
                        key_span,
                        others: Vec::new(),
                        is_table: is_table || !is_whole,
                        facts,
                        path: path.clone(),
                    };
                    found.insert(path.clone(), unheard);
                    order.push(path);
                }
            }
        }
        order.iter().filter_map(|path| found.remove(path)).collect()
    }

    fn key_span_of(&self, path: &[Step]) -> Option<Span> {
        self.tables.iter().find(|table| table.path.0 == path).map(|table| table.key_span)
    }

    /// The shortest start of a path that the version does not know. What is unknown only because a list is written as a
    /// table, or the other way round, is another fault.
    fn first_unknown<'p>(&self, path: &'p Pattern) -> Option<(&'p [Step], Facts)> {
        if matches!(path.0.first(), Some(Step::Key(root)) if READ_FIRST.contains(&root.as_ref())) {
            return None;
        }
        let mut above = Facts::default();
        for length in 1..=path.0.len() {
            let prefix = path.0.get(..length)?;
            let facts = keys().facts(prefix);
            if !self.knows(&facts) {
                let is_other_form =
                    matches!(prefix.last(), Some(Step::Each)) || self.is_list_of_tables(&above);
                return (!is_other_form).then_some((prefix, facts));
            }
            above = facts;
        }
        None
    }

    /// What the writer of an unknown key may have meant.
    pub fn meant(&self, unheard: &Unheard) -> Option<Meant> {
        let name = last(&unheard.path);
        let table = unheard.path.0.split_last().map(|(_, table)| table).unwrap_or_default();
        let beside =
            keys().names_in(table).into_iter().filter(|(_, known)| !known.and(self.versions).is_empty());
        let spelling = beside
            .filter_map(|(other, _)| Some((wrong_letters(name, other)?, other)))
            .min()
            .map(|(wrong, other)| Meant::Spelling(other.to_owned(), wrong));
        spelling.or_else(|| self.elsewhere(name, unheard.is_table))
    }

    fn elsewhere(&self, name: &str, is_table: bool) -> Option<Meant> {
        let tables = if is_table { Vec::new() } else { keys().tables_with(name, self.versions) };
        let named: Vec<String> =
            tables.iter().map(|table| header_name(&table.0)).filter(|table| !table.is_empty()).collect();
        let is_few =
            !named.is_empty() && named.len() <= MOST_TABLES && named.iter().all(|name| !name.contains('*'));
        is_few.then_some(Meant::Elsewhere(named))
    }
}

/// How many letters of a name are wrong, if it may be another one misspelt.
fn wrong_letters(written: &str, known: &str) -> Option<usize> {
    let bare = |name: &str| name.replace(['_', '-'], "").to_ascii_lowercase();
    if written == known {
        return None;
    }
    if bare(written) == bare(known) {
        return Some(1);
    }
    let wrong = strsim::damerau_levenshtein(written, known);
    // Of a short name that many letters are another name.
    (wrong <= MOST_WRONG_LETTERS && known.len() > 3 * wrong).then_some(wrong)
}

/// The newest version before a node's ones that is in a set, or the oldest behind them.
pub fn nearest_other(known: VersionSet, judging: VersionSet) -> Option<(&'static str, bool)> {
    let first = judging.iter().next()?;
    let all: Vec<&'static str> = VersionSet::all().iter().collect();
    let place = |version: &str| all.iter().position(|other| *other == version);
    let before = known.iter().rev().find(|version| place(version) < place(first));
    let is_before = before.is_some();
    before.or_else(|| known.iter().next()).map(|version| (version, is_before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_wrong_letters_make_a_misspelling() {
        assert_eq!(wrong_letters("hostnmae", "hostname"), Some(1));
        assert_eq!(wrong_letters("hostName", "hostname"), Some(1));
        assert_eq!(wrong_letters("host_name", "hostname"), Some(1));
        assert_eq!(wrong_letters("ofset", "offset"), Some(1));
        assert_eq!(wrong_letters("usr", "url"), None);
        assert_eq!(wrong_letters("name", "type"), None);
    }

    #[test]
    fn the_nearest_other_version_is_the_last_before() {
        let set = |versions: &[&'static str]| VersionSet::of(versions.iter().copied());
        assert_eq!(nearest_other(set(&["3.0.0"]), set(&["4.2.0"])), Some(("3.0.0", true)));
        assert_eq!(nearest_other(set(&["4.3.0", "4.5.0"]), set(&["4.2.0"])), Some(("4.3.0", false)));
        assert_eq!(nearest_other(set(&[]), set(&["4.2.0"])), None);
    }
}
