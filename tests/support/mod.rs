//! What the tests over folders share: cases run side by side, a run of one rule, and findings as text.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::fmt::Write as _;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use apimlint::check::{Options, Outcome, check};
use apimlint::diagnostic::{Diagnostic, Label};
use apimlint::input::Request;
use apimlint::lint::{Date, Layer, registry};
use rayon::prelude::*;

/// One case of a test over folders.
pub struct Case {
    /// `rule-name/case-name`; what a filter is matched against.
    pub name: String,
    /// Judges; the error says what is wrong, a panic too.
    pub run: Box<dyn Fn() -> Result<(), String> + Send + Sync>,
}

/// Root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs the cases whose name holds any of the command line's words, as libtest does, and prints what failed.
pub fn main(cases: Vec<Case>) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        cases.iter().for_each(|case| println!("{}: test", case.name));
        return ExitCode::SUCCESS;
    }
    let filters: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    let all = cases.len();
    let chosen: Vec<Case> = cases
        .into_iter()
        .filter(|case| filters.is_empty() || filters.iter().any(|filter| case.name.contains(filter.as_str())))
        .collect();
    println!("\nrunning {} tests", chosen.len());
    let failures: Vec<(String, String)> = chosen
        .par_iter()
        .filter_map(|case| {
            let failure = match catch_unwind(AssertUnwindSafe(|| (case.run)())) {
                Ok(Ok(())) => return None,
                Ok(Err(failure)) => failure,
                Err(panic) => panic
                    .downcast_ref::<String>()
                    .cloned()
                    .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
                    .unwrap_or_else(|| "panicked".to_owned()),
            };
            Some((case.name.clone(), failure))
        })
        .collect();
    for (name, failure) in &failures {
        println!("\n---- {name} ----\n{failure}");
    }
    let verdict = if failures.is_empty() { "ok" } else { "FAILED" };
    println!(
        "\ntest result: {verdict}. {} passed; {} failed; 0 ignored; 0 measured; {} filtered out\n",
        chosen.len() - failures.len(),
        failures.len(),
        all - chosen.len()
    );
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs one rule over nodes in a folder. Rules about suppression comments need the others beside them.
pub fn check_rule(rule: &str, folder: &Path, request: Request) -> Outcome {
    let entry = registry::find(rule).unwrap_or_else(|| panic!("{rule} is no rule"));
    let select = entry.rule.map(|_| vec![rule.parse().unwrap()]);
    let layer = Layer { select, ..Layer::default() };
    let today = "2026-11-20".parse::<Date>().unwrap();
    let request = Request { working_folder: folder.to_owned(), ..request };
    let mut outcome = check(&Options { request, product_version: None, layer, today });
    outcome.diagnostics.retain(|diagnostic| diagnostic.rule == entry.card.name);
    outcome
}

/// What lies in a folder, sorted; empty where there is none.
pub fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .map(|entries| entries.map(|entry| entry.unwrap().path()).collect())
        .unwrap_or_default();
    entries.sort();
    entries
}

/// Last part of a path.
pub fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

/// One line for each label, one for the help, one for each file that could not be read.
pub fn lines(outcome: &Outcome) -> String {
    let mut text = String::new();
    for diagnostic in &outcome.diagnostics {
        line(&mut text, outcome, diagnostic, &diagnostic.primary, true);
        for label in &diagnostic.related {
            line(&mut text, outcome, diagnostic, label, false);
        }
        if let Some(help) = &diagnostic.help {
            writeln!(text, "  help: {help}").unwrap();
        }
    }
    for unread in &outcome.unread {
        let place: String =
            [unread.line, unread.column].iter().flatten().map(|part| format!(":{part}")).collect();
        let node = unread.node.as_deref().unwrap_or("-");
        writeln!(text, "unread {node} {}{place} {}", unread.file, unread.reason).unwrap();
    }
    text
}

fn line(text: &mut String, outcome: &Outcome, diagnostic: &Diagnostic, label: &Label, primary: bool) {
    let sources = &outcome.deployment.sources;
    let file = sources.file(label.span.file).expect("a label stands in a file of the run");
    let (start, end) = (file.position(label.span.start), file.position(label.span.end));
    let node = sources.node_name(label.span.file).unwrap_or("-");
    let place = format!("{}:{}:{}-{}:{}", file.path, start.line, start.column, end.line, end.column);
    let head = format!("{node} {place} {} {}", diagnostic.code, diagnostic.severity.as_str());
    if primary {
        writeln!(text, "{head} primary: {} | {}", diagnostic.message, label.message).unwrap();
    } else {
        writeln!(text, "{head} related | {}", label.message).unwrap();
    }
}
