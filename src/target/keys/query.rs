//! What people ask for: a place, a file, a key or a word.

use std::collections::BTreeSet;

use memchr::memchr2_iter;

use super::{Index, Key, Place, near};
use crate::target::pattern::{Pattern, Step};

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// The end of the path of a place, or a part of it: `APIKeyValidator/ServerURL`, `//Ports/Offset`, `@port`; in
    /// single quotes what names an element.
    Path(String),
    /// A file by its name or the end of its path.
    File(String),
    /// A key, the start of one, a part of one, an element, or a value.
    Word(String),
}

impl Query {
    /// Reads a question. Elements and tables may stand in their brackets.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = without_brackets(text.trim());
        let is_file = |text: &str| {
            [".xml", ".properties", ".toml", ".json"].iter().any(|extension| text.ends_with(extension))
        };
        if is_file(text) && !text.contains('[') {
            return Self::File(text.trim_start_matches('/').to_owned());
        }
        if text.contains(['/', '@']) && !text.contains("://") {
            return Self::Path(text.replace('"', "'"));
        }
        Self::Word(text.to_owned())
    }

    /// True where this file is asked for, by its path.
    #[must_use]
    pub fn is_for_file(&self, path: &str) -> bool {
        matches!(self, Self::File(file) if is_end(path, file))
    }

    /// The keys that answer, those that people write before internal ones.
    #[must_use]
    pub fn select<'i>(&self, index: &'i Index) -> Vec<&'i Key> {
        let keys = |fits: &dyn Fn(&Key) -> bool| index.keys().iter().filter(|key| fits(key)).collect();
        usual(match self {
            Self::Path(text) => {
                let wanted: Vec<&str> = steps(text).collect();
                first_found(&[
                    &|| by_place(index, |place| path_ends_with(&place.path, &wanted)),
                    &|| by_place(index, |place| path_leads_through(&place.path, &wanted)),
                    &|| keys(&|key| has_value(key, text)),
                ])
            }
            Self::File(file) => {
                first_found(&[&|| by_place(index, |place| is_end(&place.file, file)), &|| {
                    keys(&|key| has_value(key, file))
                }])
            }
            Self::Word(word) if word.is_empty() => Vec::new(),
            Self::Word(word) => {
                let name = plain(word);
                first_found(&[
                    &|| keys(&|key| is_named(&key.pattern, &name)),
                    &|| keys(&|key| is_part(&key.pattern, word) || names_element(key, word)),
                    &|| keys(&|key| has_value(key, word)),
                    &|| by_place(index, |place| names_step(&place.path, word)),
                    &|| keys(&|key| contains(&key.pattern.to_string(), word)),
                ])
            }
        })
    }

    /// What may have been meant where nothing answers, the likeliest first.
    #[must_use]
    pub fn near(&self, index: &Index) -> Vec<String> {
        let places = || index.keys().iter().flat_map(|key| &key.places);
        match self {
            Self::Path(text) => {
                let wanted: Vec<&str> = steps(text).map(name_of).collect();
                let ends: BTreeSet<String> =
                    places().filter_map(|place| end_of(&place.path, wanted.len())).collect();
                near(&wanted.join("/"), ends.into_iter())
            }
            Self::File(file) => {
                let name = |path| str::rsplit(path, '/').next().unwrap_or(path).to_owned();
                let names: BTreeSet<String> = places().map(|place| name(&place.file)).collect();
                near(&name(file), names.into_iter())
            }
            Self::Word(word) => {
                let keys = near(word, index.keys().iter().map(|key| key.pattern.to_string()));
                if !keys.is_empty() {
                    return keys;
                }
                let elements: BTreeSet<&str> =
                    places().flat_map(|place| steps(&place.path)).map(name_of).collect();
                near(word, elements.into_iter()).into_iter().map(str::to_owned).collect()
            }
        }
    }
}

/// `<Offset>`, `[server]` and `[[apim.gateway.environment]]` without what stands around the name.
fn without_brackets(text: &str) -> &str {
    let tag = text.strip_prefix('<').and_then(|text| text.strip_suffix('>'));
    let table = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    match (tag, table) {
        (Some(tag), _) => tag.trim_matches('/').trim(),
        (None, Some(table)) => {
            table.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(table)
        }
        (None, None) => text,
    }
}

/// What the first of some searches finds that finds anything.
fn first_found<'i>(searches: &[&dyn Fn() -> Vec<&'i Key>]) -> Vec<&'i Key> {
    searches.iter().map(|search| search()).find(|found| !found.is_empty()).unwrap_or_default()
}

/// Keys with a place that fits; only if no key fills one, those that decide one.
fn by_place(index: &Index, fits: impl Fn(&Place) -> bool) -> Vec<&Key> {
    let with = |role| {
        let fits = |key: &&Key| key.places.iter().any(|place| place.role == role && fits(place));
        index.keys().iter().filter(fits).collect::<Vec<_>>()
    };
    let filling = with(super::Role::Fills);
    if filling.is_empty() { with(super::Role::Decides) } else { filling }
}

/// Leaves internal keys out where the written one is there, too.
fn usual(keys: Vec<&Key>) -> Vec<&Key> {
    let is_there = |pattern: &Pattern| keys.iter().any(|key| key.pattern == *pattern);
    keys.iter().filter(|key| !key.renamed_from.iter().any(is_there)).copied().collect()
}

/// Splits at slashes outside brackets; no empty steps.
fn steps(path: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    let parts = path.split(move |letter| {
        match letter {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        letter == '/' && depth == 0
    });
    parts.filter(|part| !part.is_empty())
}

fn name_of(step: &str) -> &str {
    step.split('[').next().unwrap_or(step)
}

/// The name of the last element, attribute or entry of a path.
fn last_name(path: &str) -> Option<&str> {
    let mut depth = 0_usize;
    let slash = path.bytes().rposition(|letter| {
        match letter {
            b']' => depth += 1,
            b'[' => depth = depth.saturating_sub(1),
            _ => {}
        }
        letter == b'/' && depth == 0
    });
    let last = path.get(slash.map_or(0, |at| at + 1)..)?;
    Some(name_of(last).trim_start_matches('@')).filter(|name| !name.is_empty())
}

/// The last steps of a path by their names; none where it has fewer.
fn end_of(path: &str, count: usize) -> Option<String> {
    let names: Vec<&str> = steps(path).map(name_of).collect();
    let from = names.len().checked_sub(count)?;
    Some(names.get(from..)?.join("/"))
}

/// Whether a step of a path is meant; who names no attribute or child of an element means each of the name.
fn is_step(step: &str, wanted: &str) -> bool {
    step.eq_ignore_ascii_case(wanted) || !wanted.contains('[') && name_of(step).eq_ignore_ascii_case(wanted)
}

fn are_steps(steps: &[&str], wanted: &[&str]) -> bool {
    !wanted.is_empty()
        && steps.len() == wanted.len()
        && steps.iter().zip(wanted).all(|(step, wanted)| is_step(step, wanted))
}

fn path_ends_with(path: &str, wanted: &[&str]) -> bool {
    // Most paths end with another name: those need not be taken apart.
    let name = wanted.last().map(|step| name_of(step).trim_start_matches('@'));
    if !last_name(path).zip(name).is_some_and(|(last, name)| last.eq_ignore_ascii_case(name)) {
        return false;
    }
    let steps: Vec<&str> = steps(path).collect();
    let end = steps.len().checked_sub(wanted.len()).and_then(|from| steps.get(from..));
    end.is_some_and(|end| are_steps(end, wanted))
}

fn path_leads_through(path: &str, wanted: &[&str]) -> bool {
    if !wanted.iter().all(|step| contains(path, name_of(step))) {
        return false;
    }
    let steps: Vec<&str> = steps(path).collect();
    steps.windows(wanted.len().max(1)).any(|window| are_steps(window, wanted))
}

/// Whether an element on a path has this name, or an attribute or child with this text.
fn names_step(path: &str, word: &str) -> bool {
    contains(path, word)
        && steps(path).any(|step| {
            let behind = || step.split("='").skip(1).filter_map(|behind| behind.split('\'').next());
            name_of(step).eq_ignore_ascii_case(word) || behind().any(|text| text == word)
        })
}

fn is_end(path: &str, end: &str) -> bool {
    path.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

/// `[]` may be left out, and entries that any name fits may have one.
fn plain(text: &str) -> String {
    text.replace("[]", "").replace(['\'', '"'], "").to_ascii_lowercase()
}

/// Whether a key has this plain name.
fn is_named(pattern: &Pattern, name: &str) -> bool {
    // Most keys begin with another word: those need no spelling.
    if let Some(Step::Key(first)) = pattern.0.first()
        && !first.contains(['\'', '"', '['])
        && !name.get(..first.len()).is_some_and(|start| start.eq_ignore_ascii_case(first))
    {
        return false;
    }
    plain(&pattern.to_string()) == name
}

/// Whether a word is the start of a key or one of its parts.
fn is_part(pattern: &Pattern, word: &str) -> bool {
    let is_step = |step: &Step| match step {
        Step::Key(name) => name.split(['.', '[', ']', '\'']).any(|part| part.eq_ignore_ascii_case(word)),
        Step::Any => word == "*",
        Step::Each => false,
    };
    let starts = |key: &str| {
        key.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
            && key.get(word.len()..).is_some_and(|rest| rest.starts_with(['.', '[']))
    };
    pattern.0.iter().any(is_step) || word.contains(['.', '[']) && starts(&pattern.to_string())
}

fn names_element(key: &Key, word: &str) -> bool {
    let is_last = |place: &Place| last_name(&place.path).is_some_and(|name| name.eq_ignore_ascii_case(word));
    key.places.iter().any(|place| place.role == super::Role::Fills && is_last(place))
}

fn has_value(key: &Key, word: &str) -> bool {
    let is = |text: &str| text.trim_matches('"') == word;
    key.default.as_ref().is_some_and(|default| is(&default.value))
        || key.values.known.iter().any(|value| is(value))
        || key.implied_by.iter().any(|implication| is(&implication.value))
}

/// Whether a word stands in a text, in large or small letters.
fn contains(text: &str, word: &str) -> bool {
    let (text, word) = (text.as_bytes(), word.as_bytes());
    let Some(first) = word.first() else { return true };
    let is_at = |at: usize| text.get(at..at + word.len()).is_some_and(|part| part.eq_ignore_ascii_case(word));
    memchr2_iter(first.to_ascii_lowercase(), first.to_ascii_uppercase(), text).any(is_at)
}
