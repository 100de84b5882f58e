//! `apimlint render` on a small pack of our own: each phase and quirk of the server, every option, and hostile inputs.
//!
//! A case is a deployment.toml under `tests/packs/cases` and a snapshot beside it with every file that it renders, or
//! with the reasons why the server would not start. What the snapshots say was compared with the Java mapper:
//! `tests/java-mapper` tells how.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]

mod support;

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use apimlint::render::phases::Environment;
use apimlint::render::{DeploymentToml, Pack, PackTemplate, explain, render};
use apimlint::report::Results;
use apimlint::report::human::{Appearance, report_human};
use serde_json::Value;
use support::{entries, name, root};
use tempfile::TempDir;

const PACK: &str = "tests/packs/small";
const TEMPLATES: &str = "repository/resources/conf/templates";

/// In the pack's own deployment.toml the password of the administrator.
const CANARY: &str = "Zq9Canary";

fn pack() -> Pack {
    Pack::open(Path::new(PACK), root()).unwrap_or_else(|unread| panic!("{unread:?}"))
}

fn environment() -> Environment {
    let mut environment = Environment::default();
    environment.variables.insert("DB_HOST".to_owned(), "db.bank.test".to_owned());
    environment.properties.insert("apimlint.test".to_owned(), "from-property".to_owned());
    environment
}

/// Every rendered file, or the faults as they are drawn.
fn rendered(pack: &Pack, toml: &DeploymentToml) -> String {
    let mut text = String::new();
    match render(pack, toml, &environment()) {
        Ok(rendering) => {
            for file in &rendering.files {
                writeln!(text, "==> {}\n{}", file.path, file.text()).unwrap();
            }
        }
        Err(refusal) => {
            let results = Results {
                nodes: &[],
                sources: &refusal.sources,
                diagnostics: &refusal.diagnostics,
                silenced: &[],
                rules: &[],
                unread: &[],
            };
            let appearance = Appearance {
                color: false,
                width: Some(100),
                show_secrets: false,
                summary: true,
                statistics: false,
            };
            text = report_human(&results, appearance).unwrap();
        }
    }
    text
}

/// The program in a folder, with an environment that holds nothing of ours.
fn apimlint(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_apimlint"));
    command.current_dir(folder).stdin(Stdio::null()).env_clear().env("DB_HOST", "db.bank.test");
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    apimlint(folder).arg("render").args(arguments).output().unwrap()
}

/// Runs it on the small pack in the repository.
fn run_small(arguments: &[&str]) -> Output {
    run(root(), &[&["--pack", PACK], arguments].concat())
}

#[track_caller]
fn assert_status(output: &Output, status: i32) {
    assert_eq!(output.status.code(), Some(status), "{}{}", stdout(output), stderr(output));
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// All files below a folder with their texts, by path.
fn files(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inner) = folders.pop() {
        for path in entries(&inner) {
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(folder).unwrap().to_owned(), text));
            }
        }
    }
    found.sort();
    found
}

/// A copy of the small pack to be spoiled.
fn copy() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files(&root().join(PACK)) {
        write(folder.path(), path.to_str().unwrap(), text);
    }
    folder
}

fn write(folder: &Path, path: &str, text: impl AsRef<[u8]>) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn every_case_renders_as_its_snapshot_says() {
    let pack = pack();
    let own = pack.deployment_toml.clone().unwrap();
    let mut cases = vec![("own".to_owned(), own)];
    for path in entries(&root().join("tests/packs/cases")) {
        if let Some(case) = name(&path).strip_suffix(".toml") {
            let toml = DeploymentToml::decode("deployment.toml", &fs::read(&path).unwrap());
            cases.push((case.to_owned(), toml));
        }
    }
    assert!(cases.len() > 10);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("packs/cases");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (case, toml) in cases {
            insta::assert_snapshot!(case, rendered(&pack, &toml));
        }
    });
}

#[test]
fn crlf_is_read_as_the_server_does_and_a_byte_order_mark_is_refused() {
    let folder = copy();
    write(folder.path(), &format!("{TEMPLATES}/crlf.txt.j2"), "a=1\r\nhost={{ server.hostname }}");
    let pack = Pack::open(folder.path(), folder.path()).unwrap();
    let toml = |text: &[u8]| DeploymentToml::decode("deployment.toml", text);
    let crlf = rendered(&pack, &toml(b"[server]\r\nhostname = \"h\"\r\n"));
    assert!(crlf.contains("==> crlf.txt\na=1\nhost=h\n"), "{crlf}");
    let marked = rendered(&pack, &toml(b"\xEF\xBB\xBF[server]\nhostname = \"h\"\n"));
    assert!(marked.starts_with("error[toml-rejected] the server cannot read this TOML: "), "{marked}");
    assert!(marked.contains("deployment.toml:1:1"), "{marked}");
    assert!(marked.trim_end().ends_with("1 error"), "{marked}");
}

#[test]
fn archives_and_homes_render_alike() {
    let folder = tempfile::tempdir().unwrap();
    let members = files(&root().join(PACK));
    let mut zip = zip::ZipWriter::new(fs::File::create(folder.path().join("pack.zip")).unwrap());
    let gz = fs::File::create(folder.path().join("pack.tar.gz")).unwrap();
    let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(gz, flate2::Compression::fast()));
    for (path, text) in &members {
        let path = format!("wso2am-4.5.0/{}", path.to_str().unwrap());
        zip.start_file(&path, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, &path, text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    tar.into_inner().unwrap().finish().unwrap();
    let home = pack();
    let expected = rendered(&home, home.deployment_toml.as_ref().unwrap());
    for archive in ["pack.zip", "pack.tar.gz"] {
        let pack = Pack::open(Path::new(archive), folder.path()).unwrap();
        assert_eq!((pack.mapper, pack.dialect), (home.mapper, home.dialect), "{archive}");
        assert_eq!(rendered(&pack, pack.deployment_toml.as_ref().unwrap()), expected, "{archive}");
    }
}

#[test]
fn files_are_written_whole_and_nothing_else_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("new/home");
    write(&out, "repository/conf/mine.xml", "mine");
    write(&out, "repository/conf/server.xml", "old");
    let output = run_small(&["-o", out.to_str().unwrap()]);
    assert_status(&output, 0);
    assert_eq!(stdout(&output), "");
    assert!(stderr(&output).starts_with("5 files rendered into "), "{}", stderr(&output));
    let mut written = files(&out);
    written.retain(|(path, _)| path != Path::new("repository/conf/mine.xml"));
    let pack = pack();
    let rendering = render(&pack, pack.deployment_toml.as_ref().unwrap(), &environment()).unwrap();
    let expected: Vec<_> =
        rendering.files.iter().map(|file| (PathBuf::from(&file.path), file.text().to_owned())).collect();
    assert_eq!(written, expected);
    assert_eq!(fs::read_to_string(out.join("repository/conf/mine.xml")).unwrap(), "mine");
    assert_status(&run_small(&["--diff", out.to_str().unwrap()]), 0);
}

#[cfg(unix)]
#[test]
fn new_files_are_as_readable_as_any_and_old_ones_keep_their_permissions() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "top.txt", "old");
    fs::set_permissions(folder.path().join("top.txt"), fs::Permissions::from_mode(0o640)).unwrap();
    write(folder.path(), "like", "any other file");
    assert_status(&run_small(&["-q", "-o", folder.path().to_str().unwrap()]), 0);
    let mode = |path: &str| fs::metadata(folder.path().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("top.txt"), 0o640);
    assert_eq!(mode("repository/conf/server.xml"), mode("like"));
}

#[test]
fn nothing_is_written_where_one_file_cannot_be() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "repository/conf/server.xml", "old");
    write(folder.path(), "top.txt/a-folder", "in the way");
    let before = files(folder.path());
    let output = run_small(&["-o", folder.path().to_str().unwrap()]);
    assert_status(&output, 2);
    assert!(stderr(&output).contains("top.txt cannot be written: it is a folder"), "{}", stderr(&output));
    assert_eq!(files(folder.path()), before);
}

#[test]
fn a_fault_writes_nothing_and_is_drawn_on_standard_error() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    for case in entries(&root().join("tests/packs/cases")) {
        if !name(&case).starts_with("fault-") || !name(&case).ends_with(".toml") {
            continue;
        }
        let arguments = ["--toml", case.to_str().unwrap(), "-o", out.to_str().unwrap()];
        let output = run_small(&arguments);
        assert_status(&output, 2);
        assert_eq!(stdout(&output), "");
        assert!(stderr(&output).starts_with("error["), "{}", stderr(&output));
        assert!(!stderr(&output).contains(CANARY));
        assert!(!out.exists());
        let output = run_small(&[&arguments[..], &["--format", "json"]].concat());
        assert_status(&output, 2);
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(document["summary"]["errors"].as_u64().unwrap() >= 1);
        let label = &document["diagnostics"][0]["labels"][0];
        assert!(label["line"].as_u64().unwrap() >= 1 && label["primary"].as_bool().unwrap(), "{label}");
        assert!(!stdout(&output).contains(CANARY));
    }
}

#[test]
fn variables_come_from_options_before_files_before_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.toml", "note = \"$env{A} $env{B} $env{C} $sys{d.e}\"\n");
    write(folder.path(), "variables.env", "# comment\n\nA=file\r\nB=file=with sign\nFROM_OUTSIDE\n");
    let pack = root().join(PACK);
    let mut command = apimlint(folder.path());
    command.arg("render").arg("--pack").arg(&pack).env("A", "own").env("B", "own").env("C", "own");
    let output = command
        .args(["--toml", "a.toml", "-o", "out", "--env-file", "variables.env"])
        .args(["--env", "A=option", "--sys", "d.e=property"])
        .output()
        .unwrap();
    assert_status(&output, 0);
    let text = fs::read_to_string(folder.path().join("out/top.txt")).unwrap();
    assert_eq!(text, "note=option file=with sign own property\n");

    let pack = pack.to_str().unwrap();
    let kept = run(folder.path(), &["--pack", pack, "--toml", "a.toml", "-o", "kept", "--keep-unresolved"]);
    assert_status(&kept, 0);
    let text = fs::read_to_string(folder.path().join("kept/top.txt")).unwrap();
    assert_eq!(text, "note=$env{A} $env{B} $env{C} $sys{d.e}\n");

    write(folder.path(), "broken.env", "A=1\n=2\n");
    let output =
        run(folder.path(), &["--pack", pack, "--toml", "a.toml", "-o", "no", "--env-file", "broken.env"]);
    assert_status(&output, 2);
    assert_eq!(stderr(&output), "error: broken.env:2: the name before the \"=\" is missing\n");
}

#[test]
fn only_the_named_files_are_rendered() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let names = |arguments: &[&str]| -> Vec<String> {
        fs::remove_dir_all(folder.path()).unwrap();
        assert_status(&run_small(&[arguments, &["-o", out]].concat()), 0);
        files(folder.path()).into_iter().map(|(path, _)| path.to_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&["--only", "server.xml"]), ["repository/conf/server.xml"]);
    let both = ["repository/conf/nested/users.properties", "top.txt"];
    assert_eq!(names(&["--only", "repository/conf/nested/**", "--only", "top.*"]), both);
    let output = run_small(&["--only", "*.yaml", "-o", out]);
    assert_status(&output, 2);
    assert_eq!(stderr(&output), "error: --only matches none of the 5 files of tests/packs/small\n");
}

#[test]
fn a_line_is_explained_down_to_the_key_that_made_it() {
    for (snapshot, place) in [
        ("explain-written", "server.xml:3"),
        ("explain-inferred", "databases.xml"),
        ("explain-loop", "repository/conf/environments.txt:3"),
        ("explain-text", "server.xml:1"),
        ("explain-secret", "users.properties"),
    ] {
        let output = run_small(&["--explain", place]);
        assert_status(&output, 0);
        assert!(!stdout(&output).contains(CANARY), "{place}");
        insta::assert_snapshot!(snapshot, stdout(&output));
    }
    let output = run_small(&["--explain", "server.xml:3", "--format", "json"]);
    insta::assert_snapshot!("explain-json", stdout(&output));
    for (place, reason) in [
        ("server.xml:99", "repository/conf/server.xml has only 11 lines"),
        ("none.xml", "tests/packs/small renders no none.xml"),
    ] {
        let output = run_small(&["--explain", place]);
        assert_status(&output, 2);
        assert_eq!(stderr(&output), format!("error: {reason}\n"));
    }
}

#[test]
fn every_byte_of_an_explained_value_is_in_its_line() {
    let pack = pack();
    let rendering = render(&pack, pack.deployment_toml.as_ref().unwrap(), &environment()).unwrap();
    let mut values = 0;
    for file in &rendering.files {
        for line in explain(&rendering, file, None, true).unwrap().lines {
            assert_eq!(file.text().lines().nth(line.line as usize - 1), Some(line.text.as_str()));
            for value in &line.values {
                assert!(line.text.contains(&value.text), "{line:?}");
                values += 1;
            }
        }
    }
    assert!(values > 20, "{values}");
}

#[test]
fn a_diff_shows_what_the_server_would_change() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().to_str().unwrap();
    assert_status(&run_small(&["-q", "-o", home]), 0);
    let conf = folder.path().join("repository/conf");
    let server = fs::read_to_string(conf.join("server.xml")).unwrap();
    fs::write(conf.join("server.xml"), server.replace("<Offset>0.0<", "<Offset>3<")).unwrap();
    let users = conf.join("nested/users.properties");
    let text = fs::read_to_string(&users).unwrap();
    fs::write(&users, text.replace("Zq9Canary&<Xw7", "Zq9CanaryOld")).unwrap();
    fs::remove_file(folder.path().join("top.txt")).unwrap();
    write(folder.path(), "repository/conf/mine.xml", "not rendered");

    let output = run_small(&["--diff", home]);
    assert_status(&output, 1);
    assert!(!stdout(&output).contains(CANARY));
    insta::assert_snapshot!("diff", stdout(&output));
    let output = run_small(&["--diff", home, "--show-secrets"]);
    for line in ["\n-credential=Zq9CanaryOld\n", "\n+credential=Zq9Canary&<Xw7\n"] {
        assert!(stdout(&output).contains(line), "{}", stdout(&output));
    }

    let output = run_small(&["--diff", conf.to_str().unwrap(), "--format", "json"]);
    assert_status(&output, 1);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let paths: Vec<&str> =
        document["files"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["nested/users.properties", "server.xml"]);

    assert_status(&run_small(&["-q", "-o", home]), 0);
    let output = run_small(&["--diff", home]);
    assert_status(&output, 0);
    assert_eq!(stdout(&output), "");
    let output = run_small(&["--diff", folder.path().join("none").to_str().unwrap()]);
    assert_status(&output, 2);
}

#[test]
fn two_deployment_tomls_are_compared_by_what_they_render() {
    let folder = tempfile::tempdir().unwrap();
    let own = fs::read_to_string(root().join(PACK).join("repository/conf/deployment.toml")).unwrap();
    write(folder.path(), "same.toml", format!("# a comment changes nothing\n{own}"));
    write(folder.path(), "other.toml", own.replace("\"15m\"", "\"1h\"").replace("Xw7", "Yv8"));
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let output = run_small(&["--diff-toml", &path("same.toml")]);
    assert_status(&output, 0);
    assert_eq!(stdout(&output), "");
    let output = run_small(&["--diff-toml", &path("other.toml")]);
    assert_status(&output, 1);
    assert!(!stdout(&output).contains(CANARY));
    insta::assert_snapshot!("diff-toml", stdout(&output));
    let fault = root().join("tests/packs/cases/fault-unit.toml");
    assert_status(&run_small(&["--diff-toml", fault.to_str().unwrap()]), 2);
}

/// The one line that a spoiled copy of the pack gives.
fn spoiled(path: &str, text: Option<&str>) -> String {
    let folder = copy();
    match text {
        Some(text) => write(folder.path(), path, text),
        None => {
            let path = folder.path().join(path);
            if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
        }
    }
    let output = run(folder.path(), &["--pack", ".", "-o", "out"]);
    assert_status(&output, 2);
    assert_eq!(stdout(&output), "");
    assert!(!folder.path().join("out").exists(), "{path}");
    assert!(!stderr(&output).contains(CANARY));
    stderr(&output).lines().next().unwrap_or_default().to_owned()
}

#[test]
fn a_spoiled_pack_gives_one_clear_line_and_writes_nothing() {
    let resources = "repository/resources/conf";
    let template = format!("{TEMPLATES}/bad.xml.j2");
    let lines = [
        spoiled(resources, None),
        spoiled(TEMPLATES, None),
        spoiled("repository/conf/deployment.toml", None),
        spoiled(&format!("{resources}/infer.json"), None),
        spoiled(&format!("{resources}/default.json"), Some("{\n  \"a\": [1, 2\n}\n")),
        spoiled(&template, Some("<a>\n{% bogus %}\n</a>\n")),
        spoiled(&template, Some("<a>{{ server.hostname + }}</a>\n")),
        spoiled(&template, Some("{% include 'templates/bad.xml.j2' %}\n")),
    ];
    insta::assert_snapshot!("spoiled-packs", lines.join("\n"));
}

#[test]
fn missing_inputs_and_wrong_usage_end_with_2() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "home/repository/conf/carbon.xml", "<Server/>");
    let pack = root().join(PACK);
    let pack = pack.to_str().unwrap();
    for arguments in [
        &["-o", "out"][..],
        &["--pack", pack],
        &["--pack", pack, "-o", "out", "--diff", "."],
        &["--pack", pack, "-o", "out", "--env", "NAME"],
        &["--pack", pack, "-o", "out", "--sys", "=value"],
        &["--pack", pack, "-o", "out", "--only", "a[b"],
        &["--pack", pack, "--explain", "server.xml:0"],
        &["--pack", pack, "-o", "out", "--toml", "none.toml"],
        &["--pack", pack, "-o", "out", "--env-file", "none.env"],
        &["--pack", "none", "-o", "out"],
        &["--pack", "home", "-o", "out"],
    ] {
        let output = run(folder.path(), arguments);
        assert_status(&output, 2);
        assert_eq!(stdout(&output), "", "{arguments:?}");
        assert_ne!(stderr(&output), "", "{arguments:?}");
        assert!(!folder.path().join("out").exists(), "{arguments:?}");
    }
}

#[test]
fn every_option_can_stand_in_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let output = apimlint(folder.path())
        .arg("render")
        .env("APIMLINT_PACK", root().join(PACK))
        .env("APIMLINT_OUTPUT_DIR", "out")
        .env("APIMLINT_ONLY", "top.txt")
        .env("APIMLINT_TOML", root().join("tests/packs/cases/references.toml"))
        .env("APIMLINT_ENV", "DB_HOST=given")
        .env("APIMLINT_SYS", "apimlint.test=given")
        .env("APIMLINT_QUIET", "1")
        .output()
        .unwrap();
    assert_status(&output, 0);
    assert_eq!(stderr(&output), "");
    let text = fs::read_to_string(folder.path().join("out/top.txt")).unwrap();
    assert_eq!(text, "note=8443 given given ha 2\n");
}

#[test]
fn a_text_cut_off_anywhere_never_panics() {
    let pack = pack();
    let own = pack.deployment_toml.clone().unwrap();
    for (end, _) in own.text.char_indices() {
        let toml = DeploymentToml { path: own.path.clone(), text: own.text[..end].to_owned() };
        assert_ne!(rendered(&pack, &toml), "", "{end}");
    }
    let mut spoiled = self::pack();
    for template in &pack.templates {
        for (end, _) in template.template.text.char_indices().step_by(3) {
            let cut = PackTemplate::new("cut.xml", &template.template.text[..end], pack.dialect);
            spoiled.templates = vec![cut];
            rendered(&spoiled, &own);
        }
    }
}
