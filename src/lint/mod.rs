//! Runs the rules and turns what they find into diagnostics: severity, precedence, suppression, order.

mod fingerprint;
pub mod registry;
mod selection;
mod suppression;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

pub use crate::model::Date;
pub use selection::{Layer, Place, Selection, Selector, Within};

use crate::catalog::card::{Card, FixKind, Scope};
use crate::diagnostic::{Diagnostic, Edit, Fix, Label, Silenced, Silencer};
use crate::model::Deployment;
use crate::rules::{self, Check, Finding};
use crate::source::{FileId, Span};
use crate::syntax::secrets;
use registry::{Entry, Rulebook};
use suppression::{Suppression, Suppressions};

/// What judging depends on beside the deployment.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// Which rules run, and how severe they are.
    pub selection: Selection,
    /// The day that decides whether a suppression has ended.
    pub today: Date,
    /// Fingerprints of the findings in the baseline.
    pub known: BTreeSet<String>,
}

/// What came out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Linted {
    /// In the order of the contract: node, file, line, code.
    pub diagnostics: Vec<Diagnostic>,
    /// What comments and the baseline silenced, in the same order.
    pub silenced: Vec<Silenced>,
    /// The rules that ran, by code.
    pub rules: Vec<Arc<Card>>,
}

/// A finding with the card of its rule.
struct Found<'a> {
    card: &'a Card,
    finding: Finding,
    /// What the comment says that silences it.
    silenced: Option<String>,
}

/// Lints a deployment. `is_whole` is false when some file could not be read: then no suppression is called unused.
pub fn lint(deployment: &Deployment, judgement: &Judgement, is_whole: bool) -> Linted {
    let selection = &judgement.selection;
    let enabled: Vec<&'static Entry> =
        registry::entries().iter().filter(|entry| selection.is_enabled(&entry.card, None)).collect();
    let found: Vec<Found<'_>> = enabled
        .par_iter()
        .map(|entry| run(deployment, entry))
        .collect::<Vec<_>>()
        .into_iter()
        .flatten()
        .collect();
    let rulebook = Rulebook::new(&deployment.inventory.rules);
    let house = || rulebook.house.iter().filter(|(card, _)| selection.is_enabled(card, None));
    let of_house = house().flat_map(|(card, rule)| {
        let findings = rules::house::check(rule, deployment);
        findings.into_iter().map(|finding| Found { card, finding, silenced: None })
    });
    let found: Vec<Found<'_>> = found.into_iter().chain(of_house).collect();
    let mut found = without_outranked(found);
    let suppressions = suppression::collect(deployment, &rulebook);
    let used = suppress(&mut found, &suppressions.understood, judgement.today);
    for entry in &enabled {
        let card = &entry.card;
        let findings = match card.code.as_str() {
            registry::SUPPRESSION_UNUSED if is_whole => {
                unused(deployment, &rulebook, &suppressions, &used, judgement)
            }
            registry::SUPPRESSION_MALFORMED => malformed(deployment, &suppressions),
            _ => continue,
        };
        found.extend(findings.into_iter().map(|finding| Found { card, finding, silenced: None }));
    }
    let mut judged: Vec<(Diagnostic, Option<String>)> = found
        .into_iter()
        .filter(|found| selection.is_enabled(found.card, Some(place(deployment, found.finding.primary.span))))
        .map(|found| diagnostic(deployment, found, selection))
        .collect();
    judged.sort_by_cached_key(|(diagnostic, _)| order(deployment, diagnostic));
    judged.dedup();
    // A comment more must not change the marks of the findings beside it.
    fingerprint::assign(deployment, judged.iter_mut().map(|(diagnostic, _)| diagnostic));
    let ours = enabled.into_iter().map(|entry| &entry.card);
    let mut ran: Vec<Arc<Card>> = ours.chain(house().map(|(card, _)| card)).cloned().collect();
    ran.sort_by(|left, right| left.code.cmp(&right.code));
    let mut linted = Linted { rules: ran, ..Linted::default() };
    for (diagnostic, silenced) in judged {
        match silenced.map(Silencer::Comment) {
            Some(by) => linted.silenced.push(Silenced { diagnostic, by }),
            None if judgement.known.contains(&diagnostic.fingerprint) => {
                linted.silenced.push(Silenced { diagnostic, by: Silencer::Baseline });
            }
            None => linted.diagnostics.push(diagnostic),
        }
    }
    linted
}

fn run<'a>(deployment: &Deployment, entry: &'a Entry) -> Vec<Found<'a>> {
    let mut findings = Vec::new();
    match entry.rule.map(|rule| rule.check) {
        Some(Check::Node(check)) => {
            deployment.nodes.iter().for_each(|node| check(deployment, node, &mut findings));
        }
        Some(Check::Deployment(check)) => check(deployment, &mut findings),
        None => {}
    }
    findings.into_iter().map(|finding| Found { card: &entry.card, finding, silenced: None }).collect()
}

fn labels(finding: &Finding) -> impl Iterator<Item = &Label> {
    std::iter::once(&finding.primary).chain(&finding.related)
}

/// Every place that a finding speaks about.
fn spans(finding: &Finding) -> impl Iterator<Item = Span> {
    labels(finding).map(|label| label.span).chain(finding.covers.iter().copied())
}

fn gives_way_to_all(card: &Card) -> bool {
    card.gives_way_to.iter().any(|code| code == "*")
}

/// Drops findings where a more specific rule speaks about the same place. What is dropped still outranks others, so
/// that the result does not depend on the order of rules.
fn without_outranked(found: Vec<Found<'_>>) -> Vec<Found<'_>> {
    let mut places: BTreeMap<FileId, Vec<(Span, &Card)>> = BTreeMap::new();
    for other in &found {
        for span in spans(&other.finding) {
            places.entry(span.file).or_default().push((span, other.card));
        }
    }
    let is_taken = |span: Span, outranks: &dyn Fn(&Card) -> bool| {
        let taken = places.get(&span.file).into_iter().flatten();
        taken.into_iter().any(|(other, card)| other.overlaps(&span) && outranks(card))
    };
    let keep: Vec<bool> = found
        .iter()
        .map(|Found { card, finding, .. }| {
            let primary = finding.primary.span;
            let outranked = places.get(&primary.file).into_iter().flatten().any(|(value, other)| {
                other.outranks_all && other.code != card.code && value.contains(&primary)
            });
            if outranked {
                false
            } else if gives_way_to_all(card) {
                let outranks =
                    |other: &Card| !gives_way_to_all(other) || card.gives_way_to.contains(&other.code);
                !spans(finding).any(|span| is_taken(span, &outranks))
            } else {
                let outranks = |other: &Card| card.gives_way_to.contains(&other.code);
                card.gives_way_to.is_empty() || !is_taken(finding.primary.span, &outranks)
            }
        })
        .collect();
    found.into_iter().zip(keep).filter_map(|(found, keep)| keep.then_some(found)).collect()
}

/// Marks findings whose first place a comment covers. Returns for each comment which of its codes silenced something.
fn suppress(found: &mut [Found<'_>], suppressions: &[Suppression], today: Date) -> Vec<Vec<bool>> {
    let mut used: Vec<Vec<bool>> =
        suppressions.iter().map(|suppression| vec![false; suppression.codes.len()]).collect();
    for found in found {
        let place = found.finding.primary.span;
        for (suppression, used) in suppressions.iter().zip(&mut used) {
            let covers = suppression.covers.is_some_and(|covers| {
                covers.file == place.file && covers.start <= place.start && place.start < covers.end
            });
            if !covers || has_ended(suppression, today) {
                continue;
            }
            for (code, used) in suppression.codes.iter().zip(used) {
                if *code == found.card.code {
                    *used = true;
                    found.silenced.get_or_insert_with(|| suppression.reason.clone());
                }
            }
        }
    }
    used
}

fn has_ended(suppression: &Suppression, today: Date) -> bool {
    suppression.until.is_some_and(|until| until < today)
}

/// The text with every run of white space as one blank.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The node that a file belongs to, or the file itself.
fn subject(deployment: &Deployment, span: Span) -> String {
    let sources = &deployment.sources;
    match (sources.node_name(span.file), sources.file(span.file)) {
        (Some(node), _) => node.to_owned(),
        (None, Some(file)) => file.path.clone(),
        (None, None) => String::new(),
    }
}

/// The node and the file of a span.
fn place(deployment: &Deployment, span: Span) -> Place<'_> {
    let sources = &deployment.sources;
    let file = sources.file(span.file).map_or("", |file| file.path.as_str());
    Place { node: sources.node_name(span.file), file }
}

/// Codes that silenced nothing, of rules that could have found something.
fn unused(
    deployment: &Deployment,
    rulebook: &Rulebook<'_>,
    suppressions: &Suppressions,
    used: &[Vec<bool>],
    judgement: &Judgement,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (suppression, used) in suppressions.understood.iter().zip(used) {
        let subject = subject(deployment, suppression.span);
        let place = Some(place(deployment, suppression.span));
        let is_unused = |(code, used): (&String, &bool)| {
            let was_run = rulebook.card(code).is_some_and(|card| {
                judgement.selection.is_enabled(card, place)
                    && (card.scope != Scope::Deployment || deployment.nodes.len() > 1)
            });
            was_run && !used
        };
        let codes = suppression.codes.iter().zip(used);
        let unused: Vec<&String> = codes.filter(|pair| is_unused(*pair)).map(|(code, _)| code).collect();
        let ended = suppression.until.filter(|_| has_ended(suppression, judgement.today));
        for code in &unused {
            let (message, help) = match ended {
                Some(until) => (
                    format!("{subject} suppresses {code} until {until}, which has passed"),
                    "remove the comment",
                ),
                None => (
                    format!("{subject} suppresses {code} where it finds nothing"),
                    "remove the code, or the comment",
                ),
            };
            let source = deployment.sources.file(suppression.span.file);
            let gone = source.and_then(|source| match unused.len() == suppression.codes.len() {
                true => Some(suppression::whole_comment(source, suppression.span)),
                false => suppression::one_code(source, suppression.span, code, rulebook),
            });
            findings
                .push(Finding::new(suppression.span, "suppresses nothing", message).help(help).fix(gone, ""));
        }
    }
    findings
}

fn malformed(deployment: &Deployment, suppressions: &Suppressions) -> Vec<Finding> {
    let findings = suppressions.malformed.iter().map(|comment| {
        let subject = subject(deployment, comment.span);
        Finding::new(comment.span, "suppresses nothing", format!("a comment in {subject} {}", comment.reason))
            .help("write apimlint: ignore[CODE] and the reason")
    });
    findings.collect()
}

/// The finding as reports show it, and what the comment says that silences it.
fn diagnostic(
    deployment: &Deployment,
    found: Found<'_>,
    selection: &Selection,
) -> (Diagnostic, Option<String>) {
    let Found { card, finding, silenced } = found;
    // Rules quote values as they are written, and a URL may hold a password.
    let masked = |Label { span, message }| Label { span, message: secrets::mask_quoted(&message) };
    let diagnostic = Diagnostic {
        code: card.code.clone(),
        rule: card.name.clone(),
        severity: selection.severity(card, finding.variant, Some(place(deployment, finding.primary.span))),
        message: secrets::mask_quoted(&finding.message),
        help: finding.help.as_deref().map(secrets::mask_quoted),
        primary: masked(finding.primary),
        related: finding.related.into_iter().map(masked).collect(),
        fingerprint: String::new(),
        fix: fix(deployment, card, finding.fix),
    };
    (diagnostic, silenced.as_deref().map(secrets::mask_quoted))
}

/// The change as far as the card lets a machine go.
fn fix(deployment: &Deployment, card: &Card, edits: Vec<Edit>) -> Option<Fix> {
    let is_there = |edit: &Edit| deployment.sources.file(edit.span.file).is_some_and(|file| !file.absent);
    let is_safe = match card.fix {
        FixKind::Auto => true,
        FixKind::Offered => false,
        FixKind::Hand => return None,
    };
    (!edits.is_empty() && edits.iter().all(is_there)).then_some(Fix { is_safe, edits })
}

/// Node order as given and files without node behind, then file, line, code; the rest only makes the order total.
fn order(deployment: &Deployment, diagnostic: &Diagnostic) -> impl Ord + use<> {
    let span = diagnostic.primary.span;
    let file = deployment.sources.file(span.file);
    let path = file.map(|file| file.path.clone()).unwrap_or_default();
    let line = file.map_or(0, |file| file.position(span.start).line);
    let related: Vec<Span> = diagnostic.related.iter().map(|label| label.span).collect();
    (
        (span.file.owner, path, span.file.index, line, diagnostic.code.clone()),
        (span.start, span.end, diagnostic.message.clone(), related, diagnostic.severity),
    )
}
