//! Questions to an embedded model: only the files that can answer are read.

use std::collections::BTreeMap;

use memchr::memmem;

use super::query::Query;
use super::{Index, Key};
use crate::render::phases::Rules;
use crate::target::embedded::Embedded;
use crate::target::model::{is_rule_file, read_file, read_rules};
use crate::target::pattern::Step;
use crate::target::tree::FileModel;

/// Files of a model, each read once.
struct Files {
    embedded: &'static Embedded,
    rules: Rules,
    read: BTreeMap<&'static str, FileModel>,
}

impl Files {
    fn read(&mut self, wanted: impl Fn(&str, &str) -> bool) {
        for path in self.embedded.names().filter(|name| !is_rule_file(name)) {
            if !self.read.contains_key(path)
                && let Some(body) = self.embedded.body(path).filter(|body| wanted(path, body))
                && let Ok(file) = read_file(path, body)
            {
                self.read.insert(path, file);
            }
        }
    }

    fn index(&self) -> Index {
        Index::of(&self.rules, self.read.values())
    }
}

/// An index in which all that the query finds is complete.
#[must_use]
pub fn index_for(embedded: &'static Embedded, query: &Query) -> Index {
    let rules = read_rules(|name| embedded.body(name)).unwrap_or_default();
    let mut files = Files { embedded, rules, read: BTreeMap::new() };
    files.read(|path, body| query.concerns(path, body));
    let index = files.index();
    let known = files.read.len();
    let roots = roots(&query.select(&index));
    files.read(|_, body| roots.iter().any(|root| names(body, root)));
    if files.read.len() == known { index } else { files.index() }
}

/// The first parts of the keys that templates read for these.
fn roots(keys: &[&Key]) -> Vec<String> {
    let patterns = keys.iter().flat_map(|key| key.renamed_to.iter().chain([&key.pattern]));
    let first = patterns.filter_map(|pattern| match pattern.0.first() {
        Some(Step::Key(name)) => Some(name.to_string()),
        _ => None,
    });
    let mut roots: Vec<String> = first.collect();
    roots.sort();
    roots.dedup();
    roots
}

/// True where an expression in the text may start with this name.
fn names(body: &str, name: &str) -> bool {
    let in_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    memmem::find_iter(body.as_bytes(), name).any(|at| {
        let before = body.get(..at).and_then(|text| text.chars().next_back());
        let behind = body.get(at + name.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(|letter| in_word(letter) || letter == '.') && !behind.is_some_and(in_word)
    })
}
