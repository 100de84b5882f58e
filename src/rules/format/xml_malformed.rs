//! The server reads nothing of an XML file that is not well-formed: it does not start, or skips what the file deploys.

use super::{base, malformed};
use crate::diagnostic::Edit;
use crate::input::Unparsed;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;
use crate::syntax::settings::Form;

/// FM001.
pub static RULE: Rule = Rule { card: "FM001-xml-malformed", check: Check::Node(check) };

fn check(deployment: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    for file in malformed(node, Form::Xml) {
        let Unparsed { path, error, .. } = file;
        let message = format!("{} of {} is not well-formed: {}", base(path), node.name, error.reason);
        let mut finding = Finding::new(error.span, "this is the cause", message);
        let ampersands = raw_ampersands(deployment, error.span);
        finding = if ampersands.is_empty() {
            finding.help("mend the markup here; until then the server reads nothing of this file")
        } else {
            finding.help("write &amp; in place of &")
        };
        finding.fix.extend(ampersands.into_iter().map(|span| Edit { span, text: "&amp;".to_owned() }));
        findings.push(finding);
    }
}

/// The `&` at this place and those behind it in the same value that begin no reference either.
fn raw_ampersands(deployment: &Deployment, place: Span) -> Vec<Span> {
    let Some(source) = deployment.sources.file(place.file).filter(|source| source.slice(place) == "&") else {
        return Vec::new();
    };
    let start = place.start as usize;
    let rest = source.text.get(start..).unwrap_or_default();
    let value = rest.split(['<', '"', '\'', '\n']).next().unwrap_or_default();
    let begins_reference = |at: usize| {
        let name = value.get(at + 1..).and_then(|behind| behind.split_once(';')).map(|(name, _)| name);
        name.is_some_and(|name| ["amp", "lt", "gt", "quot", "apos"].contains(&name) || name.starts_with('#'))
    };
    let places = value.match_indices('&').map(|(at, _)| at).filter(|at| !begins_reference(*at));
    places.map(|at| Span::new(place.file, start + at, start + at + 1)).collect()
}
