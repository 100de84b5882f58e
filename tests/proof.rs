//! `apimlint migrate` from one deployment.toml to another, and what `--pack` proves.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/program.rs"]
mod program;

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use program::{status, stderr, stdout, write};

const CARBON: &str = "<Server>\n  <HostName>{{server.hostname}}</HostName>\n  <Ports>\n    <Offset>{{server.offset}}</Offset>\n  </Ports>\n</Server>\n";

const DATA_SOURCES: &str = r#"<datasources-configuration><datasources>
{% for source in datasource %}
<datasource><name>{{source.id}}</name><url>{{source.url}}</url></datasource>
{% endfor %}
</datasources></datasources-configuration>
"#;

/// A home of 4.4.0, of which this program knows nothing, that renders two files.
fn pack(folder: &Path, carbon: &str) {
    write(folder, "pack/bin/version.txt", "WSO2 API Manager v4.4.0\n");
    write(folder, "pack/repository/conf/deployment.toml", "[server]\nhostname = \"localhost\"\n");
    let rules = "pack/repository/resources/conf";
    write(
        folder,
        &format!("{rules}/default.json"),
        r#"{"server.hostname": "localhost", "server.offset": "0"}"#,
    );
    for name in ["infer", "key-mappings", "unit-resolve", "validator"] {
        write(folder, &format!("{rules}/{name}.json"), "{}");
    }
    write(folder, &format!("{rules}/templates/repository/conf/carbon.xml.j2"), carbon);
    let sources = format!("{rules}/templates/repository/conf/datasources/custom-datasources.xml.j2");
    write(folder, &sources, DATA_SOURCES);
}

fn migrate(folder: &Path, arguments: &[&str]) -> Output {
    program::apimlint(folder).arg("migrate").args(arguments).output().unwrap()
}

fn report(folder: &Path, out: &str) -> Value {
    let report = serde_json::from_slice(&fs::read(folder.join(out).join("report.json")).unwrap()).unwrap();
    let schema: Value = serde_json::from_str(include_str!("schemas/migrate.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator.iter_errors(&report).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    report
}

/// Status, keys and note of a setting.
fn fate(report: &Value, path: &str) -> (String, Vec<String>, String) {
    let settings = report["nodes"][0]["settings"].as_array().unwrap();
    let setting = settings.iter().find(|setting| setting["path"] == path);
    let setting = setting.unwrap_or_else(|| panic!("{path} is not in {settings:#?}"));
    let keys = setting["keys"].as_array().unwrap().iter().map(|key| key.as_str().unwrap().to_owned());
    let text = |name: &str| setting[name].as_str().unwrap_or_default().to_owned();
    (text("status"), keys.collect(), text("note"))
}

const FROM_3_0_0: [&str; 5] = ["n=deployment.toml", "--product-version", "3.0.0", "-o", "out"];

/// A deployment.toml beside the pack.
fn beside_the_pack(toml: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    pack(folder.path(), CARBON);
    write(folder.path(), "deployment.toml", toml);
    folder
}

fn migrate_to_pack(folder: &Path) -> Output {
    migrate(folder, &[&FROM_3_0_0[..], &["--to", "4.4.0", "--pack", "pack"]].concat())
}

/// Migrates a deployment.toml of 3.0.0 by the pack.
fn to_pack(toml: &str) -> (TempDir, Value) {
    let folder = beside_the_pack(toml);
    let output = migrate_to_pack(folder.path());
    assert_ne!(status(&output), 2, "{}", stderr(&output));
    let report = report(folder.path(), "out");
    (folder, report)
}

#[test]
fn a_version_without_a_model_needs_a_pack() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "deployment.toml", "[server]\noffset = 3\n");
    let output = migrate(folder.path(), &[&FROM_3_0_0[..], &["--to", "4.4.0"]].concat());
    assert_eq!(status(&output), 2);
    let told = stderr(&output);
    assert!(told.contains("3.0.0, 4.0.0, 4.1.0") && told.contains("--pack HOME"), "{told}");
}

#[test]
fn a_pack_of_another_version_is_refused() {
    let folder = beside_the_pack("[server]\noffset = 3\n");
    let output = migrate(folder.path(), &[&FROM_3_0_0[..], &["--to", "4.5.0", "--pack", "pack"]].concat());
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("home of 4.4.0, not of 4.5.0"), "{}", stderr(&output));
    assert!(!folder.path().join("out").exists());
}

#[test]
fn the_deployment_toml_of_a_pack_has_to_be_toml_and_the_nearest_stands_in_for_none() {
    let folder = beside_the_pack("[server]\noffset = 3\n");
    let own = folder.path().join("pack/repository/conf/deployment.toml");
    fs::write(&own, "[server").unwrap();
    let output = migrate_to_pack(folder.path());
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("is no TOML file"), "{}", stderr(&output));
    fs::remove_file(&own).unwrap();
    write(folder.path(), "pack/repository/conf/carbon.xml", "<Server/>\n");
    assert_eq!(status(&migrate_to_pack(folder.path())), 1);
    let report = fs::read_to_string(folder.path().join("out/report.md")).unwrap();
    assert!(report.contains("are made from the one of 4.3.0"), "{report}");
    let written = fs::read_to_string(folder.path().join("out/n/deployment.toml")).unwrap();
    assert!(written.contains("[apim.sync_runtime_artifacts.gateway]"), "{written}");
}

#[test]
fn a_pack_that_somebody_configured_is_told() {
    let folder = beside_the_pack("[server]\noffset = 3\n");
    let own = "[server]\nhostname = \"other.corp.test\"\n[super_admin]\npassword = \"Zq9Canary\"\n";
    write(folder.path(), "pack/repository/conf/deployment.toml", own);
    assert_eq!(status(&migrate_to_pack(folder.path())), 1);
    let report = fs::read_to_string(folder.path().join("out/report.md")).unwrap();
    assert!(report.contains("was changed (server.hostname, super"), "{report}");
    assert!(!report.contains("Zq9Canary"));
}

#[test]
fn what_a_fresh_pack_has_is_the_default_in_a_file_of_its_version() {
    let own = "[server]\nhostname = \"localhost\"\n[extra]\nfresh = \"yes\"\n";
    let folder = beside_the_pack(&format!("{own}ours = 1\n"));
    write(folder.path(), "pack/repository/conf/deployment.toml", own);
    let arguments = ["n=deployment.toml", "--product-version", "4.4.0", "--to", "4.4.0", "--pack", "pack"];
    migrate(folder.path(), &[&arguments[..], &["-o", "out"]].concat());
    let report = report(folder.path(), "out");
    assert_eq!(fate(&report, "extra.fresh").0, "default");
    assert_eq!(fate(&report, "extra.ours").0, "migrated");
}

#[test]
fn what_the_pack_renders_is_proved() {
    let (folder, report) = to_pack("[server]\nhostname = \"api.example.com\"\noffset = 3\n");
    assert_eq!(
        fate(&report, "server.offset"),
        ("migrated".into(), vec!["server.offset".into()], String::new())
    );
    let proof = &report["nodes"][0]["proof"];
    assert_eq!(proof["pack"], "wso2am-4.4.0");
    assert!(proof["proved"].as_u64().unwrap() >= 2, "{proof}");
    assert_eq!(proof["failed"], Value::Array(Vec::new()));
    let toml = fs::read_to_string(folder.path().join("out/n/deployment.toml")).unwrap();
    assert!(toml.contains("hostname = \"api.example.com\"") && toml.contains("offset = 3"), "{toml}");
}

#[test]
fn settings_of_an_xml_node_are_proved_too() {
    let folder = tempfile::tempdir().unwrap();
    pack(folder.path(), CARBON);
    let carbon = "<Server><Name>WSO2 API Manager</Name><Version>2.6.0</Version><Ports><Offset>1</Offset></Ports></Server>\n";
    write(folder.path(), "n/repository/conf/carbon.xml", carbon);
    migrate(folder.path(), &["n", "--to", "4.4.0", "--pack", "pack", "-o", "out"]);
    let report = report(folder.path(), "out");
    assert_eq!(fate(&report, "/Server/Ports/Offset").0, "migrated");
    assert_eq!(report["nodes"][0]["proof"]["failed"], Value::Array(Vec::new()));
    assert!(report["nodes"][0]["proof"]["proved"].as_u64().unwrap() >= 1);
}

#[test]
fn a_key_with_another_effect_is_for_a_person() {
    let folder = tempfile::tempdir().unwrap();
    let carbon = CARBON
        .replace("<Offset>{{server.offset}}</Offset>", "<Offset>0</Offset><Shift>{{server.offset}}</Shift>");
    pack(folder.path(), &carbon);
    write(folder.path(), "deployment.toml", "[server]\noffset = 3\n");
    migrate(folder.path(), &[&FROM_3_0_0[..], &["--to", "4.4.0", "--pack", "pack"]].concat());
    let (status, _, note) = fate(&report(folder.path(), "out"), "server.offset");
    assert_eq!(status, "manual");
    assert!(note.contains("/Server/Ports/Offset is not what it was"), "{note}");
}

#[test]
fn a_renamed_key_is_found_by_what_it_does() {
    let folder = tempfile::tempdir().unwrap();
    pack(folder.path(), &CARBON.replace("server.offset", "ports.shift"));
    let rules = "pack/repository/resources/conf/default.json";
    write(folder.path(), rules, r#"{"server.hostname": "localhost", "ports.shift": "0"}"#);
    write(folder.path(), "deployment.toml", "[server]\noffset = 3\n");
    migrate(folder.path(), &[&FROM_3_0_0[..], &["--to", "4.4.0", "--pack", "pack"]].concat());
    let (status, keys, _) = fate(&report(folder.path(), "out"), "server.offset");
    assert_eq!((status.as_str(), keys), ("migrated", vec!["ports.shift".to_owned()]));
}

#[test]
fn a_default_is_not_written() {
    let (folder, report) = to_pack("[server]\nhostname = \"h\"\noffset = 0\n");
    assert_eq!(fate(&report, "server.offset").0, "default");
    let toml = fs::read_to_string(folder.path().join("out/n/deployment.toml")).unwrap();
    assert!(!toml.contains("offset ="), "{toml}");
}

#[test]
fn a_key_that_nobody_reads_is_obsolete_or_manual() {
    let (_folder, report) =
        to_pack("[server]\nno_such_key = 1\n[apim.cors]\nallow_origins = \"https://a\"\n");
    let (status, _, note) = fate(&report, "server.no_such_key");
    assert_eq!(status, "obsolete");
    assert!(note.contains("no template of 4.4.0 reads this key, nor did one of 3.0.0"), "{note}");
    let (status, _, note) = fate(&report, "apim.cors.allow_origins");
    assert_eq!(status, "manual");
    assert!(note.contains("in 3.0.0 it sets repository/conf/api-manager.xml"), "{note}");
}

#[test]
fn arrays_of_tables_are_taken_over_in_their_order() {
    let toml = "[[datasource]]\nid = \"B\"\nurl = \"jdbc:b\"\n[[datasource]]\nid = \"A\"\nurl = \"jdbc:a\"\nno_such_key = 1\n";
    let (folder, report) = to_pack(toml);
    let url = "datasource[id='A'].url";
    assert_eq!(fate(&report, url), ("migrated".into(), vec![url.into()], String::new()));
    assert_ne!(fate(&report, "datasource[id='A'].no_such_key").0, "migrated");
    let written = fs::read_to_string(folder.path().join("out/n/deployment.toml")).unwrap();
    let (first, second) = (written.find("id = \"B\"").unwrap(), written.find("id = \"A\"").unwrap());
    assert!(first < second && !written.contains("no_such_key"), "{written}");
}

#[test]
fn tables_without_keys_are_counted() {
    let (folder, report) = to_pack("[[datasource]]\n[[datasource]]\n");
    assert_eq!(fate(&report, "datasource").0, "migrated");
    assert_eq!(report["nodes"][0]["proof"]["failed"], Value::Array(Vec::new()));
    let written = fs::read_to_string(folder.path().join("out/n/deployment.toml")).unwrap();
    assert!(written.contains("datasource = [{}, {}]"), "{written}");
}

#[test]
fn secrets_and_placeholders_survive() {
    let toml = "[server]\nhostname = \"{{ .Values.host }}\"\n[secrets]\nadmin = \"[x]\"\n";
    let (folder, report) = to_pack(toml);
    assert_eq!(fate(&report, "server.hostname").0, "migrated");
    assert_eq!(report["nodes"][0]["proof"]["failed"], Value::Array(Vec::new()));
    let written = fs::read_to_string(folder.path().join("out/n/deployment.toml")).unwrap();
    assert!(written.contains("hostname = \"{{ .Values.host }}\""), "{written}");
    assert!(written.trim_end().ends_with("[secrets]\nadmin = \"[x]\""), "{written}");
}

#[test]
fn migrating_the_result_again_changes_nothing() {
    let (folder, _) = to_pack("# top\n[server]\nhostname = \"api.example.com\" # ours\noffset = 3\n");
    let again = ["n=out/n", "--product-version", "4.4.0", "--to", "4.4.0", "--pack", "pack", "-o", "again"];
    let output = migrate(folder.path(), &again);
    assert_ne!(status(&output), 2, "{}", stderr(&output));
    let read = |out: &str| fs::read_to_string(folder.path().join(out).join("n/deployment.toml")).unwrap();
    assert_eq!(read("out"), read("again"));
    let report = report(folder.path(), "again");
    assert_eq!(report["nodes"][0]["summary"]["manual"], 0);
    assert_eq!(report["nodes"][0]["proof"]["failed"], Value::Array(Vec::new()));
}

#[test]
fn what_nodes_share_and_what_they_do_not_comes_out_node_by_node() {
    let folder = tempfile::tempdir().unwrap();
    pack(folder.path(), CARBON);
    for (node, offset) in [("one", 1), ("two", 2)] {
        let toml = format!("[server]\nhostname = \"api.example.com\"\noffset = {offset}\n");
        write(folder.path(), &format!("{node}/repository/conf/deployment.toml"), &toml);
    }
    let arguments =
        ["one", "two", "--product-version", "3.0.0", "--to", "4.4.0", "--pack", "pack", "-o", "out"];
    migrate(folder.path(), &arguments);
    for (node, offset) in [("one", 1), ("two", 2)] {
        let written = fs::read_to_string(folder.path().join(format!("out/{node}/deployment.toml"))).unwrap();
        assert!(written.contains("hostname = \"api.example.com\""), "{written}");
        assert!(written.contains(&format!("offset = {offset}")), "{written}");
    }
    assert_eq!(report(folder.path(), "out")["nodes"].as_array().unwrap().len(), 2);
}

#[test]
fn a_dry_run_shows_what_would_change_without_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let toml = "[server]\noffset = 3\n[super_admin]\nusername = \"admin\"\npassword = \"Zq9CanaryXw7\"\n";
    write(folder.path(), "deployment.toml", toml);
    let arguments = ["n=deployment.toml", "--product-version", "3.0.0", "--to", "4.5.0", "--dry-run"];
    let output = migrate(folder.path(), &arguments);
    let told = stdout(&output);
    assert!(told.contains("--- n/deployment.toml\n+++ n/deployment.toml\n@@"), "{told}");
    assert!(told.contains("+hostname = \"localhost\"") || told.contains("+[apim"), "{told}");
    assert!(!told.contains("CanaryXw7"), "{told}");
    assert!(told.contains("checked by the model of 4.5.0 in this program"), "{told}");
}
