//! Writes the files of every case and deployment anew without changing what they say: no finding may change but in its
//! place.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]

#[path = "support/case.rs"]
mod case;
#[path = "support/rewrite.rs"]
mod rewrite;
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use apimlint::check::{Options, Outcome, check};
use apimlint::input::Request;
use apimlint::lint::{Date, Layer};
use apimlint::source::Span;
use case::{copy_folder, nodes_in, why};
use rewrite::{ALL, Rewriting};
use support::{Case, entries, name, root};

/// Rules about the text itself, in which every letter counts.
const ABOUT_TEXT: [&str; 2] = ["rendered-file-edited", "toml-malformed"];
/// A rewriting that changes fewer files of the corpus than this tests nothing.
const LEAST_REWRITTEN: usize = 3;

fn main() -> ExitCode {
    let rules = entries(&root().join("corpus/rules"));
    let mut folders: Vec<(PathBuf, bool)> = Vec::new();
    for rule in rules.into_iter().filter(|rule| !ABOUT_TEXT.contains(&name(rule))) {
        // The first case that fires stands for its rule.
        let singly = entries(&rule).into_iter().find(|folder| name(folder).starts_with("fires-"));
        folders.extend(entries(&rule).into_iter().map(|folder| (folder.clone(), singly == Some(folder))));
    }
    folders.extend(entries(&root().join("corpus/deployments")).into_iter().map(|folder| (folder, true)));
    let mut cases: Vec<Case> = folders
        .into_iter()
        .map(|(folder, singly)| Case {
            name: format!("{}/{}", name(folder.parent().unwrap()), name(&folder)),
            run: Box::new(move || run_case(&folder, singly)),
        })
        .collect();
    cases.extend(ALL.iter().map(|rewriting| Case {
        name: format!("rewritings/{}", rewriting.name),
        run: Box::new(|| changes_files(rewriting)),
    }));
    support::main(cases)
}

/// A file of a case and its text.
struct Written {
    path: PathBuf,
    text: String,
}

/// Every configuration file below a folder that is UTF-8.
fn files(folder: &Path) -> Vec<Written> {
    let (mut files, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = open.pop() {
        for path in entries(&folder) {
            if path.is_dir() {
                open.push(path);
            } else if ["apimlint.toml", "case.toml"].contains(&name(&path)) {
            } else if let Ok(text) = fs::read_to_string(&path) {
                files.push(Written { path, text });
            }
        }
    }
    files
}

fn changes_files(rewriting: &Rewriting) -> Result<(), String> {
    let changed = files(&root().join("corpus"))
        .iter()
        .filter(|file| rewriting.of(file.path.to_str().unwrap(), &file.text).is_some())
        .take(LEAST_REWRITTEN)
        .count();
    if changed < LEAST_REWRITTEN { Err(format!("rewrites {changed} files of the corpus")) } else { Ok(()) }
}

/// Compares with all rewritings in one, and with each alone where asked or where the sum makes a difference. What is in
/// another order is compared by itself: of several places at fault, a finding is at the first.
fn run_case(folder: &Path, singly: bool) -> Result<(), String> {
    let copy = tempfile::tempdir().unwrap();
    copy_folder(folder, copy.path());
    let mut request = Request { working_folder: copy.path().to_owned(), ..Request::default() };
    if folder.join("case.toml").exists() {
        fs::write(copy.path().join("apimlint.toml"), why(folder)?.inventory).unwrap();
        request.nodes = nodes_in(&copy.path().join("nodes"));
    }
    let files = files(copy.path());
    let expected = findings(&request);
    let (reordering, all): (Vec<&Rewriting>, Vec<&Rewriting>) =
        ALL.iter().partition(|rewriting| rewriting.name.ends_with("-order"));
    let together = differences(&request, &files, &all, &expected);
    let mut failures: Vec<String> = Vec::new();
    if singly || together.is_some() {
        for rewriting in &all {
            let difference = differences(&request, &files, &[rewriting], &expected);
            failures.extend(difference.map(|difference| format!("{}\n{difference}", rewriting.name)));
        }
    }
    let reordered = differences(&request, &files, &reordering, &expected);
    failures.extend(reordered.map(|difference| format!("in another order\n{difference}")));
    if failures.is_empty() {
        failures.extend(together.map(|difference| format!("all together\n{difference}")));
    }
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n")) }
}

/// What rewriting changes in the findings; `None` where nothing. Leaves the files as they were.
fn differences(
    request: &Request,
    files: &[Written],
    rewritings: &[&Rewriting],
    expected: &[Found],
) -> Option<String> {
    let mut rewritten = Vec::new();
    for file in files {
        let path = file.path.to_str().unwrap();
        let text = rewritings.iter().fold(None, |text: Option<String>, rewriting| {
            rewriting.of(path, text.as_deref().unwrap_or(&file.text)).or(text)
        });
        if let Some(text) = text {
            fs::write(&file.path, text).unwrap();
            rewritten.push(file);
        }
    }
    if rewritten.is_empty() {
        return None;
    }
    let found = findings(request);
    for file in rewritten {
        fs::write(&file.path, &file.text).unwrap();
    }
    let is_reordered = rewritings.iter().any(|rewriting| rewriting.name.ends_with("-order"));
    let compared = |finding: &Found| if is_reordered { finding.kind.clone() } else { finding.whole.clone() };
    let sorted = |findings: &[Found]| {
        let mut lines: Vec<String> = findings.iter().map(compared).collect();
        lines.sort();
        lines
    };
    let (found, expected) = (sorted(&found), sorted(expected));
    let lost = expected.iter().filter(|line| !found.contains(line)).map(|line| format!("- {line}\n"));
    let gained = found.iter().filter(|line| !expected.contains(line)).map(|line| format!("+ {line}\n"));
    (found != expected).then(|| lost.chain(gained).collect())
}

/// What a run tells, but for positions.
struct Found {
    /// Rule, severity, node and file.
    kind: String,
    /// The same, with the message, the related places and the fingerprint.
    whole: String,
}

impl Found {
    fn plain(line: String) -> Self {
        Self { kind: line.clone(), whole: line }
    }
}

fn findings(request: &Request) -> Vec<Found> {
    let today = "2026-11-20".parse::<Date>().unwrap();
    let options = Options { request: request.clone(), product_version: None, layer: Layer::default(), today };
    let outcome = check(&options);
    let found = outcome.diagnostics.iter().map(|diagnostic| {
        let mut related: Vec<String> =
            diagnostic.related.iter().map(|label| place(&outcome, label.span)).collect();
        related.sort();
        let severity = diagnostic.severity.as_str();
        let kind = format!("{} {severity} | {}", diagnostic.code, place(&outcome, diagnostic.primary.span));
        let whole =
            format!("{kind} | {} | {} | {}", diagnostic.message, related.join(", "), diagnostic.fingerprint);
        Found { kind, whole }
    });
    let unread = outcome.unread.iter().map(|unread| {
        format!("unread {} {} {}", unread.node.as_deref().unwrap_or("-"), unread.file, unread.reason)
    });
    let silenced = format!("{} suppressed", outcome.silenced.len());
    found.chain(unread.map(Found::plain)).chain([Found::plain(silenced)]).collect()
}

/// Node and file of a place.
fn place(outcome: &Outcome, span: Span) -> String {
    let sources = &outcome.deployment.sources;
    let file = sources.file(span.file).map_or("", |file| &file.path);
    format!("{} {file}", sources.node_name(span.file).unwrap_or("-"))
}
