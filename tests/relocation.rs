//! Migrates every deployment of corpus/migrate to an older and a newer target: what becomes of each setting, and what
//! deployment.toml says then.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]

#[path = "support/program.rs"]
mod program;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use program::{run, status, stderr};
use serde_json::Value;

/// An older and a newer version: of nodes that speak XML, and of those that have a deployment.toml already.
const TARGETS: [[&str; 2]; 2] = [["3.0.0", "4.5.0"], ["4.2.0", "4.5.0"]];

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/migrate");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    cases
}

/// The nodes of a case; an apimlint.toml in it names them by itself.
fn nodes(case: &Path) -> Vec<String> {
    let folders = fs::read_dir(case).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut nodes: Vec<String> = folders.filter(|name| name.starts_with("node")).collect();
    nodes.sort();
    nodes
}

#[test]
fn every_setting_finds_its_place() {
    for case in cases() {
        let nodes = nodes(&case);
        let has_toml = |node: &String| case.join(node).join("repository/conf/deployment.toml").exists();
        for target in TARGETS[usize::from(nodes.iter().all(has_toml))] {
            let out = tempfile::tempdir().unwrap();
            let path = out.path().join("out");
            let mut arguments = vec!["migrate", "--to", target, "-o", path.to_str().unwrap()];
            if !case.join("apimlint.toml").exists() {
                arguments.extend(nodes.iter().map(String::as_str));
            }
            let output = run(&case, &arguments);
            assert_ne!(status(&output), 2, "{}", stderr(&output));
            let report: Value =
                serde_json::from_str(&fs::read_to_string(path.join("report.json")).unwrap()).unwrap();
            let mut text = notes(&fs::read_to_string(path.join("report.md")).unwrap());
            for (index, node) in nodes.iter().enumerate() {
                text.push_str(&accounts(&report["nodes"][index]));
                text.push('\n');
                text.push_str(&fs::read_to_string(path.join(node).join("deployment.toml")).unwrap());
            }
            let mut settings = insta::Settings::new();
            settings.set_snapshot_path(&case);
            settings.set_prepend_module_to_snapshot(false);
            settings.set_omit_expression(true);
            settings.bind(|| insta::assert_snapshot!(format!("expected.{target}"), text));
        }
    }
}

/// What is said of nodes as a whole; what rules of `check` find is told by their own cases.
fn notes(report: &str) -> String {
    let notes = report.lines().filter_map(|line| line.strip_prefix("- **"));
    let notes = notes.filter(|note| !note.contains("check finds"));
    notes.map(|note| format!("note: {}\n", note.replace("**", "").replace('\\', ""))).collect()
}

/// What became of the settings that the node has; what an overlay lacks of a whole file says nothing here.
fn accounts(node: &Value) -> String {
    let mut text = String::new();
    for setting in node["settings"].as_array().unwrap() {
        let word = |name: &str| setting[name].as_str().unwrap_or_default();
        if setting["value"].is_null() {
            continue;
        }
        let file = word("file").trim_start_matches("repository/conf/");
        let place = format!("{file} {} = {}", word("path"), word("value"));
        writeln!(text, "{}: {place}", word("status")).unwrap();
        let keys = setting["keys"].as_array().map(Vec::as_slice).unwrap_or_default();
        for key in keys {
            writeln!(text, "    {}", key.as_str().unwrap()).unwrap();
        }
        if !word("note").is_empty() {
            writeln!(text, "    {}", word("note")).unwrap();
        }
    }
    text
}
