//! Values that follow from other values (`ValueInferrer`, infer.json).

use super::origin::{Held, Origin, name_of, span_of};
use super::{Data, Fault, FaultKind};
use crate::render::java::pattern::Pattern;
use crate::render::java::text::replace_all;
use crate::render::java::value_of;
use crate::render::value::{LinkedMap, Map, Value};

const FILE: &str = "infer.json";
/// Rules that follow from rules: Java goes on until its stack is full, which only rules in a circle bring
/// about.
const DEEPEST: usize = 400;

/// Adds what follows from the written values; what is written wins. The inferred keys come first in the map
/// that is then put into Java's hash map.
pub(super) fn infer(data: &mut Data, rules: &Map) -> Result<(), Vec<Fault>> {
    let mut enriched = inferred(data, rules).map_err(|fault| vec![fault])?;
    enriched.extend(data.iter().map(|(key, held)| (key.clone(), held.clone())));
    data.clear();
    data.put_all(enriched);
    Ok(())
}

fn inferred(data: &Data, rules: &Map) -> Result<LinkedMap<Held>, Fault> {
    let keys = RuleKeys::new(rules);
    let mut inferred = LinkedMap::new();
    for (key, held) in data.iter() {
        let Some((rule, outcomes)) = keys.find(key)? else { continue };
        let value = value_of(&held.value);
        let Some(outcome) = object(rule, outcomes)?.get(&value) else { continue };
        let outcome = object(rule, outcome)?;
        let outcome = fill_in(rule, key, outcome).map_err(|misfit| misfit.fault(data, rule, key))?;
        let consequence = Consequence { keys: &keys, rule, from: key, value: &value, outcome: &outcome };
        consequence.follow(&mut inferred, 0)?;
        consequence.put(&mut inferred);
    }
    for (_, held) in inferred.iter_mut() {
        make_integer(&mut held.value);
    }
    Ok(inferred)
}

/// What a rule says for one value of a key.
struct Consequence<'a> {
    keys: &'a RuleKeys<'a>,
    rule: &'a str,
    from: &'a str,
    value: &'a str,
    outcome: &'a Map,
}

impl Consequence<'_> {
    fn put(&self, inferred: &mut LinkedMap<Held>) {
        let origin = Origin::Inferred {
            rule: self.rule.to_owned(),
            value: self.value.to_owned(),
            from: self.from.to_owned(),
        };
        let entries = self.outcome.iter();
        inferred.extend(
            entries.map(|(key, value)| (key.to_owned(), Held::of_rules(value.clone(), origin.clone()))),
        );
    }

    /// Puts what follows from the consequences themselves. `$1` is not filled in there.
    fn follow(&self, inferred: &mut LinkedMap<Held>, depth: usize) -> Result<(), Fault> {
        if depth > DEEPEST {
            return Err(Fault::of_rules(
                FILE,
                format!("the rules that follow from {} go in a circle", self.rule),
            ));
        }
        for (key, value) in self.outcome.iter() {
            let Some((rule, outcomes)) = self.keys.find(key)? else { continue };
            let outcomes = object(rule, outcomes)?;
            let Value::Text(value) = value else { continue };
            let Some(outcome) = outcomes.get(value) else { continue };
            let outcome = object(rule, outcome)?;
            let next = Consequence { keys: self.keys, rule, from: key, value, outcome };
            next.put(inferred);
            next.follow(inferred, depth + 1)?;
        }
        Ok(())
    }
}

fn object<'a>(rule: &str, value: &'a Value) -> Result<&'a Map, Fault> {
    match value {
        Value::Map(map) => Ok(map),
        _ => Err(Fault::of_rules(FILE, format!("{rule} does not hold objects, the only type it may hold"))),
    }
}

/// The keys of infer.json. Each is a pattern in which `$1` stands for a word and a dot for any character.
struct RuleKeys<'a> {
    rules: &'a Map,
    patterns: Vec<(&'a str, &'a Value, Result<Pattern, String>)>,
}

impl<'a> RuleKeys<'a> {
    fn new(rules: &'a Map) -> Self {
        let pattern = |key: &str| Pattern::compile(&with_words(key));
        let patterns = rules.iter().map(|(key, value)| (key, value, pattern(key))).collect();
        Self { rules, patterns }
    }

    fn find(&self, key: &'a str) -> Result<Option<(&'a str, &'a Value)>, Fault> {
        if let Some(value) = self.rules.get(key) {
            return Ok(Some((key, value)));
        }
        for (rule, value, pattern) in &self.patterns {
            match pattern {
                Ok(pattern) if pattern.matches(key) => return Ok(Some((rule, value))),
                Ok(_) => {}
                Err(error) => {
                    return Err(Fault::of_rules(FILE, format!("the key {rule} is no pattern: {error}")));
                }
            }
        }
        Ok(None)
    }
}

/// `$1`, `$2` … as `\w+`.
fn with_words(key: &str) -> String {
    let mut pieces = key.split('$');
    let mut pattern = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match piece.trim_start_matches(|digit: char| digit.is_ascii_digit()) {
            rest if rest.len() < piece.len() => pattern.extend([r"\w+", rest]),
            rest => pattern.extend(["$", rest]),
        }
    }
    pattern
}

/// A key that fits a rule by its letters, but whose parts do not give the words that the rule asks for.
struct Misfit;

impl Misfit {
    fn fault(&self, data: &Data, rule: &str, key: &str) -> Fault {
        Fault::new(
            FaultKind::Key,
            span_of(data, key),
            format!(
                "the key {} fits the rule {rule} of {FILE} by chance, not part by part",
                name_of(data, key)
            ),
            "rename the key",
        )
    }
}

/// Puts the words of a key in for `$1` and its like.
fn fill_in(rule: &str, key: &str, outcome: &Map) -> Result<Map, Misfit> {
    let parts: Vec<_> = key.split('.').collect();
    let mut words = LinkedMap::new();
    for (place, part) in rule.split('.').enumerate().filter(|(_, part)| is_word(part)) {
        words.insert(part, *parts.get(place).ok_or(Misfit)?);
    }
    let replace = |text: &str| {
        words.iter().try_fold(text.to_owned(), |text, (part, word)| replace_all(&text, part, word))
    };
    let mut filled = outcome.clone();
    for (name, value) in outcome.iter() {
        let value = match value {
            Value::Text(text) => Value::Text(replace(text).map_err(|_| Misfit)?),
            other => other.clone(),
        };
        filled.remove(name);
        filled.insert(replace(name).map_err(|_| Misfit)?, value);
    }
    Ok(filled)
}

/// Whether a part of a rule is `$1` or its like.
fn is_word(part: &str) -> bool {
    let number = part.strip_prefix('$').unwrap_or_default();
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whole numbers become integers; other values of infer.json stay.
fn make_integer(value: &mut Value) {
    if let Value::Double(number) = value
        && (number.is_nan() || *number == number.round_ties_even())
    {
        #[expect(clippy::cast_possible_truncation, reason = "as Double.intValue(), which saturates")]
        let whole = *number as i32;
        *value = Value::Integer(whole.into());
    }
}
