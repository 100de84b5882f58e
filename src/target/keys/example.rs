//! How a key is written in deployment.toml.

use std::fmt::Write as _;

use super::{DefaultSource, Index, Key, Kind};
use crate::target::pattern::{Pattern, Step};

/// Stands for a name that people choose.
const CHOSEN: &str = "NAME";

/// Lines of TOML that set a key to its default, or to a value of its kind; a table with its keys.
#[must_use]
pub fn of(key: &Key, index: &Index) -> String {
    match key.kind {
        Kind::Table => table(&key.pattern, false, &fields(&key.pattern, index)),
        Kind::Tables => {
            let mut item = key.pattern.clone();
            item.0.push(Step::Each);
            table(&key.pattern, true, &fields(&item, index))
        }
        _ => {
            let end = key.pattern.0.iter().rposition(|step| *step == Step::Each).map(|last| last + 1);
            let end = end.unwrap_or(key.pattern.0.len().saturating_sub(1));
            let (table_steps, name) = key.pattern.0.split_at(end);
            let line = vec![(dotted(name), value(key))];
            match table_steps {
                [] => lines(&line),
                [outer @ .., Step::Each] => table(&Pattern(outer.to_vec()), true, &line),
                _ => table(&Pattern(table_steps.to_vec()), false, &line),
            }
        }
    }
}

fn table(pattern: &Pattern, is_array: bool, entries: &[(String, String)]) -> String {
    let name = dotted(&pattern.0);
    let head = if is_array { format!("[[{name}]]\n") } else { format!("[{name}]\n") };
    head + &lines(entries)
}

fn lines(entries: &[(String, String)]) -> String {
    let mut text = String::new();
    for (name, value) in entries {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{name} = {value}");
    }
    text
}

/// The keys with a value that stand directly in a table.
fn fields(table: &Pattern, index: &Index) -> Vec<(String, String)> {
    let direct = |key: &&Key| {
        key.pattern.0.len() == table.0.len() + 1
            && key.pattern.0.starts_with(&table.0)
            && !matches!(key.kind, Kind::Table | Kind::Tables)
    };
    let entry = |key: &Key| {
        let name = key.pattern.0.get(table.0.len()..).unwrap_or_default();
        (dotted(name), value(key))
    };
    index.keys().iter().filter(direct).map(entry).collect()
}

fn dotted(steps: &[Step]) -> String {
    let names = steps.iter().filter_map(|step| match step {
        Step::Key(name) => Some(toml_edit::Key::new(name.as_ref()).to_string()),
        Step::Any => Some(CHOSEN.to_owned()),
        Step::Each => None,
    });
    names.collect::<Vec<_>>().join(".")
}

fn value(key: &Key) -> String {
    if let Some(default) = key.default.as_ref().filter(|default| default.source != DefaultSource::Key) {
        return default.value.clone();
    }
    let first = key.values.known.first().map(|value| toml_edit::Value::from(value.as_str()).to_string());
    match key.kind {
        Kind::Boolean => "true".to_owned(),
        Kind::Integer => "1".to_owned(),
        Kind::List => format!("[{}]", first.unwrap_or_else(|| "\"…\"".to_owned())),
        _ => first.unwrap_or_else(|| "\"…\"".to_owned()),
    }
}
