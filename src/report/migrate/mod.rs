//! Prints what a migration decided: for machines, for people, and for those who have to act.

mod html;
mod human;
mod json;
mod markdown;

use std::fmt::Write as _;

use crate::migrate::run::{Migrated, Migration};
use crate::migrate::{Besides, Customised, Decision, Risk, Status};
use crate::syntax::secrets;

pub use html::report_html;
pub use human::report_human;
pub use json::report_json;
pub use markdown::report_markdown;

/// The statuses in the order in which reports show them, with what they mean.
const SECTIONS: [(&str, &str, &str); 5] = [
    ("manual", "Manual", "A person must act."),
    ("migrated", "Migrated", "Written to deployment.toml."),
    ("carried", "Carried", "Lies in a file that is copied as it is."),
    ("obsolete", "Obsolete", "The target no longer has it."),
    ("default", "Default", "The target's default is this value already."),
];

/// The head over [`contrast`].
const DIFFERENT: &str = "Where the target's files differ from the old ones";

/// The head over [`beside`].
const BESIDES: &str = "What the same keys change elsewhere in the target";

/// The head over the steps of an upgrade that no configuration can take.
const STEPS: &str = "Besides the configuration";

/// One thing that a person has to do: settings of one file with the same instruction, on as many nodes as have them.
struct Task<'a> {
    risk: Risk,
    file: &'a str,
    note: &'a str,
    /// With the names of their nodes.
    settings: Vec<(&'a str, &'a Customised)>,
}

impl Task<'_> {
    /// The nodes, each once.
    fn nodes(&self) -> String {
        let mut nodes: Vec<&str> = self.settings.iter().map(|(node, _)| *node).collect();
        nodes.dedup();
        nodes.join(", ")
    }
}

fn settings<'a>(node: &'a Migrated<'_>) -> impl Iterator<Item = (&'a Customised, &'a Decision)> {
    node.legacy.customised.iter().zip(&node.decisions.settings)
}

/// The to-do list, worst first; within one risk in the order of the nodes.
fn tasks<'a>(migration: &'a Migration<'_>) -> Vec<Task<'a>> {
    let mut tasks: Vec<Task<'a>> = Vec::new();
    for migrated in &migration.nodes {
        let node = migrated.legacy.node.name.as_str();
        for (setting, decision) in
            settings(migrated).filter(|(_, decision)| decision.status == Status::Manual)
        {
            let note = decision.note.as_deref().unwrap_or("set it by hand");
            let same = |task: &&mut Task<'_>| {
                task.file == setting.file && task.note == note && task.risk == decision.risk
            };
            match tasks.iter_mut().find(same) {
                Some(task) => task.settings.push((node, setting)),
                None => tasks.push(Task {
                    risk: decision.risk,
                    file: &setting.file,
                    note,
                    settings: vec![(node, setting)],
                }),
            }
        }
    }
    tasks.sort_by_key(|task| task.risk);
    tasks
}

/// The settings that come out otherwise than the node has them, as lines of a diff; empty where there are none.
fn contrast(migrated: &Migrated<'_>) -> String {
    let mut diff = Diff::default();
    for instead in &migrated.instead {
        let Some(setting) = migrated.legacy.customised.get(instead.setting) else { continue };
        let old = setting.value.is_some().then(|| now(setting));
        diff.add(
            [&setting.file, "of the node", "of the target"],
            &secrets::hide(&setting.path),
            old.as_deref(),
            instead.rendered.as_deref(),
        );
    }
    diff.text
}

/// The settings that come out otherwise than in a fresh pack without the node having asked for it, as lines of a diff.
fn beside(migrated: &Migrated<'_>) -> String {
    let mut diff = Diff::default();
    for Besides { file, path, before, after } in &migrated.besides {
        diff.add(
            [file, "of a fresh pack", "with this deployment.toml"],
            path,
            before.as_deref(),
            after.as_deref(),
        );
    }
    diff.text
}

/// Lines of a diff, file by file.
#[derive(Default)]
struct Diff {
    file: String,
    text: String,
}

impl Diff {
    fn add(&mut self, [file, old, new]: [&str; 3], path: &str, before: Option<&str>, after: Option<&str>) {
        if file != self.file {
            file.clone_into(&mut self.file);
            let _ = writeln!(self.text, "--- {file} {old}\n+++ {file} {new}");
        }
        for (sign, value) in [('-', before), ('+', after)] {
            if let Some(value) = value {
                let _ = writeln!(self.text, "{sign}{path} = {}", one_line(value));
            }
        }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How much the result can be trusted where it was not rendered.
fn unproved(migration: &Migration<'_>) -> Option<String> {
    let version = migration.target.version;
    migration.target.pack.is_none().then(|| {
        format!(
            "checked by the model of {version} in this program, not by its templates: --pack HOME proves it"
        )
    })
}

fn risk(risk: Risk) -> &'static str {
    match risk {
        Risk::High => "high",
        Risk::Medium => "medium",
        Risk::Low => "low",
    }
}

/// What the node has now, in words where it has nothing.
fn now(setting: &Customised) -> String {
    use crate::migrate::Change;
    match setting.change {
        Change::Changed | Change::Added => setting.shown.clone().unwrap_or_default(),
        Change::Removed => "(removed)".to_owned(),
        Change::CommentedOut => "(commented out)".to_owned(),
        Change::FileAdded => "(file of the node)".to_owned(),
        Change::FileChanged => "(changed file)".to_owned(),
        Change::FileRemoved => "(deleted file)".to_owned(),
        Change::FileUnread => "(file that cannot be read)".to_owned(),
    }
}

/// What the pack has, in words where it has nothing.
fn before(setting: &Customised) -> String {
    match &setting.vanilla_shown {
        Some(value) => value.clone(),
        None => "(not in the pack)".to_owned(),
    }
}
