//! `apimlint keys`.

use std::path::Path;

use super::arguments::{Keys, KeysFormat};
use super::terminal;
use super::{Status, working_folder};
use crate::diagnostic::Unread;
use crate::model::Version;
use crate::render::Pack;
use crate::report::keys::{self as report, Answer};
use crate::target::embedded;
use crate::target::history;
use crate::target::keys::catalogue::versions_of;
use crate::target::keys::query::Query;
use crate::target::keys::{Index, Key};
use crate::target::model::Model;

pub(super) fn run(arguments: &Keys) -> Status {
    answer(arguments).unwrap_or_else(|reason| {
        terminal::note(&format!("error: {reason}"));
        Status::Failed
    })
}

fn answer(arguments: &Keys) -> Result<Status, String> {
    let subject = subject(arguments.to, arguments.pack.as_deref())?;
    if let Some(from) = arguments.from {
        let from = embedded_version(Some(from))?;
        let (old, new) = (Index::of_version(from), subject.index());
        let history = history::between(&old, &new);
        return Ok(printed(&match arguments.format {
            KeysFormat::Human => report::history::human(&history, from, subject.name()),
            KeysFormat::Markdown => report::history::markdown(&history, from, subject.name()),
            KeysFormat::Json => report::json::history(&history, from, subject.name())?,
        }));
    }
    let query = arguments.query.as_deref().map(Query::parse);
    let index = subject.index();
    let found = match &query {
        Some(query) => query.select(&index),
        None => index.keys().iter().filter(|key| key.renamed_from.is_empty()).collect(),
    };
    if let (Some(query), true) = (&query, found.is_empty()) {
        let word = arguments.query.as_deref().unwrap_or_default();
        terminal::note(&nothing_found(word, query, &subject, &index));
        return Ok(Status::Findings);
    }
    Ok(printed(&print(arguments, &found, &index, subject.name())?))
}

fn print(arguments: &Keys, keys: &[&Key], index: &Index, version: &str) -> Result<String, String> {
    let answer = Answer { keys, index, version };
    Ok(match arguments.format {
        KeysFormat::Human => report::human::answer(&answer),
        KeysFormat::Markdown => report::markdown::answer(&answer),
        KeysFormat::Json => report::json::answer(&answer)?,
    })
}

/// What is asked about.
pub(super) enum Subject {
    /// An embedded version.
    Version(&'static str),
    Pack {
        /// What the pack says that it is.
        version: Option<String>,
        model: Box<Model>,
    },
}

impl Subject {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Version(version) => version,
            Self::Pack { version, .. } => version.as_deref().unwrap_or("this pack"),
        }
    }

    pub(super) fn index(&self) -> Index {
        match self {
            Self::Version(version) => Index::of_version(version),
            Self::Pack { model, .. } => Index::of_model(model),
        }
    }
}

/// The pack, the version, or the newest version.
pub(super) fn subject(version: Option<Version>, pack: Option<&Path>) -> Result<Subject, String> {
    let Some(pack) = pack else { return Ok(Subject::Version(embedded_version(version)?)) };
    let working_folder = working_folder()?;
    let pack = Pack::open(pack, &working_folder).map_err(|unread| refusal(&unread))?;
    let (model, _) = Model::of_pack(&pack);
    Ok(Subject::Pack { version: pack.version, model: Box::new(model) })
}

fn refusal(unread: &[Unread]) -> String {
    let faults = unread.iter().map(|fault| format!("{}: {}", fault.viewer_path, fault.reason));
    faults.collect::<Vec<_>>().join("; ")
}

fn embedded_version(version: Option<Version>) -> Result<&'static str, String> {
    let found = match version {
        Some(version) => embedded::of_version(&version.to_string()),
        None => embedded::all().next_back(),
    };
    found.map(|embedded| embedded.version).ok_or_else(|| {
        let known: Vec<&str> = embedded::all().map(|embedded| embedded.version).collect();
        let wanted = version.map(|version| version.to_string()).unwrap_or_default();
        format!(
            "the keys of {wanted} are not known; known are {}; for another give --pack HOME",
            known.join(", ")
        )
    })
}

/// Says so, with the versions that know the word, the file that it names and what may have been meant.
fn nothing_found(word: &str, query: &Query, subject: &Subject, index: &Index) -> String {
    let version = subject.name();
    let mut text = format!("nothing in {version} is called \"{word}\"");
    let known = versions_of(word);
    if !known.is_empty() {
        text.push_str(&format!("; known in {known}"));
    }
    if let Some(file) = static_file(query, subject) {
        text.push_str(&format!("; no template makes {file}: it is edited as it is"));
    }
    let names = query.near(index);
    if !names.is_empty() {
        text.push_str(&format!("; did you mean {}?", names.join(", ")));
    }
    text
}

/// The file that is asked for, where the version has it and no template makes it.
fn static_file(query: &Query, subject: &Subject) -> Option<&'static str> {
    let (Query::File(_), Subject::Version(version)) = (query, subject) else { return None };
    embedded::of_version(version)?.static_files().find(|file| query.is_for_file(file))
}

fn printed(text: &str) -> Status {
    if terminal::print(text.as_bytes()) { Status::Clean } else { Status::Failed }
}
