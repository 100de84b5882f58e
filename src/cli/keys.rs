//! `apimlint keys`.

use std::path::Path;

use super::arguments::{Keys, KeysFormat};
use super::terminal;
use super::{Status, working_folder};
use crate::diagnostic::Unread;
use crate::model::Version;
use crate::render::Pack;
use crate::report::keys::{self as report, Answer};
use crate::target::embedded::{self, Embedded};
use crate::target::history;
use crate::target::keys::embedded::index_for;
use crate::target::keys::index::near;
use crate::target::keys::query::Query;
use crate::target::keys::{Index, Key, versions};
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
        let old = embedded_version(Some(from))?;
        let (old_index, index) = (Index::of_embedded(old), subject.index());
        let history = history::between(&old_index, &index);
        return Ok(printed(&match arguments.format {
            KeysFormat::Human => report::history::human(&history, old.version, subject.name()),
            KeysFormat::Markdown => report::history::markdown(&history, old.version, subject.name()),
            KeysFormat::Json => report::json::history(&history, old.version, subject.name())?,
        }));
    }
    let query = arguments.query.as_deref().map(Query::parse);
    let index = match (&subject, &query) {
        (Subject::Embedded(embedded), Some(query)) => index_for(embedded, query),
        _ => subject.index(),
    };
    let found = match &query {
        Some(query) => query.select(&index),
        None => index.keys().iter().filter(|key| key.renamed_from.is_empty()).collect(),
    };
    if let (Some(word), true) = (&arguments.query, found.is_empty()) {
        terminal::note(&nothing_found(word, &subject, &index));
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
    Embedded(&'static Embedded),
    Pack {
        /// What the pack says that it is.
        version: Option<String>,
        model: Box<Model>,
    },
}

impl Subject {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Embedded(embedded) => embedded.version,
            Self::Pack { version, .. } => version.as_deref().unwrap_or("this pack"),
        }
    }

    pub(super) fn index(&self) -> Index {
        match self {
            Self::Embedded(embedded) => Index::of_embedded(embedded),
            Self::Pack { model, .. } => Index::of(&model.rules, &model.files),
        }
    }
}

/// The pack, the version, or the newest version.
pub(super) fn subject(version: Option<Version>, pack: Option<&Path>) -> Result<Subject, String> {
    let Some(pack) = pack else { return Ok(Subject::Embedded(embedded_version(version)?)) };
    let working_folder = working_folder()?;
    let pack = Pack::open(pack, &working_folder).map_err(|unread| refusal(&unread))?;
    let (model, _) = Model::of_pack(&pack);
    Ok(Subject::Pack { version: pack.version, model: Box::new(model) })
}

fn refusal(unread: &[Unread]) -> String {
    let faults = unread.iter().map(|fault| format!("{}: {}", fault.viewer_path, fault.reason));
    faults.collect::<Vec<_>>().join("; ")
}

fn embedded_version(version: Option<Version>) -> Result<&'static Embedded, String> {
    let found = match version {
        Some(version) => embedded::of_version(&version.to_string()),
        None => embedded::all().next_back(),
    };
    found.ok_or_else(|| {
        let known: Vec<&str> = embedded::all().map(|embedded| embedded.version).collect();
        let wanted = version.map(|version| version.to_string()).unwrap_or_default();
        format!(
            "the keys of {wanted} are not known; known are {}; for another give --pack HOME",
            known.join(", ")
        )
    })
}

/// Says so, with the keys that may have been meant and the versions that know the word.
fn nothing_found(word: &str, subject: &Subject, index: &Index) -> String {
    let version = subject.name();
    let mut text = format!("nothing in {version} is called \"{word}\"");
    if let Some(known) = versions::Versions::of(word) {
        text.push_str(&format!("; known in {}", known.0));
    }
    let names: Vec<String> = match subject {
        Subject::Embedded(_) => {
            let known = versions::all().filter(|(_, versions)| versions.hold(version));
            near(word, known.map(|(key, _)| (key.to_owned(), key.to_owned())))
        }
        Subject::Pack { .. } => {
            near(word, index.keys().iter().map(|key| key.pattern.to_string()).map(|key| (key.clone(), key)))
        }
    };
    if !names.is_empty() {
        text.push_str(&format!("; did you mean {}?", names.join(", ")));
    }
    text
}

fn printed(text: &str) -> Status {
    if terminal::print(text.as_bytes()) { Status::Clean } else { Status::Failed }
}
