//! What README shows is what the program prints.

#![allow(clippy::expect_used, clippy::panic, reason = "a failed expectation is a failed test")]

use std::path::Path;
use std::process::Command;

const README: &str = include_str!("../README.md");

/// The transcript: the command behind `$ ` and what stands below it in the same block.
fn transcript() -> (Vec<&'static str>, &'static str) {
    let (_, behind) = README.split_once("```console\n$ ").expect("README has a transcript");
    let (block, _) = behind.split_once("\n```").expect("the transcript ends");
    let (command, output) = block.split_once('\n').unwrap_or((block, ""));
    (command.split_whitespace().collect(), output)
}

/// Runs the transcript's command in the repository, without colours and as wide as a pipe.
fn printed(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_apimlint"))
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .env("NO_COLOR", "1")
        .output()
        .expect("apimlint runs");
    String::from_utf8(output.stdout).expect("the output is UTF-8")
}

#[test]
fn the_transcript_is_what_the_program_prints() {
    let (command, shown) = transcript();
    let (program, arguments) = command.split_first().expect("the transcript has a command");
    assert_eq!(*program, "apimlint");
    let printed = printed(arguments);
    assert_eq!(shown.trim_end(), printed.trim_end(), "put this into README.md:\n{printed}");
}

#[test]
fn the_command_to_try_runs_the_transcript() {
    let (command, _) = transcript();
    let (_, arguments) = command.split_first().expect("the transcript has a command");
    let tried = format!("cargo run --release -- {}", arguments.join(" "));
    assert!(README.contains(&tried), "README has no line `{tried}`");
}
