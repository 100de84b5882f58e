//! What the rules of a pack say of keys, added to what its templates do with them.

use super::Implication;
use super::evidence::{Evidences, Sign};
use super::mapping::{Mapping, parse, references};
use crate::render::phases::Rules;
use crate::render::value::{Map, Value};
use crate::target::pattern::{Pattern, Step};

/// Adds the keys of default.json, infer.json and key-mappings.json and the units.
pub fn add(rules: &Rules, mapping: &Mapping, evidences: &mut Evidences) {
    for (key, value) in rules.default.iter() {
        if let Some(pattern) = parse(key) {
            add_fields(&pattern, value, evidences);
            evidences.entry(pattern).or_default();
            add_references(value, evidences);
        }
    }
    for (_, internal) in mapping.iter() {
        for pattern in internal {
            evidences.entry(pattern.clone()).or_default();
        }
    }
    for (key, outcomes) in rules.infer.iter() {
        if let (Some(pattern), Value::Map(outcomes)) = (parse(key), outcomes) {
            add_inference(&pattern, outcomes, mapping, evidences);
        }
    }
    if let Some(Value::Map(units)) = rules.unit_resolve.get("time") {
        for (key, unit) in units.iter() {
            // A unit alone makes no key: many are for keys that nothing reads.
            if let (Some(pattern), Value::Text(unit)) = (parse(key), unit)
                && let Some(evidence) = evidences.get_mut(&pattern)
            {
                evidence.unit = Some(unit.clone());
            }
        }
    }
    for (key, checks) in rules.validator.iter() {
        add_conditions(checks, evidences);
        if let (Some(pattern), Value::List(checks)) = (parse(key), checks)
            && let Some(evidence) = evidences.get_mut(&pattern)
        {
            evidence.only = checks.iter().find_map(alternatives);
        }
    }
}

/// The keys whose values are put in for `$ref{…}`.
fn add_references(value: &Value, evidences: &mut Evidences) {
    for pattern in references(value) {
        evidences.entry(pattern).or_default();
    }
}

/// The keys on which it depends whether a check is made.
fn add_conditions(checks: &Value, evidences: &mut Evidences) {
    let Value::List(checks) = checks else { return };
    for check in checks {
        if let Value::Map(check) = check
            && let Some(Value::Map(conditions)) = check.get("if")
        {
            for pattern in conditions.iter().filter_map(|(key, _)| parse(key)) {
                evidences.entry(pattern).or_default();
            }
        }
    }
}

/// The fields of the tables that are the default of an array.
fn add_fields(array: &Pattern, value: &Value, evidences: &mut Evidences) {
    let Value::List(items) = value else { return };
    for item in items {
        let Value::Map(fields) = item else { continue };
        for field in fields.iter().filter_map(|(name, _)| parse(name)) {
            let steps = array.0.iter().cloned().chain([Step::Each]).chain(field.0);
            evidences.entry(Pattern(steps.collect())).or_default();
        }
    }
}

fn add_inference(pattern: &Pattern, outcomes: &Map, mapping: &Mapping, evidences: &mut Evidences) {
    for (when, outcome) in outcomes.iter() {
        evidences.entry(pattern.clone()).or_default().outcomes.insert(when.to_owned());
        let Value::Map(outcome) = outcome else { continue };
        for (key, value) in outcome.iter() {
            let Some(inferred) = parse(key) else { continue };
            let implication = |key: &Pattern| Implication {
                when: when.to_owned(),
                key: mapping.usual(key),
                value: in_toml(value),
            };
            add_references(value, evidences);
            let (implies, implied_by) = (implication(&inferred), implication(pattern));
            evidences.entry(pattern.clone()).or_default().implies.push(implies);
            let evidence = evidences.entry(inferred).or_default();
            evidence.implied_by.push(implied_by);
            evidence.signs.extend(matches!(value, Value::Bool(_)).then_some(Sign::Boolean));
        }
    }
}

/// The texts that a check without a condition allows, where its pattern lists them: `\Aa\Z|\Ab\Z`.
fn alternatives(check: &Value) -> Option<Vec<String>> {
    let Value::Map(check) = check else { return None };
    let Some(Value::Text(regex)) = check.get("regex") else { return None };
    if check.contains_key("if") {
        return None;
    }
    let plain =
        |text: &str| text.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-'));
    let alternative = |part: &str| {
        let part = part.strip_prefix(r"\A").unwrap_or(part);
        let part = part.strip_suffix(r"\Z").unwrap_or(part);
        (plain(part) && !part.is_empty()).then(|| part.to_owned())
    };
    let mut texts: Vec<String> = regex.split('|').map(alternative).collect::<Option<_>>()?;
    texts.sort();
    Some(texts)
}

/// A value as TOML writes it, in one line.
#[must_use]
pub fn in_toml(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Integer(number) => number.to_string(),
        // JSON numbers are doubles; `{}` prints whole ones without a point.
        Value::Double(number) => number.to_string(),
        Value::Text(text) | Value::Date(text) => toml_edit::Value::from(text.as_str()).to_string(),
        Value::List(items) => format!("[{}]", items.iter().map(in_toml).collect::<Vec<_>>().join(", ")),
        Value::Map(map) => {
            let entry =
                |(key, value): (&str, &Value)| format!("{} = {}", toml_edit::Key::new(key), in_toml(value));
            format!("{{ {} }}", map.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}
