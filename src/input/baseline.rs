//! The baseline: findings that are known, by their fingerprints.

use std::path::Path;

use super::error::InputError;
use super::front::locate;
use super::reader::Reader;
use super::tree::{Tree, shown_path};
use crate::syntax::SyntaxError;
use crate::syntax::json::Value;

/// What a baseline holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    /// Path as messages show it.
    pub path: String,
    /// The findings in file order.
    pub entries: Vec<BaselineEntry>,
}

/// One known finding. Only the fingerprint identifies it; the rest is for people who review the file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct BaselineEntry {
    /// The node; `None` for the proxy, the hosts file and the inventory.
    pub node: Option<String>,
    /// The file, relative to the node's home.
    pub file: String,
    /// Code of the rule.
    pub code: String,
    /// What was found.
    pub message: String,
    /// Identifies the finding.
    pub fingerprint: String,
}

impl Baseline {
    /// Reads the baseline at this path.
    pub(super) fn read(path: &Path, working_folder: &Path) -> Result<Self, InputError> {
        let shown = shown_path(path, working_folder);
        let (on_disk, is_folder) = locate(path, working_folder)?;
        if is_folder {
            return Err(InputError::Unreadable { path: shown, reason: "it is a folder".to_owned() });
        }
        let mut reader = Reader::new(0, None, Tree::plain_file(on_disk, &shown, shown.clone()));
        let document = reader.json(&shown);
        let read = reader.finish();
        let fault =
            |line, column, reason| InputError::Inventory { path: shown.clone(), line, column, reason };
        let Some(document) = document else {
            let unread = read.unread.into_iter().next();
            return Err(unread.map_or_else(
                || fault(None, None, "cannot be read".to_owned()),
                |unread| fault(unread.line, unread.column, unread.reason),
            ));
        };
        let entries = entries(&document.root).map_err(|error| {
            let position = read.sources.files.first().map(|file| file.position(error.span.start));
            fault(position.map(|place| place.line), position.map(|place| place.column), error.reason)
        })?;
        Ok(Self { path: shown, entries })
    }

    /// The text of a baseline with these entries, in an order of their own and one on each line, so that a change to it
    /// is easy to review.
    pub fn write(mut entries: Vec<BaselineEntry>) -> Result<String, serde_json::Error> {
        entries.sort();
        let lines: Result<Vec<String>, serde_json::Error> =
            entries.iter().map(|entry| Ok(format!("\n    {}", serde_json::to_string(entry)?))).collect();
        let lines = lines?;
        let end = if lines.is_empty() { "" } else { "\n  " };
        Ok(format!("{{\n  \"schema_version\": 1,\n  \"findings\": [{}{end}]\n}}\n", lines.join(",")))
    }
}

fn entries(root: &Value) -> Result<Vec<BaselineEntry>, SyntaxError> {
    let fault = |value: &Value, reason: &str| SyntaxError::at(value.span(), reason);
    match root.get("schema_version").map(|member| &member.value) {
        Some(Value::Number(version)) if version.text == "1" => {}
        Some(value) => return Err(fault(value, "this version of a baseline is not known; known is 1")),
        None => return Err(fault(root, "is no baseline: it has no \"schema_version\"")),
    }
    let Some(Value::Array(_, items)) = root.get("findings").map(|member| &member.value) else {
        return Err(fault(root, "is no baseline: it has no list \"findings\""));
    };
    items
        .iter()
        .map(|item| {
            let text = |name: &str| match item.get(name).map(|member| &member.value) {
                Some(Value::String(text)) => Some(text.text.clone()),
                _ => None,
            };
            let fingerprint = text("fingerprint").ok_or_else(|| fault(item, "has no \"fingerprint\""))?;
            Ok(BaselineEntry {
                node: text("node"),
                file: text("file").unwrap_or_default(),
                code: text("code").unwrap_or_default(),
                message: text("message").unwrap_or_default(),
                fingerprint,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;
    use crate::syntax::json;

    fn read(text: &str) -> Result<Vec<BaselineEntry>, String> {
        let document = json::parse(FileId { owner: 0, index: 0 }, text).unwrap();
        entries(&document.root).map_err(|error| error.reason)
    }

    fn entry(node: Option<&str>, fingerprint: &str) -> BaselineEntry {
        BaselineEntry {
            node: node.map(str::to_owned),
            file: "a.xml".to_owned(),
            code: "CL003".to_owned(),
            message: "a \"b\"\n".to_owned(),
            fingerprint: fingerprint.to_owned(),
        }
    }

    #[test]
    fn what_is_written_is_read_again_in_an_order_of_its_own() {
        let entries = vec![entry(Some("b"), "2"), entry(None, "3"), entry(Some("a"), "1")];
        let text = Baseline::write(entries.clone()).unwrap();
        let sorted = vec![entries[1].clone(), entries[2].clone(), entries[0].clone()];
        assert_eq!(read(&text), Ok(sorted.clone()));
        assert_eq!(Baseline::write(sorted).unwrap(), text);
        assert_eq!(text.lines().count(), 3 + 5);
        assert_eq!(read(&Baseline::write(Vec::new()).unwrap()), Ok(Vec::new()));
    }

    #[test]
    fn what_is_no_baseline_is_said() {
        for (text, word) in [
            ("[]", "schema_version"),
            ("{\"schema_version\": 2, \"findings\": []}", "version"),
            ("{\"schema_version\": 1}", "findings"),
            ("{\"schema_version\": 1, \"findings\": [{\"code\": \"CL003\"}]}", "fingerprint"),
        ] {
            assert!(read(text).unwrap_err().contains(word), "{text}");
        }
    }
}
