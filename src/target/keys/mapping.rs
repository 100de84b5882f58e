//! Keys as people write them and as templates read them (key-mappings.json).

use std::collections::BTreeMap;

use crate::render::phases::ReferenceKind;
use crate::render::value::{Map, Value};
use crate::target::pattern::{Pattern, Step};

/// Takes a dotted key apart: what stands in single quotes is one part, `$1` any key, and a colon parts an array from a
/// field of its tables. `None` for what the server cannot take apart either.
#[must_use]
pub fn parse(key: &str) -> Option<Pattern> {
    if let Some((array, field)) = key.split_once(':') {
        let mut pattern = parse(array)?;
        pattern.0.push(Step::Each);
        pattern.0.extend(parse(field)?.0);
        return Some(pattern);
    }
    let mut steps = Vec::new();
    for (place, piece) in key.split('\'').enumerate() {
        if place % 2 == 1 {
            steps.push(Step::Key(piece.into()));
        } else {
            steps.extend(piece.split('.').filter(|part| !part.is_empty()).map(step));
        }
    }
    let balanced = key.matches('\'').count().is_multiple_of(2);
    (balanced && !steps.is_empty() && !steps.contains(&Step::Key("".into()))).then_some(Pattern(steps))
}

fn step(part: &str) -> Step {
    let number = part.strip_prefix('$').unwrap_or_default();
    if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
        Step::Any
    } else {
        Step::Key(part.into())
    }
}

/// The keys whose values the server puts into a value of default.json or infer.json for `$ref{…}`.
#[must_use]
pub fn references(value: &Value) -> Vec<Pattern> {
    match value {
        Value::Text(text) => ReferenceKind::Configuration.names(text).into_iter().filter_map(parse).collect(),
        Value::List(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// Both directions of key-mappings.json.
#[derive(Debug, Clone, Default)]
pub struct Mapping {
    /// Written key to internal ones.
    internal: BTreeMap<Pattern, Vec<Pattern>>,
    /// Internal key to written ones.
    written: BTreeMap<Pattern, Vec<Pattern>>,
}

impl Mapping {
    /// The mapping of a pack; entries that the server cannot use are left out.
    #[must_use]
    pub fn of(mappings: &Map) -> Self {
        let mut mapping = Self::default();
        for (written, target) in mappings.iter() {
            let targets = match target {
                Value::List(targets) => targets.as_slice(),
                other => std::slice::from_ref(other),
            };
            for target in targets {
                if let Value::Text(target) = target
                    && let (Some(written), Some(target)) = (parse(written), parse(target))
                    && written != target
                {
                    mapping.internal.entry(written.clone()).or_default().push(target.clone());
                    mapping.written.entry(target).or_default().push(written);
                }
            }
        }
        mapping
    }

    /// Each written key with the internal keys that it stands for.
    pub fn iter(&self) -> impl Iterator<Item = (&Pattern, &[Pattern])> {
        self.internal.iter().map(|(written, internal)| (written, internal.as_slice()))
    }

    /// The keys that may be written for an internal one; none where it is written as it is. The fields of an array's
    /// tables go with the array.
    #[must_use]
    pub fn written_for(&self, internal: &Pattern) -> Vec<Pattern> {
        let steps = &internal.0;
        let ends = (1..=steps.len()).filter(|end| steps.get(*end).is_none_or(|next| *next == Step::Each));
        let mut found = Vec::new();
        for end in ends {
            let (start, rest) = steps.split_at(end);
            for written in self.written.get(&Pattern(start.to_vec())).into_iter().flatten() {
                found.push(Pattern(written.0.iter().chain(rest).cloned().collect()));
            }
        }
        found
    }

    /// The key that people write for an internal one, itself where it has no other name.
    #[must_use]
    pub fn usual(&self, internal: &Pattern) -> Pattern {
        self.written_for(internal).into_iter().next().unwrap_or_else(|| internal.clone())
    }
}
