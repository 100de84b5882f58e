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

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use apimlint::check::{Options, Outcome, check};
use apimlint::diagnostic::Severity;
use apimlint::input::Request;
use apimlint::lint::{Date, Layer};
use case::copy_folder;
use faults::{DEPLOYMENTS, FAULTS, Fault, Sound};
use support::{Case, entries, lines, name, root};

/// Ports that move with the offset.
const SHIFTED: [u16; 8] = [9443, 8280, 8243, 5672, 9611, 9711, 9099, 8099];
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

fn main() -> ExitCode {
    let mut cases = Vec::new();
    for (index, variation) in VARIATIONS.iter().enumerate() {
        for sound in &DEPLOYMENTS {
            cases.push(Case {
                name: format!("sound/{}/{index}", sound.folder),
                run: Box::new(move || is_sound(sound, variation)),
            });
        }
        for fault in FAULTS {
            for (place, _) in fault.nodes.iter().enumerate() {
                cases.push(Case {
                    name: format!("{}/{}/{}/{index}", fault.code, fault.deployment, fault.nodes[place]),
                    run: Box::new(move || is_found(fault, fault.nodes[place], variation)),
                });
            }
        }
    }
    support::main(cases)
}

/// A deployment without any fault is silent under every name.
fn is_sound(sound: &Sound, variation: &Variation) -> Result<(), String> {
    let copy = tempfile::tempdir().unwrap();
    copy_folder(&folder_of(sound), copy.path());
    vary(copy.path(), sound, variation);
    let outcome = run(copy.path());
    let is_expected = |code: &String| sound.findings.contains(&code.as_str());
    if outcome.diagnostics.iter().all(|found| is_expected(&found.code)) && outcome.unread.is_empty() {
        Ok(())
    } else {
        Err(lines(&outcome))
    }
}

fn is_found(fault: &Fault, node: &str, variation: &Variation) -> Result<(), String> {
    let sound = DEPLOYMENTS.iter().find(|sound| sound.folder == fault.deployment).unwrap();
    let copy = tempfile::tempdir().unwrap();
    copy_folder(&folder_of(sound), copy.path());
    let fill = |text: &str| filled(text, sound, node);
    let file = if fault.file.starts_with("nginx/") || fault.file == "hosts" {
        copy.path().join(fault.file)
    } else {
        copy.path().join(node).join(fault.file)
    };
    for (old, new) in fault.changes {
        let (old, new) = (fill(old), fill(new));
        let text = fs::read_to_string(&file).unwrap();
        if !text.contains(&old) {
            return Err(format!("{} does not contain {old}", fault.file));
        }
        fs::write(&file, text.replacen(&old, &new, 1)).unwrap();
    }
    for path in fault.removed {
        fs::remove_file(copy.path().join(node).join(path)).unwrap();
    }
    for (path, text) in fault.added {
        let path = copy.path().join(node).join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, fill(text)).unwrap();
    }
    vary(copy.path(), sound, variation);
    let outcome = run(copy.path());
    let at = varied(&fill(fault.at), "", sound, variation);
    judge(fault, sound, &at, &outcome)
}

/// One finding of the fault, on the line that shows it, and none but those of the sound deployment and the companions.
fn judge(fault: &Fault, sound: &Sound, at: &str, outcome: &Outcome) -> Result<(), String> {
    let sources = &outcome.deployment.sources;
    let (own, others): (Vec<_>, Vec<_>) =
        outcome.diagnostics.iter().partition(|found| found.code == fault.code);
    let known = |code: &str| sound.findings.contains(&code) || fault.companions.contains(&code);
    let strange: Vec<&str> =
        others.iter().map(|found| found.code.as_str()).filter(|code| !known(code)).collect();
    let line = own.first().map(|found| {
        let span = found.primary.span;
        let source = sources.file(span.file).unwrap();
        let line = source.position(span.start).line as usize;
        source.text.lines().nth(line - 1).unwrap_or("").to_owned()
    });
    let is_severe = own.iter().all(|found| found.severity == Severity::Error);
    match line {
        None => Err(format!("is not found:\n{}", lines(outcome))),
        Some(line) if !line.contains(at) => {
            Err(format!("stands at \"{}\" and not at \"{at}\":\n{}", line.trim(), lines(outcome)))
        }
        _ if own.len() > 1 => Err(format!("is found {} times:\n{}", own.len(), lines(outcome))),
        _ if !is_severe => Err(format!("is no error:\n{}", lines(outcome))),
        _ if !strange.is_empty() => Err(format!("brings {} along:\n{}", strange.join(", "), lines(outcome))),
        // A file that is broken is told twice: as a finding, and as one that was not read.
        _ if !outcome.unread.is_empty() && !fault.code.starts_with("FM") => Err(lines(outcome)),
        _ => Ok(()),
    }
}

fn folder_of(sound: &Sound) -> PathBuf {
    root().join("corpus/deployments").join(sound.folder)
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
    let of = |name: &str| sound.nodes.iter().find(|known| known.name == name).unwrap();
    let own = of(node);
    let address = |name: &str| format!("{}{}", sound.network, of(name).address);
    text.replace("{own-address}", &address(node))
        .replace("{peer-address}", &address(own.peer))
        .replace("{own}", node)
        .replace("{peer}", own.peer)
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
    for node in sound.nodes {
        let new = node.names[variation.names];
        if new != node.name {
            fs::rename(folder.join(node.name), folder.join(new)).unwrap();
        }
    }
}

fn varied(text: &str, file: &str, sound: &Sound, variation: &Variation) -> String {
    let mut text = text.to_owned();
    for node in sound.nodes {
        let new = node.names[variation.names];
        text = text.replace(&format!("{}.{}", node.name, sound.domain), &format!("{new}.{}", sound.domain));
        if file == "apimlint.toml" {
            text = text.replace(&format!("\"{}\"", node.name), &format!("\"{new}\""));
        }
    }
    if !variation.domain.is_empty() {
        text = text.replace(sound.domain, variation.domain).replace(sound.network, variation.network);
    }
    if variation.offset == 0 || BASE_PORTS.contains(&file) {
        return text;
    }
    for port in SHIFTED {
        text = text.replace(&format!(":{port}"), &format!(":{}", port + variation.offset));
    }
    text.replace("<Offset>0</Offset>", &format!("<Offset>{}</Offset>", variation.offset))
        .replace("[server]\n", &format!("[server]\noffset = {}\n", variation.offset))
}
