//! Files that differ as a whole: what the pack does not ship, what the node deleted, what cannot be read.

use std::collections::BTreeSet;

use super::{Change, Customised};
use crate::catalog::vanilla::{Pack, is_configuration, is_made_at_start};
use crate::diagnostic::Unread;
use crate::input::Tree;
use crate::model::{ConfigModel, Node};
use crate::source::{FileId, Span};
use crate::syntax::settings::Form;

/// Folders in which every further file is a node's own, with the endings that count.
const OWN_FILES: [(&str, &[&str]); 4] = [
    ("repository/components/dropins", &[".jar"]),
    ("repository/components/lib", &[".jar"]),
    ("repository/deployment/server/userstores", &[".xml"]),
    ("repository/resources/security", &[".jks", ".p12", ".pfx", ".pem", ".crt"]),
];

/// Jars that packs ship in `lib`.
const SHIPPED_JARS: &str = include_str!("../../../rules/vanilla/libraries.list");

/// Key stores that packs ship; whether somebody changed them is the business of `check`.
const SHIPPED_STORES: [&str; 2] =
    ["repository/resources/security/client-truststore.jks", "repository/resources/security/wso2carbon.jks"];

/// How a file is compared with that of the pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    /// Setting by setting.
    Settings,
    /// As a whole: an artifact, a template, a text.
    Whole,
    /// Not at all.
    None,
}

/// How the file at this path is compared.
pub(super) fn comparison(path: &str, pack: Option<&Pack>) -> Comparison {
    let holds_settings = path.starts_with("repository/conf/")
        || path.starts_with("repository/deployment/server/eventpublishers/")
        || path.starts_with("repository/deployment/server/eventreceivers/")
        || path.starts_with("repository/deployment/server/jaggeryapps/")
        || path == "repository/resources/tenant-conf.json";
    match pack {
        // What lies beside deployment.toml is made by templates.
        Some(pack) if pack.is_toml() && !pack.has(path) => Comparison::None,
        _ if !is_configuration(path) || is_deployed_api(path) => Comparison::None,
        _ if holds_settings && Form::of(path) != Form::Text => Comparison::Settings,
        _ => Comparison::Whole,
    }
}

/// True for what the publisher deploys for an API, `admin--Orders_v1.xml`: it does so anew.
fn is_deployed_api(path: &str) -> bool {
    path.starts_with("repository/deployment/server/synapse-configs/") && path.contains("--")
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
    if node.is_home && node.config_model == ConfigModel::Xml {
        let shipped = || pack.into_iter().flat_map(Pack::paths);
        // What an overlay leaves out is as in the pack, and so are folders that a copy of a home leaves out.
        let given: BTreeSet<&str> = shipped().filter(|path| tree.has(path)).map(folder).collect();
        let missing = shipped()
            .filter(|path| given.contains(folder(path)) && !tree.has(path) && !is_made_at_start(path));
        missing.for_each(|path| add(path, Change::FileRemoved));
    }
    found
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A file as a whole.
pub(super) fn whole(node: &Node, file: &str, change: Change, line: u32) -> Customised {
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
            || pack.is_some_and(|pack| pack.has(path))
    };
    let listed = OWN_FILES.iter().flat_map(|(folder, endings)| {
        let files = tree.list(folder).into_iter();
        files.filter(|path| endings.iter().any(|ending| path.ends_with(ending)))
    });
    listed.filter(|path| !is_shipped(path)).collect()
}
