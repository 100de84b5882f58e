//! Brings a deployment to a newer version: what its nodes customised, what becomes of each setting, and the files that
//! say so.
//!
//! A [`Legacy`] is what a node changed against the untouched pack of its own version. [`decide`] says for each of
//! these settings what becomes of it in the target, and which keys of deployment.toml that takes. The keys become the text of a
//! deployment.toml.

pub mod besides;
pub mod decision;
pub mod difference;
mod event_hub;
pub mod instead;
pub mod inversion;
mod judgement;
pub mod key;
mod placeholders;
mod plan;
pub mod proof;
pub mod relocation;
mod review;
pub mod run;
mod steps;
pub mod target;
mod toml;
pub mod write;

use self::inversion::draft::Draft;
use self::target::DEPLOYMENT_TOML;
use crate::catalog::vanilla::Pack;
use crate::input::Parsed;
use crate::model::{Node, settings};
use crate::source::Span;
use crate::syntax::settings::Setting;

pub use besides::Besides;
pub use decision::{Assignment, Decision, Decisions, Evidence, Note, Risk, Status, decide};
pub use instead::Instead;
pub use key::{Key, KeyPart};
pub use proof::Proof;
pub use target::Target;

/// One node of the deployment that is to be migrated.
#[derive(Debug)]
pub struct Legacy<'a> {
    /// What its files mean.
    pub node: &'a Node,
    /// The untouched pack that it was compared with: of its own version, else of the nearest one before it.
    pub pack: Option<&'static Pack>,
    /// Everything that it has and the pack has not, and the other way round; by file, then in the order of the file.
    pub customised: Vec<Customised>,
}

impl Legacy<'_> {
    /// What its deployment.toml says, placeholders of other template engines covered; nothing where it speaks XML.
    fn deployment_toml(&self) -> Option<Draft> {
        match self.node.documents.get(DEPLOYMENT_TOML)? {
            (_, Parsed::Toml(document)) => Some(placeholders::covered_draft(&Draft::of_toml(document))),
            _ => None,
        }
    }

    /// The settings of a file as the server sees them: the node's own, else those of the pack. Placeholders of other
    /// template engines in them are covered.
    fn settings(&self, file: &str) -> Vec<Setting> {
        let covered = |mut setting: Setting| {
            setting.path = placeholders::covered(&setting.path);
            setting.value = placeholders::covered(&setting.value);
            setting
        };
        settings::of(self.node, self.pack, file).into_iter().map(covered).collect()
    }
}

/// One difference between a node and the untouched pack of its version.
#[derive(Clone, PartialEq, Eq)]
pub struct Customised {
    /// The file, home-relative.
    pub file: String,
    /// The path within the file as the report of the contract spells it; empty where the file as a whole is meant.
    pub path: String,
    /// What is different.
    pub change: Change,
    /// What the node has; `None` where the setting is removed or commented out.
    pub value: Option<String>,
    /// What the untouched pack has; `None` where the node added the setting.
    pub vanilla: Option<String>,
    /// The setting; of a removed one the comment that still holds it, else what should hold it.
    pub span: Span,
    /// Line of `span`, from 1.
    pub line: u32,
    /// True for a password, key or token. Where only a part of the value is one, as in the URL of a broker, this is
    /// false.
    pub secret: bool,
    /// `value` as reports may show it.
    pub shown: Option<String>,
    /// `vanilla` as reports may show it.
    pub vanilla_shown: Option<String>,
    /// What a person wrote in a comment right before the setting or behind it on its line.
    pub comment: Option<String>,
}

/// What is different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// The setting has another value.
    Changed,
    /// The pack does not have the setting.
    Added,
    /// The node does not have the setting.
    Removed,
    /// The node does not have the setting, but a comment does.
    CommentedOut,
    /// A file that the pack does not have and whose settings nobody asks about: a sequence, a jar.
    FileAdded,
    /// A file of the pack with another content, whose settings nobody asks about.
    FileChanged,
    /// A file of the pack that the node does not have.
    FileRemoved,
    /// A file that could not be read: nothing is known of its settings.
    FileUnread,
}

impl Change {
    /// True where a file as a whole is meant.
    pub fn is_file(self) -> bool {
        matches!(self, Self::FileAdded | Self::FileChanged | Self::FileRemoved | Self::FileUnread)
    }
}

/// Values are left out: they may be secret.
impl std::fmt::Debug for Customised {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Customised")
            .field("place", &format_args!("{}:{} {}", self.file, self.line, self.path))
            .field("change", &self.change)
            .field("shown", &self.shown)
            .field("vanilla_shown", &self.vanilla_shown)
            .field("comment", &self.comment)
            .finish_non_exhaustive()
    }
}
