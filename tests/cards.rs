//! Runs the examples of every rule card: bad ones fire exactly that rule, good ones are silent.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]

mod support;

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use apimlint::catalog::card::{Card, Example};
use apimlint::input::{NodeArgument, Request};
use support::{Case, entries, lines, name, root};

fn main() -> ExitCode {
    let mut cases = Vec::new();
    for path in entries(&root().join("rules")) {
        if path.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let card = match Card::parse(&text) {
            Ok(card) => card,
            Err(error) => {
                let failure = format!("{}: {error}", path.display());
                cases
                    .push(Case { name: name(&path).to_owned(), run: Box::new(move || Err(failure.clone())) });
                continue;
            }
        };
        for example in card.examples.clone() {
            let card = card.clone();
            let word = if example.good { "good" } else { "bad" };
            cases.push(Case {
                name: format!("{}/{word}-line-{}", card.name, example.line),
                run: Box::new(move || run_example(&card, &example)),
            });
        }
    }
    support::main(cases)
}

/// The bytes of an example file; a key store stands in its card in base64.
fn content(text: &str) -> Vec<u8> {
    const START_OF_A_KEY_STORE: &str = "/u3+7Q";
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if !text.starts_with(START_OF_A_KEY_STORE) {
        return text.as_bytes().to_vec();
    }
    let digit = |letter: u8| DIGITS.iter().position(|digit| *digit == letter);
    let bits: Vec<usize> = text.bytes().filter_map(digit).collect();
    let bytes = bits.chunks(4).flat_map(|group| {
        let number = (0..4).fold(0, |sum, index| sum << 6 | group.get(index).unwrap_or(&0));
        number.to_be_bytes()[5..].iter().copied().take(group.len() * 6 / 8).collect::<Vec<u8>>()
    });
    bytes.collect()
}

fn run_example(card: &Card, example: &Example) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let mut request = Request::default();
    for file in &example.files {
        let below = match file.owner.as_str() {
            "proxy" => {
                request.proxy = Some(PathBuf::from("proxy").join(&file.path));
                "proxy"
            }
            "hosts" => {
                request.hosts = Some(PathBuf::from("hosts").join(&file.path));
                "hosts"
            }
            "inventory" => {
                request.config = Some(PathBuf::from(&file.path));
                ""
            }
            node => {
                let argument = NodeArgument { name: Some(node.to_owned()), path: PathBuf::from(node) };
                if !request.nodes.contains(&argument) {
                    request.nodes.push(argument);
                }
                node
            }
        };
        let path = folder.path().join(below).join(&file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content(&file.text)).unwrap();
    }
    if example.files.iter().filter(|file| file.owner == "proxy").count() > 1 {
        request.proxy = Some(PathBuf::from("proxy"));
    }
    let outcome = support::check_rule(&card.name, folder.path(), request);
    // What a rule about malformed files reports is unread as well.
    let is_reported = |reason: &String| {
        outcome.diagnostics.iter().any(|diagnostic| diagnostic.message.contains(reason.as_str()))
    };
    if !outcome.unread.iter().all(|unread| is_reported(&unread.reason)) {
        return Err(format!("cannot be read:\n{}", lines(&outcome)));
    }
    let severity = example.fires.as_ref().map(|fires| {
        card.variants.iter().find(|variant| variant.name == *fires).map(|variant| variant.severity).unwrap()
    });
    let mut severities = outcome.diagnostics.iter().map(|diagnostic| diagnostic.severity);
    match (example.good, outcome.diagnostics.is_empty()) {
        (true, false) => Err(format!("must be silent, but:\n{}", lines(&outcome))),
        (false, true) => Err("must fire, but is silent".to_owned()),
        _ if severity.is_some_and(|severity| !severities.any(|found| found == severity)) => {
            Err(format!("the variant is not among these:\n{}", lines(&outcome)))
        }
        _ => Ok(()),
    }
}
