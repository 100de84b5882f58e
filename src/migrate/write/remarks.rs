//! Comments in a deployment.toml: what people wrote beside the legacy setting, and where it stood.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Assignment, Customised, KeyPart, Legacy, Target};
use super::place;

/// More places than these are counted, not listed.
const MOST_PLACES: usize = 3;

/// The comments of one file.
pub(super) struct Remarks<'a> {
    customised: &'a [Customised],
    /// Of tables whose keys all come from one file, that file and the lines.
    heads: BTreeMap<Vec<KeyPart>, (&'a str, BTreeSet<u32>)>,
    said: BTreeSet<&'a str>,
}

impl<'a> Remarks<'a> {
    pub(super) fn new(legacy: &'a Legacy<'_>, assignments: &[Assignment]) -> Self {
        let customised = legacy.customised.as_slice();
        let mut tables: BTreeMap<Vec<KeyPart>, Vec<Option<&Customised>>> = BTreeMap::new();
        for assignment in assignments {
            let Some((_, table)) = assignment.key.0.split_last() else { continue };
            let origins = tables.entry(place(table)).or_default();
            // A key that the target needs besides says nothing of where the others come from.
            origins.extend(assignment.from.iter().map(|index| customised.get(*index)));
        }
        let mut heads = BTreeMap::new();
        for (table, origins) in tables {
            let origins: Vec<&Customised> = origins.into_iter().flatten().collect();
            let Some(first) = origins.first().filter(|_| origins.len() > 1) else { continue };
            if origins.iter().all(|origin| origin.file == first.file) {
                let lines = origins.iter().map(|origin| origin.line).collect();
                heads.insert(table, (first.file.as_str(), lines));
            }
        }
        Self { customised, heads, said: BTreeSet::new() }
    }

    /// What stands above a table.
    pub(super) fn of_table(&self, table: &[KeyPart]) -> String {
        match self.heads.get(&place(table)) {
            Some((file, lines)) => format!("\n# {}\n", origin(file, lines)),
            None => String::new(),
        }
    }

    /// What stands above a key and behind its value. `[secrets]` has no comments: ciphertool loses keys at them.
    pub(super) fn of(&mut self, assignment: &Assignment) -> (String, String) {
        let from: Vec<&'a Customised> =
            assignment.from.iter().filter_map(|index| self.customised.get(*index)).collect();
        let mut above = String::new();
        for remark in from.iter().filter_map(|setting| setting.comment.as_deref()) {
            if self.said.insert(remark) {
                remark
                    .lines()
                    .for_each(|line| above.push_str(&format!("# {}\n", line.replace(char::is_control, " "))));
            }
        }
        let table = assignment.key.0.split_last().map(|(_, table)| place(table)).unwrap_or_default();
        if from.is_empty() || self.heads.contains_key(&table) {
            return (above, String::new());
        }
        let mut files: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
        for setting in &from {
            files.entry(&setting.file).or_default().insert(setting.line);
        }
        let places: Vec<String> =
            files.iter().take(MOST_PLACES).map(|(file, lines)| origin(file, lines)).collect();
        let more = files.len().saturating_sub(MOST_PLACES);
        let more = if more > 0 { format!(" and {more} more files") } else { String::new() };
        (above, format!(" # {}{more}", places.join(", ")))
    }
}

/// `carbon.xml:27`, `axis2/axis2.xml:120-155`.
fn origin(file: &str, lines: &BTreeSet<u32>) -> String {
    let file = file.strip_prefix("repository/conf/").unwrap_or(file);
    match (lines.first(), lines.last()) {
        (Some(first), Some(last)) if first != last => format!("{file}:{first}-{last}"),
        (Some(first), _) => format!("{file}:{first}"),
        _ => file.to_owned(),
    }
}

/// The first lines of a file that is written from nothing.
pub(super) fn head(legacy: &Legacy<'_>, target: &Target) -> String {
    let node = legacy.node;
    let from = node.version.map(|version| format!(" {version}")).unwrap_or_default();
    let name = node.name.replace(char::is_control, " ");
    let product = if node.is_app_manager() { "App Manager" } else { "API Manager" };
    format!(
        "# {name}: {product}{from} migrated to {} by apimlint.\n# Behind each setting stands where it comes from. \
         What is left for a person to do: report.md.\n\n",
        target.version
    )
}
