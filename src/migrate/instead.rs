//! What the files that the target renders have in the place of settings that were not brought over.

use std::collections::BTreeMap;

use super::inversion::draft::Draft;
use super::{Customised, Decisions, Status, Target};
use crate::syntax::secrets;

/// A setting that comes out otherwise than the node has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instead {
    /// Index into the customised settings of the node.
    pub setting: usize,
    /// What comes out, as reports may show it; `None` where the target has no such setting.
    pub rendered: Option<String>,
}

/// Looks at the settings that a person has to see to, and at obsolete ones, in what a deployment.toml gives. Files that the
/// target does not render have nothing in their place.
pub fn instead(
    customised: &[Customised],
    decisions: &Decisions,
    deployment: &str,
    target: &Target,
) -> Vec<Instead> {
    let Some(destination) = target.destination() else { return Vec::new() };
    let draft = Draft::read(deployment);
    let Some(configuration) = draft.and_then(|draft| destination.configure(&draft).ok()) else {
        return Vec::new();
    };
    let mut files: BTreeMap<&str, BTreeMap<String, String>> = BTreeMap::new();
    let mut found = Vec::new();
    for (index, (setting, decision)) in customised.iter().zip(&decisions.settings).enumerate() {
        let is_left = matches!(decision.status, Status::Manual | Status::Obsolete);
        let is_rendered = destination.model.file(&setting.file).is_some();
        if !is_left || !is_rendered || setting.change.is_file() {
            continue;
        }
        let settings =
            files.entry(&setting.file).or_insert_with(|| destination.settings(&setting.file, &configuration));
        let rendered = settings.get(&setting.path);
        if rendered != setting.value.as_ref() {
            let shown = |value: &String| match setting.secret {
                true => "********".to_owned(),
                false => secrets::hide(value),
            };
            found.push(Instead { setting: index, rendered: rendered.map(shown) });
        }
    }
    found
}
