//! The `migrate` report of the contract.

use serde::Serialize;

use super::settings;
use crate::migrate::run::{Counts, Migrated, Migration};
use crate::migrate::{Customised, Decision, Status};
use crate::syntax::secrets;

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    to: String,
    nodes: Vec<NodeEntry<'a>>,
}

#[derive(Serialize)]
struct NodeEntry<'a> {
    name: &'a str,
    version: Option<String>,
    settings: Vec<SettingEntry<'a>>,
    summary: Counts,
    proof: Option<ProofEntry<'a>>,
}

#[derive(Serialize)]
struct SettingEntry<'a> {
    file: &'a str,
    line: u32,
    path: String,
    value: Option<&'a str>,
    vanilla: Option<&'a str>,
    status: &'static str,
    keys: &'a [String],
    note: Option<&'a str>,
}

#[derive(Serialize)]
struct ProofEntry<'a> {
    pack: &'a str,
    proved: usize,
    failed: &'a [String],
    not_rendered: &'a [String],
}

/// The document, laid out over several lines and ended by a line feed.
pub fn report_json(migration: &Migration<'_>) -> Result<String, serde_json::Error> {
    let document = Document {
        schema_version: 1,
        to: migration.target.version.to_string(),
        nodes: migration.nodes.iter().map(node).collect(),
    };
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}

fn node<'a>(migrated: &'a Migrated<'_>) -> NodeEntry<'a> {
    NodeEntry {
        name: &migrated.legacy.node.name,
        version: migrated.legacy.node.version.map(|version| version.to_string()),
        settings: settings(migrated).map(|(setting, decision)| entry(setting, decision)).collect(),
        summary: migrated.counts(),
        proof: migrated.proof.as_ref().map(|proof| ProofEntry {
            pack: &proof.pack,
            proved: proof.proved,
            failed: &proof.failed,
            not_rendered: &proof.not_rendered,
        }),
    }
}

fn entry<'a>(setting: &'a Customised, decision: &'a Decision) -> SettingEntry<'a> {
    SettingEntry {
        file: &setting.file,
        line: setting.line,
        path: secrets::hide(&setting.path),
        value: setting.shown.as_deref(),
        vanilla: setting.vanilla_shown.as_deref(),
        status: decision.status.as_str(),
        keys: match &decision.status {
            Status::Migrated { keys } => keys,
            _ => &[],
        },
        note: decision.note.as_deref(),
    }
}
