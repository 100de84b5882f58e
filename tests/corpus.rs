//! Runs every case of corpus/rules with its rule alone, and every deployment of corpus/deployments with all rules.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]

#[path = "support/case.rs"]
mod case;
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use apimlint::check::{Options, check};
use apimlint::input::Request;
use apimlint::lint::{Date, Layer};
use apimlint::report::human::{Appearance, report_human};
use apimlint::report::json::report_json;
use case::{Why, copy_folder, nodes_in, why};
use support::{Case, entries, lines, name, root};

fn main() -> ExitCode {
    let mut cases = Vec::new();
    for rule in entries(&root().join("corpus/rules")) {
        for folder in entries(&rule) {
            let rule = name(&rule).to_owned();
            cases.push(Case {
                name: format!("{rule}/{}", name(&folder)),
                run: Box::new(move || run_case(&rule, &folder)),
            });
        }
    }
    for folder in entries(&root().join("corpus/deployments")) {
        cases.push(Case {
            name: format!("deployments/{}", name(&folder)),
            run: Box::new(move || run_deployment(&folder)),
        });
    }
    support::main(cases)
}

/// Runs in a copy, whose inventory is case.toml and which no apimlint.toml lies above.
fn run_case(rule: &str, folder: &Path) -> Result<(), String> {
    let Why { inventory, unread } = why(folder)?;
    let copy = tempfile::tempdir().unwrap();
    copy_folder(folder, copy.path());
    fs::write(copy.path().join("apimlint.toml"), inventory).unwrap();
    let nodes = nodes_in(&copy.path().join("nodes"));
    if nodes.is_empty() {
        return Err("there is no node in nodes/".to_owned());
    }
    let config = Some(PathBuf::from("apimlint.toml"));
    let outcome = support::check_rule(rule, copy.path(), Request { nodes, config, ..Request::default() });
    if outcome.unread.is_empty() == unread {
        return Err(format!("unread = {unread} in case.toml, but:\n{}", lines(&outcome)));
    }
    let is_snapped = folder.join("expected.snap").exists();
    match name(folder).split_once('-') {
        Some(("quiet", _)) if !outcome.diagnostics.is_empty() => {
            Err(format!("must be silent, but:\n{}", lines(&outcome)))
        }
        Some(("quiet", _)) if is_snapped => Err("a quiet case has no expected.snap".to_owned()),
        Some(("quiet", _)) => Ok(()),
        Some(("fires", _)) if outcome.diagnostics.is_empty() => {
            Err(format!("must fire, but:\n{}", lines(&outcome)))
        }
        Some(("fires", _)) => {
            snapshot(folder, "expected", &lines(&outcome));
            Ok(())
        }
        _ => Err("a case is named fires-... or quiet-...".to_owned()),
    }
}

fn run_deployment(folder: &Path) -> Result<(), String> {
    let request = Request { working_folder: folder.to_owned(), ..Request::default() };
    let today = "2026-11-20".parse::<Date>().unwrap();
    let outcome = check(&Options { request, product_version: None, layer: Layer::default(), today });
    let appearance =
        Appearance { color: false, width: Some(100), show_secrets: false, summary: true, statistics: true };
    snapshot(folder, "expected.human", &report_human(&outcome.results(), appearance).unwrap());
    snapshot(folder, "expected.json", &report_json(&outcome.results()).unwrap());
    Ok(())
}

fn snapshot(folder: &Path, name: &str, text: &str) {
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
