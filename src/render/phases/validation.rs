//! Rules that values have to keep (`Validator`, validator.json).
//!
//! Only `regex` and `if` of a rule count: `match_regex` and `default_value`, which the packs write too, are
//! read by nobody.

use super::origin::{name_of, span_within};
use super::{Data, Fault, FaultKind, outcome};
use crate::render::java::pattern::Pattern;
use crate::render::value::{Map, Step, Value};

const FILE: &str = "validator.json";

/// Checks the values. Of a key that has a rule, even one without `regex`, the value must be text.
pub(super) fn validate(data: &Data, rules: &Map) -> Result<(), Vec<Fault>> {
    let mut faults = Vec::new();
    for (key, rules) in rules.iter() {
        let Value::List(rules) = rules else {
            faults.push(Fault::of_rules(
                FILE,
                format!("{key} does not hold an array, the only type it may hold"),
            ));
            continue;
        };
        for rule in rules {
            match rule {
                Value::Map(rule) => Rule { key, rule }.check(data, &mut faults),
                _ => faults.push(Fault::of_rules(FILE, format!("a rule of {key} is not of type object"))),
            }
        }
    }
    outcome(faults)
}

struct Rule<'a> {
    key: &'a str,
    rule: &'a Map,
}

impl Rule<'_> {
    fn check(&self, data: &Data, faults: &mut Vec<Fault>) {
        if !self.applies(data, faults) {
            return;
        }
        let texts = self.texts(data, faults);
        let Some(Value::Text(regex)) = self.rule.get("regex") else { return };
        let pattern = match Pattern::compile(regex) {
            Ok(pattern) => pattern,
            Err(error) => {
                faults.push(Fault::of_rules(
                    FILE,
                    format!("the regex of {} is not understood: {error}", self.key),
                ));
                return;
            }
        };
        let failed = texts.iter().filter(|(_, text)| !pattern.matches(text));
        faults.extend(failed.map(|(place, _)| self.failed(data, place, regex)));
    }

    /// Whether all keys of `if` have their values.
    fn applies(&self, data: &Data, faults: &mut Vec<Fault>) -> bool {
        let Some(Value::Map(conditions)) = self.rule.get("if") else { return true };
        for (key, expected) in conditions.iter() {
            match data.get(key).map(|held| &held.value) {
                None => return false,
                Some(Value::Null) => {
                    faults.push(self.wrong_type(data, &Place::of_key(key)));
                    return false;
                }
                Some(value) if !equals(value, expected) => return false,
                Some(_) => {}
            }
        }
        true
    }

    /// The texts to check; the empty text stands for a missing one.
    fn texts<'d>(&self, data: &'d Data, faults: &mut Vec<Fault>) -> Vec<(Place, &'d str)> {
        let mut texts = Vec::new();
        let mut add = |place: Place, value: Option<&'d Value>| match value {
            None => texts.push((place, "")),
            Some(Value::Text(text)) => texts.push((place, text.as_str())),
            Some(Value::Null) if !self.has_regex() => {}
            Some(_) => faults.push(self.wrong_type(data, &place)),
        };
        let parts: Vec<_> = self.key.split(':').filter(|part| !part.is_empty()).collect();
        let [array, field] = parts.as_slice() else {
            add(Place::of_key(self.key), data.get(self.key).map(|held| &held.value));
            return texts;
        };
        let Some(Value::List(items)) = data.get(*array).map(|held| &held.value) else { return texts };
        for (index, item) in items.iter().enumerate() {
            if let Value::Map(map) = item {
                let steps = vec![Step::Index(index), Step::Key((*field).to_owned())];
                let value = map.get(field).filter(|value| **value != Value::Null);
                add(Place { key: (*array).to_owned(), steps }, value);
            }
        }
        texts
    }

    fn has_regex(&self) -> bool {
        matches!(self.rule.get("regex"), Some(Value::Text(_)))
    }

    fn wrong_type(&self, data: &Data, place: &Place) -> Fault {
        Fault::new(
            FaultKind::Type,
            span_within(data, &place.key, &place.steps),
            format!("{} is of the wrong type: the server expects text", place.name(data)),
            "put the value in double quotes",
        )
    }

    fn failed(&self, data: &Data, place: &Place, regex: &str) -> Fault {
        let name = place.name(data);
        let reason = match self.rule.get("error_message") {
            Some(Value::Text(message)) => format!("says \"{message}\""),
            _ => format!("expects it to match {regex}"),
        };
        let state = if data.contains_key(place.key.as_str()) { "fails" } else { "is missing and fails" };
        Fault::new(
            FaultKind::Validation,
            span_within(data, &place.key, &place.steps),
            format!("{name} {state} the validation of {}: the rule {reason}", self.key),
            format!("give {name} a text value that matches {regex}"),
        )
    }
}

/// A value that is checked.
struct Place {
    key: String,
    steps: Vec<Step>,
}

impl Place {
    fn of_key(key: &str) -> Self {
        Self { key: key.to_owned(), steps: Vec::new() }
    }

    fn name(&self, data: &Data) -> String {
        let mut name = name_of(data, &self.key).to_owned();
        for step in &self.steps {
            match step {
                Step::Index(index) => name.push_str(&format!("[{index}]")),
                Step::Key(key) => name.extend([".", key]),
            }
        }
        name
    }
}

/// `Object.equals`: a whole number of deployment.toml never equals one of a JSON file, which is a double.
fn equals(value: &Value, expected: &Value) -> bool {
    match (value, expected) {
        (Value::Double(left), Value::Double(right)) => {
            left.to_bits() == right.to_bits() || left.is_nan() && right.is_nan()
        }
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equals(left, right))
        }
        (Value::Map(left), Value::Map(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, left)| right.get(key).is_some_and(|right| equals(left, right)))
        }
        _ => value == expected,
    }
}
