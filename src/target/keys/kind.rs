//! What the value of a key is.

use std::collections::BTreeSet;

use super::Kind;
use super::evidence::{Fallback, Sign};
use super::tree::Tree;
use crate::render::phases::Rules;
use crate::render::value::Value;
use crate::target::pattern::Step;

/// How many references are followed from a default to the value that it stands for.
const MAX_REFERENCES: usize = 8;

/// What tells the kind of a value.
pub struct Signals<'a> {
    /// Where the patterns that fit the key end.
    pub ends: &'a [&'a Tree],
    /// Its value in default.json.
    pub default: Option<&'a Value>,
    /// What templates write where it is not set.
    pub fallback: Option<&'a Fallback>,
    /// What they do with it.
    pub signs: &'a BTreeSet<Sign>,
    /// Texts that it is compared with.
    pub values: &'a BTreeSet<String>,
    /// Values that something follows from.
    pub outcomes: &'a BTreeSet<String>,
    /// Whether it is a duration.
    pub unit: bool,
}

/// The kind that the signals agree on best.
pub fn of(signals: &Signals<'_>, rules: &Rules) -> Kind {
    let ends = signals.ends;
    let has = |sign| signals.signs.contains(&sign);
    if ends.iter().any(|end| end.holds_tables()) {
        return Kind::Tables;
    }
    if ends.iter().any(|end| end.holds_keys()) {
        return Kind::Table;
    }
    if ends.iter().any(|end| end.children.contains_key(&Step::Each)) || has(Sign::List) {
        return Kind::List;
    }
    if has(Sign::Table) {
        return Kind::Table;
    }
    if signals.unit {
        return Kind::Integer;
    }
    let fallback = match signals.fallback {
        Some(Fallback::Filter(text) | Fallback::Branch(text)) => Some(of_text(text)),
        Some(Fallback::Key(_)) | None => None,
    };
    let told = signals.default.and_then(|value| of_value(value, rules, 0)).or(fallback);
    let is_truth = |value: &String| value == "true" || value == "false";
    let words = signals.values.iter().chain(signals.outcomes).any(|value| !is_truth(value));
    match told {
        Some(Kind::Boolean | Kind::Integer) if words => Kind::Text,
        Some(kind) => kind,
        None if words || has(Sign::Text) => Kind::Text,
        None if has(Sign::Boolean) || !signals.outcomes.is_empty() => Kind::Boolean,
        None if has(Sign::Integer) => Kind::Integer,
        None => Kind::Text,
    }
}

fn of_value(value: &Value, rules: &Rules, depth: usize) -> Option<Kind> {
    Some(match value {
        Value::Bool(_) => Kind::Boolean,
        Value::Integer(_) => Kind::Integer,
        Value::Double(number) if number.fract() == 0.0 => Kind::Integer,
        Value::Double(_) | Value::Date(_) => Kind::Text,
        Value::Text(text) => match text.strip_prefix("$ref{").and_then(|rest| rest.strip_suffix('}')) {
            Some(key) if depth < MAX_REFERENCES => {
                return of_value(rules.default.get(key)?, rules, depth + 1);
            }
            _ => of_text(text),
        },
        Value::List(items) if items.iter().any(|item| matches!(item, Value::Map(_))) => Kind::Tables,
        Value::List(_) => Kind::List,
        Value::Map(_) => Kind::Table,
        Value::Null => return None,
    })
}

fn of_text(text: &str) -> Kind {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if text == "true" || text == "false" {
        Kind::Boolean
    } else if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        Kind::Integer
    } else {
        Kind::Text
    }
}
