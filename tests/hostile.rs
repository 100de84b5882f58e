//! Broken, missing and hostile inputs: each is said once, the rest is linted, and nothing panics or is opened.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]

mod support;

use std::fs;
use std::io::{Cursor, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use apimlint::check::{Options, Outcome, check};
use apimlint::diagnostic::Unread;
use apimlint::input::{NodeArgument, Request};
use apimlint::lint::{Date, Layer};
use apimlint::report::human::{Appearance, report_human};
use apimlint::report::json::report_json;
use rayon::prelude::*;
use serde_json::Value;
use support::{entries, root};
use tempfile::TempDir;

const AXIS2: &str = "repository/conf/axis2/axis2.xml";
const CARBON: &str = "repository/conf/carbon.xml";

/// Gives exactly one finding of its own, CL003.
const MULTICAST: &str = "<axisconfig>\n  <clustering enable=\"true\">\n    \
    <parameter name=\"membershipScheme\">multicast</parameter>\n    <members>\n      \
    <member><hostName>10.0.7.12</hostName><port>4000</port></member>\n    </members>\n  </clustering>\n</axisconfig>\n";

fn write(folder: &Path, path: &str, bytes: impl AsRef<[u8]>) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// A folder with node1, which has the finding CL003.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &format!("node1/{AXIS2}"), MULTICAST);
    write(folder.path(), "apimlint.toml", "");
    folder
}

/// Exit status and JSON document of the program.
fn run(folder: &Path, nodes: &[&str]) -> (i32, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_apimlint"))
        .current_dir(folder)
        .stdin(Stdio::null())
        .args(["check", "--format", "json", "--today", "2026-11-20"])
        .args(nodes)
        .output()
        .unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(errors, "");
    (output.status.code().expect("ends by itself"), serde_json::from_slice(&output.stdout).unwrap())
}

/// All rules over nodes of a folder, in this process.
fn lint(folder: &Path, nodes: &[&str]) -> Outcome {
    let argument = |node: &&str| NodeArgument { name: None, path: PathBuf::from(node) };
    let nodes = nodes.iter().map(argument).collect();
    let request = Request { nodes, working_folder: folder.to_owned(), ..Request::default() };
    let today = "2026-11-20".parse::<Date>().unwrap();
    let outcome = check(&Options { request, product_version: None, layer: Layer::default(), today });
    let appearance =
        Appearance { color: true, width: Some(100), show_secrets: false, summary: true, statistics: true };
    report_human(&outcome.results(), appearance).unwrap();
    let _: Value = serde_json::from_str(&report_json(&outcome.results()).unwrap()).unwrap();
    outcome
}

/// The one entry of `unread`; the finding in axis2.xml of node1 is still there.
#[track_caller]
fn only_unread(outcome: &Outcome) -> &Unread {
    assert!(outcome.diagnostics.iter().any(|diagnostic| diagnostic.code == "CL003"));
    let [unread] = outcome.unread.as_slice() else { panic!("{:?}", outcome.unread) };
    assert!(!unread.reason.is_empty() && !unread.reason.contains('\n'), "{unread:?}");
    unread
}

/// Lints node1 with one file more, which must be refused.
#[track_caller]
fn refused(path: &str, bytes: impl AsRef<[u8]>, words: &str) {
    let folder = folder();
    write(folder.path(), &format!("node1/{path}"), bytes);
    let outcome = lint(folder.path(), &["node1"]);
    let unread = only_unread(&outcome);
    assert_eq!((unread.node.as_deref(), unread.file.as_str()), (Some("node1"), path));
    assert!(unread.reason.contains(words), "{unread:?}");
}

#[test]
fn a_malformed_file_is_said_once_with_its_place_and_the_rest_is_linted() {
    const JNDI: &str = "repository/conf/jndi.properties";
    const SITE: &str = "repository/deployment/server/jaggeryapps/store/site/conf/site.json";
    for (path, bytes, line, column) in [
        (CARBON, &b"<Server>\n  <Ports>\n    <Offset>1</Ofset>\n  </Ports>\n</Server>\n"[..], 3, 14),
        (CARBON, b"<Server>\n  <Name>a & b</Name>\n</Server>\n", 2, 11),
        (CARBON, b"<Server>\n  <Name>\xE9</Name>\n</Server>\n", 2, 9),
        (CARBON, b"", 1, 1),
        (CARBON, b"\n<Server>\n", 2, 1),
        (SITE, b"{\n  \"theme\": { \"base\" \"a\" }\n}\n", 2, 21),
    ] {
        let folder = folder();
        write(folder.path(), &format!("node1/{path}"), bytes);
        write(folder.path(), &format!("node1/{JNDI}"), "connectionfactory.a = \\uZZZZ\n");
        let (status, document) = run(folder.path(), &["node1"]);
        assert_eq!(status, 2, "{path}");
        let [unread] = document["unread"].as_array().unwrap().as_slice() else { panic!("{document:#}") };
        let place = (unread["file"].as_str(), unread["line"].as_u64(), unread["column"].as_u64());
        assert_eq!(place, (Some(path), Some(line), Some(column)), "{unread}");
        assert_ne!(unread["reason"].as_str().unwrap(), "");
        let codes = document["diagnostics"].as_array().unwrap();
        assert!(codes.iter().any(|diagnostic| diagnostic["code"] == "CL003"), "{path}");
    }
    let folder = folder();
    write(folder.path(), "node2/deployment.toml", "[server]\noffset = \"1\noffset = 2\n");
    let (status, document) = run(folder.path(), &["node1", "node2"]);
    let unread = &document["unread"][0];
    assert_eq!((status, unread["node"].as_str(), unread["line"].as_u64()), (2, Some("node2"), Some(2)));
    assert_eq!(document["unread"].as_array().unwrap().len(), 1);
}

#[test]
fn an_input_that_is_no_node_is_said_once() {
    let folder = folder();
    fs::create_dir(folder.path().join("empty")).unwrap();
    write(folder.path(), "other/readme.txt", "nothing\n");
    write(folder.path(), "node1/inside/node1/carbon.xml", "<Server/>");
    for (node, words) in [
        ("empty", "empty folder"),
        ("other", "no node"),
        ("absent", "does not exist"),
        ("node1/inside/node1", "name \"node1\""),
        ("other/readme.txt", "no node"),
    ] {
        let named = format!("node1={node}");
        let node = if words.starts_with("name") { &named } else { node };
        let (status, document) = run(folder.path(), &["node1=node1", node]);
        assert_eq!(status, 2, "{node}");
        let [unread] = document["unread"].as_array().unwrap().as_slice() else { panic!("{document:#}") };
        assert!(unread["reason"].as_str().unwrap().contains(words), "{unread}");
        assert_eq!(document["nodes"].as_array().unwrap().len(), 1, "{node}");
        assert_ne!(document["diagnostics"].as_array().unwrap().len(), 0, "{node}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_opened_is_said_once() {
    use std::os::unix::fs::symlink;
    let folder = folder();
    let carbon = folder.path().join("node1").join(CARBON);
    for target in ["carbon.xml", "nowhere", "/dev/zero"] {
        symlink(target, &carbon).unwrap();
        let outcome = lint(folder.path(), &["node1"]);
        assert_eq!(only_unread(&outcome).file, CARBON, "{target}");
        fs::remove_file(&carbon).unwrap();
    }
}

#[test]
fn external_entities_are_never_opened() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let folder = folder();
    write(folder.path(), "secret.txt", "Zq9CanaryXw7");
    let file = folder.path().join("secret.txt").display().to_string();
    for declaration in [
        format!("<!DOCTYPE Server [<!ENTITY x SYSTEM \"file://{file}\">]>"),
        format!("<!DOCTYPE Server [<!ENTITY x SYSTEM \"http://127.0.0.1:{port}/x\">]>"),
        format!("<!DOCTYPE Server [<!ENTITY % x SYSTEM \"http://127.0.0.1:{port}/x\"> %x;]>"),
        format!("<!DOCTYPE Server SYSTEM \"http://127.0.0.1:{port}/x.dtd\">"),
        format!("<!DOCTYPE Server PUBLIC \"-//x//y\" \"file://{file}\">"),
    ] {
        let text = format!(
            "{declaration}\n<Server xmlns:xi=\"http://www.w3.org/2001/XInclude\">\n<Offset>&x;</Offset>\n\
             <xi:include href=\"file://{file}\"/>\n</Server>\n"
        );
        write(folder.path(), &format!("node1/{CARBON}"), text);
        let outcome = lint(folder.path(), &["node1"]);
        assert_eq!(only_unread(&outcome).file, CARBON);
        assert!(!report_json(&outcome.results()).unwrap().contains("Zq9CanaryXw7"), "{declaration}");
    }
    let refused = listener.accept().expect_err("nobody called");
    assert_eq!(refused.kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn what_only_an_attack_would_hold_is_refused_by_name() {
    let mut laughs = "<!DOCTYPE a [<!ENTITY l0 \"ha\">".to_owned();
    for level in 1..10 {
        let inner = format!("&l{};", level - 1).repeat(10);
        laughs += &format!("<!ENTITY l{level} \"{inner}\">");
    }
    refused(CARBON, format!("{laughs}]><a>&l9;</a>"), "1 MB");
    let quadratic = format!("<!DOCTYPE a [<!ENTITY x \"{}\">]>", "x".repeat(75_000));
    refused(CARBON, format!("{quadratic}<a>{}</a>", "&x;".repeat(25_000)), "1 MB");
    refused(CARBON, "<!DOCTYPE a [<!ENTITY x \"&y;\"><!ENTITY y \"&x;\">]><a>&x;</a>", "loop");
    let attributes: String = (0..100_000).map(|index| format!(" a{index}='1'")).collect();
    refused(CARBON, format!("<a{attributes}/>"), "1000 attributes");
    refused(CARBON, "<a>".repeat(1_000_000), "never closed");
    refused(CARBON, format!("{}{}", "<a>".repeat(1_000_000), "</a>".repeat(1_000_000)), "256 levels");
    refused(CARBON, format!("{}{}", "<a>".repeat(300), "</a>".repeat(300)), "256 levels");
    refused(CARBON, vec![b' '; 16 * 1024 * 1024 + 1], "16 MB");
    let site = "repository/deployment/server/jaggeryapps/store/site/conf/site.json";
    refused(site, "[".repeat(200_000), "");
    refused(site, "{\"a\":".repeat(200_000), "");
}

#[test]
fn a_deployment_toml_of_brackets_is_refused() {
    for text in ["a = ".to_owned() + &"[".repeat(200_000), "a = ".to_owned() + &"{a=".repeat(200_000)] {
        let folder = folder();
        write(folder.path(), "node2/deployment.toml", text);
        let outcome = lint(folder.path(), &["node1", "node2"]);
        assert_eq!(only_unread(&outcome).node.as_deref(), Some("node2"));
    }
}

#[test]
fn references_in_a_circle_end() {
    let folder = folder();
    let text = "[a]\nb = \"$ref{a.c}\"\nc = \"$ref{a.b}\"\n[server]\nhostname = \"$ref{server.hostname}\"\n\
                offset = \"$ref{a.b}\"\n[database.apim_db]\nurl = \"$ref{a.c}\"\ntype = \"$env{X}$ref{a.b}\"\n";
    write(folder.path(), "node2/deployment.toml", text);
    assert_eq!(lint(folder.path(), &["node1", "node2"]).unread, []);
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A gzipped tar whose names are written as they are, whatever they say.
fn tgz(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best()));
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append(&header, *bytes).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

#[test]
fn archives_that_escape_or_explode_are_refused_and_write_nothing() {
    let bomb = vec![b' '; 8 * 1024 * 1024];
    let carbon: &[u8] = b"<Server><Offset>1</Offset></Server>";
    let good: (&str, &[u8]) = (AXIS2, MULTICAST.as_bytes());
    for (hostile, file, words) in [
        (("../../escaped.xml", carbon), "../../escaped.xml", "leads out"),
        (("/tmp/escaped.xml", carbon), "/tmp/escaped.xml", "leads out"),
        (("C:/escaped.xml", carbon), "C:/escaped.xml", "leads out"),
        (("..\\escaped.xml", carbon), "../escaped.xml", "leads out"),
        ((CARBON, bomb.as_slice()), CARBON, "200 times"),
    ] {
        for (name, archive) in [("node1.zip", zip(&[good, hostile])), ("node1.tgz", tgz(&[good, hostile]))] {
            if name.ends_with("tgz") && words.contains("times") {
                continue;
            }
            let folder = tempfile::tempdir().unwrap();
            write(folder.path(), &format!("inside/below/{name}"), archive);
            write(folder.path(), "inside/below/apimlint.toml", "");
            let outcome = lint(&folder.path().join("inside/below"), &[name]);
            let unread = only_unread(&outcome);
            assert!(unread.reason.contains(words) && unread.file == file, "{name} {unread:?}");
            assert_eq!(entries(folder.path()).len(), 1, "{name}");
            assert_eq!(entries(&folder.path().join("inside")).len(), 1, "{name}");
            assert_eq!(entries(&folder.path().join("inside/below")).len(), 2, "{name}");
        }
    }
    let folder = folder();
    write(folder.path(), "bomb.tgz", tgz(&[("a.bin", &vec![0; 64 * 1024 * 1024]), good]));
    write(folder.path(), "nested.zip", zip(&[("inner.zip", &zip(&[good]))]));
    write(folder.path(), "no.zip", "PK\x03\x04 and no more");
    for node in ["bomb.tgz", "nested.zip", "no.zip"] {
        let outcome = lint(folder.path(), &["node1", node]);
        assert!(only_unread(&outcome).file.contains(node), "{:?}", outcome.unread);
    }
}

/// Copies a deployment; gives the paths of its files in the copy.
fn copy(from: &Path, to: &Path, files: &mut Vec<PathBuf>) {
    fs::create_dir_all(to).unwrap();
    for entry in entries(from) {
        let target = to.join(entry.file_name().unwrap());
        if entry.is_dir() {
            copy(&entry, &target, files);
        } else if entry.extension().is_none_or(|extension| extension != "snap") {
            fs::copy(&entry, &target).unwrap();
            files.push(target);
        }
    }
}

/// Numbers that only look random (Knuth's MMIX).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }
}

#[test]
fn no_deployment_with_a_damaged_file_makes_it_panic() {
    let deployments = entries(&root().join("corpus/deployments"));
    let damaged: usize = deployments.par_iter().map(|deployment| damage(deployment)).sum();
    assert!(damaged > 100);
}

/// Lints a deployment with each of its files in turn cut off, and with some of its bytes replaced.
fn damage(deployment: &Path) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    copy(deployment, folder.path(), &mut files);
    assert_eq!(lint(folder.path(), &[]).unread, [], "{}", deployment.display());
    let mut numbers = Numbers(26);
    for file in &files {
        let whole = fs::read(file).unwrap();
        fs::write(file, &whole[..numbers.below(whole.len())]).unwrap();
        lint(folder.path(), &[]);
        let mut bytes = whole.clone();
        for _ in 0..bytes.len().min(5) {
            let at = numbers.below(bytes.len());
            bytes[at] = u8::try_from(numbers.below(256)).unwrap();
        }
        fs::write(file, &bytes).unwrap();
        lint(folder.path(), &[]);
        fs::write(file, &whole).unwrap();
    }
    files.len() * 2
}
