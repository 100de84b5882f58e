//! What a node's own file is read with: the templates of its version, or of the nearest one that starts with it.

use super::super::inversion::destination::Destination;
use super::super::inversion::draft::Draft;
use super::super::placeholders::restored;
use super::super::target::{destination_of, vanilla_draft};
use super::{Decision, Decisions, Legacy, Note, Risk, Version};
use crate::target::embedded::{self, Embedded};

/// What a node's file is read with.
pub(super) struct Source {
    /// The version of the templates.
    pub(super) model: &'static str,
    pub(super) from: Destination<'static>,
    /// The file, or what it gives together with that of the pack.
    pub(super) draft: Draft,
    /// The deployment.toml of the node's own pack.
    pub(super) vanilla: Draft,
}

impl Source {
    /// Nothing where no server of any known version starts with the file.
    pub(super) fn of(version: Version, legacy: &Legacy<'_>, written: &Draft) -> Option<Self> {
        models_of(version).into_iter().find_map(|model| Self::by(model, legacy, written))
    }

    /// A cutting of a file does what it would in the file of the pack.
    fn by(model: &'static Embedded, legacy: &Legacy<'_>, written: &Draft) -> Option<Self> {
        let from = destination_of(model.model(), model.version);
        let vanilla = vanilla_draft(legacy.pack.map_or(model.version, |pack| pack.version));
        let drafts = [written.clone(), completed(written, &vanilla)];
        let draft = drafts.into_iter().find(|draft| from.configure(draft).is_ok())?;
        Some(Self { model: model.version, from, draft, vanilla })
    }
}

/// Nothing is known of what a file does with which no server starts.
pub(super) fn unstartable(legacy: &Legacy<'_>, written: &Draft, version: Version) -> Decisions {
    let fault = models_of(version).first().and_then(|model| {
        let from = destination_of(model.model(), model.version);
        from.configure(written).err()
    });
    let reason = format!("a server of {version} would not start with this deployment.toml");
    let decision = Decision::manual(Risk::Medium, format!("not looked at: {reason}"));
    let fault = fault.map(|fault| format!(": {}", restored(&fault))).unwrap_or_default();
    let note = format!("{reason}{fault}. Mend it and migrate again");
    Decisions {
        settings: vec![decision; legacy.customised.len()],
        notes: vec![Note { risk: Risk::High, text: note }],
        ..Decisions::default()
    }
}

/// The models that may tell what keys do in a version: its own or the nearest older one first, then the newer ones.
fn models_of(version: Version) -> Vec<&'static Embedded> {
    let is_older = |model: &&Embedded| Version::parse(model.version).is_some_and(|own| own <= version);
    let older = embedded::all().rfind(is_older);
    older.into_iter().chain(embedded::all().filter(|model| !is_older(model))).collect()
}

/// A draft with what another has besides, lists as wholes.
fn completed(draft: &Draft, other: &Draft) -> Draft {
    let mut completed = draft.clone();
    for (key, value) in other.leaves() {
        if !key.is_in_array() && completed.get(&key).is_none() {
            // Where the draft has a value in the place of a table, that stays.
            completed.set(&key, value);
        }
    }
    completed
}
