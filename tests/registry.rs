//! What adding a rule can forget: its card, its cases, its place in the table.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use apimlint::catalog::card::{self, Card};
use apimlint::lint::registry::{OWN_CARDS, entries};
use apimlint::rules;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn listed(folder: &str) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

fn card_files() -> Vec<PathBuf> {
    listed("rules")
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect()
}

#[test]
fn every_card_file_is_named_after_its_card() {
    for path in card_files() {
        let card = Card::parse(&fs::read_to_string(&path).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(name(&path), format!("{}-{}.md", card.code, card.name));
    }
}

#[test]
fn every_card_has_a_rule_and_every_rule_a_card() {
    let files: BTreeSet<String> = card_files().iter().map(|path| name(path)).collect();
    let known: BTreeSet<String> =
        entries().iter().map(|entry| format!("{}-{}.md", entry.card.code, entry.card.name)).collect();
    assert_eq!(known.difference(&files).collect::<Vec<_>>(), Vec::<&String>::new(), "without a file");
    assert_eq!(files.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new(), "in no table");
    assert_eq!(entries().len(), rules::ALL.len() + OWN_CARDS.len());
}

#[test]
fn the_table_of_rules_is_sorted_and_codes_and_names_are_unique() {
    let cards: Vec<Card> =
        rules::ALL.iter().map(|rule| Card::parse(card::text(rule.card)).unwrap()).collect();
    let codes: Vec<&String> = cards.iter().map(|card| &card.code).collect();
    assert!(codes.is_sorted_by(|left, right| left < right), "{codes:?}");
    let names: BTreeSet<&String> = entries().iter().map(|entry| &entry.card.name).collect();
    assert_eq!(names.len(), entries().len());
}

#[test]
fn what_a_card_gives_way_to_exists() {
    for entry in entries() {
        for code in entry.card.gives_way_to.iter().filter(|code| *code != "*") {
            assert!(
                entries().iter().any(|other| other.card.code == *code) && *code != entry.card.code,
                "{} gives way to {code}",
                entry.card.code
            );
        }
    }
}

#[test]
fn every_rule_has_cases_that_fire_and_cases_that_are_quiet() {
    for entry in entries() {
        let folder = format!("corpus/rules/{}", entry.card.name);
        assert!(root().join(&folder).is_dir(), "{folder} is missing");
        for kind in ["fires-", "quiet-"] {
            assert!(
                listed(&folder).iter().any(|case| name(case).starts_with(kind)),
                "{folder} has no {kind} case"
            );
        }
    }
}

#[test]
fn every_case_folder_belongs_to_a_rule_and_is_well_named() {
    for folder in listed("corpus/rules") {
        let rule = name(&folder);
        assert!(
            entries().iter().any(|entry| entry.card.name == rule),
            "corpus/rules/{rule} belongs to no rule"
        );
        for case in listed(&format!("corpus/rules/{rule}")) {
            let case = name(&case);
            let words = case.strip_prefix("fires-").or_else(|| case.strip_prefix("quiet-"));
            let fits = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
            assert!(words.is_some_and(|words| !words.is_empty() && words.chars().all(fits)), "{rule}/{case}");
        }
    }
}
