//! What becomes of each customised setting in the target.

use rayon::prelude::*;

use super::inversion::Wanted;
use super::inversion::destination::Destination;
use super::{Change, Customised, Key, Legacy, Target, placeholders, plan, toml};
use crate::model::{ConfigModel, Deployment, Version};
use crate::render::value::Value;

/// What becomes of one customised setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// One of the five.
    pub status: Status,
    /// Why it is obsolete and what took its place; what a person has to do; what else there is to know. One or two
    /// sentences without secrets.
    pub note: Option<String>,
    /// How much harm it does to forget a manual setting.
    pub risk: Risk,
}

/// The statuses of the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// Written to deployment.toml under these keys, spelt as [`Key`] displays them.
    Migrated {
        /// The keys; at least one.
        keys: Vec<String>,
    },
    /// The target's default is this value already.
    Default,
    /// The target no longer has it.
    Obsolete,
    /// Lives in a file that is copied.
    Carried,
    /// A person must act.
    Manual,
}

impl Status {
    /// The word of the contract.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Migrated { .. } => "migrated",
            Self::Default => "default",
            Self::Obsolete => "obsolete",
            Self::Carried => "carried",
            Self::Manual => "manual",
        }
    }
}

/// How much harm it does to forget something; the order of the to-do list, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Risk {
    /// The server does not start, loses data or stands open.
    High,
    /// Something does not work as before.
    Medium,
    /// A matter of taste or tuning.
    Low,
}

/// A key of deployment.toml with the value that it gets.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// The key.
    pub key: Key,
    /// The value: text, number, boolean, a list of one type, or a map, which becomes an inline table. Dates and `null`
    /// cannot be written.
    pub value: Value,
    /// The customised settings that it carries, as indexes into [`Legacy::customised`]; empty for what the target needs
    /// besides.
    pub from: Vec<usize>,
}

/// Something to know about a node as a whole: a step that no configuration can do, the reason for a server role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// How much harm it does to pass over it.
    pub risk: Risk,
    /// One or two sentences without secrets.
    pub text: String,
}

impl Note {
    /// That a server of this version would not start with the new file, and why.
    pub(super) fn refused(version: Version, reason: &str) -> Self {
        let text = format!("a server of {version} would not start with this deployment.toml: {reason}");
        Self { risk: Risk::High, text }
    }
}

/// Where the target shows what became of a setting.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Evidence {
    /// In files that templates make.
    Rendered(Vec<Wanted>),
    /// In the values that templates get for keys of deployment.toml.
    Keys(Vec<(Key, Value)>),
    /// In no file that a template makes.
    #[default]
    Nowhere,
}

/// What becomes of one node.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Decisions {
    /// One for each of [`Legacy::customised`], in the same order.
    pub settings: Vec<Decision>,
    /// Where the target shows that they are so, in the same order.
    pub evidence: Vec<Evidence>,
    /// What deployment.toml says. Each key once; of tables in arrays all keys.
    pub assignments: Vec<Assignment>,
    /// What concerns the node as a whole.
    pub notes: Vec<Note>,
}

impl Decision {
    /// A person must act.
    pub fn manual(risk: Risk, note: impl Into<String>) -> Self {
        Self { status: Status::Manual, note: Some(note.into()), risk }
    }
}

/// Decides for all nodes of a deployment, so that what they share comes out alike. `destination` is what
/// the target makes of a deployment.toml, as far as that is known. One [`Decisions`] a node, in order.
pub fn decide(
    deployment: &Deployment,
    nodes: &[Legacy<'_>],
    target: &Target,
    destination: Option<&Destination<'_>>,
) -> Vec<Decisions> {
    let undecided = |legacy: &Legacy<'_>| Decisions {
        settings: legacy.customised.iter().map(|setting| undecided(setting, target)).collect(),
        ..Decisions::default()
    };
    let covered: Vec<Legacy<'_>> = nodes.iter().map(placeholders::covered_legacy).collect();
    let decided = |legacy: &Legacy<'_>, xml: &Legacy<'_>, to: &Destination<'_>| match legacy.node.config_model
    {
        ConfigModel::Toml => toml::decide(deployment, legacy, nodes, target, to),
        ConfigModel::Xml => {
            plan::decide(deployment, xml, &covered, target, to).map(placeholders::restored_decisions)
        }
    };
    let complete = |(legacy, xml): (&Legacy<'_>, &Legacy<'_>)| {
        let decisions = destination.and_then(|to| decided(legacy, xml, to));
        let mut decisions = decisions.unwrap_or_else(|| undecided(legacy));
        decisions.notes.extend(to_fill(&decisions.assignments));
        decisions
    };
    nodes.par_iter().zip(&covered).map(complete).collect()
}

/// What is to be said of a deployment.toml with placeholders of another template engine.
fn to_fill(assignments: &[Assignment]) -> Option<Note> {
    let mut open = assignments.iter().filter(|assignment| placeholders::has_placeholder(&assignment.value));
    let (first, others) = (open.next()?, open.count());
    let more = if others == 0 { String::new() } else { format!(" and {others} more") };
    let text = format!(
        "placeholders such as those of Helm are copied as they are, in {}{more}: have them filled before the server starts, \
         whose own template engine would take them for its own. What is said of these settings holds for the placeholders, not \
         for what will stand in their place",
        first.key
    );
    Some(Note { risk: Risk::Medium, text })
}

/// What becomes of a file as a whole, and of a setting in a file that no template of the target makes.
pub(super) fn untemplated(setting: &Customised, target: &Target) -> Decision {
    let version = target.version;
    if setting.change.is_file() {
        let is_rendered = target.model().is_some_and(|model| model.file(&setting.file).is_some());
        // Which files a target has is known of this folder.
        let is_known = setting.file.starts_with("repository/conf/")
            && crate::catalog::vanilla::is_configuration(&setting.file);
        if setting.change == Change::FileRemoved
            && is_known
            && !is_rendered
            && !target.has_static_file(&setting.file)
        {
            let note = format!("{version} has no such file either");
            return Decision { status: Status::Obsolete, note: Some(note), risk: Risk::Low };
        }
        if setting.change == Change::FileAdded && !is_rendered {
            let note = format!("no file of the pack: copied; see whether {version} needs it");
            return Decision { status: Status::Carried, note: Some(note), risk: Risk::Low };
        }
        if is_rendered && matches!(setting.change, Change::FileAdded | Change::FileChanged) {
            let note = format!(
                "{version} makes this file by itself, from deployment.toml: compare both, and look with `apimlint keys` \
                 for the keys of what differs"
            );
            return Decision::manual(Risk::Medium, note);
        }
        return undecided(setting, target);
    }
    if target.has_static_file(&setting.file) {
        let note = format!("{version} reads this file as it is: compare the copy with the one of the pack");
        return Decision { status: Status::Carried, note: Some(note), risk: Risk::Medium };
    }
    let note =
        format!("{version} has no {}: see whether the setting is still needed, and where", setting.file);
    Decision::manual(Risk::Medium, note)
}

/// What to do about a setting of which nobody knows what becomes of it.
pub(super) fn undecided(setting: &Customised, target: &Target) -> Decision {
    let version = target.version;
    let note = match setting.change {
        Change::FileUnread => "mend the file and migrate again: its settings are not known".to_owned(),
        Change::FileAdded => format!("no file of the pack: see whether {version} needs it"),
        Change::FileChanged => format!("not the file of the pack: bring the changes to the one of {version}"),
        Change::FileRemoved => {
            format!("the node has deleted this file of the pack: see whether {version} may have it")
        }
        Change::Removed | Change::CommentedOut => {
            format!("the node has taken this setting out: see whether {version} sets it, and how to unset it")
        }
        Change::Changed | Change::Added => {
            format!(
                "no key of {version} is known for this setting: look for its counterpart and set it by hand"
            )
        }
    };
    let risk = if setting.change == Change::FileUnread { Risk::High } else { Risk::Medium };
    Decision::manual(risk, note)
}
