//! apimlint.toml: what it says, where it is wrong, and how it goes with the command line.

use std::collections::BTreeSet;

use super::*;
use crate::diagnostic::Severity;
use crate::input::inventory::{ArtifactMode, ROLES, discover};

const WHOLE: &str = r#"
version = "2.6.0"
proxy = "nginx"
hosts = "hosts"
complete = true
ignore = ["CL018"]
select = ["CL", "wka-peer-missing"]
fail-on = "warning"
baseline = "baseline.json"

[severity]
CL013 = "info"
wka-peer-missing = "error"

[[override]]
nodes = ["node*"]
files = ["repository/conf/tomcat/*"]
ignore = ["PX016"]
severity = { PX017 = "info" }

[artifacts]
mode = "rsync"
writer = "node1"

[nginx]
flavour = "plus"

[[balancer]]
name = "gw.corp.test"
nodes = ["node1", "node2"]
protocol = "tcp"
ports = [{ listen = 443, port = 8243 }]

[[node]]
name = "node1"
path = "nodes/one"
roles = ["gateway-worker", "is-key-manager"]
addresses = ["10.0.0.1", "node1.corp.test"]
machine = "vm1"
zone = "lan"
standby = true
version = "2.5.0"
product = "wso2am"
ports = [{ public = 443, port = 9443 }]
tenants = false

[[node]]
name = "node2"
path = "nodes/two"
"#;

fn deployment(inventory: &str) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), "apimlint.toml", inventory);
    write(root.path(), "nginx/nginx.conf", "http { }");
    write(root.path(), "hosts", "10.0.0.1 gw.corp.test");
    write(root.path(), "baseline.json", "{\"schema_version\": 1, \"findings\": []}");
    for node in ["one", "two", "three"] {
        write(root.path(), &format!("nodes/{node}/carbon.xml"), "<Server/>");
    }
    root
}

fn request(folder: &Path, nodes: &[&str]) -> Request {
    Request {
        nodes: nodes.iter().map(|node| node.parse().unwrap()).collect(),
        working_folder: folder.to_path_buf(),
        ..Request::default()
    }
}

fn names_and_paths(input: &Input) -> Vec<(&str, &str)> {
    input.nodes.iter().map(|node| (node.name.as_str(), node.tree.path())).collect()
}

#[test]
fn every_key_is_read() {
    let root = deployment(WHOLE);
    let read = read_inventory(7, Path::new("apimlint.toml"), root.path());
    assert_eq!(read.errors, []);
    let inventory = read.inventory;
    assert_eq!(inventory.version.as_ref().unwrap().text, "2.6.0");
    assert_eq!(inventory.version.as_ref().unwrap().span.file, inventory.file.unwrap());
    assert_eq!(inventory.file.unwrap().owner, 7);
    assert_eq!((inventory.complete, inventory.nginx_plus), (Some(true), Some(true)));
    assert_eq!((inventory.ignore.len(), inventory.select.len()), (1, 2));
    assert_eq!(inventory.fail_on, Some(Severity::Warning));
    assert_eq!(inventory.baseline.as_deref(), Some(Path::new("baseline.json")));
    let severities: Vec<_> =
        inventory.severities.iter().map(|(rule, level)| (rule.text.as_str(), *level)).collect();
    assert_eq!(severities, [("CL013", Severity::Info), ("wka-peer-missing", Severity::Error)]);
    let [over] = &inventory.overrides[..] else { panic!() };
    assert_eq!((over.nodes[0].text.as_str(), over.ignore[0].text.as_str()), ("node*", "PX016"));
    assert_eq!((over.files.len(), over.severities[0].1), (1, Severity::Info));
    let artifacts = inventory.artifacts.as_ref().unwrap();
    assert_eq!(
        (artifacts.mode, artifacts.writer.as_ref().unwrap().text.as_str()),
        (ArtifactMode::Rsync, "node1")
    );
    let balancer = &inventory.balancers[0];
    assert_eq!((balancer.name.text.as_str(), balancer.nodes.len(), balancer.tcp), ("gw.corp.test", 2, true));
    assert_eq!(balancer.ports, [(443, 8243)]);
    let node = inventory.node("node1").unwrap();
    assert_eq!(
        (node.roles.len(), node.addresses.len(), node.standby, node.tenants),
        (2, 2, true, Some(false))
    );
    assert_eq!(node.ports, [(443, 9443)]);
    assert_eq!(node.zone.as_ref().unwrap().text, "lan");
    let file = &read.sources.files[0];
    assert!(file.slice(node.span).starts_with("[[node]]"));
    assert_eq!(file.slice(node.name.span), "\"node1\"");
}

#[test]
fn an_inventory_names_the_nodes_and_what_stands_in_front() {
    let root = deployment(WHOLE);
    let below = root.path().join("nodes/one");
    assert_eq!(discover(&below).unwrap(), Path::new("../../apimlint.toml"));
    let input = Input::open(&request(&below, &[]));
    assert_eq!(input.errors, []);
    assert_eq!(names_and_paths(&input), [("node1", "../../nodes/one"), ("node2", "../../nodes/two")]);
    assert_eq!(input.proxy.unwrap().directives[0].span.file.owner, 2);
    assert_eq!(input.hosts.unwrap().document.unwrap().lines[0].address.span.file.owner, 3);
    assert_eq!(input.inventory.inventory.file.unwrap().owner, 4);
    let elsewhere = Request { config: Some("../../apimlint.toml".into()), ..request(&below, &[]) };
    assert_eq!(Input::open(&elsewhere).nodes.len(), 2);
}

#[test]
fn nodes_of_the_command_line_win_and_keep_what_the_inventory_knows() {
    let root = deployment(WHOLE);
    let input = Input::open(&request(root.path(), &["./nodes/two/", "nodes/three"]));
    assert_eq!(input.errors, []);
    assert_eq!(names_and_paths(&input), [("node2", "nodes/two"), ("three", "nodes/three")]);
    assert!(input.inventory.inventory.node("node2").is_some());
}

#[test]
fn faults_are_told_with_line_and_column_and_the_rest_counts() {
    let root = deployment(
        "complet = true\nversion = 2\nignore = \"CL\"\nfail-on = \"fatal\"\n\
         [[node]]\nname = \"a\"\nroles = [\"gatway\", \"store\"]\nports = [{ public = 0, port = 9443 }]\n\
         [[node]]\nname = \"a\"\n[[node]]\npath = \"x\"\n[artifacts]\n[nginx]\nflavour = \"lite\"\n\
         [[override]]\nignore = [\"CL\"]\nwhere = 1\n",
    );
    let read = read_inventory(0, Path::new("apimlint.toml"), root.path());
    let errors: Vec<String> = read.errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        errors,
        [
            "apimlint.toml:1:1: unknown key \"complet\" in apimlint.toml; did you mean \"complete\"?",
            "apimlint.toml:2:1: \"version\" must be a string that is not empty",
            "apimlint.toml:3:1: \"ignore\" must be a list of strings",
            "apimlint.toml:4:11: unknown \"fatal\"; known are error, warning, info",
            "apimlint.toml:7:10: unknown \"gatway\"; did you mean \"gateway\"?",
            "apimlint.toml:8:12: \"public\" must be a port from 1 to 65535",
            "apimlint.toml:10:8: a second node of the name \"a\"; the first one counts",
            "apimlint.toml:11:1: [[node]] has no \"name\"",
            "apimlint.toml:13:1: [artifacts] has no \"mode\"",
            "apimlint.toml:15:11: unknown \"lite\"; known are open, plus",
            "apimlint.toml:16:1: [[override]] has neither \"nodes\" nor \"files\"; what holds everywhere stands at the top",
            "apimlint.toml:18:1: unknown key \"where\" in [[override]]; known are nodes, files, ignore, severity",
        ]
    );
    assert_eq!(read.inventory.nodes.len(), 1);
    assert_eq!(read.inventory.nodes[0].roles[0].text, "store");
}

#[test]
fn an_inventory_that_is_not_there_or_does_not_parse_is_one_error() {
    let root = deployment("version = \"2.6.0\nproxy = 1\n");
    let errors = |path: &str| read_inventory(0, Path::new(path), root.path()).errors;
    assert_eq!(errors("none.toml"), [InputError::Missing { path: "none.toml".to_owned() }]);
    let [error] = &errors("apimlint.toml")[..] else { panic!() };
    assert!(matches!(error, InputError::Inventory { line: Some(1), column: Some(_), .. }), "{error:?}");
    let input = Input::open(&request(root.path(), &["nodes/one", "nodes/none"]));
    assert_eq!(names_and_paths(&input), [("one", "nodes/one")]);
    assert_eq!(input.errors.len(), 2);
    assert_eq!(input.errors[0].0.as_deref(), Some("none"));
}

/// The schema that editors check apimlint.toml with.
fn schema() -> serde_json::Value {
    serde_json::from_str(include_str!("../../../rules/schema/apimlint.schema.json")).unwrap()
}

fn is_valid(inventory: &str) -> bool {
    let document: toml_edit::DocumentMut = inventory.parse().unwrap();
    let value: serde_json::Value = toml_edit::de::from_document(document).unwrap();
    jsonschema::validator_for(&schema()).unwrap().is_valid(&value)
}

#[test]
fn the_schema_takes_what_the_reader_takes() {
    for (inventory, expected) in [
        (WHOLE, true),
        ("", true),
        ("complet = true", false),
        ("version = 2", false),
        ("version = \"\"", false),
        ("ignore = \"CL\"", false),
        ("fail-on = \"fatal\"", false),
        ("severity = { CL003 = \"fatal\" }", false),
        ("[[node]]\npath = \"x\"", false),
        ("[[node]]\nname = \"a\"\nroles = [\"gatway\"]", false),
        ("[[node]]\nname = \"a\"\nports = [{ public = 0, port = 1 }]", false),
        ("[[override]]\nignore = [\"CL\"]", false),
        ("[[override]]\nfiles = [\"a\"]", true),
        ("[artifacts]", false),
        ("[[rule]]\ncode = \"CORP001\"\nfile = \"a\"\npath = \"b\"\nexpect = [\"c\"]", true),
        ("[[rule]]\ncode = \"corp1\"\nfile = \"a\"\npath = \"b\"\nexpect = [\"c\"]", false),
        ("[[rule]]\ncode = \"CORP001\"\nfile = \"a\"\npath = \"b\"", false),
        (
            "[[rule]]\ncode = \"CORP001\"\nfile = \"a\"\npath = \"b\"\nacross = \"same\"\npresent = true",
            false,
        ),
        ("[[rule]]\ncode = \"CORP001\"\npath = \"b\"\nacross = \"same\"", false),
        ("[nginx]\nflavour = \"lite\"", false),
    ] {
        assert_eq!(is_valid(inventory), expected, "schema: {inventory}");
        let root = tempfile::tempdir().unwrap();
        write(root.path(), "apimlint.toml", inventory);
        let errors = read_inventory(0, Path::new("apimlint.toml"), root.path()).errors;
        assert_eq!(errors.is_empty(), expected, "reader: {inventory}: {errors:?}");
    }
}

#[test]
fn the_schema_has_exactly_the_keys_that_the_reader_asks_for() {
    let schema = schema();
    let top = &schema["properties"];
    for (table, of_schema) in [
        ("unheard-of = 1", &schema),
        ("[artifacts]\nmode = \"svn\"\nunheard-of = 1", &top["artifacts"]),
        ("[nginx]\nunheard-of = 1", &top["nginx"]),
        ("[[override]]\nnodes = [\"a\"]\nunheard-of = 1", &top["override"]["items"]),
        (
            "[[rule]]\ncode = \"AA001\"\nfile = \"a\"\npath = \"b\"\nacross = \"same\"\nunheard-of = 1",
            &top["rule"]["items"],
        ),
        ("[[balancer]]\nname = \"a\"\nunheard-of = 1", &top["balancer"]["items"]),
        (
            "[[balancer]]\nname = \"a\"\nports = [{ listen = 1, port = 1, unheard-of = 1 }]",
            &top["balancer"]["items"]["properties"]["ports"]["items"],
        ),
        ("[[node]]\nname = \"a\"\nunheard-of = 1", &top["node"]["items"]),
        (
            "[[node]]\nname = \"a\"\nports = [{ public = 1, port = 1, unheard-of = 1 }]",
            &top["node"]["items"]["properties"]["ports"]["items"],
        ),
    ] {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), "apimlint.toml", table);
        let errors = read_inventory(0, Path::new("apimlint.toml"), root.path()).errors;
        let [error] = &errors[..] else { panic!("{table}: {errors:?}") };
        let reason = error.reason();
        let asked: BTreeSet<&str> = reason.split_once("; known are ").unwrap().1.split(", ").collect();
        let known: BTreeSet<&str> =
            of_schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(asked, known, "{table}");
    }
    let roles = &top["node"]["items"]["properties"]["roles"]["items"]["enum"];
    assert_eq!(*roles, serde_json::json!(ROLES));
}
