//! A raw `&` or `<` in a value that a template prints into XML: the rendered file is malformed, and the server stops
//! while it reads it.

use crate::diagnostic::Edit;
use crate::model::deployment_toml::{DeploymentToml, WrittenKey};
use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// TL014.
pub static RULE: Rule = Rule { card: "TL014-value-unescaped", check: Check::Node(check) };

/// Values that the templates of 4.x put into a CDATA section.
const IN_CDATA: [&str; 6] = [
    "apim.throttling.jms.username",
    "apim.throttling.jms.password",
    "apim.event_hub.jms.username",
    "apim.event_hub.jms.password",
    "apim.event_hub.username",
    "apim.event_hub.password",
];

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    for key in toml.keys.iter().filter(|key| is_printed_raw(node, toml, key)) {
        findings.extend(key.texts().into_iter().filter_map(|text| unescaped(node, key, text)));
    }
}

fn is_printed_raw(node: &Node, toml: &DeploymentToml, key: &WrittenKey) -> bool {
    let is_in_cdata = IN_CDATA.contains(&key.name.as_str()) && !node.is_before(4, 0);
    toml.versions.is_within(key.facts.markup) && !is_in_cdata
}

fn unescaped(node: &Node, key: &WrittenKey, text: &Setting) -> Option<Finding> {
    let value = text.text().filter(|value| !value.contains("<![CDATA["))?;
    let ampersands = raw_ampersands(value);
    let sign = if !ampersands.is_empty() {
        "&"
    } else if has_raw_less_than(value) {
        "<"
    } else {
        return None;
    };
    let escaped = if sign == "&" { "&amp;" } else { "&lt;" };
    let message =
        format!("{} has a raw {sign} in {}, which makes the rendered XML malformed", node.name, key.name);
    let mut finding =
        Finding::new(text.span, "not escaped", message).help(format!("write {escaped} in place of {sign}"));
    let is_url = key.last().to_ascii_lowercase().contains("url");
    if is_url && !has_raw_less_than(value) && text.bare(value).is_some() {
        finding.fix = ampersands
            .into_iter()
            .map(|at| Edit { span: text.part(at..at + 1), text: "&amp;".to_owned() })
            .collect();
    }
    Some(finding)
}

/// The ampersands that start no entity.
fn raw_ampersands(value: &str) -> Vec<usize> {
    let starts_entity = |at: usize| {
        let behind = value.get(at + 1..).unwrap_or_default();
        let name = behind.split(';').next().filter(|name| name.len() < behind.len()).unwrap_or_default();
        let number = name.strip_prefix("#x").or(name.strip_prefix('#'));
        match number {
            Some(number) => !number.is_empty() && number.chars().all(|letter| letter.is_ascii_hexdigit()),
            None => ["amp", "lt", "gt", "quot", "apos"].contains(&name),
        }
    };
    value.match_indices('&').map(|(at, _)| at).filter(|at| !starts_entity(*at)).collect()
}

/// A `<` that opens no placeholder such as `<HOST>`.
fn has_raw_less_than(value: &str) -> bool {
    let opens_placeholder = |at: usize| {
        let behind = value.get(at + 1..).unwrap_or_default();
        let name = behind.split_once('>').map(|(name, _)| name.trim_start_matches('<'));
        let is_word = |letter: char| letter.is_alphanumeric() || " _-.".contains(letter);
        name.is_some_and(|name| name.chars().all(is_word))
    };
    value.match_indices('<').any(|(at, _)| !opens_placeholder(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_and_placeholders_are_not_raw() {
        assert_eq!(raw_ampersands("a&amp;b&#38;c&#x26;d&b=1&lt"), [20, 24]);
        assert!(
            has_raw_less_than("(&(a<b)") && !has_raw_less_than("jdbc:<HOST>") && !has_raw_less_than("<<ip>>")
        );
    }
}
