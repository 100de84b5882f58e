//! Marks that identify a finding across moved lines.

use std::collections::BTreeMap;
use std::ops::Range;

use sha2::{Digest, Sha256};

use super::words;
use crate::diagnostic::Diagnostic;
use crate::input::Parsed;
use crate::model::Deployment;
use crate::source::{FileId, Span};
use crate::syntax::settings::{Kind, Setting, Settings};
use crate::syntax::{hexadecimal, secrets};

/// Gives each diagnostic its mark: a hash of rule, node, home-relative file, element path by names and offending value.
/// Positions among siblings, quotes, comments and layout are left out, so that they may change. Diagnostics that would
/// get one mark are told apart by their order.
pub(super) fn assign<'a>(deployment: &Deployment, diagnostics: impl IntoIterator<Item = &'a mut Diagnostic>) {
    let mut secrets_of: BTreeMap<FileId, Vec<Range<usize>>> = BTreeMap::new();
    let mut settings_of: BTreeMap<FileId, Vec<Setting>> = BTreeMap::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for diagnostic in diagnostics {
        let span = diagnostic.primary.span;
        let file = deployment.sources.file(span.file);
        let path = file.map_or("", |file| file.path.as_str());
        let node = deployment.sources.node_name(span.file).unwrap_or("");
        let document = document(deployment, span.file);
        // The start of a file stands for the whole of it, whatever is written there.
        let element = document
            .filter(|_| span.end > 0)
            .map_or_else(String::new, |document| nameless(&document.path_at(span.start)));
        let settings = settings_of
            .entry(span.file)
            .or_insert_with(|| document.map(Settings::settings).unwrap_or_default());
        let around = settings
            .iter()
            .filter(|setting| setting.kind == Kind::Text && span.end > 0 && setting.span.contains(&span))
            .min_by_key(|setting| setting.span.end - setting.span.start);
        let (start, end) =
            around.map_or((span.start, span.end), |around| (around.span.start, around.span.end));
        let ranges = secrets_of.entry(span.file).or_insert_with(|| {
            file.map(|file| secrets::secret_ranges(&file.path, &file.text)).unwrap_or_default()
        });
        let holds_secret =
            ranges.iter().any(|range| range.start < end as usize && (start as usize) < range.end);
        let value = match around {
            _ if holds_secret => String::new(),
            Some(around) => words(&around.value),
            None => value(settings, span, &element, deployment.sources.slice(span)),
        };
        let value = hex(&[&value]);
        let parts = [&diagnostic.rule, node, path, element.as_str(), value.as_str()];
        let mark = hex(&parts);
        let ordinal = seen.entry(mark.clone()).or_insert(0);
        *ordinal += 1;
        diagnostic.fingerprint =
            if *ordinal == 1 { mark } else { hex(&[mark.as_str(), ordinal.to_string().as_str()]) };
    }
}

/// What stands at a place, regardless of how it is written: the settings inside, in the order of their names. An element
/// with others inside, whose tag alone may be shown, and a header say nothing beside their path.
fn value(settings: &[Setting], span: Span, path: &str, text: &str) -> String {
    if text.starts_with('<') {
        return String::new();
    }
    let mut inside: Vec<String> = settings
        .iter()
        .filter(|setting| span.contains(&setting.span) && setting.span.start < setting.span.end)
        .map(|setting| format!("{}={}", nameless(&setting.path), words(&setting.value)))
        .collect();
    inside.sort();
    if !inside.is_empty() || text.starts_with('[') {
        return inside.join("\n");
    }
    let attribute = text.split_once('=').map(|(name, _)| name.trim());
    match attribute.filter(|name| path.ends_with(&format!("/@{}", name.rsplit(':').next().unwrap_or(name)))) {
        // It names its element, so that the path holds its value.
        Some(_) => String::new(),
        None => words(text).trim_matches(['"', '\'']).to_owned(),
    }
}

/// The path without the numbers that tell nameless siblings apart: a sibling more before them changes no mark.
fn nameless(path: &str) -> String {
    let mut named = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, inside)) = rest.split_once('[') {
        named.push_str(before);
        match inside.split_once(']') {
            Some((number, behind)) if number.bytes().all(|byte| byte.is_ascii_digit()) => rest = behind,
            _ => {
                named.push('[');
                rest = inside;
            }
        }
    }
    named.push_str(rest);
    named
}

/// The tree of a node's file.
fn document(deployment: &Deployment, file: FileId) -> Option<&dyn Settings> {
    let node = deployment.nodes.get(usize::from(file.owner))?;
    let source = deployment.sources.file(file)?;
    let (_, parsed) = node.documents.get(&source.path).filter(|(known, _)| *known == file)?;
    match parsed {
        Parsed::Xml(document) => Some(document.as_ref()),
        Parsed::Json(document) => Some(document.as_ref()),
        Parsed::Properties(document) => Some(document.as_ref()),
        Parsed::Toml(document) => Some(document.as_ref()),
        Parsed::Nginx(_) | Parsed::Hosts(_) => None,
    }
}

/// The first 32 hexadecimal digits of the SHA-256 over the parts, each ended by a zero byte.
fn hex(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hexadecimal(hash.finalize().into_iter().take(16))
}
