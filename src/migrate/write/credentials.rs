//! `--split-secrets`: credentials move to `[secrets]`, and where they stood `$secret{alias}` stays.

use std::collections::BTreeSet;

use super::super::{Assignment, Key, KeyPart, Legacy};
use crate::render::value::Value;
use crate::syntax::secrets::is_secret_key;

/// The assignments with their credentials moved, those of `[secrets]` last. `taken` are the aliases that exist already.
pub(super) fn split(
    legacy: &Legacy<'_>,
    assignments: &[Assignment],
    taken: BTreeSet<String>,
) -> (Vec<Assignment>, usize) {
    let (mut kept, mut moved, mut taken) = (Vec::new(), Vec::new(), taken);
    let secret = |assignment: &Assignment| match assignment.key.0.as_slice() {
        [KeyPart::Name(table), KeyPart::Name(alias)] if table == "secrets" => Some(alias.clone()),
        _ => None,
    };
    taken.extend(assignments.iter().filter_map(secret));
    for assignment in assignments {
        if secret(assignment).is_some() {
            moved.push(assignment.clone());
            continue;
        }
        let Value::Text(text) = &assignment.value else {
            kept.push(assignment.clone());
            continue;
        };
        if !is_credential(legacy, assignment) || text.is_empty() || text.contains('$') {
            kept.push(assignment.clone());
            continue;
        }
        let alias = free(&alias(&assignment.key), &mut taken);
        let key = Key::dotted("secrets").name(&alias);
        // ciphertool encrypts what stands in brackets.
        moved.push(Assignment { key, value: Value::Text(format!("[{text}]")), from: Vec::new() });
        kept.push(Assignment { value: Value::Text(format!("$secret{{{alias}}}")), ..assignment.clone() });
    }
    let is_plain =
        |assignment: &&Assignment| matches!(&assignment.value, Value::Text(text) if text.starts_with('['));
    let count = moved.iter().filter(is_plain).count();
    kept.extend(moved);
    (kept, count)
}

fn is_credential(legacy: &Legacy<'_>, assignment: &Assignment) -> bool {
    let from_secret = |index: &usize| legacy.customised.get(*index).is_some_and(|setting| setting.secret);
    let named = matches!(assignment.key.0.last(), Some(KeyPart::Name(name)) if is_secret_key(name));
    named || assignment.from.iter().any(from_secret)
}

/// `database.apim_db.password` as `database_apim_db_password`.
fn alias(key: &Key) -> String {
    let part = |part: &KeyPart| match part {
        KeyPart::Name(name) => name.clone(),
        KeyPart::Item { identity: Some((_, value)), .. } => value.clone(),
        KeyPart::Item { index, identity: None } => (index + 1).to_string(),
    };
    let joined = key.0.iter().map(part).collect::<Vec<_>>().join("_");
    joined
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '_' })
        .collect()
}

fn free(alias: &str, taken: &mut BTreeSet<String>) -> String {
    let mut free = alias.to_owned();
    let mut number = 2;
    while !taken.insert(free.clone()) {
        free = format!("{alias}_{number}");
        number += 1;
    }
    free
}
