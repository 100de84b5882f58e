//! The program as scripts see it: exit status, streams, colours, and no secret anywhere.

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
use std::process::Stdio;

use program::{MULTICAST, apimlint, run, status, stderr, stdout, two_nodes, write};

/// Looks like no other text; stands in every place that may hold a secret.
const CANARY: &str = "Zq9CanaryXw7";

const FORMATS: [&str; 7] = ["human", "json", "sarif", "junit", "github", "gitlab", "markdown"];

const ONLY: [&str; 2] = ["--select", "CL003"];

#[test]
fn the_exit_status_follows_the_worst_finding_and_fail_on() {
    let folder = two_nodes();
    for (arguments, expected) in [
        (&["check", "clean"][..], 0),
        (&["check", "warned"], 0),
        (&["check", "warned", "--fail-on", "warning"], 1),
        (&["check", "warned", "--fail-on", "info"], 1),
        (&["check", "clean", "--fail-on", "info"], 0),
        (&["check", "warned", "--severity", "CL003=error"], 1),
        (&["check", "warned", "--severity", "CL003=error", "--ignore", "wka-members-ignored"], 0),
        (&["check", "warned", "--severity", "CL=info", "--fail-on", "warning"], 0),
        (&["check", "warned", "missing"], 2),
        (&["check", "warned", "missing", "--fail-on", "warning"], 2),
    ] {
        for format in FORMATS {
            let output = run(folder.path(), &[arguments, &ONLY, &["--format", format]].concat());
            assert_eq!(status(&output), expected, "{arguments:?} {format}\n{}", stderr(&output));
        }
    }
}

#[test]
fn bad_usage_ends_with_2_and_prints_nothing_on_standard_output() {
    let folder = two_nodes();
    for arguments in [
        &["check"][..],
        &["check", "clean", "--fail-on", "fatal"],
        &["check", "clean", "--select", "XX999"],
        &["check", "clean", "--severity", "CL003"],
        &["check", "clean", "--severity", "CL003=fatal"],
        &["check", "clean", "--format", "yaml"],
        &["check", "clean", "--output", "json"],
        &["check", "clean", "--output", "json=a", "--output", "sarif=a"],
        &["check", "clean", "--product-version", "new"],
        &["check", "clean", "--quiet", "--verbose"],
        &["check", "clean", "--show-secrets", "--output", "json=report.json"],
        &["check", "=clean"],
        &["explain", "XX999"],
        &["unheard-of"],
        &[],
    ] {
        let output = run(folder.path(), arguments);
        assert_eq!(status(&output), 2, "{arguments:?}");
        assert_eq!(stdout(&output), "", "{arguments:?}");
        assert_ne!(stderr(&output), "", "{arguments:?}");
    }
}

#[test]
fn without_nodes_both_ways_to_name_them_are_said() {
    let folder = two_nodes();
    let output = run(folder.path(), &["check"]);
    assert!(
        stderr(&output).contains("NODE") && stderr(&output).contains("apimlint.toml"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn an_input_that_cannot_be_read_is_said_in_one_line_and_the_rest_is_linted() {
    let folder = two_nodes();
    fs::create_dir(folder.path().join("empty")).unwrap();
    write(folder.path(), "other/readme.txt", "no node\n");
    write(
        folder.path(),
        "broken/repository/conf/axis2/axis2.xml",
        "<axisconfig>\n  <a></b>\n</axisconfig>\n",
    );
    for (node, word) in [
        ("missing", "missing"),
        ("empty", "empty"),
        ("other", "other"),
        ("broken", "repository/conf/axis2/axis2.xml:2:"),
    ] {
        let output = run(folder.path(), &["check", "warned", node]);
        assert_eq!(status(&output), 2, "{node}");
        let lines: Vec<&str> =
            stdout(&output).lines().filter(|line| line.starts_with("cannot read")).collect();
        assert!(matches!(lines.as_slice(), [line] if line.contains(word)), "{node}: {lines:?}");
        assert!(stdout(&output).contains("[CL003] warned "), "{node}: {}", stdout(&output));
    }
}

#[test]
fn json_is_one_document_with_the_members_of_the_contract() {
    let folder = two_nodes();
    let arguments = ["check", "warned", "clean", "missing", "--format", "json", "--statistics", "--verbose"];
    let output = run(folder.path(), &[&arguments[..], &ONLY].concat());
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(stdout(&output).ends_with("}\n"));
    assert_eq!(document["schema_version"], 1);
    assert_eq!(document["nodes"][0]["name"], "warned");
    assert_eq!(document["nodes"][1]["path"], "clean");
    assert_eq!(document["nodes"][0]["config_model"], "xml");
    let diagnostics = document["diagnostics"].as_array().unwrap();
    assert_eq!(diagnostics.len(), 1);
    let diagnostic = &diagnostics[0];
    assert_eq!(diagnostic["code"], "CL003");
    assert_eq!(diagnostic["rule"], "wka-members-ignored");
    assert_eq!(diagnostic["severity"], "warning");
    assert!(diagnostic["url"].is_null());
    assert_eq!(diagnostic["fix"]["safe"], false);
    assert_eq!(diagnostic["fingerprint"].as_str().unwrap().len(), 32);
    let label = &diagnostic["labels"][0];
    assert_eq!((&label["node"], &label["primary"]), (&"warned".into(), &true.into()));
    assert_eq!(label["file"], "repository/conf/axis2/axis2.xml");
    assert_eq!((&label["line"], &label["column"]), (&3.into(), &5.into()));
    assert_eq!((&label["end_line"], &label["end_column"]), (&3.into(), &61.into()));
    let primaries = diagnostic["labels"].as_array().unwrap().iter().filter(|label| label["primary"] == true);
    assert_eq!(primaries.count(), 1);
    assert_eq!(document["unread"].as_array().unwrap().len(), 1);
    let summary = serde_json::json!({"errors": 0, "warnings": 1, "infos": 0, "suppressed": 0});
    assert_eq!(document["summary"], summary);
}

#[test]
fn several_formats_are_written_in_one_run() {
    let folder = two_nodes();
    let output = run(
        folder.path(),
        &["check", "warned", "--color", "always", "--output", "json=a.json", "--output", "human=b.txt"],
    );
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let json = fs::read_to_string(folder.path().join("a.json")).unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok());
    let human = fs::read_to_string(folder.path().join("b.txt")).unwrap();
    assert!(human.starts_with("warning[CL003] warned ") && !human.contains('\u{1b}'), "{human}");
    for format in FORMATS {
        let on_screen = run(folder.path(), &["check", "warned", "--format", format]);
        let to_file = run(folder.path(), &["check", "warned", "--output", &format!("{format}=c")]);
        assert_eq!(status(&to_file), 0, "{format}");
        assert_eq!(stdout(&on_screen), fs::read_to_string(folder.path().join("c")).unwrap(), "{format}");
    }
    let refused = run(folder.path(), &["check", "warned", "--output", "json=missing/a.json"]);
    assert_eq!(status(&refused), 2);
}

#[test]
fn the_page_of_a_github_run_gets_a_summary() {
    let folder = two_nodes();
    let summary = folder.path().join("summary.md");
    fs::write(&summary, "before\n").unwrap();
    for (format, appended) in [("human", false), ("github", true)] {
        let mut command = apimlint(folder.path());
        command.args(["check", "warned", "--format", format]).env("GITHUB_STEP_SUMMARY", &summary);
        assert_eq!(status(&command.output().unwrap()), 0);
        let text = fs::read_to_string(&summary).unwrap();
        assert!(text.starts_with("before\n"));
        assert_eq!(text.contains("**CL003** wka-members-ignored"), appended, "{text}");
    }
}

#[test]
fn colours_are_for_terminals_unless_asked_for() {
    let folder = two_nodes();
    for (arguments, environment, painted) in [
        (&["check", "warned"][..], &[][..], false),
        (&["check", "warned", "--color", "always"], &[], true),
        (&["check", "warned", "--color", "always"], &[("NO_COLOR", "1")], true),
        (&["check", "warned"], &[("CLICOLOR_FORCE", "1")], true),
        (&["check", "warned"], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
        (&["check", "warned", "--color", "never"], &[("CLICOLOR_FORCE", "1")], false),
        (&["check", "warned", "--format", "json"], &[("CLICOLOR_FORCE", "1")], false),
    ] {
        let output =
            apimlint(folder.path()).args(arguments).envs(environment.iter().copied()).output().unwrap();
        assert_eq!(output.stdout.contains(&0x1b), painted, "{arguments:?} {environment:?}");
    }
}

#[test]
fn options_come_from_the_environment_too_save_the_one_that_shows_secrets() {
    let folder = two_nodes();
    let mut command = apimlint(folder.path());
    command.args(["check", "warned"]).env("APIMLINT_SELECT", "CL003").env("APIMLINT_FAIL_ON", "warning");
    assert_eq!(status(&command.output().unwrap()), 1);
    command.env("APIMLINT_SEVERITY", "CL003=info,AL001=info");
    assert_eq!(status(&command.output().unwrap()), 0);
    command.env("APIMLINT_QUIET", "true").env("APIMLINT_IGNORE", "CL003");
    assert_eq!(stdout(&command.output().unwrap()), "");
    command.env("APIMLINT_FORMAT", "json");
    assert!(stdout(&command.output().unwrap()).starts_with("{\n"));
    let help = run(folder.path(), &["check", "--help"]);
    assert!(!stdout(&help).contains("APIMLINT_SHOW_SECRETS"));
}

#[test]
fn comments_suppress_and_stale_ones_are_found() {
    let folder = two_nodes();
    let check = |comment: &str, arguments: &[&str]| {
        let text =
            MULTICAST.replace("  <clustering", &format!("  <!-- apimlint: {comment} -->\n  <clustering"));
        write(folder.path(), "warned/repository/conf/axis2/axis2.xml", &text);
        let arguments =
            [&["check", "warned", "--format", "json", "--select", "CL003,AL"], arguments].concat();
        let document: serde_json::Value =
            serde_json::from_slice(&run(folder.path(), &arguments).stdout).unwrap();
        let codes: Vec<String> = document["diagnostics"]
            .as_array()
            .unwrap()
            .iter()
            .map(|diagnostic| diagnostic["code"].as_str().unwrap().to_owned())
            .collect();
        (codes.join(" "), document["summary"]["suppressed"].as_u64().unwrap())
    };
    let found = |codes: &str, suppressed| (codes.to_owned(), suppressed);
    assert_eq!(check("ignore[CL003] the list comes back", &[]), found("", 1));
    assert_eq!(check("ignore-file[CL003] the list comes back", &[]), found("", 1));
    assert_eq!(check("ignore[CL003 until=2026-06-30] soon", &["--today", "2026-06-30"]), found("", 1));
    assert_eq!(
        check("ignore[CL003 until=2026-06-30] soon", &["--today", "2026-07-01"]),
        found("AL001 CL003", 0)
    );
    assert_eq!(check("ignore everything", &[]), found("AL002 CL003", 0));
    assert_eq!(check("ignore[CL003] x", &["--ignore", "CL003"]), found("", 0));
}

#[test]
fn a_reader_that_goes_away_ends_the_output_quietly() {
    let folder = two_nodes();
    let mut child =
        apimlint(folder.path()).arg("rules").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((status(&output), stderr(&output)), (0, ""));
}

#[test]
fn the_describing_commands_print_to_standard_output() {
    let folder = two_nodes();
    for (arguments, word) in [
        (&["rules"][..], "CL003  wka-members-ignored "),
        (&["explain", "CL003"], "## Why it matters"),
        (&["explain", "WKA-members-ignored"], "# CL003 wka-members-ignored"),
        (&["completions", "bash"], "_apimlint"),
        (&["man"], "\\-\\-fail\\-on"),
        (&["--version"], env!("CARGO_PKG_VERSION")),
        (&["check", "--help"], "--product-version"),
    ] {
        let output = run(folder.path(), arguments);
        assert_eq!((status(&output), stderr(&output)), (0, ""), "{arguments:?}");
        assert!(stdout(&output).contains(word), "{arguments:?}: {}", stdout(&output));
    }
    let output = run(folder.path(), &["rules", "--format", "json"]);
    let rules: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(rules.as_array().unwrap().iter().any(|rule| rule["code"] == "CL003" && rule["scope"] == "node"));
}

#[cfg(target_os = "linux")]
#[test]
fn secrets_are_not_shown_where_standard_output_is_a_file() {
    let folder = two_nodes();
    let file = fs::File::create(folder.path().join("out.txt")).unwrap();
    let mut command = apimlint(folder.path());
    let status =
        command.args(["check", "warned", "--show-secrets"]).stdout(file).stderr(Stdio::null()).status();
    assert_eq!(status.unwrap().code(), Some(2));
    assert_eq!(fs::read_to_string(folder.path().join("out.txt")).unwrap(), "");
}

#[test]
fn no_format_prints_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in secret_places() {
        for node in ["node1", "node2"] {
            write(folder.path(), &format!("{node}/{path}"), &text);
        }
    }
    let toml = format!(
        "[server]\nhostname = \"localhost\"\n\n[super_admin]\nusername = \"admin\"\npassword = \"{CANARY}\"\n\n\
         [database.apim_db]\ntype = \"mysql\"\nurl = \"jdbc:mysql://localhost:3306/a?user=u&password={CANARY}\"\n\
         username = \"u\"\npassword = \"{CANARY}\"\n\n[keystore.tls]\nfile_name = \"k.jks\"\npassword = \"{CANARY}\"\n\
         key_password = \"{CANARY}\"\n\n[secrets]\nadmin_password = \"[{CANARY}]\"\n"
    );
    for node in ["node3", "node4"] {
        write(folder.path(), &format!("{node}/deployment.toml"), &toml);
    }
    let nodes = ["check", "node1", "node2", "node3", "node4"];
    let formats = FORMATS.map(|format| ["--format", format]);
    let formats = formats.iter().map(|arguments| &arguments[..]);
    for arguments in formats.chain([&["--verbose", "--statistics"][..], &["--color", "always"]]) {
        let output = run(folder.path(), &[&nodes, arguments].concat());
        assert!(status(&output) <= 2);
        for stream in [stdout(&output), stderr(&output)] {
            assert!(!stream.contains(CANARY), "{arguments:?}: {stream}");
        }
    }
    let written = run(folder.path(), &[&nodes[..], &["--write-baseline", "known.json"]].concat());
    assert_eq!(status(&written), 0, "{}", stderr(&written));
    assert!(!fs::read_to_string(folder.path().join("known.json")).unwrap().contains(CANARY));
    let masked = run(folder.path(), &nodes);
    assert!(stdout(&masked).contains(&"*".repeat(CANARY.len())), "no line with a secret was drawn");
    let shown = run(folder.path(), &[&nodes[..], &["--show-secrets"]].concat());
    assert!(stdout(&shown).contains(CANARY));
}

/// Files of an XML node with the canary in every place that may hold a secret.
fn secret_places() -> Vec<(&'static str, String)> {
    vec![
        ("repository/conf/axis2/axis2.xml", MULTICAST.replace(
            "<parameter name=\"domain\">",
            &format!("<!-- apimlint: ignore[CL003] amqp://u:{CANARY}@h and password={CANARY} -->\n    \
             <!-- <Password>{CANARY}</Password> -->\n    <parameter name=\"groupPassword\">{CANARY}</parameter><parameter name=\"domain\">"),
        )),
        ("repository/conf/user-mgt.xml", format!(
            "<UserManager><Realm><Configuration><AdminUser><UserName>admin</UserName><Password>{CANARY}</Password></AdminUser>\
             <Property name=\"dataSource\">jdbc/None</Property></Configuration>\
             <UserStoreManager class=\"x\"><Property name=\"ConnectionPassword\">{CANARY}</Property></UserStoreManager>\
             </Realm></UserManager>"
        )),
        ("repository/conf/api-manager.xml", format!(
            "<APIManager><DataSourceName>jdbc/None</DataSourceName><AuthManager><ServerURL>https://localhost:9443/services/</ServerURL>\
             <Username>admin</Username><Password>{CANARY}</Password></AuthManager>\
             <ThrottlingConfigurations><JMSConnectionDetails><JMSConnectionParameters>\
             <connectionfactory.TopicConnectionFactory>amqp://admin:{CANARY}@clientid/carbon?brokerlist='tcp://localhost:5672'\
             </connectionfactory.TopicConnectionFactory></JMSConnectionParameters></JMSConnectionDetails></ThrottlingConfigurations>\
             </APIManager>"
        )),
        ("repository/conf/datasources/master-datasources.xml", format!(
            "<datasources-configuration><datasources><datasource><name>WSO2AM_DB</name>\
             <jndiConfig><name>jdbc/WSO2AM_DB</name></jndiConfig><definition type=\"RDBMS\"><configuration>\
             <url>jdbc:mysql://u:{CANARY}@localhost:3306/a?password={CANARY}</url><username>u</username><password>{CANARY}</password>\
             <driverClassName>org.h2.Driver</driverClassName></configuration></definition></datasource></datasources>\
             </datasources-configuration>"
        )),
        ("repository/conf/tomcat/catalina-server.xml", format!(
            "<Server port=\"8005\"><Service><Connector port=\"9443\" SSLEnabled=\"true\" keystorePass=\"{CANARY}\"/></Service></Server>"
        )),
        ("repository/conf/carbon.xml", format!(
            "<Server><Name>WSO2 API Manager</Name><Version>2.6.0</Version><Security><KeyStore><Password>{CANARY}</Password>\
             <KeyPassword>{CANARY}</KeyPassword></KeyStore></Security></Server>"
        )),
        ("repository/conf/jndi.properties", format!(
            "connectionfactory.TopicConnectionFactory = amqp://admin:{CANARY}@clientid/carbon?brokerlist='tcp://localhost:5672'\n\
             java.naming.security.credentials = {CANARY}\n"
        )),
        ("repository/deployment/server/eventpublishers/jmsEventPublisher.xml", format!(
            "<eventPublisher name=\"jmsEventPublisher\"><to eventAdapterType=\"jms\">\
             <property name=\"transport.jms.Password\">{CANARY}</property></to></eventPublisher>"
        )),
        ("repository/deployment/server/jaggeryapps/store/site/conf/site.json", format!(
            "{{\"reverseProxy\": {{\"enabled\": true, \"host\": \"localhost\"}}, \"trustStorePassword\": \"{CANARY}\"}}"
        )),
    ]
}
