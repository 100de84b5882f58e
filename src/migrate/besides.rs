//! What a produced deployment.toml changes in the target besides what the node customised.

use std::collections::BTreeSet;

use super::inversion::destination::Destination;
use super::inversion::draft::Draft;
use super::inversion::effects::Effects;
use super::inversion::{Wanted, element_prefix};
use super::placeholders::{covered, covered_draft, restored};
use super::{Assignment, Customised, Decisions, Evidence, Key, KeyPart, Note, Risk};
use crate::syntax::secrets;
use crate::syntax::settings::paths::Separator;

/// A setting of the target that comes out otherwise than without the work of the migration, though no customised setting
/// stands for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Besides {
    /// The file, home-relative.
    pub file: String,
    /// The path in it.
    pub path: String,
    /// What it was, as reports may show it; `None` where it was not there.
    pub before: Option<String>,
    /// What it is now, as reports may show it; `None` where it is gone.
    pub after: Option<String>,
}

/// Compares what a deployment.toml gives with what the file gives that it was made from. What keys change for which no
/// customised setting stands is told by a note, key by key; what the others change is returned.
pub fn besides(
    customised: &[Customised],
    decisions: &Decisions,
    deployment: &str,
    base: &Draft,
    destination: &Destination<'_>,
) -> (Vec<Besides>, Option<Note>) {
    let read = || {
        let new = Effects::new(destination, covered_draft(&Draft::read(deployment)?))?;
        let old = Effects::new(destination, covered_draft(base))?;
        Some((new, old))
    };
    let Some((mut new, mut old)) = read() else { return (Vec::new(), None) };
    let mut changed = new.against(&old.draft).unwrap_or_default();
    let known = known(customised, decisions);
    changed.retain(|wanted| !stands_for(&known, wanted, old.current(&wanted.file, &wanted.path)));
    let mut told = Vec::new();
    for key in needed(&decisions.assignments, base) {
        let mut without = new.draft.clone();
        let placed = without.place(&key);
        match (placed, base.get(&key)) {
            (Some(placed), Some(value)) => drop(without.set(&placed, value.clone())),
            (Some(placed), None) => drop(without.remove(&placed)),
            (None, _) => continue,
        }
        let effects: BTreeSet<Wanted> = new.against(&without).unwrap_or_default().into_iter().collect();
        let before = changed.len();
        changed.retain(|wanted| !effects.contains(wanted));
        let count = before - changed.len();
        told.extend((count > 0).then_some((key, count)));
    }
    let shown = |wanted: Wanted| {
        let secret = Separator::of(&wanted.file).names_secret(&wanted.path);
        let shown = |value: &str| secrets::shown(&restored(value), secret);
        let before = old.current(&wanted.file, &wanted.path).map(|value| shown(value));
        let after = wanted.value.as_deref().map(shown);
        Besides { path: secrets::hide(&restored(&wanted.path)), file: wanted.file, before, after }
    };
    (changed.into_iter().map(shown).collect(), note(&told))
}

/// The places of which a customised setting tells, and the elements that they lie in.
struct Known<'a> {
    places: BTreeSet<(&'a str, String)>,
    elements: BTreeSet<(&'a str, String)>,
}

fn known<'a>(customised: &'a [Customised], decisions: &'a Decisions) -> Known<'a> {
    let own = customised.iter().map(|setting| (setting.file.as_str(), covered(&setting.path)));
    let rendered = decisions.evidence.iter().filter_map(|evidence| match evidence {
        Evidence::Rendered(all) => Some(all),
        Evidence::Keys(_) | Evidence::Nowhere => None,
    });
    let rendered = rendered.flatten().map(|wanted| (wanted.file.as_str(), covered(&wanted.path)));
    let places: BTreeSet<(&str, String)> = own.chain(rendered).collect();
    let element = |(file, path): &(&'a str, String)| Some((*file, element_prefix(path)?.to_owned()));
    let elements = places.iter().filter_map(element).collect();
    Known { places, elements }
}

/// True where a customised setting tells of a change, or brings the element that it lies in.
fn stands_for(known: &Known<'_>, wanted: &Wanted, before: Option<&String>) -> bool {
    let file = wanted.file.as_str();
    let is_new = before.is_none();
    known.places.contains(&(file, wanted.path.clone()))
        || is_new
            && element_prefix(&wanted.path)
                .is_some_and(|element| known.elements.contains(&(file, element.to_owned())))
}

/// The keys that are written for no customised setting, in no table with one that is, and otherwise than the base has them.
fn needed(assignments: &[Assignment], base: &Draft) -> Vec<Key> {
    let table = |key: &Key| key.0.split_last().map(|(_, table)| table.to_vec()).unwrap_or_default();
    let item = |key: &Key| {
        let at = key.0.iter().rposition(|part| matches!(part, KeyPart::Item { .. }))?;
        Some(key.0.get(..=at)?.to_vec())
    };
    let claimed = assignments.iter().filter(|assignment| !assignment.from.is_empty());
    let claimed: BTreeSet<Vec<KeyPart>> = claimed
        .flat_map(|assignment| [Some(table(&assignment.key)), item(&assignment.key)])
        .flatten()
        .collect();
    let is_needed = |assignment: &&Assignment| {
        let Assignment { key, value, from } = assignment;
        let lies_beside = key.is_in_array() && item(key).is_some_and(|item| claimed.contains(&item));
        let completes = base.get(&Key(table(key))).is_none() && claimed.contains(&table(key));
        from.is_empty()
            && !key.is_in_table("secrets")
            && !lies_beside
            && !completes
            && base.get(key) != Some(value)
    };
    assignments.iter().filter(is_needed).map(|assignment| assignment.key.clone()).collect()
}

fn note(told: &[(Key, usize)]) -> Option<Note> {
    let one = |(key, count): &(Key, usize)| match count {
        1 => format!("{key} (changes 1 setting)"),
        count => format!("{key} (changes {count} settings)"),
    };
    let keys: Vec<String> = told.iter().map(one).collect();
    let text = format!("written besides what the node customised: {}", keys.join(", "));
    (!keys.is_empty()).then_some(Note { risk: Risk::Low, text })
}
