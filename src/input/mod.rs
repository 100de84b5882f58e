//! What a run is given: nodes in any layout, what stands in front of them, and the inventory; files are read on demand.

mod archive;
pub mod argument;
pub mod error;
pub mod inventory;
mod layout;
pub mod reader;
mod store;
#[cfg(test)]
mod tests;
pub mod tree;

use std::path::Path;
use std::sync::Arc;

pub use argument::{NodeArgument, Request};
pub use error::InputError;
pub use reader::{Read, Reader};
pub use tree::{Tree, TreeKind};

use rayon::prelude::*;

use crate::syntax::{hosts, json, nginx, properties, toml, xml};

/// A parsed file.
#[derive(Debug, Clone)]
pub enum Parsed {
    /// XML.
    Xml(Arc<xml::Document>),
    /// JSON.
    Json(Arc<json::Document>),
    /// Java properties.
    Properties(Arc<properties::Document>),
    /// TOML.
    Toml(Arc<toml::Document>),
    /// nginx.
    Nginx(Arc<nginx::Document>),
    /// A hosts file.
    Hosts(Arc<hosts::Document>),
}

/// A node that could be opened.
#[derive(Debug)]
pub struct OpenNode {
    /// Its name.
    pub name: String,
    /// Its files.
    pub tree: Tree,
}

/// Opens nodes. What cannot be opened is in the second list, with the name it would have, and the rest goes on.
pub fn open_nodes(
    nodes: &[NodeArgument],
    working_folder: &Path,
) -> (Vec<OpenNode>, Vec<(Option<String>, InputError)>) {
    let names = argument::names(nodes, working_folder);
    let outcomes: Vec<_> = nodes
        .par_iter()
        .zip(names)
        .map(|(argument, name)| match name {
            Err(error) => Err((None, error)),
            Ok(name) => match Tree::open(&argument.path, working_folder) {
                Ok(tree) => Ok(OpenNode { name, tree }),
                Err(error) => Err((Some(name), error)),
            },
        })
        .collect();
    let (mut opened, mut errors) = (Vec::new(), Vec::new());
    for outcome in outcomes {
        match outcome {
            Ok(node) => opened.push(node),
            Err(error) => errors.push(error),
        }
    }
    (opened, errors)
}
