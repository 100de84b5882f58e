//! The server takes every text but `true` for false: `yes` and `on` switch off what they should switch on.

use std::collections::{BTreeMap, BTreeSet};

use super::base;
use crate::catalog::vanilla::Pack;
use crate::model::texts::{Form, Text};
use crate::model::{ConfigModel, Deployment, Node, settings};
use crate::rules::{Check, Finding, Rule};
use crate::syntax::settings::paths::without_predicates;

/// FM012.
pub static RULE: Rule = Rule { card: "FM012-boolean-invalid", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(pack) = settings::pack(node).filter(|_| node.config_model == ConfigModel::Xml) else { return };
    let mut booleans: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let texts = node.texts();
    for text in texts.iter().filter(|text| matches!(text.form, Form::Element | Form::Attribute)) {
        let Some(meant) = meant(text.value()) else { continue };
        let known = booleans.entry(text.file).or_insert_with(|| boolean_places(pack, text.file));
        if known.contains(&text.place()) && !OTHER_WORDS.contains(&text.key()) {
            findings.push(finding(node, text, meant));
        }
    }
}

/// Attributes that take other words beside true and false.
const OTHER_WORDS: [&str; 2] = ["clientAuth", "compression"];

/// The places that hold nothing but true and false in the untouched file.
fn boolean_places(pack: &Pack, file: &str) -> BTreeSet<String> {
    let mut places: BTreeMap<String, bool> = BTreeMap::new();
    for (path, value) in pack.settings(file) {
        let is_boolean = value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false");
        places
            .entry(without_predicates(&path))
            .and_modify(|known| *known &= is_boolean)
            .or_insert(is_boolean);
    }
    places.into_iter().filter(|(_, is_boolean)| *is_boolean).map(|(path, _)| path).collect()
}

/// What somebody meant who wrote this in place of a boolean; `None` for a boolean and for any other text.
fn meant(value: &str) -> Option<bool> {
    let folded = value.to_ascii_lowercase();
    match folded.as_str() {
        "true" | "false" => None,
        "yes" | "y" | "on" | "1" | "enable" | "enabled" | "t" => Some(true),
        "no" | "n" | "off" | "0" | "disable" | "disabled" | "f" => Some(false),
        _ if strsim::damerau_levenshtein(&folded, "true") <= 1 => Some(true),
        _ if strsim::damerau_levenshtein(&folded, "false") <= 2 && folded.len() > 3 => Some(false),
        _ => None,
    }
}

fn finding(node: &Node, text: &Text<'_>, meant: bool) -> Finding {
    let (key, value) = (text.key(), text.value());
    let message = format!(
        "{key} in {} of {} is \"{value}\", which the server reads as false",
        base(text.file),
        node.name
    );
    let start = text.scalar.text.len() - text.scalar.text.trim_start().len();
    let place = text.scalar.part(start..start + value.len());
    let bare = (place != text.scalar.span).then_some(place);
    Finding::new(text.scalar.span, "neither true nor false", message)
        .help(format!("write {meant}"))
        .fix(bare, meant.to_string())
}
