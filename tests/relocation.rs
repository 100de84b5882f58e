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

/// Migrates a case into a folder.
fn migrate(case: &Path, target: &str, out: &Path) {
    let nodes = nodes(case);
    let mut arguments = vec!["migrate", "--to", target, "-o", out.to_str().unwrap()];
    if !case.join("apimlint.toml").exists() {
        arguments.extend(nodes.iter().map(String::as_str));
    }
    let output = run(case, &arguments);
    assert_ne!(status(&output), 2, "{}: {}", case.display(), stderr(&output));
}

fn report(out: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(out.join("report.json")).unwrap()).unwrap()
}

#[test]
fn every_setting_finds_its_place() {
    for case in cases() {
        let nodes = nodes(&case);
        let has_toml = |node: &String| case.join(node).join("repository/conf/deployment.toml").exists();
        for target in TARGETS[usize::from(nodes.iter().all(has_toml))] {
            let out = tempfile::tempdir().unwrap();
            let path = out.path().join("out");
            migrate(&case, target, &path);
            let report = report(&path);
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

/// All that was written for a case, by path.
fn files(folder: &Path, nodes: &[String]) -> Vec<String> {
    let of_node = |node: &String| fs::read_to_string(folder.join(node).join("deployment.toml")).unwrap();
    let reports = ["report.json", "report.md", "report.html"];
    let reports = reports.map(|name| fs::read_to_string(folder.join(name)).unwrap());
    nodes.iter().map(of_node).chain(reports).collect()
}

#[test]
fn the_same_comes_out_twice_and_stays_as_it_is_when_it_is_migrated_again() {
    for case in cases() {
        let (folder, nodes) = (tempfile::tempdir().unwrap(), nodes(&case));
        let out = |name: &str| folder.path().join(name);
        migrate(&case, "4.5.0", &out("one"));
        migrate(&case, "4.5.0", &out("two"));
        assert_eq!(files(&out("one"), &nodes), files(&out("two"), &nodes), "{}", case.display());
        let made: Vec<String> =
            nodes.iter().map(|node| format!("{node}=one/{node}/deployment.toml")).collect();
        let mut arguments = vec!["migrate", "--to", "4.5.0", "--product-version", "4.5.0", "-o", "again"];
        arguments.extend(made.iter().map(String::as_str));
        let output = run(folder.path(), &arguments);
        assert_ne!(status(&output), 2, "{}: {}", case.display(), stderr(&output));
        for (index, node) in nodes.iter().enumerate() {
            let text = |name: &str| fs::read_to_string(out(name).join(node).join("deployment.toml")).unwrap();
            assert_eq!(text("one"), text("again"), "{} {node}", case.display());
            assert_eq!(report(&out("again"))["nodes"][index]["summary"]["manual"], 0, "{}", case.display());
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
