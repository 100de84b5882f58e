//! What the files that the target renders have in the place of settings that were not brought over.

use super::inversion::destination::Destination;
use super::inversion::draft::Draft;
use super::inversion::effects::Effects;
use super::{Customised, Decisions, Status};
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
    destination: &Destination<'_>,
) -> Vec<Instead> {
    let effects = Draft::read(deployment).and_then(|draft| Effects::new(destination, draft));
    let Some(mut effects) = effects else { return Vec::new() };
    let mut found = Vec::new();
    for (index, (setting, decision)) in customised.iter().zip(&decisions.settings).enumerate() {
        let is_left = matches!(decision.status, Status::Manual | Status::Obsolete);
        let is_rendered = destination.model.file(&setting.file).is_some();
        if !is_left || !is_rendered || setting.change.is_file() {
            continue;
        }
        let rendered = effects.current(&setting.file, &setting.path);
        if rendered != setting.value.as_ref() {
            let shown = |value: &String| secrets::shown(value, setting.secret);
            found.push(Instead { setting: index, rendered: rendered.map(shown) });
        }
    }
    found
}
