//! Injects the fault of each rule into deployments that have none, at several places and under several names, addresses
//! and offsets, and asks for exactly that finding.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]

#[path = "support/case.rs"]
mod case;
#[path = "support/faults.rs"]
mod faults;
mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use apimlint::check::{Options, Outcome, check};
use apimlint::diagnostic::Diagnostic;
use apimlint::input::Request;
use apimlint::lint::registry::{entries as rules, find};
use apimlint::lint::{Date, Layer};
use case::copy_folder;
use faults::{Fault, Faults, Node, Sound};
use support::{Case, entries, lines, name, root};

/// Ports that move with the offset.
const SHIFTED: [u16; 10] = [9443, 9763, 8280, 8243, 5672, 8672, 9611, 9711, 9099, 8099];
/// Files that hold base ports, which do not.
const BASE_PORTS: [&str; 2] = ["axis2.xml", "catalina-server.xml"];

/// How a deployment is named and numbered.
struct Variation {
    domain: &'static str,
    network: &'static str,
    offset: u16,
    /// Which of the names that a deployment offers; 0 for its own.
    names: usize,
}

const VARIATIONS: [Variation; 4] = [
    Variation { domain: "", network: "", offset: 0, names: 0 },
    Variation { domain: "corp.test", network: "10.0.7.", offset: 0, names: 1 },
    Variation { domain: "apim.example", network: "192.168.40.", offset: 3, names: 2 },
    Variation { domain: "eu-west.cloud.test", network: "10.128.19.", offset: 20, names: 1 },
];

/// Whoever names a rule sees its faults under all variations; the whole takes one for each node that a fault is made on.
fn main() -> ExitCode {
    let all = Arc::new(faults::read());
    let takes_all = std::env::args().skip(1).any(|argument| !argument.starts_with('-'));
    let complete = Arc::clone(&all);
    let mut cases = vec![Case {
        name: "every-rule-has-a-fault".to_owned(),
        run: Box::new(move || is_complete(&complete)),
    }];
    for (index, variation) in VARIATIONS.iter().enumerate() {
        for place in 0..all.deployments.len() {
            let all_of = Arc::clone(&all);
            cases.push(Case {
                name: format!("sound/{}/{index}", all.deployments[place].folder),
                run: Box::new(move || is_sound(&all_of.deployments[place], variation)),
            });
        }
        for (place, fault) in all.faults.iter().enumerate() {
            for (node, node_name) in fault.nodes.iter().enumerate() {
                if !takes_all && index != (place + node) % VARIATIONS.len() {
                    continue;
                }
                let all_of = Arc::clone(&all);
                cases.push(Case {
                    name: format!("{}/{}/{node_name}/{place}/{index}", fault.code, fault.deployment),
                    run: Box::new(move || {
                        let fault = &all_of.faults[place];
                        is_found(fault, sound_of(&all_of, fault), &fault.nodes[node], variation)
                    }),
                });
            }
        }
    }
    support::main(cases)
}

fn sound_of<'a>(all: &'a Faults, fault: &Fault) -> &'a Sound {
    let is_meant = |sound: &&Sound| sound.folder == fault.deployment;
    all.deployments.iter().find(is_meant).unwrap_or_else(|| panic!("{} is no deployment", fault.deployment))
}

/// Every rule has a fault or a reason to have none, not both.
fn is_complete(all: &Faults) -> Result<(), String> {
    let known: BTreeSet<&str> = rules().iter().map(|entry| entry.card.code.as_str()).collect();
    let made: BTreeSet<&str> = all.faults.iter().map(|fault| fault.code.as_str()).collect();
    let excused: BTreeSet<&str> = all.without.iter().map(|rule| rule.code.as_str()).collect();
    let covered: BTreeSet<&str> = made.union(&excused).copied().collect();
    let is_short = |text: &str| text.split_whitespace().count() < 3;
    let unexplained = all.without.iter().filter(|rule| is_short(&rule.why)).map(|rule| rule.code.as_str());
    let wrong = [
        ("without a fault", known.difference(&covered).copied().collect::<Vec<_>>()),
        ("no rule", covered.difference(&known).copied().collect()),
        ("made and excused", made.intersection(&excused).copied().collect()),
        ("excused without a reason", unexplained.collect()),
    ];
    let told: Vec<String> = wrong
        .iter()
        .filter(|(_, codes)| !codes.is_empty())
        .map(|(what, codes)| format!("{what}: {}", codes.join(" ")))
        .collect();
    if told.is_empty() { Ok(()) } else { Err(told.join("\n")) }
}

/// A deployment without any fault is silent under every name.
fn is_sound(sound: &Sound, variation: &Variation) -> Result<(), String> {
    let copy = tempfile::tempdir().unwrap();
    copy_folder(&folder_of(sound), copy.path());
    vary(copy.path(), sound, variation);
    let outcome = run(copy.path());
    let is_expected = |code: &String| sound.findings.contains(code);
    if outcome.diagnostics.iter().all(|found| is_expected(&found.code)) && outcome.unread.is_empty() {
        Ok(())
    } else {
        Err(lines(&outcome))
    }
}

fn is_found(fault: &Fault, sound: &Sound, node: &str, variation: &Variation) -> Result<(), String> {
    let copy = tempfile::tempdir().unwrap();
    copy_folder(&folder_of(sound), copy.path());
    inject(fault, sound, node, copy.path())?;
    vary(copy.path(), sound, variation);
    let paths = |file: &str| paths_of(&filled(file, sound, node), sound, node);
    for path in fault.latin_1.iter().flat_map(|file| paths(file)) {
        save_in_latin_1(&copy.path().join(renamed(&path, sound, variation)));
    }
    let files = [
        fault.place.as_ref(),
        fault.change.first().map(|change| &change.file),
        fault.added.first().map(|added| &added.file),
        fault.removed.first(),
        fault.copied.first().map(|copied| &copied.file),
    ];
    let place = files.into_iter().flatten().next().ok_or("changes nothing")?;
    let files: Vec<String> = paths(place).iter().map(|path| renamed(path, sound, variation)).collect();
    let at = varied(&filled(&fault.at, sound, node), "", sound, variation);
    judge(fault, sound, (&files, &at), &run(copy.path()))
}

/// Makes the mistake in a copy of the deployment.
fn inject(fault: &Fault, sound: &Sound, node: &str, folder: &Path) -> Result<(), String> {
    let fill = |text: &str| filled(text, sound, node);
    let files = |file: &str| paths_of(&fill(file), sound, node).into_iter().map(|path| folder.join(path));
    let shown = |file: &Path| file.strip_prefix(folder).unwrap().display().to_string();
    for change in &fault.change {
        let (old, new) = (fill(&change.old), fill(&change.new));
        for file in files(&change.file) {
            let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", shown(&file)))?;
            if !text.contains(&old) {
                return Err(format!("{} does not contain {old}", shown(&file)));
            }
            let times = if change.everywhere { usize::MAX } else { 1 };
            fs::write(file, text.replacen(&old, &new, times)).unwrap();
        }
    }
    for file in fault.removed.iter().flat_map(|file| files(file)) {
        fs::remove_file(&file).map_err(|error| format!("{}: {error}", shown(&file)))?;
    }
    for added in &fault.added {
        files(&added.file).for_each(|file| write(&file, fill(&added.text).as_bytes()));
    }
    for copied in &fault.copied {
        let bytes = fs::read(root().join("corpus/faults/files").join(&copied.from)).unwrap();
        files(&copied.file).for_each(|file| write(&file, &bytes));
    }
    Ok(())
}

fn write(file: &Path, bytes: &[u8]) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, bytes).unwrap();
}

fn save_in_latin_1(file: &Path) {
    let text = fs::read_to_string(file).unwrap();
    let bytes: Vec<u8> = text.chars().map(|letter| u8::try_from(letter).unwrap()).collect();
    fs::write(file, bytes).unwrap();
}

/// The findings of the fault, in the file (or one of the files) and on the line that shows it, and none but those of the
/// sound deployment and the companions.
fn judge(fault: &Fault, sound: &Sound, place: (&[String], &str), outcome: &Outcome) -> Result<(), String> {
    let (own, others): (Vec<_>, Vec<_>) =
        outcome.diagnostics.iter().partition(|found| found.code == fault.code);
    let strange: Vec<&str> = others
        .iter()
        .filter(|found| !sound.findings.contains(&found.code) && !fault.companions.contains(&found.code))
        .map(|found| found.code.as_str())
        .collect();
    let severity = fault.severity.unwrap_or_else(|| find(&fault.code).unwrap().card.severity);
    let astray = own.iter().map(|found| stands(found, outcome)).find(|(file, line)| {
        let is_there = place.0.contains(file) && line.contains(place.1);
        !is_there
    });
    let told = if own.is_empty() {
        "is not found".to_owned()
    } else if let Some((file, line)) = astray {
        format!(
            "stands in {file} at \"{}\" and not in {} at \"{}\"",
            line.trim(),
            place.0.join(" or "),
            place.1
        )
    } else if own.len() != fault.findings {
        format!("is found {} times", own.len())
    } else if own.iter().any(|found| found.severity != severity) {
        format!("is no {}", severity.as_str())
    } else if !strange.is_empty() {
        format!("brings {} along", strange.join(", "))
    // A file that is broken is told twice: as a finding, and as one that was not read.
    } else if !outcome.unread.is_empty() && !fault.code.starts_with("FM") {
        "leaves a file unread".to_owned()
    } else {
        return Ok(());
    };
    Err(format!("{told}:\n{}", lines(outcome)))
}

/// The file that a finding points into, from the deployment on, and the line.
fn stands(found: &Diagnostic, outcome: &Outcome) -> (String, String) {
    let span = found.primary.span;
    let source = outcome.deployment.sources.file(span.file).unwrap();
    let line = source.position(span.start).line as usize;
    (source.viewer_path.clone(), source.text.lines().nth(line - 1).unwrap_or("").to_owned())
}

/// The paths from the deployment on that a path from a node on means; `*` is each node.
fn paths_of(file: &str, sound: &Sound, node: &str) -> Vec<String> {
    let mut parts: Vec<&str> = vec![node];
    for part in Path::new(file).components() {
        match part {
            Component::ParentDir => drop(parts.pop()),
            part => parts.push(part.as_os_str().to_str().unwrap()),
        }
    }
    let path = parts.join("/");
    match path.strip_prefix("*/") {
        Some(rest) => sound.nodes.iter().map(|node| format!("{}/{rest}", node.name)).collect(),
        None => vec![path],
    }
}

/// A path from the deployment on, with the name that the node has got.
fn renamed(path: &str, sound: &Sound, variation: &Variation) -> String {
    let of = |node: &Node| {
        let rest = path.strip_prefix(node.name.as_str())?.strip_prefix('/')?;
        Some(format!("{}/{rest}", node.named(variation.names)))
    };
    sound.nodes.iter().find_map(of).unwrap_or_else(|| path.to_owned())
}

fn folder_of(sound: &Sound) -> PathBuf {
    root().join("corpus/deployments").join(&sound.folder)
}

fn run(folder: &Path) -> Outcome {
    let today = "2026-11-20".parse::<Date>().unwrap();
    let request = Request {
        working_folder: folder.to_owned(),
        config: Some(PathBuf::from("apimlint.toml")),
        ..Request::default()
    };
    check(&Options { request, product_version: None, layer: Layer::default(), today })
}

/// `{own}`, `{peer}`, `{own-address}` and `{peer-address}` as the node has them.
fn filled(text: &str, sound: &Sound, node: &str) -> String {
    let of = |name: &str| {
        let node = sound.nodes.iter().find(|known| known.name == name);
        node.unwrap_or_else(|| panic!("{name} is no node of {}", sound.folder))
    };
    let own = of(node);
    let address = |name: &str| format!("{}{}", sound.network, of(name).address);
    text.replace("{own-address}", &address(node))
        .replace("{peer-address}", &address(&own.peer))
        .replace("{own}", node)
        .replace("{peer}", &own.peer)
}

/// Gives a whole deployment other names, addresses and ports.
fn vary(folder: &Path, sound: &Sound, variation: &Variation) {
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for path in entries(&folder) {
            if path.is_dir() {
                open.push(path);
            } else if name(&path).ends_with(".snap") {
                fs::remove_file(path).unwrap();
            } else if let Ok(text) = fs::read_to_string(&path) {
                fs::write(&path, varied(&text, name(&path), sound, variation)).unwrap();
            }
        }
    }
    for node in &sound.nodes {
        let new = node.named(variation.names);
        if new != node.name {
            fs::rename(folder.join(&node.name), folder.join(new)).unwrap();
        }
    }
}

fn varied(text: &str, file: &str, sound: &Sound, variation: &Variation) -> String {
    let mut text = text.to_owned();
    for node in &sound.nodes {
        let new = node.named(variation.names);
        text = text.replace(&format!("{}.{}", node.name, sound.domain), &format!("{new}.{}", sound.domain));
        if file == "apimlint.toml" {
            text = text.replace(&format!("\"{}\"", node.name), &format!("\"{new}\""));
        }
    }
    if !variation.domain.is_empty() {
        text = text.replace(&sound.domain, variation.domain).replace(&sound.network, variation.network);
    }
    if variation.offset == 0 || !sound.shifts || BASE_PORTS.contains(&file) {
        return text;
    }
    for port in SHIFTED {
        text = text.replace(&format!(":{port}"), &format!(":{}", port + variation.offset));
    }
    text.replace("<Offset>0</Offset>", &format!("<Offset>{}</Offset>", variation.offset))
        .replace("[server]\n", &format!("[server]\noffset = {}\n", variation.offset))
}
