//! What people ask for: a place, a file, a key or a word.

use super::{Index, Key, Place};
use crate::target::pattern::{Pattern, Step};

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// The end of the path of a place, step by step: `APIKeyValidator/ServerURL`, `//Ports/Offset`.
    Path(Vec<String>),
    /// A file by its name or the end of its path.
    File(String),
    /// A key, the start of one, a part of one, an element, or a value.
    Word(String),
}

impl Query {
    /// Reads a question.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let is_file = |text: &str| {
            [".xml", ".properties", ".toml", ".json"].iter().any(|extension| text.ends_with(extension))
        };
        if is_file(text) && !text.contains('[') {
            return Self::File(text.trim_start_matches('/').to_owned());
        }
        if text.contains('/') && !text.contains("://") {
            return Self::Path(steps(text).into_iter().map(str::to_owned).collect());
        }
        Self::Word(text.to_owned())
    }

    /// Whether a file of a model, by its path and its lines, may have to do with the question.
    #[must_use]
    pub fn concerns(&self, path: &str, body: &str) -> bool {
        match self {
            Self::Path(steps) => {
                steps.last().is_some_and(|step| body.contains(name_of(step).trim_start_matches('@')))
            }
            Self::File(file) => is_end(path, file),
            Self::Word(word) => {
                let first = word.split(['.', '[']).next().unwrap_or(word);
                body.to_ascii_lowercase().contains(&first.to_ascii_lowercase())
            }
        }
    }

    /// The keys that answer, those that people write before internal ones.
    #[must_use]
    pub fn select<'i>(&self, index: &'i Index) -> Vec<&'i Key> {
        let keys = || index.keys().iter();
        let found: Vec<&Key> = match self {
            Self::Path(steps) => by_place(index, |place| path_ends_with(&place.path, steps)),
            Self::File(file) => by_place(index, |place| is_end(&place.file, file)),
            Self::Word(word) => {
                let name = plain(word);
                let mut spelled = String::new();
                let exact = keys().filter(|key| is_named(&key.pattern, &name, &mut spelled));
                let tiers: [&dyn Fn(&Key) -> bool; 4] = [
                    &|key| starts_with(&key.pattern.to_string(), word),
                    &|key| has_part(&key.pattern.to_string(), word) || names_element(key, word),
                    &|key| has_value(key, word),
                    &|key| contains(&key.pattern.to_string(), word),
                ];
                let mut found: Vec<&Key> = exact.collect();
                for tier in tiers {
                    if found.is_empty() {
                        found = keys().filter(|key| tier(key)).collect();
                    }
                }
                found
            }
        };
        usual(found)
    }
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
fn steps(path: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    let parts = path.split(move |letter| {
        match letter {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        letter == '/' && depth == 0
    });
    parts.filter(|part| !part.is_empty()).collect()
}

fn name_of(step: &str) -> &str {
    step.split('[').next().unwrap_or(step)
}

fn path_ends_with(path: &str, wanted: &[String]) -> bool {
    let steps = steps(path);
    let Some(from) = steps.len().checked_sub(wanted.len()) else { return false };
    let pairs = steps.iter().skip(from).zip(wanted);
    !wanted.is_empty()
        && pairs.into_iter().all(|(step, wanted)| {
            let same = step.eq_ignore_ascii_case(wanted);
            same || !wanted.contains('[') && name_of(step).eq_ignore_ascii_case(wanted)
        })
}

fn is_end(path: &str, end: &str) -> bool {
    path.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

/// `[]` may be left out, and entries that any name fits may have one.
fn plain(text: &str) -> String {
    text.replace("[]", "").replace(['\'', '"'], "").to_ascii_lowercase()
}

/// Whether a key has this plain name; spells it in a text that is used again for the next.
fn is_named(pattern: &Pattern, name: &str, spelled: &mut String) -> bool {
    // Most keys begin with another word: those need no spelling.
    if let Some(Step::Key(first)) = pattern.0.first()
        && !first.contains(['\'', '"', '['])
        && !name.get(..first.len()).is_some_and(|start| start.eq_ignore_ascii_case(first))
    {
        return false;
    }
    spelled.clear();
    pattern.spell(spelled);
    let is_plain = !spelled.contains(['[', '\'', '"']);
    if is_plain { spelled.eq_ignore_ascii_case(name) } else { plain(spelled) == name }
}

fn starts_with(key: &str, word: &str) -> bool {
    let behind = key.get(..word.len()).filter(|start| start.eq_ignore_ascii_case(word));
    behind.is_some() && key.get(word.len()..).is_some_and(|rest| rest.starts_with(['.', '[']))
}

fn has_part(key: &str, word: &str) -> bool {
    key.split(['.', '[', ']', '\'']).any(|part| part.eq_ignore_ascii_case(word))
}

fn names_element(key: &Key, word: &str) -> bool {
    let last = |place: &Place| {
        let last = steps(&place.path).pop().unwrap_or_default().to_owned();
        name_of(&last).trim_start_matches('@').eq_ignore_ascii_case(word)
    };
    key.places.iter().any(|place| place.role == super::Role::Fills && last(place))
}

fn has_value(key: &Key, word: &str) -> bool {
    let is = |text: &str| text.trim_matches('"') == word;
    key.default.as_ref().is_some_and(|default| is(&default.value))
        || key.values.known.iter().any(|value| is(value))
        || key.implied_by.iter().any(|implication| is(&implication.value))
}

fn contains(key: &str, word: &str) -> bool {
    key.to_ascii_lowercase().contains(&word.to_ascii_lowercase())
}
