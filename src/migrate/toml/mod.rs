//! From the deployment.toml of one version to that of another: a key keeps its name where it keeps its effect.
//!
//! The node's file is what the new one starts from, as far as it differs from that of its own pack. What a key does in the
//! files of its own version is what it has to do in those files of the target that both versions render.

mod judgement;
mod kept;
mod lists;
mod plan;
mod search;
mod source;

use std::collections::BTreeMap;

use self::plan::Plan;
use self::source::Source;
use super::inversion::Inversion;
use super::inversion::destination::Destination;
use super::inversion::draft::Draft;
use super::inversion::effects::Effects;
use super::placeholders::{covered_draft, restored_key, restored_value};
use super::target::DEPLOYMENT_TOML;
use super::{Assignment, Decision, Decisions, Key, KeyPart, Legacy, Note, Risk, Status, Target};
use crate::input::Parsed;
use crate::model::{Deployment, Version};
use crate::render::value::Value;
use crate::target::keys::mapping::references;
use crate::target::pattern::Step;

/// Decides for a node with a deployment.toml, one of a deployment; nothing where none can be read.
pub(super) fn decide(
    deployment: &Deployment,
    legacy: &Legacy<'_>,
    nodes: &[Legacy<'_>],
    target: &Target,
    to: &Destination<'_>,
) -> Option<Decisions> {
    let (_, Parsed::Toml(document)) = legacy.node.documents.get(DEPLOYMENT_TOML)? else { return None };
    let written = Draft::of_toml(document);
    let version = legacy.node.version?;
    if version == target.version {
        return Some(kept::kept(legacy, &written, target));
    }
    let base = target.base();
    let inversion = Inversion::new(to, base.clone()).ok()?;
    let written = covered_draft(&written);
    let Some(Source { model, from, draft, vanilla }) = Source::of(version, legacy, &written) else {
        return Some(source::unstartable(legacy, &written, version));
    };
    let old = Effects::new(&from, draft)?;
    let is_exact = Version::parse(model) == Some(version);
    let referred = written.leaves().iter().flat_map(|(_, value)| references(value)).collect();
    let plan = Plan {
        deployment,
        legacy,
        nodes,
        target,
        version,
        is_exact,
        written,
        referred,
        old,
        vanilla,
        base,
        inversion,
    };
    let mut decisions = plan.carry_out();
    if !is_exact {
        let text = format!(
            "what keys did in {version} is told by the templates of {model}: those of {version} are not known"
        );
        decisions.notes.push(Note { risk: Risk::Low, text });
    }
    Some(decisions)
}

fn plain(status: Status, note: Option<String>) -> Decision {
    Decision { status, note, risk: Risk::Low }
}

fn is_secret_alias(key: &Key) -> bool {
    key.is_in_table("secrets") || key.is_in_table("runtime_secrets")
}

/// Everything in a draft; `from` tells which customised settings stand behind a key.
fn assignments(draft: &Draft, from: &BTreeMap<Vec<KeyPart>, Vec<usize>>) -> Vec<Assignment> {
    let assignment = |(key, value): (Key, Value)| {
        let from = from.get(&unnamed(&key)).cloned().unwrap_or_default();
        Assignment { key: restored_key(&key), value: restored_value(&value), from }
    };
    draft.leaves().into_iter().map(assignment).collect()
}

/// A key without what names its tables of arrays.
fn unnamed(key: &Key) -> Vec<KeyPart> {
    let part = |part: &KeyPart| match part {
        KeyPart::Item { index, .. } => KeyPart::Item { index: *index, identity: None },
        KeyPart::Name(name) => KeyPart::Name(name.clone()),
    };
    key.0.iter().map(part).collect()
}

/// The key as templates name it.
fn steps(key: &Key) -> Vec<Step> {
    let step = |part: &KeyPart| match part {
        KeyPart::Name(name) => Step::Key(name.as_str().into()),
        KeyPart::Item { .. } => Step::Each,
    };
    key.0.iter().map(step).collect()
}

/// True for values that a person takes for the same; default.json has numbers as doubles or as texts.
pub(super) fn same(left: &Value, right: &Value) -> bool {
    let text = |value: &Value| match value {
        Value::Text(text) => Some(text.clone()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Double(number) => Some(number.to_string()),
        _ => None,
    };
    left == right || text(left).is_some_and(|left| Some(left) == text(right))
}
