//! `apimlint keys` and `apimlint schema`: answers from outside, and the files of `rules/schema`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::fs;
use std::process::{Command, Output};

use apimlint::target::embedded;
use apimlint::target::keys::Index;
use apimlint::target::schema::embedded::files;
use serde_json::Value;

const SMALL: &str = "tests/packs/small";

fn apimlint(arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_apimlint");
    Command::new(program).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap()
}

fn stdout(arguments: &[&str]) -> String {
    let output = apimlint(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn found(query: &str) -> Vec<String> {
    let answer: Value = serde_json::from_str(&stdout(&["keys", query, "--format", "json"])).unwrap();
    answer["keys"].as_array().unwrap().iter().map(|key| key["key"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn places_of_old_files_lead_to_keys() {
    assert_eq!(found("//Ports/Offset"), ["server.offset"]);
    assert_eq!(found("APIKeyValidator/ServerURL"), ["apim.key_manager.service_url"]);
    assert_eq!(
        found("transportReceiver[@name='http']/parameter[@name='port']"),
        ["transport.http.listener.port"]
    );
    assert!(found("carbon.xml").contains(&"server.hostname".to_owned()));
}

#[test]
fn an_answer_holds_the_facts_and_an_example() {
    let text = stdout(&["keys", "server.offset"]);
    for fact in
        ["integer", "0 (the template)", "repository/conf/carbon.xml /Server/Ports/Offset", "3.0.0-4.5.0"]
    {
        assert!(text.contains(fact), "{fact} is missing in:\n{text}");
    }
    assert!(text.contains("[server]\n    offset = 0\n"), "{text}");
    let tables = stdout(&["keys", "apim.gateway.environment"]);
    assert!(tables.contains("[[apim.gateway.environment]]"), "{tables}");
}

#[test]
fn a_typo_gets_its_neighbours_and_exit_status_1() {
    let output = apimlint(&["keys", "database.apim_db.ulr"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("did you mean database.apim_db.url"), "{said}");
}

#[test]
fn a_file_without_keys_is_told_from_a_misspelt_one() {
    for (file, says) in [
        ("api-manger.xml", "did you mean api-manager.xml"),
        ("datasources.properties", "no template makes repository/conf/datasources.properties"),
    ] {
        let output = apimlint(&["keys", file, "--to", "4.5.0"]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(1) && said.contains(says), "{file}: {said}");
    }
}

#[test]
fn a_version_that_is_not_known_is_refused() {
    let output = apimlint(&["keys", "server.offset", "--to", "3.1.0"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("known are 3.0.0"));
}

#[test]
fn the_catalogue_has_an_entry_for_each_key() {
    let text = stdout(&["keys", "--all", "--format", "markdown", "--to", "4.2.0"]);
    assert!(text.starts_with("# Keys of deployment.toml in WSO2 API Manager 4.2.0\n"));
    assert!(text.contains("\n### `server.offset`\n"));
    assert!(text.matches("\n### ").count() > 1500);
}

#[test]
fn histories_tell_what_came_and_went() {
    let history: Value =
        serde_json::from_str(&stdout(&["keys", "--from", "4.3.0", "--to", "4.5.0", "--format", "json"]))
            .unwrap();
    let has = |list: &str, key: &str| history[list].as_array().unwrap().iter().any(|known| known == key);
    assert!(has("came", "apim.organization_based_access_control.enable"), "{history}");
    assert!(!has("went", "server.offset"));
    let changed = history["defaults"].as_array().unwrap();
    let agent = changed.iter().find(|change| change["key"] == "server.userAgent").unwrap();
    assert_eq!(agent["from"]["value"], "\"WSO2 AM 4.3.0\"");
    assert_eq!(agent["to"]["value"], "\"WSO2 AM 4.5.0\"");
}

#[test]
fn a_pack_answers_for_itself() {
    let text = stdout(&["keys", "--pack", SMALL, "--all"]);
    assert!(text.lines().count() > 5, "{text}");
    let schema: Value = serde_json::from_str(&stdout(&["schema", "--pack", SMALL])).unwrap();
    assert_eq!(schema["additionalProperties"], false);
}

#[test]
fn the_catalogue_says_what_the_models_say() {
    for embedded in embedded::all() {
        let (index, of_model) = (Index::of_version(embedded.version), Index::of_model(embedded.model()));
        assert_eq!(index.keys().len(), of_model.keys().len(), "{}", embedded.version);
        for (key, of_model) in index.keys().iter().zip(of_model.keys()) {
            assert_eq!(key, of_model, "{}", embedded.version);
        }
    }
}

#[test]
fn the_files_of_rules_schema_are_those_of_the_models() {
    for (name, text) in files() {
        let held = fs::read_to_string(format!("rules/schema/{name}")).unwrap();
        assert!(held == text, "rules/schema/{name} is out of date: run cargo run --example target-schema");
    }
}

fn validator(version: &str) -> jsonschema::Validator {
    let text = fs::read_to_string(format!("rules/schema/wso2am-{version}.schema.json")).unwrap();
    jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap()
}

/// The paths of what a schema refuses in a deployment.toml.
fn refused(version: &str, toml: &str) -> Vec<String> {
    let value: Value = toml_edit::de::from_str(toml).unwrap();
    let errors = validator(version);
    errors.iter_errors(&value).map(|error| format!("{} {error}", error.instance_path())).collect()
}

const SOUND: &str = r#"
[server]
hostname = "apim.example.test"
offset = "1"
base_path = "${carbon.protocol}://${carbon.host}:${carbon.management.port}"

[super_admin]
username = "admin"
password = "$secret{admin_password}"

[user_store]
type = "database_unique_id"

[database.apim_db]
type = "mysql"
hostname = "db.example.test"
name = "apim"
port = 3306
username = "apim"
password = "$env{DB_PASSWORD}"

[database.apim_db.pool_options]
maxActive = "100"
anything = true

[[apim.gateway.environment]]
name = "Default"
type = "hybrid"
display_in_api_console = true

[apim.jwt]
enable = "true"
expiry_time = "15m"

[transport.http.listener]
port = 8280

[passthru_http]
"http.headers.preserve" = "Content-Type"

[secrets]
admin_password = "[admin]"
"#;

#[test]
fn what_the_server_takes_is_valid() {
    for version in ["4.2.0", "4.5.0"] {
        assert_eq!(refused(version, SOUND), Vec::<String>::new(), "{version}");
    }
}

#[test]
fn what_is_misspelt_is_refused() {
    for (toml, place) in [
        ("[server]\nhostnmae = \"a\"", "/server"),
        ("[sever]\nhostname = \"a\"", ""),
        ("[database.apim_db]\nurll = \"a\"", "/database/apim_db"),
        ("[[apim.gateway.environment]]\nnmae = \"a\"", "/apim/gateway/environment/0"),
        ("[server]\noffset = \"one\"", "/server/offset"),
        ("[apim.jwt]\nenable = \"yes\"", "/apim/jwt/enable"),
        ("[user_store]\ntype = \"databse\"", "/user_store/type"),
    ] {
        let refused = refused("4.5.0", toml);
        assert!(refused.len() == 1 && refused[0].starts_with(place), "{toml}: {refused:?}");
    }
}
