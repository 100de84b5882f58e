//! Fixes: they mend their finding and nothing else, once, and leave every other byte alone.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]

#[path = "support/case.rs"]
mod case;
#[path = "support/program.rs"]
mod program;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use apimlint::catalog::card::FixKind;
use apimlint::check::Outcome;
use apimlint::diagnostic::Diagnostic;
use apimlint::fix::{Wanted, changes};
use apimlint::input::Request;
use apimlint::lint::registry;
use case::{copy_folder, nodes_in, why};
use program::{MULTICAST, apimlint, run, status, stderr, stdout, two_nodes, write};
use rayon::prelude::*;
use support::{check_rule, entries, name, root};

const AXIS2: &str = "repository/conf/axis2/axis2.xml";

fn lint(rule: &str, folder: &Path) -> Outcome {
    let nodes = nodes_in(&folder.join("nodes"));
    let config = Some(PathBuf::from("apimlint.toml"));
    check_rule(rule, folder, Request { nodes, config, ..Request::default() })
}

/// What tells findings apart while lines move.
fn marks(outcome: &Outcome) -> BTreeSet<String> {
    outcome.diagnostics.iter().map(|found| format!("{} {}", found.code, found.message)).collect()
}

/// Fixes each finding of a case alone, each time in a fresh copy; gives how many had a fix.
fn mend_each(rule: &str, folder: &Path) -> usize {
    let copy = tempfile::tempdir().unwrap();
    copy_folder(folder, copy.path());
    fs::write(copy.path().join("apimlint.toml"), why(folder).unwrap().inventory).unwrap();
    let before = lint(rule, copy.path());
    let fixable: Vec<&Diagnostic> = before.diagnostics.iter().filter(|found| found.fix.is_some()).collect();
    for found in &fixable {
        let alone = std::slice::from_ref(*found);
        let sources = &before.deployment.sources;
        let changed = changes(sources, alone, Wanted::All);
        let [change] = &changed.files[..] else { panic!("{}: {found:?}", folder.display()) };
        let edits = &found.fix.as_ref().unwrap().edits;
        assert!(edits.iter().all(|edit| edit.span.file == found.primary.span.file));
        let kept = change.file.text.len()
            - edits.iter().map(|edit| edit.span.end - edit.span.start).sum::<u32>() as usize;
        assert_eq!(change.text.len(), kept + edits.iter().map(|edit| edit.text.len()).sum::<usize>());
        let path = copy.path().join(&change.file.viewer_path);
        fs::write(&path, &change.text).unwrap();
        let after = lint(rule, copy.path());
        let place = format!("{}: {}", folder.display(), found.message);
        assert!(after.unread.iter().all(|unread| before.unread.contains(unread)), "{place}");
        let (old, new) = (marks(&before), marks(&after));
        let is_it = |other: &&Diagnostic| other.code == found.code && other.message == found.message;
        let alike = |outcome: &Outcome| outcome.diagnostics.iter().filter(is_it).count();
        assert!(alike(&after) < alike(&before), "{place}");
        assert_eq!(new.difference(&old).collect::<Vec<_>>(), Vec::<&String>::new(), "{place}");
        fs::write(&path, &change.file.text).unwrap();
    }
    fixable.len()
}

#[test]
fn each_fix_of_the_corpus_mends_its_finding_and_brings_no_other() {
    let folders: Vec<PathBuf> = entries(&root().join("corpus/rules"))
        .iter()
        .flat_map(|rule| entries(rule))
        .filter(|folder| name(folder).starts_with("fires-"))
        .collect();
    let mended: Vec<(String, usize)> = folders
        .par_iter()
        .map(|folder| {
            let rule = name(folder.parent().unwrap()).to_owned();
            let count = mend_each(&rule, folder);
            (rule, count)
        })
        .collect();
    let mut of_rule: BTreeMap<String, usize> = BTreeMap::new();
    for (rule, count) in mended {
        *of_rule.entry(rule).or_default() += count;
    }
    for rule in [
        "suppression-unused",
        "wka-members-ignored",
        "wka-port-mismatch",
        "reverse-proxy-context-mismatch",
        "reverse-proxy-host-mismatch",
        "reverse-proxy-value-unknown",
        "sticky-directive-unsupported",
        "connector-proxy-port-mismatch",
        "event-duplication-to-self",
        "user-database-local",
    ] {
        assert!(of_rule[rule] > 0, "{rule}: {of_rule:?}");
    }
    let safe = |rule: &str| registry::find(rule).unwrap().card.fix == FixKind::Auto;
    assert!(of_rule.iter().any(|(rule, count)| *count > 0 && safe(rule)));
}

/// A node whose comments suppress nothing.
fn stale_comments(folder: &Path) {
    let wka = MULTICAST.replace("multicast", "wka");
    let text = wka
        .replace("  <clustering", "  <!-- apimlint: ignore[CL003] long gone -->\r\n  <clustering")
        .replace("<members>", "<members>  <!-- apimlint: ignore[CL003,PX016] x -->")
        .replace("</axisconfig>", "<!-- é apimlint -->\n</axisconfig>");
    let text = format!("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n{text}");
    let bytes: Vec<u8> = text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
    write(folder, &format!("stale/{AXIS2}"), "");
    fs::write(folder.join(format!("stale/{AXIS2}")), bytes).unwrap();
}

const RULES: [&str; 2] = ["--select", "AL001,CL003"];

#[test]
fn safe_fixes_are_written_once_and_everything_else_stays() {
    let folder = two_nodes();
    stale_comments(folder.path());
    let path = folder.path().join(format!("stale/{AXIS2}"));
    let before = fs::read(&path).unwrap();
    let first = run(folder.path(), &[&["check", "stale", "warned", "--fix"], &RULES[..]].concat());
    assert_eq!((status(&first), stderr(&first)), (0, "2 fixes applied to 1 file\n"));
    // PX016 was not asked, so that its comment is not judged; what is not safe is only offered.
    assert!(stdout(&first).contains("[CL003] warned ") && !stdout(&first).contains("AL001"));
    assert_eq!(fs::read_to_string(folder.path().join(format!("warned/{AXIS2}"))).unwrap(), MULTICAST);
    let after = fs::read(&path).unwrap();
    let without = |bytes: &[u8], gone: &[u8]| {
        let at = bytes.windows(gone.len()).position(|window| window == gone).unwrap();
        [&bytes[..at], &bytes[at + gone.len()..]].concat()
    };
    let expected = without(&before, b"  <!-- apimlint: ignore[CL003] long gone -->\r\n");
    assert_eq!(after, without(&expected, b"CL003,"));
    let second = run(folder.path(), &[&["check", "stale", "--fix"], &RULES[..]].concat());
    assert_eq!((status(&second), stderr(&second)), (0, ""));
    assert_eq!(fs::read(&path).unwrap(), after);
}

#[test]
fn a_code_that_silences_nothing_leaves_the_others_in_the_comment() {
    let folder = two_nodes();
    for (codes, expected) in [
        ("CL003,PX005", "CL003"),
        ("PX005, CL003", "CL003"),
        ("PX005 CL003 until=2030-01-01", "CL003 until=2030-01-01"),
        ("CL003, PX005 until=2030-01-01", "CL003 until=2030-01-01"),
        ("PX005,CL003,AP002", "CL003"),
        ("wka-members-ignored,PX005", "wka-members-ignored"),
    ] {
        let with = |codes: &str| {
            MULTICAST.replace("  <clus", &format!("  <!-- apimlint: ignore[{codes}] [why] -->\n  <clus"))
        };
        write(folder.path(), &format!("warned/{AXIS2}"), &with(codes));
        let arguments =
            ["check", "warned", "--fix", "--today", "2026-11-20", "--select", "AL001,CL003,PX005,AP002"];
        let output = run(folder.path(), &arguments);
        assert_eq!(status(&output), 0, "{}", stderr(&output));
        let text = fs::read_to_string(folder.path().join(format!("warned/{AXIS2}"))).unwrap();
        assert_eq!(text, with(expected), "{codes}");
    }
}

#[test]
fn comments_go_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        ("repository/conf/jndi.properties", "# apimlint: ignore[CL003] x\na = 1\n", "a = 1\n"),
        (
            "repository/conf/axis2/axis2.xml",
            "<a>\n <b/> <!-- apimlint: ignore[CL003] x -->\n</a>\n",
            "<a>\n <b/>\n</a>\n",
        ),
        (
            "repository/deployment/server/jaggeryapps/store/site/conf/site.json",
            "{\n  // apimlint: ignore[CL003] x\n  \"a\": 1, /* apimlint: ignore[CL003] x */\n  \"b\": 2\n}\n",
            "{\n  \"a\": 1,\n  \"b\": 2\n}\n",
        ),
    ];
    for (path, text, _) in files {
        write(folder.path(), &format!("xml/{path}"), text);
    }
    let toml = "[server]\nhostname = \"h\" # apimlint: ignore[CL003] x\n\n# apimlint: ignore-file[CL003] x\n[a]\nb = 1\n";
    write(folder.path(), "toml/deployment.toml", toml);
    write(folder.path(), "nginx.conf", "http {\n  # apimlint: ignore[CL003] x\n  server { listen 80; }\n}\n");
    write(folder.path(), "hosts", "10.0.0.1 a # apimlint: ignore[CL003] x\n");
    let arguments = ["check", "xml", "toml", "--proxy", "nginx.conf", "--hosts", "hosts", "--fix"];
    let output = run(folder.path(), &[&arguments, &RULES[..]].concat());
    assert_eq!(status(&output), 0, "{}{}", stdout(&output), stderr(&output));
    let text = |path: &str| fs::read_to_string(folder.path().join(path)).unwrap();
    for (path, _, expected) in files {
        assert_eq!(text(&format!("xml/{path}")), expected);
    }
    assert_eq!(text("toml/deployment.toml"), "[server]\nhostname = \"h\"\n\n[a]\nb = 1\n");
    assert_eq!(text("nginx.conf"), "http {\n  server { listen 80; }\n}\n");
    assert_eq!(text("hosts"), "10.0.0.1 a\n");
}

/// Applies a diff with patch(1); false where the machine has none.
fn patch(folder: &Path, diff: &[u8]) -> bool {
    let child = Command::new("patch")
        .args(["-p0", "--binary"])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn();
    let Ok(mut child) = child else { return false };
    child.stdin.take().unwrap().write_all(diff).unwrap();
    assert!(child.wait().unwrap().success());
    true
}

#[test]
fn a_diff_shows_what_would_change_and_writes_nothing() {
    let folder = two_nodes();
    stale_comments(folder.path());
    let arguments = ["check", "stale", "warned", "--fix", "--diff"];
    let output = run(folder.path(), &[&arguments, &RULES[..]].concat());
    assert_eq!((status(&output), stderr(&output)), (0, "2 nodes, 3 warnings\n"));
    let shown = String::from_utf8_lossy(&output.stdout);
    for line in [
        &format!("--- stale/{AXIS2}"),
        &format!("+++ warned/{AXIS2}"),
        "-  <!-- apimlint: ignore[CL003] long gone -->\r",
        "-    <parameter name=\"membershipScheme\">multicast</parameter>",
        "+    <parameter name=\"membershipScheme\">wka</parameter>",
    ] {
        assert!(shown.contains(&format!("{line}\n")), "{line}\n{shown}");
    }
    assert_eq!(fs::read_to_string(folder.path().join(format!("warned/{AXIS2}"))).unwrap(), MULTICAST);
    if patch(folder.path(), &output.stdout) {
        let again = run(folder.path(), &[&arguments, &RULES[..]].concat());
        assert_eq!((stdout(&again), stderr(&again)), ("", "2 nodes, no findings\n"));
    }
}

#[test]
fn no_diff_shows_a_secret_and_archives_are_never_written() {
    const CANARY: &str = "Zq9CanaryXw7";
    let folder = tempfile::tempdir().unwrap();
    let beside = MULTICAST.replace(
        "    <parameter name=\"domain\">",
        &format!(
            "    <parameter name=\"groupPassword\">{CANARY}</parameter>\n    <parameter name=\"domain\">"
        ),
    );
    let on_the_line = MULTICAST.replace(
        "    <parameter name=\"membershipScheme\">",
        &format!(
            "    <parameter name=\"groupPassword\">{CANARY}</parameter><parameter name=\"membershipScheme\">"
        ),
    );
    write(folder.path(), &format!("beside/{AXIS2}"), &beside);
    write(folder.path(), &format!("same/{AXIS2}"), &on_the_line);
    let mut archive = zip::ZipWriter::new(fs::File::create(folder.path().join("packed.zip")).unwrap());
    archive.start_file(AXIS2, zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(MULTICAST.as_bytes()).unwrap();
    archive.finish().unwrap();
    let zipped = fs::read(folder.path().join("packed.zip")).unwrap();
    let arguments = ["check", "beside", "same", "packed.zip", "--fix", "--diff", "--select", "CL003"];
    let output = run(folder.path(), &arguments);
    let said = format!("{}{}", stdout(&output), stderr(&output));
    assert!(!said.contains(CANARY), "{said}");
    assert!(stdout(&output).contains("+    <parameter name=\"membershipScheme\">wka</parameter>"), "{said}");
    assert!(
        said.contains(&format!("same/{AXIS2}: what would change stands on a line with a secret")),
        "{said}"
    );
    assert!(said.contains("packed.zip is an archive"), "{said}");
    if patch(folder.path(), &output.stdout) {
        let text = fs::read_to_string(folder.path().join(format!("beside/{AXIS2}"))).unwrap();
        assert_eq!(text, beside.replace("multicast", "wka"));
    }
    assert_eq!(fs::read(folder.path().join("packed.zip")).unwrap(), zipped);
    let shown = run(folder.path(), &[&arguments[..], &["--show-secrets"]].concat());
    assert!(
        stdout(&shown).contains(&format!("{CANARY}</parameter><parameter name=\"membershipScheme\">wka"))
    );
}

#[test]
fn the_json_holds_the_edits() {
    let folder = two_nodes();
    stale_comments(folder.path());
    let output =
        run(folder.path(), &[&["check", "stale", "warned", "--format", "json"], &RULES[..]].concat());
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let fix = |index: usize| &document["diagnostics"][index]["fix"];
    assert_eq!((&fix(0)["safe"], &fix(2)["safe"]), (&true.into(), &false.into()));
    let expected = serde_json::json!([{
        "node": "warned", "file": AXIS2, "line": 3, "column": 40, "end_line": 3, "end_column": 49, "text": "wka",
    }]);
    assert_eq!(fix(2)["edits"], expected);
    assert_eq!((&fix(0)["edits"][0]["line"], &fix(0)["edits"][0]["end_line"]), (&3.into(), &4.into()));
}

#[test]
fn fixes_can_be_asked_for_in_the_environment() {
    let folder = two_nodes();
    stale_comments(folder.path());
    let path = folder.path().join(format!("stale/{AXIS2}"));
    let before = fs::read(&path).unwrap();
    let mut command = apimlint(folder.path());
    command.args(["check", "stale"]).args(RULES).env("APIMLINT_FIX", "1").env("APIMLINT_DIFF", "1");
    assert!(String::from_utf8_lossy(&command.output().unwrap().stdout).starts_with("--- stale/"));
    assert_eq!(fs::read(&path).unwrap(), before);
    command.env_remove("APIMLINT_DIFF");
    assert_eq!(stderr(&command.output().unwrap()), "2 fixes applied to 1 file\n");
    assert_ne!(fs::read(&path).unwrap(), before);
}

#[test]
fn fixes_are_refused_where_nothing_can_be_written() {
    let folder = two_nodes();
    for arguments in [
        &["check", "clean", "--diff"][..],
        &["check", "-", "--stdin-filename", "axis2.xml", "--fix"],
        &["check", "clean", "--fix", "--diff", "--format", "json"],
        &["check", "clean", "--fix", "--write-baseline", "b.json"],
    ] {
        assert_eq!(status(&run(folder.path(), arguments)), 2, "{arguments:?}");
    }
}
