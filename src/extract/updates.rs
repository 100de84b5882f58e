//! What a node notes of its updates and patches.

use std::collections::BTreeSet;

use super::files::Files;
use crate::model::{Origin, Setting};
use crate::syntax::json::Value;

const CONFIGURATION: &str = "updates/config.json";
const PATCHES: &str = "repository/components/patches";
/// Keeps the jars that patches replaced.
const ORIGINALS: &str = "patch0000";

/// The level of WSO2 Updates that the node states.
pub(super) fn level(files: &mut Files) -> Option<Setting> {
    if !files.has(CONFIGURATION) {
        return None;
    }
    let (document, origin) = files.json(CONFIGURATION)?;
    match &document.root.get("update-level")?.value {
        Value::String(scalar) | Value::Number(scalar) if origin == Origin::Written => {
            Some(Setting::read(scalar, origin))
        }
        _ => None,
    }
}

/// Names of the patches that the node has.
pub(super) fn patches(files: &Files) -> BTreeSet<String> {
    let paths = files.list(PATCHES);
    let names =
        paths.iter().filter_map(|path| path.strip_prefix(PATCHES)?.trim_start_matches('/').split_once('/'));
    names
        .map(|(folder, _)| folder.to_owned())
        .filter(|folder| folder.starts_with("patch") && folder != ORIGINALS)
        .collect()
}
