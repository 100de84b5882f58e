//! Files that differ as a whole: what the pack does not ship, what the node deleted, what cannot be read.

use std::collections::BTreeSet;

use super::{Change, Customised};
use crate::catalog::vanilla::Pack;
use crate::diagnostic::Unread;
use crate::input::Tree;
use crate::model::{ConfigModel, Node};
use crate::source::{FileId, Span};

/// Where deployed files lie.
const SERVER: &str = "repository/deployment/server/";

/// Folders in which every further file is a node's own, with the endings that count.
const OWN_FILES: [(&str, &[&str]); 5] = [
    ("repository/components/dropins", &[".jar"]),
    ("repository/components/lib", &[".jar"]),
    ("repository/deployment/server/eventstreams", &[".json"]),
    ("repository/deployment/server/userstores", &[".xml"]),
    ("repository/resources/security", &[".jks", ".p12", ".pfx", ".pem", ".crt"]),
];

/// Jars that packs ship in `lib`.
const SHIPPED_JARS: &str = include_str!("../../../rules/vanilla/libraries.list");

/// Key stores that packs ship; whether somebody changed them is the business of `check`.
const SHIPPED_STORES: [&str; 2] =
    ["repository/resources/security/client-truststore.jks", "repository/resources/security/wso2carbon.jks"];

/// True where the settings of a file are compared one by one.
pub(super) fn holds_settings(path: &str, pack: Option<&Pack>) -> bool {
    let is_configuration = || {
        path.starts_with("repository/conf/")
            || path.starts_with("repository/deployment/server/eventpublishers/")
            || path.starts_with("repository/deployment/server/eventreceivers/")
            || path.ends_with("/site/conf/site.json")
    };
    pack.is_some_and(|pack| pack.has(path))
        || match pack {
            // What lies beside deployment.toml is made by templates.
            Some(pack) if pack.is_toml() => path == "repository/conf/deployment.toml",
            _ => is_configuration(),
        }
}

/// The files of a node that differ as a whole.
pub(super) fn customised(
    node: &Node,
    tree: &Tree,
    unread: &[Unread],
    pack: Option<&Pack>,
) -> Vec<Customised> {
    let of_node = |unread: &&Unread| unread.node.as_deref() == Some(node.name.as_str());
    let mut found: Vec<Customised> = Vec::new();
    for unread in unread.iter().filter(of_node) {
        if found.iter().all(|known| known.file != unread.file) {
            let line = unread.line.unwrap_or(1);
            found.push(whole(node, &unread.file, Change::FileUnread, line));
        }
    }
    let broken: BTreeSet<String> = found.iter().map(|customised| customised.file.clone()).collect();
    let mut add = |path: &str, change| {
        if !broken.contains(path) {
            found.push(whole(node, path, change, 1));
        }
    };
    own_files(tree, pack).iter().for_each(|path| add(path, Change::FileAdded));
    artifacts(node, pack).iter().for_each(|path| add(path, Change::FileAdded));
    // What an overlay leaves out is as in the pack.
    if node.is_home && node.config_model == ConfigModel::Xml {
        let missing = pack.into_iter().flat_map(Pack::paths).filter(|path| !tree.has(path));
        missing.for_each(|path| add(path, Change::FileRemoved));
    }
    found
}

fn whole(node: &Node, file: &str, change: Change, line: u32) -> Customised {
    let owner = u16::try_from(node.index).unwrap_or(u16::MAX);
    Customised {
        file: file.to_owned(),
        path: String::new(),
        change,
        value: None,
        vanilla: None,
        span: Span::new(FileId { owner, index: u16::MAX }, 0, 0),
        line,
        secret: false,
        shown: None,
        vanilla_shown: None,
        comment: None,
    }
}

fn own_files(tree: &Tree, pack: Option<&Pack>) -> Vec<String> {
    let jars = || SHIPPED_JARS.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let is_shipped = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        SHIPPED_STORES.contains(&path)
            || path.ends_with(".jar") && jars().any(|start| name.starts_with(start))
            || path.ends_with(".json") && name.starts_with("org.wso2.")
            || pack.is_some_and(|pack| pack.has(path))
    };
    let listed = OWN_FILES.iter().flat_map(|(folder, endings)| {
        let files = tree.list(folder).into_iter();
        files.filter(|path| endings.iter().any(|ending| path.ends_with(ending)))
    });
    listed.filter(|path| !is_shipped(path)).collect()
}

/// Deployed artifacts; those of APIs, which the publisher deploys anew, are left out.
fn artifacts(node: &Node, pack: Option<&Pack>) -> Vec<String> {
    let files = node.artifacts.iter().flat_map(|artifacts| &artifacts.files);
    files
        .filter(|artifact| !artifact.vanilla && !artifact.path.contains("--"))
        .map(|artifact| format!("{SERVER}{}", artifact.path))
        .filter(|path| pack.is_none_or(|pack| !pack.has(path)))
        .collect()
}
