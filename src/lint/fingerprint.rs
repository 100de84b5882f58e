//! Marks that identify a finding across moved lines.

use std::collections::BTreeMap;
use std::ops::Range;

use sha2::{Digest, Sha256};

use crate::diagnostic::Diagnostic;
use crate::input::Parsed;
use crate::model::Deployment;
use crate::source::{FileId, Span};
use crate::syntax::secrets;
use crate::syntax::settings::Settings;

/// Gives each diagnostic its mark: a hash of rule, node, home-relative file, element path by names and offending value.
/// Diagnostics that would get one mark are told apart by their order.
pub(super) fn assign(deployment: &Deployment, diagnostics: &mut [Diagnostic]) {
    let mut secrets_of: BTreeMap<FileId, Vec<Range<usize>>> = BTreeMap::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for diagnostic in diagnostics {
        let span = diagnostic.primary.span;
        let file = deployment.sources.file(span.file);
        let path = file.map_or("", |file| file.path.as_str());
        let node = deployment.sources.node_name(span.file).unwrap_or("");
        let element = element_path(deployment, span);
        let ranges = secrets_of.entry(span.file).or_insert_with(|| {
            file.map(|file| secrets::secret_ranges(&file.path, &file.text)).unwrap_or_default()
        });
        let (start, end) = (span.start as usize, span.end as usize);
        let holds_secret = ranges.iter().any(|range| range.start < end && start < range.end);
        let value = if holds_secret { String::new() } else { words(deployment.sources.slice(span)) };
        let value = hex(&[&value]);
        let parts = [&diagnostic.rule, node, path, element.as_str(), value.as_str()];
        let mark = hex(&parts);
        let ordinal = seen.entry(mark.clone()).or_insert(0);
        *ordinal += 1;
        diagnostic.fingerprint =
            if *ordinal == 1 { mark } else { hex(&[mark.as_str(), ordinal.to_string().as_str()]) };
    }
}

/// The text with every run of white space as one blank: laying a file out anew changes no mark.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn element_path(deployment: &Deployment, span: Span) -> String {
    let Some(node) = deployment.nodes.get(usize::from(span.file.owner)) else { return String::new() };
    let Some(source) = deployment.sources.file(span.file) else { return String::new() };
    match node.documents.get(&source.path).filter(|(file, _)| *file == span.file) {
        Some((_, parsed)) => path_at(parsed, span.start),
        None => String::new(),
    }
}

fn path_at(parsed: &Parsed, offset: u32) -> String {
    match parsed {
        Parsed::Xml(document) => document.path_at(offset),
        Parsed::Json(document) => document.path_at(offset),
        Parsed::Properties(document) => document.path_at(offset),
        Parsed::Toml(document) => document.path_at(offset),
        Parsed::Nginx(_) | Parsed::Hosts(_) => String::new(),
    }
}

/// The first 32 hexadecimal digits of the SHA-256 over the parts, each ended by a zero byte.
fn hex(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
