//! A key as lines of text: each fact is a word and what it says.
//!
//! ```text
//!   type integer
//!   default template = 0
//!   file repository/conf/carbon.xml
//!     fills /Server/Ports/Offset
//!       if server.offset is defined
//! ```
//!
//! Blanks at the start of a line are for people. Texts are escaped as in the files of vanilla settings (see
//! `catalog::lines`).

use std::sync::Arc;

use super::{DefaultSource, Implication, Key, Kind, Place, Role};
use crate::catalog::lines::{escape, line, split, unescape};
use crate::target::pattern::Pattern;

const KINDS: [Kind; 6] = [Kind::Boolean, Kind::Integer, Kind::Text, Kind::List, Kind::Table, Kind::Tables];

const SOURCES: [DefaultSource; 4] =
    [DefaultSource::File, DefaultSource::Filter, DefaultSource::Branch, DefaultSource::Key];

const ROLES: [Role; 2] = [Role::Fills, Role::Decides];

/// All that is known of a key, but not its name.
pub fn write(key: &Key) -> String {
    let mut text = format!("  type {}\n", key.kind.as_str());
    let mut add = |word: &str, rest: &str| {
        text.push_str(word);
        text.push_str(rest);
        text.push('\n');
    };
    if key.is_exact {
        add("  exact", "");
    }
    if let Some(default) = &key.default {
        add("  default ", line(default.source.name(), &escape(&default.value)).trim_end());
    }
    for value in &key.values.known {
        add(if key.values.only { "  only " } else { "  value " }, &escape(value));
    }
    if let Some(unit) = &key.unit {
        add("  unit ", unit);
    }
    key.renamed_to.iter().for_each(|other| add("  to ", &other.to_string()));
    key.renamed_from.iter().for_each(|other| add("  from ", &other.to_string()));
    for (word, implications) in [("  implies ", &key.implies), ("  follows ", &key.implied_by)] {
        for implication in implications {
            add(word, line(&implication.key.to_string(), &escape(&implication.value)).trim_end());
            add("    when ", &escape(&implication.when));
        }
    }
    for places in key.places.chunk_by(|left, right| left.file == right.file) {
        if let [place, ..] = places {
            add("  file ", &place.file);
        }
        for place in places {
            add(&format!("    {} ", place.role.as_str()), &escape(&place.path));
            place.conditions.iter().for_each(|condition| add("      if ", &escape(condition)));
        }
    }
    text
}

/// Reads what [`write()`] wrote; lines that say nothing are left out.
pub fn read(name: &str, lines: &str) -> Key {
    let mut key = Key::new(Pattern::read(name));
    let mut file: Arc<str> = "".into();
    for line in lines.lines().map(|line| line.trim_start_matches(' ')) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let text = || unescape(rest).into_owned();
        match word {
            "type" => key.kind = KINDS.into_iter().find(|kind| kind.as_str() == rest).unwrap_or(key.kind),
            "exact" => key.is_exact = true,
            "default" => key.default = default(rest),
            "value" => key.values.known.push(text()),
            "only" => {
                key.values.known.push(text());
                key.values.only = true;
            }
            "unit" => key.unit = Some(rest.to_owned()),
            "to" => key.renamed_to.push(Pattern::read(rest)),
            "from" => key.renamed_from.push(Pattern::read(rest)),
            "implies" => key.implies.extend(implication(rest)),
            "follows" => key.implied_by.extend(implication(rest)),
            "when" => {
                // What follows from a key stands before what it follows from.
                let last = key.implied_by.last_mut().or_else(|| key.implies.last_mut());
                last.into_iter().for_each(|last| last.when = text());
            }
            "file" => file = rest.into(),
            "if" => key.places.last_mut().into_iter().for_each(|last| last.conditions.push(text())),
            _ => key.places.extend(ROLES.into_iter().find(|role| role.as_str() == word).map(|role| Place {
                file: Arc::clone(&file),
                path: text(),
                conditions: Vec::new(),
                role,
            })),
        }
    }
    key
}

/// What has to be known of each key of a file: cheaper to read than all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks {
    /// It is a table that may hold any key unless keys of it are known.
    pub is_table: bool,
    /// `"true"` in quotes counts as false.
    pub is_exact: bool,
    /// Its value is printed into an XML file.
    pub is_markup: bool,
    /// A duration that counts in this unit.
    pub unit: Option<&'static str>,
}

/// Reads the marks of what [`write()`] wrote.
pub fn marks(lines: &'static str) -> Marks {
    let mut marks = Marks::default();
    for line in lines.lines().map(|line| line.trim_start_matches(' ')) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "type" => marks.is_table = [Kind::Table, Kind::Tables].iter().any(|kind| kind.as_str() == rest),
            "exact" => marks.is_exact = true,
            "unit" => marks.unit = Some(rest),
            "fills" if rest.starts_with('/') => marks.is_markup = true,
            _ => {}
        }
    }
    marks
}

fn default(text: &str) -> Option<super::Default> {
    let (source, value) = split(text)?;
    let source = SOURCES.into_iter().find(|known| known.name() == source)?;
    Some(super::Default { value: unescape(value).into_owned(), source })
}

fn implication(text: &str) -> Option<Implication> {
    let (key, value) = split(text)?;
    Some(Implication { when: String::new(), key: Pattern::read(key), value: unescape(value).into_owned() })
}
