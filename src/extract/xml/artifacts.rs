//! Deployed artifacts: which files a node carries under `repository/deployment/server`, and a digest of what each says.

use sha2::{Digest, Sha256};

use crate::extract::files::Files;
use crate::model::gateway::{Artifact, Artifacts};
use crate::syntax::hexadecimal;
use crate::syntax::xml::Element;

/// The folder that the nodes of one gateway group have to have in common.
const SERVER: &str = "repository/deployment/server/";
/// The folders below it that hold artifacts.
const FOLDERS: [&str; 2] =
    ["repository/deployment/server/synapse-configs/default", "repository/deployment/server/executionplans"];

/// Names that untouched packs deploy.
const SHIPPED: &str = include_str!("../../../rules/vanilla/artifacts.list");

/// What an artifact says.
#[derive(Debug, Clone, Copy)]
enum Content<'a> {
    /// Synapse artifacts.
    Xml(&'a Element),
    /// Execution plans (`.siddhiql`).
    Text(&'a str),
}

/// Deployed files; `None` where the input lacks the folders.
pub(in crate::extract) fn artifacts(files: &mut Files) -> Option<Artifacts> {
    if !FOLDERS.iter().any(|folder| files.has_folder(folder)) {
        return None;
    }
    let paths: Vec<_> = FOLDERS.iter().flat_map(|folder| files.list(folder)).collect();
    let mut artifacts: Vec<_> = paths.iter().filter_map(|path| artifact(path, files)).collect();
    artifacts.sort_by(|left, right| left.path.cmp(&right.path));
    let checked_out = files.has_folder("repository/deployment/server/.svn");
    Some(Artifacts { files: artifacts, checked_out })
}

/// One file; `None` where it cannot be read or is no artifact.
fn artifact(path: &str, files: &mut Files) -> Option<Artifact> {
    let digest = if path.ends_with(".xml") {
        digest(Content::Xml(&files.xml(path)?.document.root))
    } else if path.ends_with(".siddhiql") {
        digest(Content::Text(&String::from_utf8_lossy(&files.bytes(path)?)))
    } else {
        return None;
    };
    let span = files.place(path);
    let path = path.strip_prefix(SERVER).unwrap_or(path).to_owned();
    Some(Artifact { vanilla: is_shipped(&path), path, digest, span })
}

/// Names of the jars in `repository/components`; `None` where the input lacks `lib`, so that nothing can be said.
pub(in crate::extract) fn libraries(files: &Files) -> Option<Vec<String>> {
    const LIB: &str = "repository/components/lib";
    if !files.has_folder(LIB) {
        return None;
    }
    let folders = [LIB, "repository/components/dropins", "repository/components/plugins"];
    let names = folders.iter().flat_map(|folder| files.list(folder));
    Some(names.filter_map(|path| path.rsplit('/').next().map(str::to_owned)).collect())
}

/// True when untouched packs deploy a file of this name, whatever it says.
fn is_shipped(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.starts_with('_'))
        || SHIPPED.lines().any(|line| line == path)
}

/// SHA-256 over names, attributes in name order and trimmed texts: formatting and comments change nothing.
fn digest(content: Content<'_>) -> String {
    let mut hasher = Sha256::new();
    match content {
        Content::Xml(root) => feed(root, &mut hasher),
        Content::Text(text) => text.split_whitespace().for_each(|word| {
            hasher.update(word);
            hasher.update([b' ']);
        }),
    }
    hexadecimal(hasher.finalize())
}

/// Recursion is bounded by the parser's limit on nesting.
fn feed(element: &Element, hasher: &mut Sha256) {
    let mut attributes: Vec<_> =
        element.attributes.iter().map(|attribute| (&attribute.name, &attribute.value.text)).collect();
    attributes.sort();
    hasher.update([b'<']);
    hasher.update(&element.name);
    for (name, value) in attributes {
        hasher.update([0]);
        hasher.update(name);
        hasher.update([1]);
        hasher.update(value);
    }
    hasher.update([2]);
    hasher.update(element.text.text.trim());
    for child in &element.children {
        feed(child, hasher);
    }
    hasher.update([b'>']);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;
    use crate::syntax::xml;

    fn digest_of(text: &str) -> String {
        digest(Content::Xml(&xml::parse(FileId { owner: 0, index: 0 }, text).unwrap().root))
    }

    #[test]
    fn formatting_comments_and_attribute_order_do_not_change_a_digest() {
        let plain = digest_of("<api name=\"a\" context=\"/a\"><resource>x</resource></api>");
        let formatted =
            digest_of("<api  context='/a'\n name='a'>\n  <!-- c -->\n  <resource> x </resource>\n</api>");
        assert_eq!(plain, formatted);
        assert_ne!(plain, digest_of("<api name=\"a\" context=\"/b\"><resource>x</resource></api>"));
        assert_ne!(plain, digest_of("<api name=\"a\" context=\"/a\"><resource>y</resource></api>"));
    }

    #[test]
    fn shipped_names_are_told_from_deployed_ones() {
        assert!(is_shipped("synapse-configs/default/sequences/main.xml"));
        assert!(is_shipped("synapse-configs/default/api/_TokenAPI_.xml"));
        assert!(!is_shipped("synapse-configs/default/api/admin--Orders_v1.xml"));
        assert!(!is_shipped("executionplans/10KPerMin.xml"));
    }
}
