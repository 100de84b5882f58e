//! What makes the program livable: overrides in apimlint.toml, baselines, and files over standard input.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]

#[path = "support/program.rs"]
mod program;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Output, Stdio};

use program::{MULTICAST, apimlint, run, status, stderr, stdout, two_nodes, write};
use serde_json::Value;

const AXIS2: &str = "repository/conf/axis2/axis2.xml";

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Codes and severities of the findings.
fn found(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, &[&["check", "--format", "json"], arguments].concat());
    assert_ne!(status(&output), 2, "{}", stderr(&output));
    let document = json(&output);
    let findings = document["diagnostics"].as_array().unwrap().iter();
    let one = |finding: &Value| {
        let word = |name: &str| finding[name].as_str().unwrap().to_owned();
        format!("{}={}", word("code"), word("severity"))
    };
    findings.map(one).collect::<Vec<_>>().join(" ")
}

#[test]
fn overrides_hold_for_their_nodes_and_files() {
    let folder = two_nodes();
    write(folder.path(), &format!("other/{AXIS2}"), MULTICAST);
    let with = |inventory: &str, arguments: &[&str]| {
        write(folder.path(), "apimlint.toml", &format!("select = [\"CL003\"]\n{inventory}"));
        found(folder.path(), &[&["warned", "other"], arguments].concat())
    };
    let over = |text: &str| format!("[[override]]\n{text}\n");
    assert_eq!(with("", &[]), "CL003=warning CL003=warning");
    assert_eq!(with(&over("nodes = [\"warned\"]\nignore = [\"CL\"]"), &[]), "CL003=warning");
    assert_eq!(with(&over("files = [\"*/axis2.xml\"]\nignore = [\"ALL\"]"), &[]), "");
    assert_eq!(
        with(&over("files = [\"*/carbon.xml\"]\nignore = [\"ALL\"]"), &[]),
        "CL003=warning CL003=warning"
    );
    let severity = over("nodes = [\"oth*\"]\nseverity = { wka-members-ignored = \"error\" }");
    assert_eq!(with(&severity, &[]), "CL003=warning CL003=error");
    assert_eq!(with(&severity, &["--severity", "CL003=info"]), "CL003=info CL003=info");
    let both = over("nodes = [\"*\"]\nseverity = { CL = \"info\" }") + &severity;
    assert_eq!(with(&both, &[]), "CL003=info CL003=error");
}

const CARBON: &str = "repository/conf/carbon.xml";

/// Three nodes with offsets 0, 1 and 1, and whatever rule of the house.
fn with_rule(rule: &str, arguments: &[&str]) -> (String, Value) {
    let folder = tempfile::tempdir().unwrap();
    for (node, offset) in [("gw1", "0"), ("gw2", "1"), ("km", "1")] {
        let text = format!(
            "<Server>\n  <HostName>{node}.corp.test</HostName>\n  <Ports>\n    <Offset>{offset}</Offset>\n  </Ports>\n</Server>\n"
        );
        write(folder.path(), &format!("{node}/{CARBON}"), &text);
    }
    let asked =
        format!("select = [\"CORP001\"]\n[[rule]]\ncode = \"CORP001\"\nfile = \"carbon.xml\"\n{rule}\n");
    write(folder.path(), "apimlint.toml", &asked);
    let all = [&["check", "--format", "json", "gw1", "gw2", "km"], arguments].concat();
    let output = run(folder.path(), &all);
    assert_ne!(status(&output), 2, "{}", stdout(&output));
    let document = json(&output);
    let findings = document["diagnostics"].as_array().unwrap().iter().map(|finding| {
        let labels = finding["labels"].as_array().unwrap().iter();
        let places = labels.map(|label| format!("{}:{}", label["node"].as_str().unwrap(), label["line"]));
        format!("{} {}", finding["severity"].as_str().unwrap(), places.collect::<Vec<_>>().join(" "))
    });
    (findings.collect::<Vec<_>>().join("; "), document)
}

#[test]
fn rules_of_the_house_ask_for_values_presence_and_likeness() {
    for (rule, expected) in [
        ("path = \"/Server/Ports/Offset\"\nexpect = [\"0\"]", "warning gw2:4; warning km:4"),
        ("path = \"/Server/Ports/Offset\"\nexpect = [\"0\", \"1\"]", ""),
        ("path = \"*Offset\"\nforbid = [\"0\"]\nseverity = \"error\"", "error gw1:4"),
        ("path = \"*Offset\"\nexpect = [\"0\"]\nnodes = [\"gw*\"]", "warning gw2:4"),
        ("path = \"*Offset\"\nacross = \"same\"", "warning gw1:4 gw2:4 km:4"),
        ("path = \"*Offset\"\nacross = \"different\"", "warning km:4 gw2:4"),
        ("path = \"*HostName\"\nacross = \"different\"", ""),
        ("path = \"*MgtHostName\"\npresent = true", "warning gw1:1; warning gw2:1; warning km:1"),
        ("path = \"*HostName\"\npresent = false\nnodes = [\"km\"]", "warning km:2"),
    ] {
        assert_eq!(with_rule(rule, &[]).0, expected, "{rule}");
    }
}

#[test]
fn rules_of_the_house_are_rules_like_others() {
    let rule = "name = \"corp-offset\"\nmessage = \"offsets are not used here\"\nhelp = \"use 0\"\n\
                path = \"/Server/Ports/Offset\"\nexpect = [\"0\"]\n";
    let (found, document) = with_rule(rule, &[]);
    assert_eq!(found, "warning gw2:4; warning km:4");
    let first = &document["diagnostics"][0];
    assert_eq!(first["rule"], "corp-offset");
    assert_eq!(first["message"], "gw2: offsets are not used here");
    assert_eq!(first["help"], "use 0");
    assert_eq!(with_rule(rule, &["--severity", "CORP001=info"]).0, "info gw2:4; info km:4");
    assert_eq!(with_rule(rule, &["--ignore", "CORP001"]).0, "");
    let over = format!("{rule}[[override]]\nnodes = [\"km\"]\nignore = [\"CORP001\"]\n");
    assert_eq!(with_rule(&over, &[]).0, "warning gw2:4");
}

#[test]
fn a_comment_suppresses_a_rule_of_the_house() {
    let folder = tempfile::tempdir().unwrap();
    let text = "<Server>\n  <!-- apimlint: ignore[CORP001] agreed -->\n  <HostName>a</HostName>\n</Server>\n";
    write(folder.path(), &format!("node1/{CARBON}"), text);
    let rule = "[[rule]]\ncode = \"CORP001\"\nfile = \"*\"\npath = \"/Server/HostName\"\nforbid = [\"a\"]\n";
    write(folder.path(), "apimlint.toml", rule);
    assert_eq!(found(folder.path(), &["node1", "--select", "CORP001,AL"]), "");
    write(folder.path(), "apimlint.toml", &rule.replace("\"a\"", "\"b\""));
    assert_eq!(found(folder.path(), &["node1", "--select", "CORP001,AL"]), "AL001=warning");
}

#[test]
fn a_rule_of_the_house_that_cannot_be_is_said_with_its_place() {
    let folder = two_nodes();
    let inventory = "[[rule]]\ncode = \"CL001\"\nfile = \"a\"\npath = \"b\"\npresent = true\n\n\
                     [[rule]]\ncode = \"CORP001\"\nfile = \"a\"\npath = \"b\"\n";
    write(folder.path(), "apimlint.toml", inventory);
    let output = run(folder.path(), &["check", "clean"]);
    assert_eq!(status(&output), 2);
    for line in [
        "apimlint.toml:2:8: the letters of CL001 are those of rules of apimlint; take others",
        "apimlint.toml:7:1: [[rule]] asks one thing: \"expect\", \"forbid\", \"present\" or \"across\"",
    ] {
        assert!(stdout(&output).contains(line), "{}", stdout(&output));
    }
}

#[test]
fn words_of_the_inventory_that_mean_nothing_are_said_with_their_place() {
    let folder = two_nodes();
    let inventory =
        "ignored = [\"CL003\"]\n[[override]]\nnodes = [\"a\"]\nignore = [\"wka-members-ignord\"]\n";
    write(folder.path(), "apimlint.toml", inventory);
    let output = run(folder.path(), &["check", "clean"]);
    assert_eq!(status(&output), 2);
    for line in [
        "apimlint.toml:1:1: unknown key \"ignored\" in apimlint.toml; did you mean \"ignore\"?",
        "apimlint.toml:4:11: \"wka-members-ignord\" is no code, prefix or name of a rule; did you mean wka-members-ignored?",
    ] {
        assert!(stdout(&output).contains(line), "{}", stdout(&output));
    }
}

#[test]
fn a_suppression_of_a_rule_that_is_ignored_there_is_not_called_unused() {
    let folder = two_nodes();
    let comment = "<!-- apimlint: ignore[CL003] later -->\n  <clustering";
    let wka = MULTICAST.replace("multicast", "wka").replacen("<clustering", comment, 1);
    write(folder.path(), &format!("warned/{AXIS2}"), &wka);
    write(folder.path(), "apimlint.toml", "select = [\"CL003\", \"AL\"]\n");
    assert_eq!(found(folder.path(), &["warned"]), "AL001=warning");
    let inventory =
        "select = [\"CL003\", \"AL\"]\n[[override]]\nnodes = [\"warned\"]\nignore = [\"CL003\"]\n";
    write(folder.path(), "apimlint.toml", inventory);
    assert_eq!(found(folder.path(), &["warned"]), "");
}

#[test]
fn a_baseline_keeps_known_findings_silent_wherever_they_move() {
    let folder = two_nodes();
    let check = |arguments: &[&str]| {
        run(
            folder.path(),
            &[&["check", "warned", "clean", "--select", "CL003", "--fail-on", "info"], arguments].concat(),
        )
    };
    assert_eq!(status(&check(&[])), 1);
    let written = check(&["--write-baseline", "known.json"]);
    assert_eq!((status(&written), stderr(&written)), (0, "1 finding written to known.json\n"));
    assert!(stdout(&written).contains("[CL003]"));
    let text = fs::read_to_string(folder.path().join("known.json")).unwrap();
    let baseline: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&baseline["findings"][0]["node"], &baseline["findings"][0]["file"]),
        (&"warned".into(), &AXIS2.into())
    );

    let silent = check(&["--baseline", "known.json"]);
    assert_eq!((status(&silent), stderr(&silent)), (0, ""));
    assert_eq!(stdout(&silent), "2 nodes, no findings, 1 in the baseline\n");
    write(folder.path(), &format!("warned/{AXIS2}"), &format!("<!-- moved -->\n\n{MULTICAST}"));
    assert_eq!(status(&check(&["--baseline", "known.json", "--strict-baseline"])), 0);
    write(folder.path(), "apimlint.toml", "baseline = \"known.json\"\n");
    assert_eq!(status(&check(&[])), 0);
    let summary = json(&check(&["--format", "json"]))["summary"].clone();
    assert_eq!(summary, serde_json::json!({"errors": 0, "warnings": 0, "infos": 0, "suppressed": 1}));
    let log = json(&check(&["--format", "sarif"]));
    let result = &log["runs"][0]["results"][0];
    assert_eq!(
        (&result["suppressions"][0]["kind"], &result["baselineState"]),
        (&"external".into(), &"unchanged".into())
    );

    write(folder.path(), &format!("clean/{AXIS2}"), MULTICAST);
    let more = check(&[]);
    assert_eq!(status(&more), 1);
    assert!(stdout(&more).contains("[CL003] clean ") && !stdout(&more).contains("[CL003] warned "));
    assert_eq!(status(&check(&["--write-baseline", "known.json"])), 0);
    assert_eq!(status(&check(&[])), 0);
    let rewritten = fs::read_to_string(folder.path().join("known.json")).unwrap();
    assert!(text.lines().all(|line| rewritten.contains(line)), "{text}\n{rewritten}");
}

#[test]
fn entries_that_no_longer_occur_are_said_and_fail_where_that_is_asked_for() {
    let folder = two_nodes();
    let check = |arguments: &[&str]| {
        run(folder.path(), &[&["check", "--baseline", "known.json"], arguments].concat())
    };
    run(folder.path(), &["check", "warned", "clean", "--select", "CL003", "--write-baseline", "known.json"]);
    write(folder.path(), &format!("warned/{AXIS2}"), &MULTICAST.replace("multicast", "wka"));
    let note = "known.json holds 1 finding that no longer occurs; --write-baseline known.json renews it\n  CL003 warned: ";
    let only = ["--select", "CL003"];
    let mended = check(&[&["warned"], &only[..]].concat());
    assert_eq!(status(&mended), 0);
    assert!(stderr(&mended).starts_with(note), "{}", stderr(&mended));
    assert_eq!(stderr(&check(&[&["warned", "--quiet"], &only[..]].concat())), "");
    let strict = check(&[&["warned", "--quiet", "--strict-baseline"], &only[..]].concat());
    assert_eq!(status(&strict), 1);
    assert!(stderr(&strict).starts_with(note), "{}", stderr(&strict));
    // Who did not look cannot tell that a finding is gone.
    assert_eq!(status(&check(&["clean", "--strict-baseline", "--select", "CL003"])), 0);
    assert_eq!(status(&check(&["warned", "--strict-baseline", "--select", "CL004"])), 0);
}

#[test]
fn a_baseline_that_cannot_be_used_silences_nothing() {
    let folder = two_nodes();
    write(folder.path(), "broken.json", "{\n  \"schema_version\": 1,\n  \"findings\": [{}]\n}\n");
    for (file, word) in
        [("none.json", "does not exist"), ("broken.json", "broken.json:3:16: has no \"fingerprint\"")]
    {
        let output = run(folder.path(), &["check", "warned", "--baseline", file]);
        assert_eq!(status(&output), 2);
        assert!(stdout(&output).contains(word) && stdout(&output).contains("[CL003]"), "{}", stdout(&output));
    }
    for arguments in [
        &["--baseline", "a.json", "--write-baseline", "b.json"][..],
        &["--strict-baseline", "--write-baseline", "b.json"],
        &["missing", "--write-baseline", "b.json"],
    ] {
        let output = run(folder.path(), &[&["check", "warned"], arguments].concat());
        assert_eq!(status(&output), 2, "{arguments:?}");
        assert!(!folder.path().join("b.json").exists(), "{arguments:?}");
    }
}

fn piped(folder: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut command = apimlint(folder);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // The program may refuse before it reads.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

#[test]
fn a_file_comes_over_standard_input() {
    let folder = two_nodes();
    let check = |name: &str, format: &str| {
        let arguments = ["check", "-", "--stdin-filename", name, "--select", "CL003", "--format", format];
        piped(folder.path(), &arguments, MULTICAST.as_bytes())
    };
    for name in ["axis2.xml", &format!("wso2am/{AXIS2}"), &format!("warned/{AXIS2}")] {
        let output = check(name, "json");
        assert_eq!(status(&output), 0, "{}", stderr(&output));
        let document = json(&output);
        assert_eq!(document["diagnostics"][0]["code"], "CL003", "{name}");
        assert_eq!(document["diagnostics"][0]["labels"][0]["file"], AXIS2);
    }
    let sarif = json(&check(&format!("warned/{AXIS2}"), "sarif"));
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], format!("warned/{AXIS2}"));
    write(folder.path(), "apimlint.toml", "[[node]]\nname = \"gw1\"\npath = \"warned\"\n");
    assert_eq!(json(&check(&format!("warned/{AXIS2}"), "json"))["nodes"][0]["name"], "gw1");
    let named = piped(folder.path(), &["check", "x=-", "clean", "--stdin-filename", "axis2.xml"], b"<a>");
    assert_eq!(status(&named), 2);
    assert!(
        stdout(&named).contains("cannot read x: repository/conf/axis2/axis2.xml:1:"),
        "{}",
        stdout(&named)
    );
}

#[test]
fn standard_input_needs_a_name_that_says_what_it_is() {
    let folder = two_nodes();
    for (arguments, word) in [
        (&["check", "-"][..], "--stdin-filename"),
        (&["check", "clean", "--stdin-filename", "axis2.xml"], "\"-\""),
        (&["check", "-", "a=-", "--stdin-filename", "axis2.xml"], "one node"),
        (&["check", "-", "--stdin-filename", "notes.txt"], "is no node"),
        (&["check", "-", "--stdin-filename", "apimlint.toml"], "is no node"),
    ] {
        let output = piped(folder.path(), arguments, MULTICAST.as_bytes());
        assert_eq!(status(&output), 2, "{arguments:?}");
        let said = format!("{}{}", stdout(&output), stderr(&output));
        assert!(said.contains(word), "{arguments:?}: {said}");
    }
}
