//! One table of apimlint.toml: typed values by key, and a fault for each key or value that is not known.

use crate::source::Span;
use crate::syntax::Scalar;
use crate::syntax::toml::{Entry, Item, Kind, Table};

/// A place in apimlint.toml, and what is wrong there, in one clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) span: Span,
    pub(super) reason: String,
}

/// A table whose keys are asked for one by one; the end tells which nobody asked for.
#[derive(Debug)]
pub(super) struct Section<'a, 'b> {
    table: &'a Table,
    name: &'a str,
    asked: Vec<String>,
    faults: &'b mut Vec<Fault>,
}

impl<'a, 'b> Section<'a, 'b> {
    /// A table; `name` stands for it in faults.
    pub(super) fn new(table: &'a Table, name: &'a str, faults: &'b mut Vec<Fault>) -> Self {
        Self { table, name, asked: Vec::new(), faults }
    }

    fn fault(&mut self, span: Span, reason: impl Into<String>) {
        self.faults.push(Fault { span, reason: reason.into() });
    }

    fn entry(&mut self, key: &str) -> Option<&'a Entry> {
        self.asked.push(key.to_owned());
        self.table.entries.iter().find(|entry| entry.key == key)
    }

    /// Says that a value has the wrong type.
    fn wrong(&mut self, entry: &Entry, wanted: &str) {
        self.fault(entry.key_span, format!("\"{}\" must be {wanted}", entry.key));
    }

    /// A string that is not empty.
    pub(super) fn text(&mut self, key: &str) -> Option<Scalar> {
        let entry = self.entry(key)?;
        match &entry.item {
            Item::Scalar(value, Kind::String) if !value.text.is_empty() => Some(value.clone()),
            _ => {
                self.wrong(entry, "a string that is not empty");
                None
            }
        }
    }

    /// A string without which the table means nothing.
    pub(super) fn required_text(&mut self, key: &str) -> Option<Scalar> {
        if self.entry(key).is_none() {
            self.missing(key);
        }
        self.text(key)
    }

    fn missing(&mut self, key: &str) {
        let reason = format!("{} has no \"{key}\"", self.name);
        self.fault(self.table.span, reason);
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        let entry = self.entry(key)?;
        match &entry.item {
            Item::Scalar(value, Kind::Boolean) => Some(value.text == "true"),
            _ => {
                self.wrong(entry, "true or false");
                None
            }
        }
    }

    /// A list of strings.
    pub(super) fn texts(&mut self, key: &str) -> Vec<Scalar> {
        let Some(entry) = self.entry(key) else { return Vec::new() };
        let Item::Array(_, items) = &entry.item else {
            self.wrong(entry, "a list of strings");
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items {
            match item {
                Item::Scalar(value, Kind::String) => texts.push(value.clone()),
                _ => {
                    self.wrong(entry, "a list of strings");
                    break;
                }
            }
        }
        texts
    }

    /// A port from 1 to 65535, without which the table means nothing.
    pub(super) fn port(&mut self, key: &str) -> Option<u16> {
        let Some(entry) = self.entry(key) else {
            self.missing(key);
            return None;
        };
        let port = match &entry.item {
            Item::Scalar(value, Kind::Integer) => value.text.parse().ok().filter(|port| *port > 0),
            _ => None,
        };
        if port.is_none() {
            self.wrong(entry, "a port from 1 to 65535");
        }
        port
    }

    /// One of some words.
    pub(super) fn word<T: Copy>(&mut self, key: &str, words: &[(&str, T)]) -> Option<T> {
        let value = self.text(key)?;
        self.known_word(&value, words)
    }

    /// One of some words, without which the table means nothing.
    pub(super) fn required_word<T: Copy>(&mut self, key: &str, words: &[(&str, T)]) -> Option<T> {
        let value = self.required_text(key)?;
        self.known_word(&value, words)
    }

    fn known_word<T: Copy>(&mut self, value: &Scalar, words: &[(&str, T)]) -> Option<T> {
        let known = words.iter().find(|(word, _)| *word == value.text).map(|(_, known)| *known);
        if known.is_none() {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.unknown_word(value, &words);
        }
        known
    }

    /// Every key of the table with one of some words; the keys are free.
    pub(super) fn words<T: Copy>(&mut self, words: &[(&str, T)]) -> Vec<(Scalar, T)> {
        let mut found = Vec::new();
        for entry in &self.table.entries {
            if let Some(known) = self.word(&entry.key, words) {
                let inner = entry.key_span.start;
                found.push((Scalar::plain(entry.key.clone(), entry.key_span, inner), known));
            }
        }
        found
    }

    /// Says that a word is none of the known ones.
    pub(super) fn unknown_word(&mut self, value: &Scalar, words: &[&str]) {
        let reason = match nearest(&value.text, words) {
            Some(word) => format!("unknown \"{}\"; did you mean \"{word}\"?", value.text),
            None => format!("unknown \"{}\"; known are {}", value.text, words.join(", ")),
        };
        self.fault(value.span, reason);
    }

    /// A table.
    pub(super) fn table(&mut self, key: &str) -> Option<&'a Table> {
        let entry = self.entry(key)?;
        match &entry.item {
            Item::Table(table) => Some(table),
            _ => {
                self.wrong(entry, "a table");
                None
            }
        }
    }

    /// A list of tables, as `[[key]]` or in brackets.
    pub(super) fn tables(&mut self, key: &str) -> Vec<&'a Table> {
        let Some(entry) = self.entry(key) else { return Vec::new() };
        match &entry.item {
            Item::Tables(tables) => tables.iter().collect(),
            Item::Array(_, items) => {
                let tables: Vec<&Table> = items
                    .iter()
                    .filter_map(|item| if let Item::Table(table) = item { Some(table) } else { None })
                    .collect();
                if tables.len() != items.len() {
                    self.wrong(entry, "a list of tables");
                }
                tables
            }
            _ => {
                self.wrong(entry, "a list of tables");
                Vec::new()
            }
        }
    }

    /// Says which keys nobody asked for.
    pub(super) fn end(mut self) {
        let known: Vec<String> = std::mem::take(&mut self.asked);
        let words: Vec<&str> = known.iter().map(String::as_str).collect();
        for entry in &self.table.entries {
            if !words.contains(&entry.key.as_str()) {
                let hint = match nearest(&entry.key, &words) {
                    Some(word) => format!("did you mean \"{word}\"?"),
                    None => format!("known are {}", words.join(", ")),
                };
                let reason = format!("unknown key \"{}\" in {}; {hint}", entry.key, self.name);
                self.fault(entry.key_span, reason);
            }
        }
    }
}

/// The known word that was probably meant.
fn nearest<'a>(word: &str, words: &[&'a str]) -> Option<&'a str> {
    words
        .iter()
        .map(|known| (strsim::jaro_winkler(word, known), *known))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|left, right| left.0.total_cmp(&right.0).then(right.1.cmp(left.1)))
        .map(|(_, known)| known)
}
