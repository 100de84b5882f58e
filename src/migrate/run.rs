//! One migration from the loaded nodes to what is to be written for each of them.

use std::collections::BTreeSet;

use super::besides::{Besides, besides};
use super::instead::{Instead, instead};
use super::inversion::destination::Destination;
use super::inversion::draft::Draft;
use super::proof::{self, Proof};
use super::target::DEPLOYMENT_TOML;
use super::write::{self, Written};
use super::{
    Change, Decisions, Legacy, Note, Risk, Status, Target, decide, difference, event_hub, review, steps,
};
use crate::diagnostic::Unread;
use crate::input::Tree;
use crate::model::{Deployment, Node, Product};

/// What came out for a whole deployment.
#[derive(Debug)]
pub struct Migration<'a> {
    /// What it aims at.
    pub target: Target,
    /// The nodes, in order; those of which nobody can tell what they are are left out.
    pub nodes: Vec<Migrated<'a>>,
    /// What concerns the deployment as a whole.
    pub notes: Vec<Note>,
    /// What has to be done besides, whatever the configuration.
    pub steps: Vec<Note>,
    /// What could not be read, and the nodes that could not be migrated.
    pub unread: Vec<Unread>,
}

/// What came out for one node.
#[derive(Debug)]
pub struct Migrated<'a> {
    /// What it customised.
    pub legacy: Legacy<'a>,
    /// What becomes of it.
    pub decisions: Decisions,
    /// Its deployment.toml.
    pub deployment: String,
    /// Files that are copied as they are, home-relative.
    pub carried: BTreeSet<String>,
    /// What comes out in the place of settings that were not brought over.
    pub instead: Vec<Instead>,
    /// What comes out otherwise than from the file that it was made from, though it customised nothing there.
    pub besides: Vec<Besides>,
    /// What rendering its deployment.toml showed; `None` without a pack.
    pub proof: Option<Proof>,
}

/// How often each status occurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Counts {
    /// [`Status::Migrated`].
    pub migrated: usize,
    /// [`Status::Default`].
    pub default: usize,
    /// [`Status::Obsolete`].
    pub obsolete: usize,
    /// [`Status::Carried`].
    pub carried: usize,
    /// [`Status::Manual`].
    pub manual: usize,
}

impl Migrated<'_> {
    /// How often each status occurs.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for decision in &self.decisions.settings {
            *match decision.status {
                Status::Migrated { .. } => &mut counts.migrated,
                Status::Default => &mut counts.default,
                Status::Obsolete => &mut counts.obsolete,
                Status::Carried => &mut counts.carried,
                Status::Manual => &mut counts.manual,
            } += 1;
        }
        counts
    }
}

impl Migration<'_> {
    /// True where a person must act.
    pub fn needs_person(&self) -> bool {
        !self.notes.is_empty()
            || self.nodes.iter().any(|node| {
                node.counts().manual > 0 || node.proof.as_ref().is_some_and(|proof| !proof.failed.is_empty())
            })
    }
}

/// Migrates nodes all of whose files were read; `trees` are theirs, in order. The error is one clause: the base cannot be
/// edited.
pub fn migrate<'a>(
    deployment: &'a Deployment,
    trees: &[Tree],
    unread: &[Unread],
    target: Target,
    options: write::Options<'_>,
) -> Result<Migration<'a>, String> {
    let mut failed = unread.to_vec();
    let mut notes: Vec<Note> = changed_pack(&target).filter(|_| options.base.is_none()).into_iter().collect();
    let mut legacies = Vec::new();
    for (node, tree) in deployment.nodes.iter().zip(trees) {
        if let Some(note) = other_product(node) {
            notes.push(note);
            continue;
        }
        let legacy = difference::legacy(node, &deployment.sources, tree, unread);
        match fault(&legacy, &target) {
            Some(reason) => failed.push(Unread {
                node: Some(node.name.clone()),
                file: node.path.clone(),
                viewer_path: node.path.clone(),
                line: None,
                column: None,
                reason,
            }),
            None => legacies.push(legacy),
        }
    }
    let destination = target.destination();
    let decided = decide(deployment, &legacies, &target, destination.as_ref());
    let mut nodes = Vec::new();
    for (legacy, mut decisions) in legacies.into_iter().zip(decided) {
        event_hub::connect(deployment, legacy.node, &mut decisions, target.version);
        let plain = write::Options { split_secrets: false, ..options };
        let mut written = written(deployment, &legacy, &decisions, &target, plain)?;
        let proof =
            proof::prove(&legacy.customised, &mut decisions, &written.text, &target, destination.as_ref());
        let looked =
            destination.as_ref().map(|to| look(&legacy, &mut decisions, &written.text, to, &target, options));
        let (instead, besides) = looked.unwrap_or_default();
        if options.split_secrets {
            written = write::deployment_toml(&legacy, &decisions, &target, options)?;
            decisions.notes.extend(refusal(&written.text, &target, destination.as_ref()));
        }
        let Written { text, notes } = written;
        decisions.notes.extend(notes);
        let carried = carried(&legacy, &decisions);
        nodes.push(Migrated { legacy, decisions, deployment: text, carried, instead, besides, proof });
    }
    review::review(deployment, &mut nodes, &target);
    for node in &mut nodes {
        node.decisions.notes.sort_by_key(|note: &Note| note.risk);
    }
    let steps = steps::steps(&nodes, target.version);
    Ok(Migration { target, nodes, notes, steps, unread: failed })
}

/// Says so where the deployment.toml of the pack, which the result is made from, is not as the pack came, or not there.
fn changed_pack(target: &Target) -> Option<Note> {
    if let Some(other) = target.base_of_other_version() {
        let text = format!(
            "the pack has no {DEPLOYMENT_TOML}: the new files are made from the one of {other}; compare them with that of a \
             fresh pack of {}",
            target.version
        );
        return Some(Note { risk: Risk::Medium, text });
    }
    let keys = target.changed_keys();
    let named = keys.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = if keys.len() > 3 { ", …" } else { "" };
    let text = format!(
        "the deployment.toml of the pack was changed ({named}{more}), and what it sets stays in the new files where the old \
         nodes set nothing: take a fresh pack of {}",
        target.version
    );
    (!keys.is_empty()).then_some(Note { risk: Risk::Medium, text })
}

/// What comes out otherwise than the node has it, and otherwise than it asks for.
fn look(
    legacy: &Legacy<'_>,
    decisions: &mut Decisions,
    text: &str,
    destination: &Destination<'_>,
    target: &Target,
    options: write::Options<'_>,
) -> (Vec<Instead>, Vec<Besides>) {
    let instead = instead(&legacy.customised, decisions, text, destination);
    if legacy.node.version == Some(target.version) && options.base.is_none() {
        return (instead, Vec::new());
    }
    let base = options.base.and_then(Draft::read).unwrap_or_else(|| target.base());
    let (besides, note) = besides(&legacy.customised, decisions, text, &base, destination);
    decisions.notes.extend(note);
    (instead, besides)
}

/// Says so where the server would not start with credentials in `[secrets]`.
fn refusal(text: &str, target: &Target, destination: Option<&Destination<'_>>) -> Option<Note> {
    let fault = destination?.configure(&Draft::read(text)?).err()?;
    Some(Note::refused(target.version, &fault))
}

/// A node of the target version keeps its own file as it is, unless it goes into the one of `--base`.
fn written(
    deployment: &Deployment,
    legacy: &Legacy<'_>,
    decisions: &Decisions,
    target: &Target,
    options: write::Options<'_>,
) -> Result<Written, String> {
    let own = legacy.node.documents.get(DEPLOYMENT_TOML);
    let own = own.and_then(|(file, _)| deployment.sources.file(*file));
    match own.filter(|_| legacy.node.version == Some(target.version) && options.base.is_none()) {
        Some(own) => Ok(Written { text: own.text.clone(), notes: Vec::new() }),
        None => write::deployment_toml(legacy, decisions, target, options),
    }
}

/// Why a node cannot be migrated.
fn fault(legacy: &Legacy<'_>, target: &Target) -> Option<String> {
    match legacy.node.version {
        None => Some("its version cannot be told: give --product-version".to_owned()),
        Some(version) if legacy.node.product == Product::ApiManager && version > target.version => {
            Some(format!("it is {version} already, later than {}", target.version))
        }
        Some(_) => None,
    }
}

/// What is to be said of a node of another product.
fn other_product(node: &Node) -> Option<Note> {
    let (name, product) = (&node.name, node.product.as_str());
    let text = match node.product {
        Product::ApiManager | Product::AppManager => return None,
        Product::IdentityServer | Product::Analytics => format!(
            "{name} is no API Manager node but {product}: that product has a migration of its own, and nothing of the node \
             is carried over"
        ),
        Product::Unknown => format!(
            "{name} is no API Manager node as far as its carbon.xml tells, and nothing of it is carried over; if it is one, \
             write product = \"{}\" for it in the inventory",
            Product::ApiManager.as_str()
        ),
    };
    Some(Note { risk: Risk::High, text })
}

/// The files of which at least one setting, or which as a whole, are carried.
fn carried(legacy: &Legacy<'_>, decisions: &Decisions) -> BTreeSet<String> {
    let settings = legacy.customised.iter().zip(&decisions.settings);
    settings
        .filter(|(setting, decision)| {
            decision.status == Status::Carried && setting.change != Change::FileRemoved
        })
        .map(|(setting, _)| setting.file.clone())
        .collect()
}
