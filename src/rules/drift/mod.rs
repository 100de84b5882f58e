//! Rules about nodes that should be copies of each other.

pub mod datasource_drift;
pub mod file_on_one_node;
pub mod gateway_drift;
pub mod library_drift;
pub mod portal_settings_drift;
pub mod role_drift;

use crate::model::drift::{Drift, Presence, Side, Subject};
use crate::model::{ConfigModel, Deployment};
use crate::rules::Finding;

/// One finding for one drift: the first node that differs from most, a label for each other.
fn finding(deployment: &Deployment, drift: &Drift) -> Option<Finding> {
    let usual = drift.sides.iter().find(|side| side.rank == 0)?;
    let odd = drift.sides.iter().find(|side| side.rank > 0)?;
    let alike = |rank: usize| -> Vec<&str> {
        let sides = drift.sides.iter().filter(|side| side.rank == rank);
        sides.map(|side| deployment.name(side.node)).collect()
    };
    let (odd_names, usual_names) = (list(&alike(odd.rank)), list(&alike(0)));
    let toml = deployment.nodes.get(odd.node).is_some_and(|node| node.config_model == ConfigModel::Toml);
    let what = if toml && drift.file == "deployment.toml" {
        drift.path.clone()
    } else {
        format!("{} {}", drift.file, drift.path)
    };
    let model = deployment.name(usual.node);
    let usual_to = match (odd.presence, usual.presence) {
        (Presence::Default, Presence::Default) => "at",
        (Presence::Default, _) => "sets it to",
        (_, Presence::Default) => "leaves it at",
        _ => "to",
    };
    let usual_to = match usual_to {
        "sets it to" if alike(0).len() > 1 => "set it to",
        "leaves it at" if alike(0).len() > 1 => "leave it at",
        other => other,
    };
    let several = alike(odd.rank).len() > 1;
    let has = have(&alike(odd.rank));
    let sets = match (odd.presence, several) {
        (Presence::Default, false) => "leaves",
        (Presence::Default, true) => "leave",
        (_, false) => "sets",
        (_, true) => "set",
    };
    let (message, help) = match drift.subject {
        Subject::File(count) => (
            format!("{odd_names} {has} {count} other settings in {} than {usual_names}", drift.file),
            format!("compare {} with that of {model}", drift.file),
        ),
        Subject::Presence if odd.presence != Presence::Absent => (
            format!("{odd_names} {has} {what}, which {usual_names} lack{}", plural(&alike(0))),
            format!("remove it, or add it on {usual_names} too"),
        ),
        Subject::Presence => (
            format!("{odd_names} {has} no {what}, which {usual_names} {}", have(&alike(0))),
            format!("add it as {model} has it, unless the difference is meant"),
        ),
        Subject::Count => (
            format!("{odd_names} {has} {what} {}, {usual_names} {}", times(odd), times(usual)),
            format!("add or remove what {model} has not, unless the difference is meant"),
        ),
        Subject::Value => (
            match (&odd.value, &usual.value) {
                (Some(odd), Some(usual)) => {
                    let to = if sets.starts_with("leave") { "at" } else { "to" };
                    format!(
                        "{odd_names} {sets} {what} {to} {}, {usual_names} {} {}",
                        word(odd),
                        usual_to,
                        word(usual)
                    )
                }
                _ => format!("{odd_names} {sets} {what} to something else than {usual_names}"),
            },
            format!("set it as {model} does, unless the difference is meant"),
        ),
    };
    let mut finding = Finding::new(odd.place, label(drift, odd), message).help(help);
    for side in drift.sides.iter().filter(|side| side.node != odd.node) {
        finding = finding.related(side.place, label(drift, side));
    }
    Some(finding.covers(drift.sides.iter().flat_map(|side| side.settings.iter().copied())))
}

fn label(drift: &Drift, side: &Side) -> String {
    match (drift.subject, &side.value) {
        (Subject::File(_), _) if side.rank == 0 => "as most have it".to_owned(),
        (Subject::File(_), _) => "differs".to_owned(),
        (Subject::Presence, _) if side.presence == Presence::Absent => "is not here".to_owned(),
        (Subject::Presence, _) => "is here".to_owned(),
        (Subject::Count, _) => times(side),
        (Subject::Value, Some(value)) if side.presence == Presence::Default => {
            format!("{} by default", word(value))
        }
        (Subject::Value, Some(value)) => word(value).to_owned(),
        (Subject::Value, None) if side.rank == 0 => "the usual value".to_owned(),
        (Subject::Value, None) => "another value".to_owned(),
    }
}

/// How often an element stands on a side.
fn times(side: &Side) -> String {
    match side.value.as_deref() {
        Some("1") => "once".to_owned(),
        Some("2") => "twice".to_owned(),
        count => format!("{} times", count.unwrap_or("several")),
    }
}

fn have(names: &[&str]) -> &'static str {
    if names.len() > 1 { "have" } else { "has" }
}

/// Ending of the verb.
fn plural(names: &[&str]) -> &'static str {
    if names.len() > 1 { "" } else { "s" }
}

fn word(value: &str) -> &str {
    if value.is_empty() { "nothing" } else { value }
}

/// `a`, `a and b`, `a and 4 others`.
fn list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [one, other] => format!("{one} and {other}"),
        [one, rest @ ..] => format!("{one} and {} others", rest.len()),
    }
}
