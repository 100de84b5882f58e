//! A node that has the version of the target already: all of its file stays.

use std::collections::BTreeMap;

use super::super::decision::untemplated;
use super::super::inversion::draft::Draft;
use super::super::{Customised, Evidence};
use super::{
    DEPLOYMENT_TOML, Decision, Decisions, Key, Legacy, Status, Target, Value, assignments, is_secret_alias,
    plain,
};

/// All that a node has stays in a file of its own version.
pub(super) fn kept(legacy: &Legacy<'_>, written: &Draft, target: &Target) -> Decisions {
    let base = target.base();
    let kept = legacy.customised.iter().map(|setting| kept_setting(setting, written, &base, target));
    let (settings, evidence) = kept.unzip();
    let assignments = assignments(written, &BTreeMap::new());
    Decisions { settings, evidence, assignments, notes: Vec::new() }
}

fn kept_setting(
    setting: &Customised,
    written: &Draft,
    base: &Draft,
    target: &Target,
) -> (Decision, Evidence) {
    if setting.file != DEPLOYMENT_TOML || setting.change.is_file() {
        return (untemplated(setting, target), Evidence::Nowhere);
    }
    let placed = Key::parse(&setting.path).and_then(|key| written.place(&key));
    let Some(key) = placed.filter(|_| setting.value.is_some()) else {
        return (plain(Status::Default, None), Evidence::Nowhere);
    };
    let is_of_base = base.place(&key).is_some_and(|own| base.get(&own) == written.get(&key));
    let status = match is_of_base {
        true => Status::Default,
        false => Status::Migrated { keys: vec![key.to_string()] },
    };
    let decision = plain(status, None);
    let value = written.get(&key).cloned().unwrap_or(Value::Null);
    let evidence = if is_secret_alias(&key) { Evidence::Nowhere } else { Evidence::Keys(vec![(key, value)]) };
    (decision, evidence)
}
