//! `apimlint diff`: by meaning, what is each node's own apart, and no secret.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]

#[path = "support/program.rs"]
mod program;

use std::path::Path;

use program::{run, status, stderr, stdout, write};
use serde_json::Value;

const CANARY: &str = "Zq9CanaryXw7";
const CARBON: &str = "repository/conf/carbon.xml";
const USERS: &str = "repository/conf/user-mgt.xml";

fn carbon(offset: u16, name: &str) -> String {
    format!(
        "<Server xmlns=\"http://wso2.org/projects/carbon/carbon.xml\">\n  <Name>WSO2 API Manager</Name>\n  \
         <ServerKey>AM</ServerKey>\n  <Version>2.6.0</Version>\n  <HostName>{name}</HostName>\n  \
         <Ports><Offset>{offset}</Offset></Ports>\n</Server>\n"
    )
}

fn users(admin: &str, password: &str, order: bool) -> String {
    let (name, password) =
        (format!("<UserName>{admin}</UserName>"), format!("<Password>{password}</Password>"));
    let both = if order { format!("{name}\n{password}") } else { format!("{password}<!-- c -->{name}") };
    format!(
        "<UserManager><Realm><Configuration><AdminUser>{both}</AdminUser></Configuration></Realm></UserManager>\n"
    )
}

fn nodes(folder: &Path, second: &str) {
    write(folder, &format!("node1/{CARBON}"), &carbon(0, "gw.corp.test"));
    write(folder, &format!("node2/{CARBON}"), &carbon(1, "gw.corp.test"));
    write(folder, &format!("node1/{USERS}"), &users("admin", "one", true));
    write(folder, &format!("node2/{USERS}"), second);
}

#[test]
fn order_layout_and_comments_are_no_difference_and_what_is_each_nodes_own_stands_apart() {
    let folder = tempfile::tempdir().unwrap();
    nodes(folder.path(), &users("admin", "one", false));
    let output = run(folder.path(), &["diff", "node1", "node2"]);
    assert_eq!((status(&output), stderr(&output)), (0, ""));
    assert_eq!(
        stdout(&output),
        "Each node's own:\n\ncarbon.xml /Server/Ports/Offset\n  node1: 0\n  node2: 1\n\n\
         2 nodes, no setting differs, 1 of each node's own\n"
    );
}

#[test]
fn what_differs_is_told_in_each_format_and_makes_the_status_1() {
    let folder = tempfile::tempdir().unwrap();
    nodes(folder.path(), &users("root|x", CANARY, true));
    let human = run(folder.path(), &["diff", "node1", "node2"]);
    assert_eq!(status(&human), 1);
    for part in [
        "user-mgt.xml /UserManager/Realm/Configuration/AdminUser/UserName\n  node1: admin\n  node2: root|x\n",
        "user-mgt.xml /UserManager/Realm/Configuration/AdminUser/Password\n  node1: ********\n  node2: ********\n",
        "2 nodes, 2 settings differ, 1 of each node's own\n",
    ] {
        assert!(stdout(&human).contains(part), "{}", stdout(&human));
    }
    let json = run(folder.path(), &["diff", "node1", "node2", "--format", "json"]);
    assert_eq!(status(&json), 1);
    let document: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(document["summary"], serde_json::json!({"differ": 2, "node_specific": 1}));
    let entries = document["differences"].as_array().unwrap();
    let entry =
        |end: &str| entries.iter().find(|entry| entry["path"].as_str().unwrap().ends_with(end)).unwrap();
    let name = entry("/UserName");
    assert_eq!((&name["file"], &name["node_specific"]), (&USERS.into(), &false.into()));
    let expected = serde_json::json!(
        {"node": "node2", "line": 1, "column": 47, "presence": "written", "value": "root|x", "meaning": 1}
    );
    assert_eq!(name["values"][1], expected);
    assert_eq!(entry("/Offset")["node_specific"], true);
    let markdown = run(folder.path(), &["diff", "node1", "node2", "--format", "markdown"]);
    assert_eq!(status(&markdown), 1);
    assert!(stdout(&markdown).contains("| node2 | `root\\|x` |"), "{}", stdout(&markdown));
    for output in [human, json, markdown] {
        assert!(!stdout(&output).contains(CANARY) && !stdout(&output).contains("one\n"));
    }
}

#[test]
fn an_absent_setting_differs_from_a_written_one() {
    let folder = tempfile::tempdir().unwrap();
    let more = users("admin", "one", true).replace("</AdminUser>", "<Spare>a</Spare></AdminUser>");
    nodes(folder.path(), &more);
    let output = run(folder.path(), &["diff", "node1", "node2"]);
    assert_eq!(status(&output), 1);
    let part = "/AdminUser/Spare\n  node1: (absent)\n  node2: a\n";
    assert!(stdout(&output).contains(part), "{}", stdout(&output));
}

#[test]
fn what_cannot_be_compared_is_said() {
    let folder = tempfile::tempdir().unwrap();
    nodes(folder.path(), "<broken>");
    write(folder.path(), "toml/deployment.toml", "[server]\nhostname = \"gw\"\n");
    for (arguments, word) in [
        (&["diff", "node1"][..], "only node"),
        (&["diff", "node1", "toml"], "deployment.toml: nodes of one product"),
        (&["diff", "node1", "missing"], "cannot read missing"),
        (&["diff", "node1", "node2"], "cannot read node2: repository/conf/user-mgt.xml"),
    ] {
        let output = run(folder.path(), arguments);
        assert_eq!(status(&output), 2, "{arguments:?}");
        let said = format!("{}{}", stdout(&output), stderr(&output));
        assert!(said.contains(word), "{arguments:?}: {said}");
    }
}
