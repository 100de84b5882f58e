//! The schemas of the embedded versions, and what `rules/schema` holds.

use std::collections::BTreeMap;

use super::Retired;
use crate::target::embedded;
use crate::target::history::between;
use crate::target::keys::{Index, catalogue, parse};
use crate::target::pattern::Pattern;

/// The name of the file that says all that is known of each key.
pub const CATALOGUE: &str = "keys.catalogue";

/// Keys that the packs' own deployment.tomls and their examples hold and no version reads.
const UNREAD: &str = include_str!("../../../rules/schema/unread.keys");

/// The keys that older versions read, oldest version first, and this one does not; and those that nothing ever read.
#[must_use]
pub fn retired(index: &Index, older: &[(&str, Index)]) -> Vec<Retired> {
    let mut retired: BTreeMap<&Pattern, Retired> = BTreeMap::new();
    for (version, old) in older.iter().rev() {
        let history = between(old, index);
        let renamed: BTreeMap<&Pattern, &Pattern> =
            history.renamed.iter().map(|(from, to)| (&from.pattern, &to.pattern)).collect();
        for key in old.keys().iter().filter(|key| !index.knows(&key.pattern)) {
            retired.entry(&key.pattern).or_insert_with(|| Retired {
                pattern: key.pattern.clone(),
                last: Some((*version).to_owned()),
                renamed_to: renamed.get(&key.pattern).map(|pattern| (*pattern).clone()),
            });
        }
    }
    let unread = UNREAD.lines().filter_map(parse).filter(|pattern| !index.knows(pattern));
    let unread: Vec<Pattern> = unread.filter(|pattern| !retired.contains_key(pattern)).collect();
    let unread = unread.into_iter().map(|pattern| Retired { pattern, last: None, renamed_to: None });
    retired.into_values().chain(unread).collect()
}

/// The schema of the version at this place of the indexes.
fn schema(indexes: &[(&'static str, Index)], place: usize) -> Option<String> {
    let (version, index) = indexes.get(place)?;
    let retired = retired(index, indexes.get(..place)?);
    Some(super::write(&super::of(version, index, &retired)))
}

/// The schema of an embedded version.
#[must_use]
pub fn of_version(version: &str) -> Option<String> {
    let place = embedded::all().position(|embedded| embedded.version == version)?;
    let known = embedded::all().take(place + 1).map(|embedded| embedded.version);
    let indexes: Vec<_> = known.map(|version| (version, Index::of_version(version))).collect();
    schema(&indexes, place)
}

/// All files of `rules/schema` that are made of the models, by name.
#[must_use]
pub fn files() -> Vec<(String, String)> {
    let models = embedded::all().map(|embedded| (embedded.version, Index::of_model(embedded.model())));
    let indexes: Vec<_> = models.collect();
    let schemas = (0..indexes.len()).filter_map(|place| {
        let (version, _) = indexes.get(place)?;
        Some((format!("wso2am-{version}.schema.json"), schema(&indexes, place)?))
    });
    schemas.chain([(CATALOGUE.to_owned(), catalogue::write(&indexes))]).collect()
}
