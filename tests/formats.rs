//! The machine formats: each is what its readers ask for, and all tell of the same findings.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use apimlint::check::{Options, Outcome, check};
use apimlint::input::{NodeArgument, Request};
use apimlint::lint::{Date, Layer};
use apimlint::report::github::report_github;
use apimlint::report::gitlab::report_gitlab;
use apimlint::report::junit::report_junit;
use apimlint::report::markdown::report_markdown;
use apimlint::report::sarif::report_sarif;
use serde_json::Value;
use support::{entries, name, root};

/// A warning of CL003 at line 3; a comment may stand before it.
fn multicast(comment: &str) -> String {
    format!(
        "<axisconfig name=\"AxisJava2.0\">\n  {comment}\n  <clustering class=\"x\" enable=\"true\">\n    \
         <parameter name=\"membershipScheme\">multicast</parameter>\n    <members>\n      \
         <member><hostName>10.0.7.12</hostName><port>4000</port></member>\n    </members>\n  </clustering>\n\
         </axisconfig>\n"
    )
}

const AXIS2: &str = "repository/conf/axis2/axis2.xml";

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn run(folder: &Path, nodes: &[&str]) -> Outcome {
    let nodes: Vec<NodeArgument> = nodes.iter().map(|node| node.parse().unwrap()).collect();
    let request = Request { nodes, working_folder: folder.to_owned(), ..Request::default() };
    let today = "2026-11-20".parse::<Date>().unwrap();
    check(&Options { request, product_version: None, layer: Layer::default(), today })
}

/// A node with names that need escapes, one in an archive, one silenced by a comment, one that does not parse.
fn awkward() -> (tempfile::TempDir, Outcome) {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &format!("no de,ü%:1/{AXIS2}"), &multicast(""));
    write(
        folder.path(),
        &format!("quiet/{AXIS2}"),
        &multicast("<!-- apimlint: ignore[CL003] \"why\" not -->"),
    );
    write(folder.path(), &format!("broken/{AXIS2}"), "<a>\n  <b></a>\n");
    let mut archive = zip::ZipWriter::new(fs::File::create(folder.path().join("packed.zip")).unwrap());
    archive.start_file(format!("wso2am-2.6.0/{AXIS2}"), zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(multicast("").as_bytes()).unwrap();
    archive.finish().unwrap();
    let absolute = folder.path().parent().unwrap().join("no such folder");
    let outcome =
        run(folder.path(), &["./no de,ü%:1", "packed.zip", "quiet", "broken", absolute.to_str().unwrap()]);
    assert_eq!((outcome.unread.len(), outcome.silenced.len()), (2, 1));
    (folder, outcome)
}

/// The deployments of the corpus, and the awkward one.
fn outcomes() -> Vec<Outcome> {
    let folders: Vec<PathBuf> = entries(&root().join("corpus/deployments"));
    assert!(folders.len() > 3);
    let mut outcomes: Vec<Outcome> = folders.iter().map(|folder| run(folder, &[])).collect();
    outcomes.push(awkward().1);
    outcomes
}

fn schema(name: &str) -> Value {
    let path = root().join(format!("tests/schemas/{name}.json"));
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn validate(schema: &Value, text: &str) -> Value {
    let document: Value = serde_json::from_str(text).unwrap();
    let validator = jsonschema::validator_for(schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    document
}

#[test]
fn sarif_is_valid_and_whole() {
    let schema = schema("sarif");
    for outcome in outcomes() {
        let log = validate(&schema, &report_sarif(&outcome.results()).unwrap());
        let run = &log["runs"][0];
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), outcome.diagnostics.len() + outcome.silenced.len());
        assert_eq!(run["invocations"][0]["executionSuccessful"], outcome.unread.is_empty());
        let marks: BTreeSet<&str> = results
            .iter()
            .map(|result| result["partialFingerprints"]["apimlint/v1"].as_str().unwrap())
            .collect();
        assert_eq!(marks.len(), results.len());
        for result in results {
            let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
            assert_eq!(rule["id"], result["ruleId"]);
            for region in regions(result) {
                let (start, end) = (&region["startColumn"], &region["endColumn"]);
                if region["startLine"] == region["endLine"] {
                    assert!(end.as_u64() > start.as_u64(), "{region}");
                }
            }
        }
    }
}

fn regions(value: &Value) -> Vec<&Value> {
    match value {
        Value::Object(members) => {
            let own = members.get("region").into_iter();
            own.chain(members.values().flat_map(regions)).collect()
        }
        Value::Array(items) => items.iter().flat_map(regions).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn sarif_names_files_relative_to_the_working_folder_and_says_what_is_silenced() {
    let (_folder, outcome) = awkward();
    let log: Value = serde_json::from_str(&report_sarif(&outcome.results()).unwrap()).unwrap();
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    let of_rule: Vec<&Value> = results.iter().filter(|result| result["ruleId"] == "CL003").collect();
    let uri = |result: &Value| result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].clone();
    assert_eq!(uri(of_rule[0]), format!("no%20de%2C%C3%BC%25%3A1/{AXIS2}"));
    assert_eq!(uri(of_rule[1]), "packed.zip");
    let inside = &of_rule[1]["locations"][0]["logicalLocations"][0]["fullyQualifiedName"];
    assert_eq!(inside, &format!("{AXIS2}:4:5"));
    assert_eq!(of_rule[2]["suppressions"][0]["justification"], "\"why\" not");
    assert!(of_rule[0].get("suppressions").is_none());
    let notifications = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!(notifications.len(), 2);
    let place = |index: usize| &notifications[index]["locations"][0]["physicalLocation"];
    let uris: BTreeSet<&str> =
        (0..2).map(|index| place(index)["artifactLocation"]["uri"].as_str().unwrap()).collect();
    let broken = format!("broken/{AXIS2}");
    assert_eq!(uris, BTreeSet::from([broken.as_str(), "no%20such%20folder"]));
    assert_eq!(run["automationDetails"]["id"], "apimlint/");
}

#[test]
fn deployments_of_one_repository_have_categories_of_their_own() {
    let category = |nodes: &[&str]| {
        let outcome = run(root(), nodes);
        let log: Value = serde_json::from_str(&report_sarif(&outcome.results()).unwrap()).unwrap();
        log["runs"][0]["automationDetails"]["id"].as_str().unwrap().to_owned()
    };
    let folder = "corpus/deployments/active-active-2.6";
    let (one, two) = (format!("{folder}/node1"), format!("./{folder}/node2"));
    assert_eq!(category(&[&one, &two]), format!("apimlint/{folder}/"));
    assert_eq!(category(&[&one]), format!("apimlint/{folder}/node1/"));
    let absolute = format!("gw={}", root().join(&one).display());
    assert_eq!(category(&[&absolute]), format!("apimlint/{folder}/node1/"));
}

#[test]
fn gitlab_is_valid_and_no_two_entries_are_one() {
    let schema = schema("gitlab");
    for outcome in outcomes() {
        let entries = validate(&schema, &report_gitlab(&outcome.results()).unwrap());
        let entries = entries.as_array().unwrap();
        assert_eq!(entries.len(), outcome.diagnostics.len() + outcome.unread.len());
        let marks: BTreeSet<&str> =
            entries.iter().map(|entry| entry["fingerprint"].as_str().unwrap()).collect();
        assert_eq!(marks.len(), entries.len());
    }
}

#[test]
fn junit_is_well_formed_and_its_numbers_are_right() {
    for outcome in outcomes() {
        let text = report_junit(&outcome.results());
        let document = roxmltree::Document::parse(&text).unwrap();
        let whole = document.root_element();
        assert_eq!(whole.tag_name().name(), "testsuites");
        let suites: Vec<_> = whole.children().filter(|node| node.is_element()).collect();
        assert!(suites.len() > outcome.deployment.nodes.len());
        let mut sums = [0; 3];
        for suite in &suites {
            assert_eq!(suite.tag_name().name(), "testsuite");
            let cases: Vec<_> = suite.children().filter(|node| node.is_element()).collect();
            let holding = |child: &str| {
                let holds = |case: &&roxmltree::Node| case.children().any(|node| node.has_tag_name(child));
                cases.iter().filter(holds).count()
            };
            let counts = [cases.len(), holding("failure"), holding("error")];
            for (index, attribute) in ["tests", "failures", "errors"].into_iter().enumerate() {
                assert_eq!(suite.attribute(attribute).unwrap(), counts[index].to_string(), "{attribute}");
                sums[index] += counts[index];
            }
            let mut names = BTreeSet::new();
            for case in cases {
                assert!(case.has_tag_name("testcase"));
                // The schema of Jenkins knows no attribute "file".
                assert!(case.attributes().all(|attribute| ["classname", "name"].contains(&attribute.name())));
                assert_eq!(case.attribute("classname"), suite.attribute("name"));
                assert!(names.insert(case.attribute("name").unwrap()), "{case:?} is there twice");
                let children = case.children().filter(|node| node.is_element());
                for child in children {
                    assert!(child.has_attribute("type") && child.has_attribute("message"));
                }
            }
        }
        for (index, attribute) in ["tests", "failures", "errors"].into_iter().enumerate() {
            assert_eq!(whole.attribute(attribute).unwrap(), sums[index].to_string());
        }
        let failures = document.descendants().filter(|node| node.has_tag_name("failure"));
        assert_eq!(failures.count(), outcome.diagnostics.len());
        assert_eq!(sums[2], outcome.unread.len());
    }
}

#[test]
fn junit_has_a_case_for_each_rule_that_ran() {
    let (_folder, outcome) = awkward();
    let text = report_junit(&outcome.results());
    for card in &outcome.rules {
        assert!(text.contains(&format!("name=\"{} {}", card.code, card.name)), "{}", card.code);
    }
}

#[test]
fn github_has_one_line_for_each_finding_and_errors_come_first() {
    for outcome in outcomes() {
        let text = report_github(&outcome.results());
        let lines: Vec<&str> = text.lines().collect();
        let (last, commands) = lines.split_last().unwrap();
        assert!(last.starts_with("apimlint: "), "{last}");
        assert_eq!(commands.len(), outcome.diagnostics.len() + outcome.unread.len());
        let kind = |line: &str| match line.split(' ').next().unwrap() {
            "::error" => 0,
            "::warning" => 1,
            "::notice" => 2,
            other => panic!("{other}"),
        };
        assert!(commands.is_sorted_by_key(|line| kind(line)), "{text}");
        for line in commands {
            let (properties, text) = line.split_once(' ').unwrap().1.split_once("::").unwrap();
            assert!(!text.is_empty());
            for property in properties.split(',') {
                let (key, value) = property.split_once('=').unwrap();
                assert!(["file", "line", "endLine", "col", "endColumn", "title"].contains(&key), "{line}");
                assert!(!value.is_empty() && !value.starts_with('/'), "{line}");
            }
        }
    }
}

#[test]
fn annotations_and_comments_look_as_expected() {
    let folder = root().join("corpus/deployments/active-active-2.6");
    assert_eq!(name(&folder), "active-active-2.6");
    let outcome = run(&folder, &[]);
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path(&folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        insta::assert_snapshot!("expected.github", report_github(&outcome.results()));
        insta::assert_snapshot!("expected.gitlab", report_gitlab(&outcome.results()).unwrap());
        insta::assert_snapshot!("expected.markdown", report_markdown(&outcome.results()));
    });
}

#[test]
fn no_format_names_an_absolute_path() {
    let (folder, outcome) = awkward();
    let results = outcome.results();
    let formats = [
        report_sarif(&results).unwrap(),
        report_gitlab(&results).unwrap(),
        report_junit(&results),
        report_github(&results),
        report_markdown(&results),
    ];
    for text in formats {
        assert!(!text.contains(folder.path().to_str().unwrap()), "{text}");
    }
}
