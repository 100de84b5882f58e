//! `apimlint migrate` as scripts see it: what it writes, what it refuses, and no secret in any report.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// Looks like no other text; stands in every place that may hold a secret.
const CANARY: &str = "Zq9CanaryXw7";

const CARBON: &str = r#"<Server xmlns="http://wso2.org/projects/carbon/carbon.xml">
  <Name>WSO2 API Manager</Name>
  <Version>2.6.0</Version>
  <Ports>
    <!-- two nodes on this machine -->
    <Offset>1</Offset>
  </Ports>
</Server>
"#;

const DATA_SOURCES: &str = r#"<datasources-configuration><datasources>
  <!-- of the billing team -->
  <datasource>
    <name>BILLING_DB</name>
    <definition type="RDBMS">
      <configuration>
        <url>jdbc:mysql://db/billing?user=a&amp;password=Zq9CanaryXw7</url>
        <password>Zq9CanaryXw7</password>
      </configuration>
    </definition>
  </datasource>
</datasources></datasources-configuration>
"#;

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_apimlint"));
    command.current_dir(folder).stdin(Stdio::null()).arg("migrate").args(arguments);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("APIMLINT_") {
            command.env_remove(name);
        }
    }
    command.output().unwrap()
}

fn status(output: &Output) -> i32 {
    output.status.code().expect("ends by itself")
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A folder with an overlay in `node1`.
fn overlay() -> TempDir {
    let folder = TempDir::new().unwrap();
    write(folder.path(), "node1/repository/conf/carbon.xml", CARBON);
    write(folder.path(), "node1/repository/conf/datasources/billing-datasources.xml", DATA_SOURCES);
    folder
}

fn report(folder: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("report.json")).unwrap()).unwrap()
}

/// The settings of a node of a report as `file path: vanilla -> value`.
fn settings(report: &Value, node: usize) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let settings = report["nodes"][node]["settings"].as_array().unwrap();
    let line = |setting: &Value| {
        let file = text(&setting["file"]);
        let file = file.strip_prefix("repository/").unwrap_or(&file).to_owned();
        format!(
            "{file} {}: {} -> {}",
            text(&setting["path"]),
            text(&setting["vanilla"]),
            text(&setting["value"])
        )
    };
    settings.iter().map(line).collect()
}

/// All files below a folder by their relative paths, with their bytes.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_file_is_deleted_where_its_folder_is_there() {
    let folder = overlay();
    let home = |path: &str, text: &str| write(folder.path(), &format!("node1/{path}"), text);
    home("bin/version.txt", "WSO2 API Manager-2.6.0\n");
    home("repository/components/README.txt", "of the pack");
    home("repository/conf/axis2/axis2.xml", "<axisconfig name=\"AxisJava2.0\"/>");
    for name in ["api-manager.xml", "registry.xml", "user-mgt.xml"] {
        home(&format!("repository/conf/{name}"), "<a/>");
    }
    home("repository/resources/api_templates/velocity_template.xml", "<a/>");
    assert_eq!(status(&run(folder.path(), &["node1", "--to", "4.5.0", "-o", "out"])), 1);
    let report = report(&folder.path().join("out"));
    let note = |file: &str| {
        let settings = report["nodes"][0]["settings"].as_array().unwrap();
        let setting = settings.iter().find(|setting| setting["file"] == file && setting["path"] == "");
        setting.map(|setting| setting["note"].as_str().unwrap_or_default().to_owned())
    };
    let template =
        |name: &str| note(&format!("repository/resources/api_templates/{name}_template.xml")).unwrap();
    assert!(template("velocity").contains("bring the changes"), "{}", template("velocity"));
    assert!(template("endpoint").contains("has deleted this file"), "{}", template("endpoint"));
    assert!(note("repository/conf/axis2/axis2_client.xml").unwrap().contains("has deleted this file"));
    // No file of this folder was given at all.
    assert_eq!(note("repository/conf/identity/identity.xml"), None);
}

#[test]
fn every_customised_setting_is_in_the_report_once() {
    let folder = overlay();
    let output = run(folder.path(), &["node1", "--to", "4.5.0", "-o", "out"]);
    assert_eq!(status(&output), 1, "{}", stderr(&output));
    let report = report(&folder.path().join("out"));
    assert_eq!(report["schema_version"], 1);
    assert_eq!(report["to"], "4.5.0");
    assert_eq!(report["nodes"][0]["name"], "node1");
    assert_eq!(report["nodes"][0]["version"], "2.6.0");
    assert_eq!(report["nodes"][0]["proof"], Value::Null);
    let found = settings(&report, 0);
    assert!(found.contains(&"conf/carbon.xml /Server/Ports/Offset: 0 -> 1".to_owned()), "{found:#?}");
    let billing: Vec<&String> = found.iter().filter(|line| line.contains("billing")).collect();
    let source = "conf/datasources/billing-datasources.xml \
                  /datasources-configuration/datasources/datasource[name='BILLING_DB']/definition";
    assert_eq!(
        billing,
        [
            &format!("{source}/@type: - -> RDBMS"),
            &format!("{source}/configuration/url: - -> jdbc:mysql://db/billing?user=a&password=********"),
            &format!("{source}/configuration/password: - -> ********"),
        ]
    );
    let unique: std::collections::BTreeSet<&String> = found.iter().collect();
    assert_eq!(unique.len(), found.len());
    let summary = &report["nodes"][0]["summary"];
    let total: u64 = ["migrated", "default", "obsolete", "carried", "manual"]
        .iter()
        .map(|key| summary[key].as_u64().unwrap())
        .sum();
    assert_eq!(total, found.len() as u64);
}

#[test]
fn what_carbon_xml_leaves_out_is_removed() {
    let folder = overlay();
    run(folder.path(), &["node1", "--to", "4.5.0", "-o", "out"]);
    let found = settings(&report(&folder.path().join("out")), 0);
    assert!(found.contains(&"conf/carbon.xml /Server/ServerKey: AM -> -".to_owned()), "{found:#?}");
    // A file that an overlay leaves out is as in the pack.
    assert!(found.iter().all(|line| !line.contains("api-manager.xml")), "{found:#?}");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let folder = overlay();
    for out in ["one", "two"] {
        run(folder.path(), &["node1", "--to", "4.5.0", "-o", out]);
    }
    let (one, two) = (files(&folder.path().join("one")), files(&folder.path().join("two")));
    assert_eq!(one, two);
    let names: Vec<&str> = one.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "node1/carry/repository/conf/datasources/billing-datasources.xml",
            "node1/deployment.toml",
            "report.html",
            "report.json",
            "report.md"
        ]
    );
}

#[test]
fn no_report_holds_a_secret_or_an_absolute_path() {
    let folder = overlay();
    let output = run(folder.path(), &["node1", "--to", "4.5.0", "-o", "out"]);
    let mut texts = files(&folder.path().join("out"));
    texts.retain(|(name, _)| name.starts_with("report"));
    texts.push(("stdout".to_owned(), output.stdout.clone()));
    texts.push(("stderr".to_owned(), output.stderr.clone()));
    let json = run(folder.path(), &["node1", "--to", "4.5.0", "--dry-run", "--format", "json"]);
    texts.push(("json".to_owned(), json.stdout));
    for (name, bytes) in texts {
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.contains(CANARY), "{name}");
        assert!(!text.contains(folder.path().to_str().unwrap()), "{name}");
    }
}

#[test]
fn the_html_report_refers_to_nothing_else() {
    let folder = overlay();
    run(folder.path(), &["node1", "--to", "4.5.0", "-o", "out"]);
    let html = fs::read_to_string(folder.path().join("out/report.html")).unwrap();
    for reference in ["src=", "href=", "@import", "url(", "<script"] {
        assert!(!html.contains(reference), "{reference}");
    }
    assert!(html.contains("prefers-color-scheme: dark") && html.contains("@media print"));
}

#[test]
fn nothing_is_written_over_without_force() {
    let folder = overlay();
    write(folder.path(), "out/node1/deployment.toml", "mine\n");
    let output = run(folder.path(), &["node1", "--to", "4.5.0", "-o", "out"]);
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("--force"), "{}", stderr(&output));
    assert_eq!(files(&folder.path().join("out")).len(), 1);
    assert_eq!(fs::read_to_string(folder.path().join("out/node1/deployment.toml")).unwrap(), "mine\n");
    let output = run(folder.path(), &["node1", "--to", "4.5.0", "-o", "out", "--force"]);
    assert_eq!(status(&output), 1);
    assert_ne!(fs::read_to_string(folder.path().join("out/node1/deployment.toml")).unwrap(), "mine\n");
}

#[test]
fn a_dry_run_writes_nothing() {
    let folder = overlay();
    let output = run(folder.path(), &["node1", "--to", "4.5.0", "-o", "out", "--dry-run"]);
    assert_eq!(status(&output), 1);
    assert!(!folder.path().join("out").exists());
    assert!(String::from_utf8(output.stdout).unwrap().contains("node1/deployment.toml"));
}

#[test]
fn what_cannot_be_read_is_in_the_report_and_ends_with_2() {
    let folder = overlay();
    write(folder.path(), "node1/repository/conf/registry.xml", "<wso2registry><a></wso2registry>");
    let output = run(folder.path(), &["node1", "--to", "4.5.0", "-o", "out"]);
    assert_eq!(status(&output), 2);
    let report = report(&folder.path().join("out"));
    let broken: Vec<&Value> = report["nodes"][0]["settings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|setting| setting["file"] == "repository/conf/registry.xml")
        .collect();
    assert_eq!(broken.len(), 1);
    assert_eq!(broken[0]["status"], "manual");
}

#[test]
fn bad_usage_ends_with_2() {
    let folder = overlay();
    for arguments in [
        &["node1", "--to", "4.5.0"][..],
        &["node1", "-o", "out"],
        &["node1", "--to", "4.4.0", "-o", "out"],
        &["node1", "--to", "4.5.0", "-o", "out", "--pack", "node1"],
        &["node1", "--to", "4.5.0", "-o", "out", "--base", "missing.toml"],
        &["report.md=node1", "--to", "4.5.0", "-o", "out"],
        &["--to", "4.5.0", "-o", "out"],
        &["missing", "--to", "4.5.0", "-o", "out"],
    ] {
        let output = run(folder.path(), arguments);
        assert_eq!(status(&output), 2, "{arguments:?}: {}", stderr(&output));
        assert!(!folder.path().join("out/node1").exists(), "{arguments:?}");
        let _ = fs::remove_dir_all(folder.path().join("out"));
    }
}

#[test]
fn nodes_of_a_deployment_have_folders_of_their_own() {
    let folder = overlay();
    write(folder.path(), "node2/repository/conf/carbon.xml", &CARBON.replace(">1<", ">2<"));
    let output = run(folder.path(), &["node1", "other=node2", "--to", "4.0.0", "-o", "out"]);
    assert_eq!(status(&output), 1, "{}", stderr(&output));
    let report = report(&folder.path().join("out"));
    assert!(settings(&report, 1).contains(&"conf/carbon.xml /Server/Ports/Offset: 0 -> 2".to_owned()));
    assert!(folder.path().join("out/other/deployment.toml").is_file());
}

#[test]
fn a_node_of_another_product_is_left_to_its_own_migration() {
    let folder = overlay();
    let identity =
        "<Server><Name>WSO2 Identity Server</Name><ServerKey>IS</ServerKey><Version>5.7.0</Version></Server>";
    write(folder.path(), "is/repository/conf/carbon.xml", identity);
    let output = run(folder.path(), &["node1", "is", "--to", "4.5.0", "-o", "out"]);
    assert_eq!(status(&output), 1, "{}", stderr(&output));
    assert!(!folder.path().join("out/is").exists());
    let markdown = fs::read_to_string(folder.path().join("out/report.md")).unwrap();
    assert!(markdown.contains("is is no API Manager node"), "{markdown}");
}

#[test]
fn only_the_password_of_a_url_is_masked() {
    let folder = TempDir::new().unwrap();
    let url = "amqp://admin:admin@clientID/carbon?brokerlist='tcp://h:5672'";
    let jndi = format!("connectionfactory.TopicConnectionFactory = {url}\n");
    write(folder.path(), "n/repository/conf/jndi.properties", &jndi);
    run(folder.path(), &["n", "--product-version", "2.6.0", "--to", "4.5.0", "-o", "out"]);
    let found = settings(&report(&folder.path().join("out")), 0);
    assert!(
        found
            .iter()
            .any(|line| line.ends_with("-> amqp://admin:********@clientID/carbon?brokerlist='tcp://h:5672'")),
        "{found:#?}"
    );
}

#[test]
fn a_deployment_toml_is_compared_key_by_key() {
    let folder = TempDir::new().unwrap();
    write(
        folder.path(),
        "deployment.toml",
        "[server]\n# asked for by ops\noffset = 3\nhostname = \"api.example.com\"\n\n[[datasource]]\nid = \"X\"\nurl = \"u\"\n",
    );
    let arguments = ["n=deployment.toml", "--product-version", "3.0.0", "--to", "4.5.0", "-o", "out"];
    let output = run(folder.path(), &arguments);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let found = settings(&report(&folder.path().join("out")), 0);
    assert!(found.contains(&"conf/deployment.toml server.hostname: localhost -> api.example.com".to_owned()));
    assert!(found.contains(&"conf/deployment.toml server.offset: - -> 3".to_owned()), "{found:#?}");
    assert!(found.contains(&"conf/deployment.toml datasource[id='X'].url: - -> u".to_owned()), "{found:#?}");
    assert!(
        found.contains(&"conf/deployment.toml super_admin.password: ******** -> -".to_owned()),
        "{found:#?}"
    );
}

#[test]
fn an_untouched_file_customises_nothing_whatever_its_layout() {
    let folder = TempDir::new().unwrap();
    write(
        folder.path(),
        "n/repository/conf/registry.xml",
        "<wso2registry>\n <currentDBConfig>wso2registry</currentDBConfig></wso2registry>",
    );
    let arguments = ["n", "--product-version", "2.6.0", "--to", "4.5.0", "--dry-run", "--format", "json"];
    let output = run(folder.path(), &arguments);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let found = settings(&report, 0);
    assert!(found.iter().all(|line| !line.contains("currentDBConfig")), "{found:#?}");
    assert!(found.iter().all(|line| line.ends_with(" -> -")), "{found:#?}");
}

/// The settings of a report by their paths, as status, keys and note.
fn fates(folder: &Path) -> std::collections::BTreeMap<String, (String, String, String)> {
    let report = report(folder);
    let settings = report["nodes"][0]["settings"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let fate =
        |setting: &Value| (text(&setting["status"]), setting["keys"].to_string(), text(&setting["note"]));
    settings.iter().map(|setting| (text(&setting["path"]), fate(setting))).collect()
}

/// Migrates a node that has a deployment.toml alone.
fn migrate_toml(folder: &Path, text: &str, from: &str, to: &str) -> Output {
    write(folder, "deployment.toml", text);
    run(folder, &["n=deployment.toml", "--product-version", from, "--to", to, "-o", "out", "--force"])
}

#[test]
fn what_a_deployment_toml_leaves_out_is_the_default_of_the_target() {
    let folder = TempDir::new().unwrap();
    // A server of 3.0.0 starts with no less.
    let text = r#"[server]
hostname = "am.corp.test"
node_ip = "10.0.7.1"

[super_admin]
username = "admin"
password = "known to few"
create_admin_account = true

[keystore.tls]
file_name = "am.jks"
type = "JKS"
password = "opens the keys"
alias = "am"
key_password = "opens the keys"

[database.shared_db]
type = "h2"
url = "jdbc:h2:./repository/database/SHARED"
username = "am"
password = "opens the database"
"#;
    let output = migrate_toml(folder.path(), text, "3.0.0", "4.5.0");
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let fates = fates(&folder.path().join("out"));
    let (status, _, note) = &fates["service_provider.sp_name_regex"];
    assert_eq!(status, "default");
    assert!(note.starts_with("left out as in the old file: 4.5.0 has a default of its own"), "{note}");
}

#[test]
fn a_table_that_moved_takes_its_keys_along() {
    let folder = TempDir::new().unwrap();
    let text = "[integration.transaction_counter]\nenable = true\nserver_id = \"am1\"\n\n\
                [apim.key_manager]\nenable_apikey_subscription_validation = false\n";
    migrate_toml(folder.path(), text, "4.3.0", "4.5.0");
    let fates = fates(&folder.path().join("out"));
    for field in ["enable", "server_id"] {
        let (status, keys, _) = &fates[&format!("integration.transaction_counter.{field}")];
        assert_eq!((status.as_str(), keys), ("migrated", &format!("[\"apim.transaction_counter.{field}\"]")));
    }
    assert_eq!(fates["apim.key_manager.enable_apikey_subscription_validation"].0, "manual");
}
