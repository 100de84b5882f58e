//! Puts a password into every place of the corpus that may hold one: no output may show it.

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

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use apimlint::check::{Options, Outcome, check};
use apimlint::input::Request;
use apimlint::lint::{Date, Layer};
use apimlint::report::github::report_github;
use apimlint::report::gitlab::report_gitlab;
use apimlint::report::human::{Appearance, report_human};
use apimlint::report::json::report_json;
use apimlint::report::junit::report_junit;
use apimlint::report::markdown::report_markdown;
use apimlint::report::sarif::report_sarif;
use apimlint::source::FileId;
use apimlint::syntax::{toml, xml};
use rayon::prelude::*;
use support::{entries, name, root};

/// Looks like no other text. Numbers behind it tell the places apart.
const CANARY: &str = "Zq9CanaryXw7";

/// Plants passwords into a text; the path tells the format.
type Planting = fn(&Path, &str) -> String;

/// Ways to plant, each run alone: what one changes may silence the rules that another makes speak.
const PLANTINGS: [Planting; 4] = [values, user_information, parameters, comments];

#[test]
fn no_report_shows_a_planted_password() {
    const OF_EACH_RULE: usize = 2;
    let fires = |folder: &PathBuf| name(folder).starts_with("fires-");
    let folders: Vec<PathBuf> = entries(&root().join("corpus/rules"))
        .iter()
        .flat_map(|rule| entries(rule).into_iter().filter(fires).take(OF_EACH_RULE))
        .chain(entries(&root().join("corpus/deployments")))
        .collect();
    let (planted, findings) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let masked = AtomicUsize::new(0);
    let failures: Vec<String> = folders
        .par_iter()
        .flat_map_iter(|folder| {
            let mut failures = Vec::new();
            for (kind, planting) in PLANTINGS.iter().enumerate() {
                let copy = tempfile::tempdir().unwrap();
                case::copy_folder(folder, copy.path());
                let count = plant(copy.path(), *planting);
                planted.fetch_add(count, Ordering::Relaxed);
                if count == 0 {
                    continue;
                }
                let outcome = lint(folder, copy.path());
                findings.fetch_add(outcome.diagnostics.len(), Ordering::Relaxed);
                let human = human(&outcome);
                masked.fetch_add(human.matches(&"*".repeat(CANARY.len())).count(), Ordering::Relaxed);
                for text in reports(&outcome, human) {
                    let lines = text.lines().filter(|line| line.contains(CANARY));
                    failures.extend(lines.map(|line| format!("{kind} {}: {line}", folder.display())));
                }
            }
            failures
        })
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let enough = [(planted, 1_000), (findings, 1_000), (masked, 100)];
    for (count, least) in enough {
        assert!(count.load(Ordering::Relaxed) > least, "{count:?} of {least}");
    }
}

fn reports(outcome: &Outcome, human: String) -> Vec<String> {
    let results = outcome.results();
    vec![
        human,
        report_json(&results).unwrap(),
        report_sarif(&results).unwrap(),
        report_gitlab(&results).unwrap(),
        report_junit(&results),
        report_github(&results),
        report_markdown(&results),
    ]
}

fn human(outcome: &Outcome) -> String {
    let appearance =
        Appearance { color: false, width: Some(100), show_secrets: false, summary: true, statistics: true };
    report_human(&outcome.results(), appearance).unwrap()
}

fn lint(folder: &Path, copy: &Path) -> Outcome {
    let mut request = Request { working_folder: copy.to_owned(), ..Request::default() };
    if folder.join("case.toml").exists() {
        fs::write(copy.join("apimlint.toml"), case::why(folder).unwrap().inventory).unwrap();
        request.nodes = case::nodes_in(&copy.join("nodes"));
    }
    let today = "2026-11-20".parse::<Date>().unwrap();
    check(&Options { request, product_version: None, layer: Layer::default(), today })
}

/// Plants into every file below a folder; gives how many passwords.
fn plant(folder: &Path, planting: Planting) -> usize {
    let mut count = 0;
    for path in entries(folder) {
        if path.is_dir() {
            count += plant(&path, planting);
        } else if let Ok(text) = fs::read_to_string(&path)
            && !["case.toml", "apimlint.toml", "expected.snap"].contains(&name(&path))
        {
            let text = planting(&path, &text);
            count += text.matches(CANARY).count();
            fs::write(&path, text).unwrap();
        }
    }
    count
}

fn is_kind(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|known| known == extension)
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["password", "passwd", "secret", "keystorepass", "credential", "token"]
        .iter()
        .any(|word| name.ends_with(word))
}

/// The values of elements, attributes, properties and keys whose name is that of a password.
fn values(path: &Path, text: &str) -> String {
    const FILE: FileId = FileId { owner: 0, index: 0 };
    let mut places: Vec<std::ops::Range<usize>> = Vec::new();
    if is_kind(path, "xml") {
        let Ok(document) = xml::parse(FILE, text) else { return text.to_owned() };
        let mut open = vec![&document.root];
        while let Some(element) = open.pop() {
            open.extend(&element.children);
            let named = element.attribute_text("name").is_some_and(is_secret);
            let end = text[..element.span.end as usize].rfind("</");
            if (named || is_secret(&element.name))
                && element.children.is_empty()
                && let Some(end) = end.filter(|end| *end >= element.start_tag.end as usize)
            {
                places.push(element.start_tag.end as usize..end);
            }
            for attribute in element.attributes.iter().filter(|attribute| is_secret(&attribute.name)) {
                places.push(attribute.value.inner as usize..attribute.value.span.end as usize - 1);
            }
        }
    } else if is_kind(path, "toml") {
        let Ok(document) = toml::parse(FILE, text) else { return text.to_owned() };
        let mut open = vec![&document.root];
        while let Some(table) = open.pop() {
            for entry in &table.entries {
                match &entry.item {
                    toml::Item::Scalar(scalar, toml::Kind::String) if is_secret(&entry.key) => {
                        places.push(scalar.inner as usize..scalar.span.end as usize - 1);
                    }
                    toml::Item::Table(table) => open.push(table),
                    toml::Item::Tables(tables) => open.extend(tables),
                    _ => {}
                }
            }
        }
    }
    places.sort_by_key(|place| place.start);
    let mut planted = text.to_owned();
    for place in places.into_iter().rev() {
        planted.replace_range(place, CANARY);
    }
    planted
}

/// `user:password@` in URLs of every kind.
fn user_information(_: &Path, text: &str) -> String {
    let mut planted = text.to_owned();
    for scheme in ["jdbc:mysql", "jdbc:postgresql", "jdbc:mariadb", "tcp", "ssl", "http", "https", "svn"] {
        let start = format!("{scheme}://");
        // A name space is no address.
        planted = planted
            .split(&start)
            .enumerate()
            .map(|(index, part)| match index {
                0 => part.to_owned(),
                _ if part.starts_with("wso2.org")
                    || part.starts_with("ws.apache")
                    || part.starts_with("www.w3") =>
                {
                    format!("{start}{part}")
                }
                _ => format!("{start}u:{CANARY}@{part}"),
            })
            .collect();
    }
    planted = planted.replace("jdbc:oracle:thin:@", &format!("jdbc:oracle:thin:scott/{CANARY}@"));
    planted.replace("admin:admin@", &format!("admin:{CANARY}@"))
}

/// `password=` among the parameters of JDBC and AMQP URLs.
fn parameters(path: &Path, text: &str) -> String {
    let and = if is_kind(path, "xml") { "&amp;" } else { "&" };
    let with = |text: String, before: &str, kind: &str| -> String {
        let behind = |part: &str| {
            let end = part
                .find(|letter: char| letter.is_whitespace() || "<\"'?;&".contains(letter))
                .unwrap_or(part.len());
            let (url, rest) = part.split_at(end);
            let join = if rest.starts_with(['?', '&']) && kind == "?" { rest.split_at(1).1 } else { rest };
            let follows = if join.len() < rest.len() { and } else { "" };
            match kind {
                "?" => format!("{before}{url}?user=u{and}password={CANARY}{follows}{join}"),
                _ => format!("{before}{url};password={CANARY}{rest}"),
            }
        };
        let mut parts = text.split(before);
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |planted, part| planted + &behind(part))
    };
    let mut planted = text.to_owned();
    for (before, kind) in [
        ("jdbc:mysql://", "?"),
        ("jdbc:postgresql://", "?"),
        ("jdbc:mariadb://", "?"),
        ("jdbc:sqlserver://", ";"),
        ("jdbc:h2:", ";"),
    ] {
        planted = with(planted, before, kind);
    }
    planted
}

/// Comments on the lines of the settings, which are drawn with them.
fn comments(path: &Path, text: &str) -> String {
    let comment = match path.extension().and_then(|extension| extension.to_str()) {
        Some("xml") => return before_elements(text),
        Some("json") => format!(" /* \"password\": \"{CANARY}\" */"),
        Some("toml" | "conf") => format!(" # password = \"{CANARY}\""),
        _ => return text.to_owned(),
    };
    let ends = |line: &str| ["\"", ";", "]", "{", ","].iter().any(|end| line.trim_end().ends_with(end));
    let with = |line: &str| if ends(line) { format!("{line}{comment}\n") } else { format!("{line}\n") };
    text.lines().map(with).collect()
}

fn before_elements(text: &str) -> String {
    let Ok(document) = xml::parse(FileId { owner: 0, index: 0 }, text) else { return text.to_owned() };
    let (mut starts, mut open) = (Vec::new(), vec![&document.root]);
    while let Some(element) = open.pop() {
        starts.push(element.span.start as usize);
        open.extend(&element.children);
    }
    starts.sort_unstable();
    let mut planted = text.to_owned();
    let kinds = [
        format!("<!-- <Password>{CANARY}</Password> -->"),
        format!("<!-- password={CANARY} -->"),
        format!("<!-- <a keystorePass=\"{CANARY}\" url='amqp://u:{CANARY}@h'/> -->"),
    ];
    for (index, start) in starts.into_iter().enumerate().rev() {
        planted.insert_str(start, &kinds[index % kinds.len()]);
    }
    planted
}
