//! Durations in the unit that templates expect (`UnitResolver`, unit-resolve.json).

use super::origin::{name_of, span_of};
use super::{Data, Fault, FaultKind, collect, outcome};
use crate::render::java::value_of;
use crate::render::value::{Map, Value};

const FILE: &str = "unit-resolve.json";
/// Units of `java.util.concurrent.TimeUnit` as the mapper abbreviates them, with their milliseconds.
const UNITS: [(&str, i64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// Turns `15m` into `900` where seconds are expected, and numbers into texts.
pub(super) fn convert(data: &mut Data, rules: &Map) -> Result<(), Vec<Fault>> {
    let Some(Value::Map(units)) = rules.get("time") else { return Ok(()) };
    let mut faults = Vec::new();
    for (key, unit) in units.iter() {
        collect(&mut faults, convert_key(data, key, unit));
    }
    outcome(faults)
}

fn convert_key(data: &mut Data, key: &str, unit: &Value) -> Result<(), Fault> {
    let Some(held) = data.get(key) else { return Ok(()) };
    let Value::Text(unit) = unit else {
        return Err(Fault::of_rules(FILE, format!("the unit of {key} is not of type text")));
    };
    let converted = match &held.value {
        Value::Integer(_) | Value::Double(_) => Ok(value_of(&held.value)),
        Value::Text(text) => in_unit(text, unit),
        _ => Err(Problem::Type),
    };
    let text = converted.map_err(|problem| problem.fault(data, key, unit))?;
    if let Some(held) = data.get_mut(key) {
        held.value = Value::Text(text);
    }
    Ok(())
}

/// Why a text is no duration in a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DurationFault {
    /// It has no number.
    NoNumber,
    /// What follows the number is no unit.
    NoUnit(String),
    /// It is less than one of the unit.
    Zero,
}

/// What keeps the mapper from converting a text to a unit.
#[must_use]
pub fn duration_fault(text: &str, unit: &str) -> Option<DurationFault> {
    match in_unit(text, unit) {
        Err(Problem::NoNumber) => Some(DurationFault::NoNumber),
        Err(Problem::Unit(word)) => Some(DurationFault::NoUnit(word)),
        Err(Problem::Zero) => Some(DurationFault::Zero),
        Err(Problem::Type | Problem::ExpectedUnit) | Ok(_) => None,
    }
}

enum Problem {
    Type,
    NoNumber,
    Unit(String),
    ExpectedUnit,
    Zero,
}

impl Problem {
    fn fault(self, data: &Data, key: &str, unit: &str) -> Fault {
        let name = name_of(data, key);
        let write = "write a whole number followed by one of the units d, h, m, s and ms, such as \"15m\"";
        let (what, change) = match self {
            Self::ExpectedUnit => return Fault::of_rules(FILE, format!("\"{unit}\" for {key} is no unit")),
            Self::Type => (format!("{name} is no duration: neither number nor text with a unit"), write),
            Self::NoNumber => (format!("{name} is no duration: it has a unit at best, but no number"), write),
            Self::Unit(found) => (format!("\"{found}\" in {name} is no unit"), write),
            Self::Zero => (
                format!("{name} is less than one {unit}, the unit it is converted to, and would become 0"),
                "write a longer duration",
            ),
        };
        Fault::new(FaultKind::Unit, span_of(data, key), what, change)
    }
}

/// The first number in the text with the word behind it. What follows a decimal point is cut off. Without a
/// word the text stays as it is.
fn in_unit(text: &str, unit: &str) -> Result<String, Problem> {
    let Some((number, word)) = number_and_word(text) else { return Err(Problem::NoNumber) };
    if word.is_empty() {
        return Ok(text.to_owned());
    }
    let from = milliseconds(word).ok_or_else(|| Problem::Unit(word.to_owned()))?;
    let to = milliseconds(unit).ok_or(Problem::ExpectedUnit)?;
    // TimeUnit.convert: cut off towards 0, or the largest long.
    let converted = if from >= to { number.saturating_mul(from / to) } else { number / (to / from) };
    if converted == 0 && number != 0 { Err(Problem::Zero) } else { Ok(converted.to_string()) }
}

fn milliseconds(unit: &str) -> Option<i64> {
    UNITS.iter().find(|(name, _)| *name == unit).map(|(_, milliseconds)| *milliseconds)
}

/// `(\d+(?:\.\d+)?)\s*(\w*)`, anywhere in the text; the number as `Double.longValue()` gives it.
fn number_and_word(text: &str) -> Option<(i64, &str)> {
    let rest = text.trim_start_matches(|c: char| !c.is_ascii_digit());
    let mut behind = without_digits(rest);
    if let Some(fraction) = behind.strip_prefix('.')
        && without_digits(fraction) != fraction
    {
        behind = without_digits(fraction);
    }
    let number: f64 = rest.strip_suffix(behind)?.parse().ok()?;
    let word = behind.trim_start_matches([' ', '\t', '\n', '\u{b}', '\u{c}', '\r']);
    let end = word.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(word.len());
    #[expect(clippy::cast_possible_truncation, reason = "as in Java, which saturates")]
    let whole = number as i64;
    Some((whole, word.get(..end)?))
}

fn without_digits(text: &str) -> &str {
    text.trim_start_matches(|c: char| c.is_ascii_digit())
}
