//! The same input gives the same bytes: in every run, with any number of threads, in any folder, place and time zone.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]

#[path = "support/case.rs"]
mod case;
mod support;

use std::path::Path;
use std::process::{Command, Stdio};

use support::{entries, name, root};

/// Standard output and exit status.
fn run(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> (Vec<u8>, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_apimlint"))
        .current_dir(folder)
        .stdin(Stdio::null())
        .args(["check", "--today", "2026-11-20"])
        .args(arguments)
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    (output.stdout, output.status.code())
}

#[test]
fn runs_agree_whatever_is_around_them() {
    for deployment in entries(&root().join("corpus/deployments")) {
        let elsewhere = tempfile::tempdir().unwrap();
        let copy = elsewhere.path().join("a b").join(name(&deployment));
        case::copy_folder(&deployment, &copy);
        for format in ["json", "human"] {
            let arguments = ["--format", format];
            let expected = run(&deployment, &arguments, &[]);
            assert!(!expected.0.is_empty());
            for environment in [
                &[("RAYON_NUM_THREADS", "1")][..],
                &[("RAYON_NUM_THREADS", "2")],
                &[("RAYON_NUM_THREADS", "8")],
                &[("RAYON_NUM_THREADS", "8"), ("RUST_BACKTRACE", "1")],
                &[("TZ", "Pacific/Kiritimati"), ("LANG", "tr_TR.UTF-8"), ("LC_ALL", "tr_TR.UTF-8")],
                &[("TZ", "America/Los_Angeles"), ("LANG", "C"), ("LC_ALL", "C"), ("HOME", "/nowhere")],
            ] {
                let found = run(&copy, &arguments, environment);
                assert!(found == expected, "{} {format} {environment:?}", deployment.display());
            }
        }
    }
}

#[test]
fn findings_do_not_depend_on_the_working_folder_and_name_no_absolute_path() {
    for deployment in entries(&root().join("corpus/deployments")) {
        let inventory = deployment.join("apimlint.toml");
        let findings = |folder: &Path, arguments: &[&str]| -> serde_json::Value {
            let (output, _) = run(folder, &[&["--format", "json"], arguments].concat(), &[]);
            let root = root().to_str().unwrap();
            let text = String::from_utf8(output).unwrap();
            let mut document: serde_json::Value = serde_json::from_str(&text).unwrap();
            document["nodes"].as_array_mut().unwrap().iter_mut().for_each(|node| {
                node.as_object_mut().unwrap().remove("path");
            });
            assert!(!document.to_string().contains(root), "{document:#}");
            document
        };
        let elsewhere = tempfile::tempdir().unwrap();
        let expected = findings(&deployment, &[]);
        assert_eq!(findings(elsewhere.path(), &["--config", inventory.to_str().unwrap()]), expected);
        assert_eq!(findings(&deployment.join("."), &["--config", "apimlint.toml"]), expected);
    }
}
