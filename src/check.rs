//! One run from the paths to the findings, for the command line, tests and editors.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::catalog::card::Card;
use crate::diagnostic::{Diagnostic, Severity, Silenced, Silencer, Unread};
use crate::extract::{self, Extracted};
use crate::input::{Baseline, BaselineEntry, Input, InputError, Inventory, Request, Tree};
use crate::lint::registry::Rulebook;
use crate::lint::{self, Date, Judgement, Layer, Linted, Selection, Selector, Within, registry};
use crate::model::{Deployment, Version};
use crate::report::Results;
use crate::source::{FileId, OwnerSources, Sources};
use crate::syntax::Scalar;

/// What one run is asked for.
#[derive(Debug, Clone)]
pub struct Options {
    /// The inputs.
    pub request: Request,
    /// The version of every node, whatever its files say.
    pub product_version: Option<Version>,
    /// What the caller says about rules; it wins over the inventory.
    pub layer: Layer,
    /// The day that decides whether a suppression or a certificate has ended.
    pub today: Date,
}

/// What a run gives.
#[derive(Debug)]
pub struct Outcome {
    /// The nodes and their sources.
    pub deployment: Deployment,
    /// The findings in the order of the contract.
    pub diagnostics: Vec<Diagnostic>,
    /// The findings that are not reported, in the same order.
    pub silenced: Vec<Silenced>,
    /// The rules that ran, by code.
    pub rules: Vec<Arc<Card>>,
    /// Path of the baseline; empty where there is none.
    pub baseline: String,
    /// Entries of the baseline that this run should have found again and did not.
    pub stale: Vec<BaselineEntry>,
    /// Inputs and files that could not be read, in the order of their owners.
    pub unread: Vec<Unread>,
}

impl Outcome {
    /// The part that reports show.
    pub fn results(&self) -> Results<'_> {
        Results {
            nodes: &self.deployment.nodes,
            sources: &self.deployment.sources,
            diagnostics: &self.diagnostics,
            silenced: &self.silenced,
            rules: &self.rules,
            unread: &self.unread,
        }
    }

    /// The findings as a baseline holds them, those of the present one included.
    pub fn known(&self) -> Vec<BaselineEntry> {
        let sources = &self.deployment.sources;
        let of_baseline = self.silenced.iter().filter(|silenced| silenced.by == Silencer::Baseline);
        let found = self.diagnostics.iter().chain(of_baseline.map(|silenced| &silenced.diagnostic));
        let entry = |found: &Diagnostic| BaselineEntry {
            node: sources.node_name(found.primary.span.file).map(str::to_owned),
            file: sources.file(found.primary.span.file).map(|file| file.path.clone()).unwrap_or_default(),
            code: found.code.clone(),
            message: found.message.clone(),
            fingerprint: found.fingerprint.clone(),
        };
        found.map(entry).collect()
    }

    /// The highest severity found.
    pub fn worst(&self) -> Option<Severity> {
        self.diagnostics.iter().map(|diagnostic| diagnostic.severity).max()
    }
}

/// Everything that could be read of the inputs.
#[derive(Debug)]
pub struct Loaded {
    /// The nodes and their sources.
    pub deployment: Deployment,
    /// The files of each node, in the order of the nodes.
    pub trees: Vec<Tree>,
    /// Inputs and files that could not be read, in the order of their owners.
    pub unread: Vec<Unread>,
    /// What the inventory says about rules, its overrides behind it.
    pub layers: Vec<Layer>,
    /// The findings that are known.
    pub baseline: Baseline,
}

/// Reads everything that can be read and lints it. Nothing stops a run: what went wrong is in `unread`.
pub fn check(options: &Options) -> Outcome {
    let extracting = extract::Options { product_version: options.product_version, everything: false };
    let Loaded { mut deployment, unread, mut layers, baseline, .. } = load(&options.request, &extracting);
    deployment.today = Some(options.today);
    layers.push(options.layer.clone());
    let Baseline { path: baseline, entries } = baseline;
    let known = entries.iter().map(|entry| entry.fingerprint.clone()).collect();
    let judgement = Judgement { selection: Selection { layers }, today: options.today, known };
    let linted = lint::lint(&deployment, &judgement, unread.is_empty());
    let stale = if unread.is_empty() { stale(entries, &deployment, &linted) } else { Vec::new() };
    let Linted { diagnostics, silenced, rules } = linted;
    Outcome { deployment, diagnostics, silenced, rules, baseline, stale, unread }
}

/// Reads everything that can be read. Nothing stops a run: what went wrong is in `unread`.
pub fn load(request: &Request, extracting: &extract::Options) -> Loaded {
    let input = Input::open(request);
    let inventory = input.inventory.inventory;
    let mut unread: Vec<Unread> = input.errors.into_iter().map(|(node, error)| error.unread(node)).collect();
    let (layers, faults) = inventory_layers(&inventory, &input.inventory.sources);
    unread.extend(faults.into_iter().map(|fault| fault.unread(None)));

    let extracted = extract::extract_nodes(input.nodes, &inventory, extracting);
    let (mut nodes, mut owners, mut trees) = (Vec::new(), Vec::new(), Vec::new());
    for Extracted { node, sources, unread: of_node, tree } in extracted {
        nodes.push(node);
        owners.push(sources);
        trees.push(tree);
        unread.extend(of_node);
    }
    let proxy = input.proxy.as_ref().map(extract::proxy::read);
    let (sources, of_proxy) = input.proxy.map(|read| (read.sources, read.unread)).unwrap_or_default();
    owners.push(sources);
    unread.extend(of_proxy);
    let file = FileId { owner: u16::try_from(owners.len()).unwrap_or(u16::MAX), index: 0 };
    let document = input.hosts.as_ref().and_then(|read| read.document.as_deref());
    let hosts = document.map(|document| extract::hosts::hosts(document, file));
    let (sources, of_hosts) = input.hosts.map(|read| (read.sources, read.unread)).unwrap_or_default();
    owners.push(sources);
    unread.extend(of_hosts);
    owners.push(input.inventory.sources);

    let deployment = Deployment::new(nodes, proxy, hosts, inventory, Sources { owners });
    Loaded { deployment, trees, unread, layers, baseline: input.baseline }
}

/// Entries that occur no longer, of rules that ran and of nodes that were given.
fn stale(entries: Vec<BaselineEntry>, deployment: &Deployment, linted: &Linted) -> Vec<BaselineEntry> {
    let silenced = linted.silenced.iter().map(|silenced| &silenced.diagnostic);
    let found: BTreeSet<&str> =
        linted.diagnostics.iter().chain(silenced).map(|found| found.fingerprint.as_str()).collect();
    let was_asked = |entry: &BaselineEntry| {
        let node = entry.node.as_ref();
        // A code that is gone can never occur again.
        let ran = linted.rules.iter().any(|card| card.code == entry.code)
            || Rulebook::new(&deployment.inventory.rules).card(&entry.code).is_none();
        ran && node.is_none_or(|name| deployment.nodes.iter().any(|node| node.name == *name))
    };
    let is_stale = |entry: &BaselineEntry| !found.contains(entry.fingerprint.as_str()) && was_asked(entry);
    entries.into_iter().filter(is_stale).collect()
}

/// What the inventory says about rules, its overrides behind it, and the words in it that name none.
fn inventory_layers(inventory: &Inventory, sources: &OwnerSources) -> (Vec<Layer>, Vec<InputError>) {
    let mut faults = Vec::new();
    let mut selector = |word: &Scalar| -> Option<Selector> {
        let read: Result<Selector, String> = word.text.parse();
        let known = read.and_then(|selector| selector.fault(&inventory.rules).map_or(Ok(selector), Err));
        known.map_err(|reason| faults.push(fault(sources, word, reason))).ok()
    };
    let select: Vec<Selector> = inventory.select.iter().filter_map(&mut selector).collect();
    let mut layer = |ignore: &[Scalar], severities: &[(Scalar, Severity)]| Layer {
        ignore: ignore.iter().filter_map(&mut selector).collect(),
        severities: severities
            .iter()
            .filter_map(|(word, severity)| Some((selector(word)?, *severity)))
            .collect(),
        ..Layer::default()
    };
    let everywhere = layer(&inventory.ignore, &inventory.severities);
    let select = (!inventory.select.is_empty()).then_some(select);
    let mut layers = vec![Layer { select, ..everywhere }];
    for over in &inventory.overrides {
        let texts = |words: &[Scalar]| words.iter().map(|word| word.text.clone()).collect();
        let within = Some(Within { nodes: texts(&over.nodes), files: texts(&over.files) });
        layers.push(Layer { within, ..layer(&over.ignore, &over.severities) });
    }
    for rule in inventory.rules.iter().filter(|rule| !registry::is_house_code(&rule.code.text)) {
        let reason = format!("the letters of {} are those of rules of apimlint; take others", rule.code.text);
        faults.push(fault(sources, &rule.code, reason));
    }
    (layers, faults)
}

fn fault(sources: &OwnerSources, word: &Scalar, reason: String) -> InputError {
    let file = sources.files.get(usize::from(word.span.file.index));
    let position = file.map(|file| file.position(word.span.start));
    InputError::Inventory {
        path: file.map(|file| file.viewer_path.clone()).unwrap_or_default(),
        line: position.map(|position| position.line),
        column: position.map(|position| position.column),
        reason,
    }
}
