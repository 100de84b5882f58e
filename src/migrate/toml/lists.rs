//! Arrays of tables, which are taken over as wholes.

use std::collections::BTreeSet;

use super::super::KeyPart;
use super::super::inversion::draft::Draft;
use super::plan::Plan;
use super::{DEPLOYMENT_TOML, Key, Step, Value, steps};
use crate::render::value::Map;

impl Plan<'_> {
    /// Makes the arrays that the node changed what they are in the node: its tables in its order, those that the target
    /// comes with as well completed by what these have besides.
    pub(super) fn copy_lists(&mut self) {
        let paths = self.legacy.customised.iter().filter(|setting| setting.file == DEPLOYMENT_TOML);
        let lists: BTreeSet<Key> = paths.filter_map(|setting| outermost_list(&setting.path)).collect();
        for list in lists {
            let own = tables(&self.written, &list);
            let (vanilla, base) = (tables(&self.vanilla, &list), tables(self.inversion.draft(), &list));
            let merged = own.iter().filter_map(|table| {
                let known = |others: &[Map]| others.iter().find(|other| is_same_table(table, other)).cloned();
                let merged = self.merged(&list, table, known(&vanilla), known(&base));
                // Nothing is left of a table whose keys the target does not know; one without any is a group of defaults.
                (table.is_empty() || !merged.is_empty()).then_some(Value::Map(merged))
            });
            let merged: Vec<Value> = merged.collect();
            if merged.is_empty() {
                let mut draft = self.inversion.draft().clone();
                draft.remove(&list);
                self.inversion.restore(draft);
            } else {
                // Where the server would not start with it, its keys count as unread.
                self.inversion.assign(&list, Value::List(merged));
            }
        }
    }

    /// A table of the node as the target is to have it.
    fn merged(&self, list: &Key, own: &Map, vanilla: Option<Map>, base: Option<Map>) -> Map {
        let is_new = base.is_none();
        let mut merged = base.unwrap_or_default();
        for (name, value) in own.iter() {
            let mut key = steps(list);
            key.extend([Step::Each, Step::Key(name.into())]);
            let is_vanilla = vanilla.as_ref().is_some_and(|vanilla| vanilla.get(name) == Some(value));
            if self.inversion.destination().reads.knows(&key) && (is_new || !is_vanilla) {
                merged.insert(name, value.clone());
            }
        }
        merged
    }
}

/// The array of tables that a key lies in; of nested ones the outermost.
fn outermost_list(path: &str) -> Option<Key> {
    let key = Key::parse(path)?;
    let at = key.0.iter().position(|part| matches!(part, KeyPart::Item { .. }))?;
    Some(Key(key.0.get(..at)?.to_vec()))
}

fn tables(draft: &Draft, list: &Key) -> Vec<Map> {
    let Some(Value::List(items)) = draft.get(list) else { return Vec::new() };
    let table = |item: &Value| match item {
        Value::Map(map) => Some(map.clone()),
        _ => None,
    };
    items.iter().filter_map(table).collect()
}

fn is_same_table(left: &Map, right: &Map) -> bool {
    let identity = |map: &Map| map.get("name").or_else(|| map.get("id")).cloned();
    identity(left).is_some() && identity(left) == identity(right)
}
