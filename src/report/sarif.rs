//! SARIF 2.1.0, within what GitHub takes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::card::report_card;
use super::place::{Place, unread_path};
use super::{Results, clean};
use crate::catalog::card::Card;
use crate::diagnostic::{Diagnostic, Label, Severity, Silencer, Unread};
use crate::source::{Position, Sources};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
const ROOT: &str = "%SRCROOT%";

/// A log with one run, laid out over several lines and ended by a line feed. Its rules are those of the findings.
pub fn report_sarif(results: &Results<'_>) -> Result<String, serde_json::Error> {
    let sources = results.sources;
    let reported = results.diagnostics.iter().map(|diagnostic| (diagnostic, None));
    let silenced = results.silenced.iter().map(|silenced| (&silenced.diagnostic, Some(&silenced.by)));
    let all: Vec<(&Diagnostic, Option<&Silencer>)> = reported.chain(silenced).collect();
    let cards: Vec<&Card> = (results.rules.iter().map(AsRef::as_ref))
        .filter(|card| all.iter().any(|(diagnostic, _)| diagnostic.code == card.code))
        .collect();
    let indexes: BTreeMap<&str, usize> =
        cards.iter().enumerate().map(|(index, card)| (card.code.as_str(), index)).collect();
    let found: Vec<Value> =
        all.iter().map(|(diagnostic, silencer)| result(sources, diagnostic, *silencer, &indexes)).collect();
    let notifications: Vec<Value> = results.unread.iter().map(notification).collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "apimlint",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": cards.iter().map(|card| rule(card)).collect::<Vec<_>>(),
            }},
            "automationDetails": {"id": category(results)},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {ROOT: {"description": {"text": "The folder in which apimlint ran."}}},
            "invocations": [{
                "executionSuccessful": results.unread.is_empty(),
                "toolExecutionNotifications": notifications,
            }],
            "results": found,
        }],
    });
    Ok(serde_json::to_string_pretty(&log)? + "\n")
}

/// Tells deployments of one repository apart: the folder that holds all nodes.
fn category(results: &Results<'_>) -> String {
    let nodes = results.nodes;
    let mut common: Option<Vec<&str>> = None;
    for node in nodes {
        let is_absolute = node.path.starts_with('/') || node.path.contains(':');
        let path = if is_absolute { node.name.as_str() } else { node.path.as_str() };
        let parts: Vec<&str> =
            path.split('/').filter(|part| !part.is_empty() && !part.starts_with('.')).collect();
        common = Some(match common {
            None => parts,
            Some(known) => {
                known
                    .into_iter()
                    .zip(parts)
                    .take_while(|(left, right)| left == right)
                    .unzip::<_, _, _, Vec<_>>()
                    .0
            }
        });
    }
    let folder: String = common.unwrap_or_default().iter().map(|part| format!("{}/", clean(part))).collect();
    format!("apimlint/{folder}")
}

fn rule(card: &Card) -> Value {
    let mut properties = json!({
        "tags": [card.scope.as_str(), family(card)],
        "precision": match card.tier {
            'A' => "very-high",
            'B' => "high",
            _ => "medium",
        },
        "problem.severity": match card.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "recommendation",
        },
    });
    if let Some(properties) = properties.as_object_mut().filter(|_| family(card) == "SE") {
        let score = match card.severity {
            Severity::Error => "8.0",
            Severity::Warning => "5.0",
            Severity::Info => "3.0",
        };
        properties.insert("security-severity".to_owned(), score.into());
    }
    let first = card.finds.split("\n\n").next().unwrap_or_default();
    json!({
        "id": card.code,
        "name": pascal(&card.name),
        "shortDescription": {"text": card.name.replace('-', " ")},
        "fullDescription": {"text": first.replace('\n', " ")},
        "help": {"text": format!("{}\n\n{}", card.why, card.how_to_fix), "markdown": report_card(card)},
        "helpUri": format!(
            "{}/blob/main/rules/{}-{}.md", env!("CARGO_PKG_REPOSITORY"), card.code, card.name
        ),
        "defaultConfiguration": {"level": level(card.severity)},
        "properties": properties,
    })
}

/// The letters of the code.
fn family(card: &Card) -> &str {
    card.code.trim_end_matches(|letter: char| letter.is_ascii_digit())
}

fn pascal(name: &str) -> String {
    name.split('-')
        .flat_map(|word| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters)
        })
        .collect()
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn result(
    sources: &Sources,
    diagnostic: &Diagnostic,
    silencer: Option<&Silencer>,
    indexes: &BTreeMap<&str, usize>,
) -> Value {
    let mut result = json!({
        "ruleId": diagnostic.code,
        "level": level(diagnostic.severity),
        "message": {"text": text(diagnostic)},
        "locations": [location(sources, &diagnostic.primary)],
        "partialFingerprints": {"apimlint/v1": diagnostic.fingerprint},
    });
    let Some(members) = result.as_object_mut() else { return result };
    if let Some(index) = indexes.get(diagnostic.code.as_str()) {
        members.insert("ruleIndex".to_owned(), (*index).into());
    }
    if !diagnostic.related.is_empty() {
        let related: Vec<Value> = (1_usize..)
            .zip(&diagnostic.related)
            .map(|(id, label)| {
                let mut location = location(sources, label);
                if let Some(location) = location.as_object_mut() {
                    location.insert("id".to_owned(), id.into());
                }
                location
            })
            .collect();
        members.insert("relatedLocations".to_owned(), related.into());
        // GitHub shows related places as links only where the message names them, but the steps of a flow always.
        let steps: Vec<Value> = std::iter::once(&diagnostic.primary)
            .chain(&diagnostic.related)
            .map(|label| json!({"location": location(sources, label)}))
            .collect();
        members.insert("codeFlows".to_owned(), json!([{"threadFlows": [{"locations": steps}]}]));
    }
    if let Some(fix) = &diagnostic.fix {
        let places: Vec<(Place<'_>, &str)> =
            fix.edits.iter().map(|edit| (Place::of(sources, edit.span), edit.text.as_str())).collect();
        // A viewer could not edit a file in an archive. All edits of a fix are in one file.
        if let Some((first, _)) = places.first().filter(|(place, _)| place.in_archive.is_none()) {
            let replacement = |(place, text): &(Place<'_>, &str)| json!({"deletedRegion": region(place.start, place.end), "insertedContent": {"text": text}});
            let replacements: Vec<Value> = places.iter().map(replacement).collect();
            let change = json!({"artifactLocation": artifact(&first.path), "replacements": replacements});
            let description = diagnostic.help.as_deref().unwrap_or(&diagnostic.message);
            let fix = json!([{"description": {"text": description}, "artifactChanges": [change]}]);
            members.insert("fixes".to_owned(), fix);
        }
    }
    match silencer {
        Some(Silencer::Comment(reason)) => {
            let reason = if reason.is_empty() { "no reason is given" } else { reason };
            let suppressions = json!([{"kind": "inSource", "justification": reason}]);
            members.insert("suppressions".to_owned(), suppressions);
        }
        Some(Silencer::Baseline) => {
            members.insert("suppressions".to_owned(), json!([{"kind": "external"}]));
            members.insert("baselineState".to_owned(), "unchanged".into());
        }
        None => {}
    }
    result
}

fn text(diagnostic: &Diagnostic) -> String {
    let help = diagnostic.help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default();
    format!("{}{help}", diagnostic.message)
}

fn location(sources: &Sources, label: &Label) -> Value {
    let place = Place::of(sources, label.span);
    let (start, end) = place.region();
    let mut location = json!({
        "physicalLocation": {"artifactLocation": artifact(&place.path), "region": region(start, end)},
    });
    let Some(members) = location.as_object_mut() else { return location };
    if let Some(inside) = place.in_archive {
        let name = format!("{inside}:{}:{}", place.start.line, place.start.column);
        members.insert("logicalLocations".to_owned(), json!([{"fullyQualifiedName": name}]));
    }
    if !label.message.is_empty() {
        members.insert("message".to_owned(), json!({"text": label.message}));
    }
    location
}

fn region(start: Position, end: Position) -> Value {
    if start == end {
        return json!({"startLine": start.line, "startColumn": start.column});
    }
    json!({
        "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column,
    })
}

fn artifact(path: &str) -> Value {
    json!({"uri": percent_encoded(path), "uriBaseId": ROOT})
}

/// The path as a relative reference of RFC 3986: what is no unreserved character or slash is encoded.
fn percent_encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

fn notification(unread: &Unread) -> Value {
    let line = unread.line.unwrap_or(1);
    json!({
        "level": "error",
        "message": {"text": format!("{} cannot be read: {}", unread.file, unread.reason)},
        "locations": [{"physicalLocation": {
            "artifactLocation": artifact(&unread_path(unread)),
            "region": {"startLine": line, "startColumn": unread.column.unwrap_or(1)},
        }}],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_paths_are_written_as_the_format_asks() {
        assert_eq!(pascal("wka-peer-missing"), "WkaPeerMissing");
        assert_eq!(percent_encoded("a b/ü%#?:.xml"), "a%20b/%C3%BC%25%23%3F%3A.xml");
    }
}
