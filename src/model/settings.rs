//! The settings of a node's files: what the node writes, and what the untouched pack has where the node leaves a file out.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::node::{Node, Product};
use crate::catalog::vanilla::{self, Pack};
use crate::input::Parsed;
use crate::source::{FileId, Span};
use crate::syntax::settings::{Form, Kind, Setting, Settings};

/// The untouched pack of a node's version, else of the nearest one before it.
pub fn pack(node: &Node) -> Option<&'static Pack> {
    match node.product {
        Product::ApiManager | Product::AppManager => {
            vanilla::nearest(node.product.as_str(), &node.version?.to_string())
        }
        Product::IdentityServer | Product::Analytics | Product::Unknown => None,
    }
}

/// The settings of a file as the server sees them: the node's own, else those of the pack.
pub fn of(node: &Node, pack: Option<&Pack>, path: &str) -> Vec<Setting> {
    match node.documents.get(path) {
        Some((_, parsed)) => written(parsed),
        None => pack.map(|pack| vanilla_settings(pack, path)).unwrap_or_default(),
    }
}

/// The settings of a parsed file; none of what stands in front of the nodes.
pub fn written(parsed: &Parsed) -> Vec<Setting> {
    match parsed {
        Parsed::Xml(document) => document.settings(),
        Parsed::Properties(document) => document.settings(),
        Parsed::Toml(document) => document.settings(),
        Parsed::Json(document) => document.settings(),
        Parsed::Nginx(_) | Parsed::Hosts(_) => Vec::new(),
    }
}

/// The settings of a file of the pack; they stand in no file.
pub fn vanilla_settings(pack: &Pack, path: &str) -> Vec<Setting> {
    let settings = match Form::of(path) {
        Form::Xml => pack.xml(path, FileId::NOWHERE).map(|document| document.settings()),
        Form::Properties => pack.properties(path, FileId::NOWHERE).map(|document| document.settings()),
        Form::Json | Form::Toml => pack.json(path, FileId::NOWHERE).map(|document| document.settings()),
        Form::Text => {
            let setting = |(path, value): (Cow<'_, str>, String)| Setting {
                path: path.into_owned(),
                value,
                kind: Kind::Text,
                span: Span::new(FileId::NOWHERE, 0, 0),
            };
            Some(pack.settings(path).map(setting).collect())
        }
    };
    settings.unwrap_or_default()
}

/// Servlet connectors are told apart by what they speak: a port may differ.
pub fn connectors_by_scheme(mut settings: Vec<Setting>) -> Vec<Setting> {
    let element = |path: &str| {
        let start = path.find("/Connector[@port=")?;
        let end = start + path.get(start..)?.find(']')? + 1;
        Some((start, end))
    };
    let mut secure: BTreeSet<String> = BTreeSet::new();
    for setting in &settings {
        if let Some((_, end)) = element(&setting.path)
            && setting.path.get(end..) == Some("/@SSLEnabled")
            && setting.value.trim().eq_ignore_ascii_case("true")
        {
            secure.extend(setting.path.get(..end).map(str::to_owned));
        }
    }
    for setting in &mut settings {
        if let Some((start, end)) = element(&setting.path) {
            let (before, behind) =
                (setting.path.get(..start).unwrap_or(""), setting.path.get(end..).unwrap_or(""));
            let speaks =
                if secure.contains(setting.path.get(..end).unwrap_or("")) { "https" } else { "http" };
            setting.path = format!("{before}/Connector[@scheme='{speaks}']{behind}");
        }
    }
    settings
}
