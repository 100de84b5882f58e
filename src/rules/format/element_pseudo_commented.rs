//! A sign in front of an element comments nothing out: the server reads the element that somebody thinks is off.

use super::base;
use crate::diagnostic::Edit;
use crate::input::Parsed;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;
use crate::syntax::xml::Loose;

/// FM007.
pub static RULE: Rule = Rule { card: "FM007-element-pseudo-commented", check: Check::Node(check) };

/// Signs that begin a comment in some other language.
const SIGNS: [&str; 6] = ["#", "//", ";", "--", "!--", "/*"];

fn check(deployment: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    for (path, _, parsed) in node.own_documents() {
        let Parsed::Xml(document) = parsed else { continue };
        if is_free(path) {
            continue;
        }
        for loose in &document.loose {
            findings.extend(finding(deployment, node, path, loose));
        }
    }
}

/// Files in which text beside elements may be meant.
fn is_free(path: &str) -> bool {
    path.starts_with("repository/deployment/server/synapse-configs/") || path.contains("/solr/")
}

fn finding(deployment: &Deployment, node: &Node, path: &str, loose: &Loose) -> Option<Finding> {
    let last_line = loose.text.lines().next_back()?.trim();
    let sign = |line: &str| SIGNS.into_iter().find(|sign| line.starts_with(sign));
    match loose.before {
        Some(element) if sign(last_line).is_some() => {
            let sign = sign(last_line)?;
            let name = name(deployment, element);
            let message = format!(
                "{} of {} has {sign} in front of {name}, which counts all the same",
                base(path),
                node.name
            );
            let mut finding = Finding::new(element, "is read", message)
                .help(format!("put {name} into <!-- and -->, or remove the {sign}"));
            if loose.text == sign && !deployment.sources.slice(element).contains("--") {
                let end = Span { start: element.end, ..element };
                finding.fix = vec![
                    Edit { span: loose.span, text: "<!-- ".to_owned() },
                    Edit { span: end, text: " -->".to_owned() },
                ];
            }
            Some(finding)
        }
        _ => {
            let begins = loose.text.trim_start();
            sign(begins).filter(|_| loose.before.is_none())?;
            let message =
                format!("{} of {} has text between its elements that is no comment", base(path), node.name);
            let finding = Finding::new(loose.span, "no comment", message);
            Some(finding.help("put it into <!-- and -->, or remove it").variant("stray-text"))
        }
    }
}

/// `<Name>` of the element at this place.
fn name(deployment: &Deployment, element: Span) -> String {
    let tag = deployment.sources.slice(element).trim_start_matches('<');
    let end = tag.find(|letter: char| letter.is_whitespace() || matches!(letter, '>' | '/'));
    let name = tag.get(..end.unwrap_or(tag.len())).unwrap_or_default();
    format!("<{}>", name.rsplit(':').next().unwrap_or(name))
}
