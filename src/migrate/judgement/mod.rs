//! Settings whose place in the target depends on other settings of the node: what a data source is used for, which
//! connector is the encrypted one, which of two URLs is which.

mod app_manager;
mod clustering;
mod connectors;
mod data_sources;
mod files;
pub(super) mod gateways;
mod key_manager;
mod profiles;
mod scopes;
mod secure_vault;
mod server_role;
mod throttling;
pub(super) mod user_stores;

use std::borrow::Cow;

use self::clustering::Members;
use self::connectors::Connectors;
use self::data_sources::DataSources;
use self::gateways::Environments;
use self::profiles::ProfileFiles;
use self::secure_vault::SecureVault;
use self::user_stores::UserStores;
use super::inversion::Wanted;
use super::inversion::draft::Draft;
use super::{Customised, Decision, Key, Legacy, Note, Risk, Status};
use crate::model::{Deployment, Version};
use crate::render::value::Value;

/// A setting of the node.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The file, home-relative.
    pub file: &'a str,
    /// The path in it; empty for the file as a whole.
    pub path: &'a str,
    /// What the node has; none where it took the setting out.
    pub value: Option<&'a str>,
}

/// What a setting becomes.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The target is to render it like this; the note says what else there is to know.
    Moved(Wanted, Option<String>),
    /// These keys are to hold these values.
    Keys(Vec<(Key, Value)>, Option<String>),
    /// Nothing is rendered for it.
    Decided(Decision),
}

impl Answer {
    fn obsolete(note: &str) -> Self {
        Self::harmless(Status::Obsolete, note)
    }

    fn carried(note: &str) -> Self {
        Self::harmless(Status::Carried, note)
    }

    fn harmless(status: Status, note: &str) -> Self {
        Self::Decided(Decision { status, note: Some(note.to_owned()), risk: Risk::Low })
    }

    fn manual(risk: Risk, note: impl Into<String>) -> Self {
        Self::Decided(Decision::manual(risk, note))
    }
}

/// What is known of a node before its settings are looked at one by one.
#[derive(Debug)]
pub struct Judgement<'a> {
    legacy: &'a Legacy<'a>,
    version: Version,
    data_sources: DataSources,
    connectors: Connectors,
    profiles: ProfileFiles,
    members: Members,
    vault: SecureVault,
    user_stores: UserStores,
    environments: Environments,
    role: (Option<(Key, Value)>, Option<Note>),
}

impl<'a> Judgement<'a> {
    /// Looks a node over, one of a deployment.
    pub fn new(deployment: &Deployment, legacy: &'a Legacy<'a>, nodes: &[Legacy], version: Version) -> Self {
        Self {
            legacy,
            version,
            data_sources: DataSources::of(legacy, nodes),
            profiles: ProfileFiles::of(legacy),
            connectors: Connectors::of(legacy),
            members: Members::of(legacy),
            vault: SecureVault::of(legacy),
            user_stores: UserStores::of(legacy, nodes, version),
            environments: Environments::of(deployment, legacy, nodes),
            role: server_role::server_role(legacy, version),
        }
    }

    /// What has to stand before settings can be inverted: types from which other keys follow.
    pub fn first(&self, base: &Draft) -> Vec<(Key, Value)> {
        let mut assignments = self.vault.aliases();
        assignments.extend(self.environments.renamed(base));
        assignments.extend(self.role.0.clone());
        assignments.extend(self.data_sources.first(self.legacy, self.version));
        assignments.extend(self.user_stores.kind());
        assignments
    }

    /// What a fresh pack has that the node has not, and that no setting of its own takes away.
    pub fn left_over(&self, base: &Draft) -> Vec<Key> {
        self.environments.left_over(self.legacy, base)
    }

    /// What becomes of a setting; nothing where its place depends on no other.
    pub fn answer(&self, question: Question) -> Option<Answer> {
        app_manager::answer(self.legacy, question)
            .or_else(|| self.vault.answer(question))
            .or_else(|| self.profiles.answer(question))
            .or_else(|| self.members.answer(question, self.version))
            .or_else(|| self.data_sources.answer(question))
            .or_else(|| self.user_stores.answer(question))
            .or_else(|| self.connectors.answer(question))
            .or_else(|| key_manager::answer(self.legacy, question, self.version))
            .or_else(|| gateways::answer(question))
            .or_else(|| scopes::answer(self.legacy, question, self.version))
            .or_else(|| throttling::answer(self.legacy, &self.vault, question, self.version))
            .or_else(|| files::answer(self.legacy, question, self.version))
    }

    /// The setting as it is to be looked for in the target: `$secret{…}` in the place of what secure vault holds.
    pub fn resolved<'s>(&self, setting: &'s Customised) -> Cow<'s, Customised> {
        self.vault.resolved(setting)
    }

    /// What stands for a secret of secure vault at a path; nothing where the value itself stands there.
    pub fn reference(&self, file: &str, path: &str) -> Option<String> {
        self.vault.reference(file, path)
    }

    /// What a key of `[secrets]` has to hold in the end.
    pub fn secret(&self, key: &Key) -> Option<Value> {
        self.vault.secret(key)
    }

    /// What is to be said of the node as a whole.
    pub fn notes(&self) -> Vec<Note> {
        let mut notes = self.vault.notes();
        notes.extend(self.role.1.clone());
        notes.extend(self.user_stores.note());
        notes.extend(self.environments.note(self.version));
        notes.extend(app_manager::note(self.legacy));
        notes
    }

    /// What the target needs besides, once all settings are assigned.
    pub fn last(&self, base: &Draft, draft: &Draft) -> Vec<(Key, Value)> {
        self.environments.completed(base, draft)
    }
}
