//! Why a server would not start with a deployment.toml, as findings with their places.

use sha2::{Digest as _, Sha256};

use super::jinja::{self, FaultKind as TemplateFaultKind};
use super::pack::{DeploymentToml, PackTemplate};
use super::phases::{self, FaultKind as PhaseFaultKind};
use super::rendering::TOML;
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::source::{FileId, OwnerSources, SourceFile, Sources, Span};
use crate::syntax::hexadecimal;
use crate::syntax::server_toml::{self, FaultKind as TomlFaultKind};

/// Faults that keep the server from starting. They have a name in place of a rule's code, since no card tells of them.
#[derive(Debug)]
pub struct Refusal {
    /// The faults, at least one, all of severity error.
    pub diagnostics: Vec<Diagnostic>,
    /// deployment.toml, and the templates that have a fault.
    pub sources: Sources,
}

impl Refusal {
    pub(super) fn of_toml(toml: &DeploymentToml, faults: &[server_toml::Fault]) -> Self {
        let diagnostics = faults.iter().map(|fault| {
            let name = match fault.kind {
                TomlFaultKind::Rejected => "toml-rejected",
                TomlFaultKind::Overflow => "toml-overflow",
            };
            let message = format!("the server cannot read this TOML: {}", fault.reason);
            let label = Label::new(fault.span, fault.kind.consequence());
            let related = fault.earlier.map(|span| Label::new(span, "first defined here"));
            let diagnostic = diagnostic(name, message, Some(fault.help.clone()), label);
            Diagnostic { related: related.into_iter().collect(), ..diagnostic }
        });
        Self { diagnostics: diagnostics.collect(), sources: sources(toml, &[]) }
    }

    pub(super) fn of_phases(toml: &DeploymentToml, faults: &[phases::Fault]) -> Self {
        let start = Span::new(TOML, 0, 0);
        let diagnostics = faults.iter().map(|fault| {
            let label = Label::new(fault.span.unwrap_or(start), fault.kind.why());
            diagnostic(name_of(fault.kind), fault.what.clone(), Some(fault.change.clone()), label)
        });
        Self { diagnostics: diagnostics.collect(), sources: sources(toml, &[]) }
    }

    pub(super) fn of_templates(toml: &DeploymentToml, faulty: &[(&PackTemplate, &[jinja::Fault])]) -> Self {
        let mut diagnostics = Vec::new();
        for (index, (template, faults)) in faulty.iter().enumerate() {
            let Ok(index) = u16::try_from(index + 1) else { break };
            let file = FileId { owner: TOML.owner, index };
            for fault in *faults {
                let Some((name, what)) = name_of_template_fault(fault.kind) else { continue };
                let message = format!("{what} {}: {}", template.path, fault.reason);
                let label = Label::new(Span::new(file, fault.extent.start, fault.extent.end), "");
                diagnostics.push(diagnostic(name, message, None, label));
            }
        }
        let templates: Vec<_> = faulty.iter().map(|(template, _)| *template).collect();
        Self { diagnostics, sources: sources(toml, &templates) }
    }
}

fn name_of(kind: PhaseFaultKind) -> &'static str {
    match kind {
        PhaseFaultKind::Key => "key-malformed",
        PhaseFaultKind::Type => "type-mismatch",
        PhaseFaultKind::Reference => "reference-unresolved",
        PhaseFaultKind::EnvironmentVariable => "environment-variable-unresolved",
        PhaseFaultKind::SystemProperty => "system-property-unresolved",
        PhaseFaultKind::Secret => "secret-unresolved",
        PhaseFaultKind::Unit => "unit-invalid",
        PhaseFaultKind::Validation => "validation-failed",
        PhaseFaultKind::Rules => "pack-rules-broken",
    }
}

/// Name of the finding and its first words; `None` for what the server goes on with.
fn name_of_template_fault(kind: TemplateFaultKind) -> Option<(&'static str, &'static str)> {
    match kind {
        TemplateFaultKind::Ignored => None,
        TemplateFaultKind::Fatal => Some(("template-broken", "the server's template engine gives up on")),
        TemplateFaultKind::Unsupported => {
            Some(("template-unsupported", "apimlint cannot render the template"))
        }
    }
}

fn diagnostic(name: &str, message: String, help: Option<String>, primary: Label) -> Diagnostic {
    let fingerprint = Sha256::digest(format!("{name}\0{message}"));
    Diagnostic {
        code: name.to_owned(),
        rule: name.to_owned(),
        severity: Severity::Error,
        message,
        help,
        primary,
        related: Vec::new(),
        fix: None,
        fingerprint: hexadecimal(fingerprint.into_iter().take(16)),
    }
}

fn sources(toml: &DeploymentToml, templates: &[&PackTemplate]) -> Sources {
    let toml = SourceFile::new(&*toml.path, &*toml.path, toml.text.clone());
    let templates =
        templates.iter().map(|one| SourceFile::new(&*one.path, &*one.path, one.template.text.clone()));
    let files = std::iter::once(toml).chain(templates).collect();
    Sources { owners: vec![OwnerSources { node: None, files }] }
}
