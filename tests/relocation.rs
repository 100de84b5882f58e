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
use std::sync::OnceLock;

use apimlint::migrate::relocation::{self, Fate, Found, Journey, Relocation};
use apimlint::model::Version;
use apimlint::syntax::secrets::MASK;
use program::{run, status, stderr};
use serde_json::Value;
use tempfile::TempDir;

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

/// The newest version that its apimlint.toml gives a node.
fn newest(case: &Path) -> Option<Version> {
    let settings = fs::read_to_string(case.join("apimlint.toml")).unwrap_or_default();
    let quoted = |line: &str| Version::parse(line.strip_prefix("version = ")?.trim_matches('"'));
    settings.lines().filter_map(quoted).max()
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

/// A case migrated to one of its targets.
struct Run {
    case: PathBuf,
    target: &'static str,
    out: TempDir,
}

impl Run {
    fn path(&self) -> PathBuf {
        self.out.path().join("out")
    }
}

/// Each case migrated to its targets, once for all tests.
fn runs() -> &'static [Run] {
    static RUNS: OnceLock<Vec<Run>> = OnceLock::new();
    RUNS.get_or_init(|| {
        let targets = |case: PathBuf| {
            let has_toml = |node: &String| case.join(node).join("repository/conf/deployment.toml").exists();
            let targets = TARGETS[usize::from(nodes(&case).iter().all(has_toml))].into_iter();
            let newest = newest(&case);
            targets
                .filter(move |target| newest < Version::parse(target))
                .map(move |target| (case.clone(), target))
        };
        let all: Vec<(PathBuf, &'static str)> = cases().into_iter().flat_map(targets).collect();
        let run = |(case, target): &(PathBuf, &'static str)| {
            let out = tempfile::tempdir().unwrap();
            migrate(case, target, &out.path().join("out"));
            Run { case: case.clone(), target, out }
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let (run, share) = (&run, all.len().div_ceil(threads));
        std::thread::scope(|scope| {
            let shares: Vec<_> = all
                .chunks(share)
                .map(|share| scope.spawn(move || share.iter().map(run).collect::<Vec<Run>>()))
                .collect();
            shares.into_iter().flat_map(|share| share.join().unwrap()).collect()
        })
    })
}

fn report(out: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(out.join("report.json")).unwrap()).unwrap()
}

#[test]
fn every_setting_finds_its_place() {
    for run in runs() {
        let path = run.path();
        let report = report(&path);
        let mut text = notes(&fs::read_to_string(path.join("report.md")).unwrap());
        for (index, node) in nodes(&run.case).iter().enumerate() {
            text.push_str(&accounts(&report["nodes"][index]));
            text.push('\n');
            text.push_str(&fs::read_to_string(path.join(node).join("deployment.toml")).unwrap());
        }
        let mut settings = insta::Settings::new();
        settings.set_snapshot_path(&run.case);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(format!("expected.{}", run.target), text));
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
    for Run { case, out: folder, .. } in runs().iter().filter(|run| run.target == "4.5.0") {
        let nodes = nodes(case);
        let out = |name: &str| folder.path().join(name);
        migrate(case, "4.5.0", &out("two"));
        assert_eq!(files(&out("out"), &nodes), files(&out("two"), &nodes), "{}", case.display());
        let made: Vec<String> =
            nodes.iter().map(|node| format!("{node}=out/{node}/deployment.toml")).collect();
        let mut arguments = vec!["migrate", "--to", "4.5.0", "--product-version", "4.5.0", "-o", "again"];
        arguments.extend(made.iter().map(String::as_str));
        let output = run(folder.path(), &arguments);
        assert_ne!(status(&output), 2, "{}: {}", case.display(), stderr(&output));
        for (index, node) in nodes.iter().enumerate() {
            let text = |name: &str| fs::read_to_string(out(name).join(node).join("deployment.toml")).unwrap();
            assert_eq!(text("out"), text("again"), "{} {node}", case.display());
            assert_eq!(report(&out("again"))["nodes"][index]["summary"]["manual"], 0, "{}", case.display());
        }
    }
}

/// The targets for which no case has a snapshot.
const BETWEEN: [Version; 3] = [Version::new(3, 2, 0), Version::new(4, 0, 0), Version::new(4, 1, 0)];

/// The relocations that decided on settings of a case; of those that hold for targets between the others, which would.
fn reached(run: &Run) -> Vec<&'static Relocation> {
    let report = report(&run.path());
    let target = Version::parse(run.target).unwrap();
    let mut reached = Vec::new();
    for node in report["nodes"].as_array().unwrap() {
        let from = Version::parse(node["version"].as_str().unwrap());
        for setting in node["settings"].as_array().unwrap() {
            let word = |name: &str| setting[name].as_str();
            let (file, path) = (word("file").unwrap(), word("path").unwrap());
            for value in values(file, word("value")) {
                let find = |to| relocation::find(file, path, value, Journey { from, to });
                let kept = |to| relocation::otherwise(file, path, value, Journey { from, to });
                let decided = find(target).into_iter().chain(kept(target)).filter(|found| {
                    let Relocation { fate, note, .. } = found.relocation;
                    let note = note.as_ref().map(|note| found.fill(note, value.unwrap_or_default()));
                    let has_moved = matches!(fate, Fate::Moved { .. } | Fate::Key { .. });
                    has_moved || note.is_some_and(|note| Some(note.as_str()) == word("note"))
                });
                let between = BETWEEN.into_iter().flat_map(|to| find(to).into_iter().chain(kept(to)));
                let between = between.filter(is_between);
                reached.extend(decided.chain(between).map(|found| found.relocation));
            }
        }
    }
    reached
}

fn is_between(found: &Found) -> bool {
    found.relocation.since.is_some() && found.relocation.before.is_some()
}

/// What a value may be: where the report masks it, each that a relocation of the file asks for.
fn values<'a>(file: &str, value: Option<&'a str>) -> Vec<Option<&'a str>> {
    let of_file = relocation::all().iter().filter(|known| known.file == file);
    let asked = of_file.filter_map(|known| known.when.as_deref());
    asked.filter(|_| value == Some(MASK)).map(Some).chain([value]).collect()
}

#[test]
fn a_case_reaches_each_relocation() {
    let reached: Vec<&Relocation> = runs().iter().flat_map(reached).collect();
    let is_missing = |known: &&Relocation| !reached.iter().any(|one| std::ptr::eq(*one, *known));
    let place = |known: &Relocation| format!("{} {}", known.file, known.pattern);
    let missing: Vec<String> = relocation::all().iter().filter(is_missing).map(place).collect();
    assert!(missing.is_empty(), "{}", missing.join("\n"));
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
