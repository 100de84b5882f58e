//! The JSON document of the contract.

use serde::Serialize;

use super::Results;
use crate::diagnostic::{Diagnostic, Edit, Fix, Label, Severity, Unread};
use crate::model::node::{RoleEvidence, VersionEvidence};
use crate::model::{ConfigModel, Node};
use crate::source::{Position, Sources, Span};

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    nodes: Vec<NodeEntry<'a>>,
    diagnostics: Vec<DiagnosticEntry<'a>>,
    unread: Vec<UnreadEntry<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct NodeEntry<'a> {
    name: &'a str,
    path: &'a str,
    product: &'static str,
    version: Option<String>,
    version_evidence: Option<&'static str>,
    config_model: &'static str,
    roles: Vec<&'static str>,
    role_evidence: &'static str,
}

#[derive(Serialize)]
struct DiagnosticEntry<'a> {
    code: &'a str,
    rule: &'a str,
    severity: Severity,
    message: &'a str,
    help: Option<&'a str>,
    url: Option<&'a str>,
    labels: Vec<LabelEntry<'a>>,
    fingerprint: &'a str,
    fix: Option<FixEntry<'a>>,
}

#[derive(Serialize)]
struct LabelEntry<'a> {
    #[serde(flatten)]
    place: PlaceEntry<'a>,
    primary: bool,
    message: &'a str,
}

#[derive(Serialize)]
struct FixEntry<'a> {
    safe: bool,
    edits: Vec<EditEntry<'a>>,
}

#[derive(Serialize)]
struct EditEntry<'a> {
    #[serde(flatten)]
    place: PlaceEntry<'a>,
    text: &'a str,
}

#[derive(Serialize)]
struct PlaceEntry<'a> {
    node: Option<&'a str>,
    file: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
struct UnreadEntry<'a> {
    node: Option<&'a str>,
    file: &'a str,
    line: Option<u32>,
    column: Option<u32>,
    reason: &'a str,
}

#[derive(Serialize)]
struct Summary {
    errors: usize,
    warnings: usize,
    infos: usize,
    suppressed: usize,
}

/// The document, laid out over several lines and ended by a line feed.
pub fn report_json(results: &Results<'_>) -> Result<String, serde_json::Error> {
    let document = Document {
        schema_version: 1,
        nodes: results.nodes.iter().map(node).collect(),
        diagnostics: results.diagnostics.iter().map(|one| diagnostic(results.sources, one)).collect(),
        unread: results.unread.iter().map(unread).collect(),
        summary: Summary {
            errors: results.count(Severity::Error),
            warnings: results.count(Severity::Warning),
            infos: results.count(Severity::Info),
            suppressed: results.silenced.len(),
        },
    };
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}

fn node(node: &Node) -> NodeEntry<'_> {
    NodeEntry {
        name: &node.name,
        path: &node.path,
        product: node.product.as_str(),
        version: node.version.map(|version| version.to_string()),
        version_evidence: version_evidence(node),
        config_model: match node.config_model {
            ConfigModel::Xml => "xml",
            ConfigModel::Toml => "toml",
        },
        roles: node.roles.iter().map(|role| role.as_str()).collect(),
        role_evidence: role_evidence(node),
    }
}

/// What told the version of a node; `None` where nothing did.
pub fn version_evidence(node: &Node) -> Option<&'static str> {
    match node.version_evidence {
        VersionEvidence::Given => Some("given"),
        VersionEvidence::Stated => Some("stated"),
        VersionEvidence::Shape => Some("shape"),
        VersionEvidence::None => None,
    }
}

/// What told the roles of a node.
pub fn role_evidence(node: &Node) -> &'static str {
    match node.role_evidence {
        RoleEvidence::Inventory => "inventory",
        RoleEvidence::ServerRole => "server-role",
        RoleEvidence::Product => "product",
        RoleEvidence::Profile => "profile",
        RoleEvidence::Referenced => "referenced",
        RoleEvidence::References => "references",
        RoleEvidence::Name => "name",
        RoleEvidence::Nothing => "nothing",
    }
}

fn diagnostic<'a>(sources: &'a Sources, diagnostic: &'a Diagnostic) -> DiagnosticEntry<'a> {
    let related = diagnostic.related.iter().map(|one| label(sources, one, false));
    DiagnosticEntry {
        code: &diagnostic.code,
        rule: &diagnostic.rule,
        severity: diagnostic.severity,
        message: &diagnostic.message,
        help: diagnostic.help.as_deref(),
        url: None,
        labels: std::iter::once(label(sources, &diagnostic.primary, true)).chain(related).collect(),
        fingerprint: &diagnostic.fingerprint,
        fix: diagnostic.fix.as_ref().map(|one| fix(sources, one)),
    }
}

fn label<'a>(sources: &'a Sources, label: &'a Label, primary: bool) -> LabelEntry<'a> {
    LabelEntry { place: place(sources, label.span), primary, message: &label.message }
}

fn fix<'a>(sources: &'a Sources, fix: &'a Fix) -> FixEntry<'a> {
    let edit = |edit: &'a Edit| EditEntry { place: place(sources, edit.span), text: &edit.text };
    FixEntry { safe: fix.is_safe, edits: fix.edits.iter().map(edit).collect() }
}

fn place(sources: &Sources, span: Span) -> PlaceEntry<'_> {
    let file = sources.file(span.file);
    let position = |offset| file.map_or(Position { line: 1, column: 1 }, |file| file.position(offset));
    let (start, end) = (position(span.start), position(span.end));
    PlaceEntry {
        node: sources.node_name(span.file),
        file: file.map_or("", |file| file.path.as_str()),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}

fn unread(unread: &Unread) -> UnreadEntry<'_> {
    UnreadEntry {
        node: unread.node.as_deref(),
        file: &unread.file,
        line: unread.line,
        column: unread.column,
        reason: &unread.reason,
    }
}
