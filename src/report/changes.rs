//! What rendering would change, as JSON; for people the diffs are printed as they are.

use serde::Serialize;

use crate::render::changes::Change;

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    files: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    path: &'a str,
    diff: std::borrow::Cow<'a, str>,
}

/// One JSON document, ended by a line feed.
pub fn report_json(changes: &[Change]) -> Result<String, serde_json::Error> {
    let files = changes
        .iter()
        .map(|change| Entry { path: &change.path, diff: String::from_utf8_lossy(&change.diff) });
    serde_json::to_string_pretty(&Document { schema_version: 1, files: files.collect() })
        .map(|text| text + "\n")
}
