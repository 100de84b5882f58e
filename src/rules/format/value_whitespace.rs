//! White space and typographic signs become part of a value: a host of that name does not exist, a class neither.

use super::{base, is_configuration};
use crate::diagnostic::Edit;
use crate::model::texts::{Form, Text};
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;
use crate::syntax::secrets;

/// FM011.
pub static RULE: Rule = Rule { card: "FM011-value-whitespace", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    for text in node.texts().iter().filter(|text| is_configuration(text.file)) {
        let value = &text.scalar.text;
        let is_word = value.split_ascii_whitespace().count() == 1;
        if !is_word || secrets::is_secret_key(text.key()) {
            continue;
        }
        if let Some((at, sign)) = typographic(value) {
            findings.push(sign_finding(node, text, at, sign));
        } else if is_untrimmed(text) {
            findings.extend(blank_finding(node, text));
        }
    }
}

/// The first sign that only documents and web pages write.
fn typographic(value: &str) -> Option<(usize, char)> {
    let is_typographic = |letter: &char| matches!(letter, '\u{a0}' | '\u{200b}'..='\u{200d}' | '\u{2013}' | '\u{2014}' | '\u{2018}'..='\u{201e}' | '\u{2212}' | '\u{feff}');
    value.char_indices().find(|(_, letter)| is_typographic(letter))
}

/// True for a value whose reader takes white space for a part of it.
fn is_untrimmed(text: &Text<'_>) -> bool {
    let name = text.file.strip_prefix("repository/conf/").unwrap_or("");
    match text.form {
        Form::Attribute => true,
        Form::String => name == "deployment.toml",
        Form::Property => name.starts_with("jndi"),
        Form::Element => {
            ["api-manager.xml", "app-manager.xml", "carbon.xml"].contains(&name)
                || name.starts_with("datasources/")
        }
        Form::Literal => false,
    }
}

fn sign_finding(node: &Node, text: &Text<'_>, at: usize, sign: char) -> Finding {
    let (name, instead) = match sign {
        '\u{a0}' => ("a non-breaking space", "remove it"),
        '\u{2013}' | '\u{2014}' | '\u{2212}' => ("a typographic dash", "write -"),
        '\u{2018}'..='\u{201e}' => ("a typographic quote", "write a plain quote, or remove it"),
        _ => ("an invisible character", "remove it"),
    };
    let message = format!("{} in {} of {} holds {name}", text.key(), base(text.file), node.name);
    let place = text.scalar.part(at..at + sign.len_utf8());
    Finding::new(place, format!("U+{:04X}", u32::from(sign)), message).help(instead)
}

fn blank_finding(node: &Node, text: &Text<'_>) -> Option<Finding> {
    let value = &text.scalar.text;
    let (lead, end) = (value.len() - value.trim_start().len(), value.trim_end().len());
    let has_trail = end < value.len();
    // A properties file drops blanks in front of a value.
    let has_lead = lead > 0 && text.form != Form::Property;
    let place = match (has_lead, has_trail) {
        (false, false) => return None,
        (true, true) => "around",
        (true, false) => "in front of",
        (false, true) => "behind",
    };
    let message =
        format!("{} in {} of {} has white space {place} its value", text.key(), base(text.file), node.name);
    let mut finding = Finding::new(text.scalar.span, "white space belongs to it", message)
        .help("remove the white space; the server takes it for a part of the value");
    let parts = [(has_lead, 0..lead), (has_trail, end..value.len())];
    let spans: Vec<Span> = parts
        .into_iter()
        .filter(|(is_there, _)| *is_there)
        .map(|(_, range)| text.scalar.part(range))
        .collect();
    // A part that cannot be told from escapes has the place of the whole.
    if spans.iter().all(|span| *span != text.scalar.span) {
        finding.fix = spans.into_iter().map(|span| Edit { span, text: String::new() }).collect();
    }
    Some(finding)
}
