//! What a run is given: nodes in any layout, what stands in front of them, and the inventory; files are read on demand.

mod archive;
pub mod argument;
pub mod baseline;
pub mod error;
pub mod front;
pub mod inventory;
mod layout;
pub mod pack;
pub mod reader;
mod section;
mod store;
#[cfg(test)]
mod tests;
pub mod tree;

use std::path::Path;
use std::sync::Arc;

pub use argument::{BaselineRequest, NodeArgument, Request, STDIN, Stdin};
pub use baseline::{Baseline, BaselineEntry};
pub use error::{InputError, refusal};
pub use front::{HostsRead, ProxyRead, read_hosts, read_proxy};
pub use inventory::{Inventory, InventoryRead, read_inventory};
pub use pack::PackFiles;
pub use reader::{Read, Reader, Unparsed};
pub use store::MOST_FILE_BYTES;
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

/// The inputs of one run, opened. Owners of files are the nodes by index, then the proxy, the hosts file and the
/// inventory, in this order, each with an index of its own whether it was given or not.
#[derive(Debug)]
pub struct Input {
    /// The nodes that could be opened, in order.
    pub nodes: Vec<OpenNode>,
    /// The nginx configuration.
    pub proxy: Option<ProxyRead>,
    /// The hosts file.
    pub hosts: Option<HostsRead>,
    /// The inventory; empty where there is none. Its faults are in `errors`.
    pub inventory: InventoryRead,
    /// The findings that are known; empty where there is no baseline.
    pub baseline: Baseline,
    /// What could not be opened, with the name of the node where it has one.
    pub errors: Vec<(Option<String>, InputError)>,
}

impl Input {
    /// Opens everything that a request names. What cannot be opened becomes an error, and the rest goes on. Nodes,
    /// proxy and hosts file of the command line win over those of the inventory.
    pub fn open(request: &Request) -> Self {
        let folder = &request.working_folder;
        let config = request.config.clone().or_else(|| inventory::discover(folder));
        let read =
            |owner: u16| config.as_ref().map(|path| read_inventory(owner, path, folder)).unwrap_or_default();
        let arguments = arguments(request, &read(0).inventory);
        let (nodes, mut errors) = open_nodes(&arguments, request.stdin.as_ref(), folder);
        let owner = |past: usize| u16::try_from(nodes.len() + past).unwrap_or(u16::MAX);
        // The nodes come before the inventory that may name them, so that its owner is known only now.
        let inventory = read(owner(2));
        errors.extend(inventory.errors.iter().map(|error| (None, error.clone())));
        let mut keep = |error: InputError| errors.push((None, error));
        let proxy = request.proxy.as_ref().or(inventory.inventory.proxy.as_ref());
        let proxy = proxy.and_then(|path| read_proxy(owner(0), path, folder).map_err(&mut keep).ok());
        let hosts = request.hosts.as_ref().or(inventory.inventory.hosts.as_ref());
        let hosts = hosts.and_then(|path| read_hosts(owner(1), path, folder).map_err(&mut keep).ok());
        let baseline = match &request.baseline {
            BaselineRequest::Inventory => inventory.inventory.baseline.as_ref(),
            BaselineRequest::File(path) => Some(path),
            BaselineRequest::Off => None,
        };
        let baseline = baseline.and_then(|path| Baseline::read(path, folder).map_err(&mut keep).ok());
        Self { nodes, proxy, hosts, inventory, baseline: baseline.unwrap_or_default(), errors }
    }
}

/// The nodes of the command line, each under the inventory's name for its path unless it has one; without any, those
/// of the inventory.
fn arguments(request: &Request, inventory: &Inventory) -> Vec<NodeArgument> {
    let known =
        inventory.nodes.iter().filter_map(|node| node.path.as_ref().map(|path| (&node.name.text, path)));
    if request.nodes.is_empty() {
        return known
            .map(|(name, path)| NodeArgument { name: Some(name.clone()), path: path.clone() })
            .collect();
    }
    let folder = &request.working_folder;
    let known: Vec<_> = known.map(|(name, path)| (name, argument::lexical(path, folder))).collect();
    let mut arguments = request.nodes.clone();
    for argument in &mut arguments {
        let stdin = request.stdin.as_ref().filter(|_| argument.path == Path::new(STDIN));
        if let Some(stdin) = stdin {
            argument.path = stdin.path.clone();
        }
        if argument.name.is_none() {
            let path = argument::lexical(&argument.path, folder);
            // A file over standard input belongs to the node in whose folder it would lie.
            let is_its = |known: &Vec<String>| *known == path || stdin.is_some() && path.starts_with(known);
            argument.name = known.iter().find(|(_, known)| is_its(known)).map(|(name, _)| (*name).clone());
        }
    }
    arguments
}

/// Opens nodes. What cannot be opened is in the second list, with the name it would have, and the rest goes on.
pub fn open_nodes(
    nodes: &[NodeArgument],
    stdin: Option<&Stdin>,
    working_folder: &Path,
) -> (Vec<OpenNode>, Vec<(Option<String>, InputError)>) {
    let names = argument::names(nodes, working_folder);
    let open = |path: &Path| match stdin.filter(|stdin| stdin.path == path) {
        Some(stdin) => Tree::open_content(path, &stdin.bytes, working_folder),
        None => Tree::open(path, working_folder),
    };
    let outcomes: Vec<_> = nodes
        .par_iter()
        .zip(names)
        .map(|(argument, name)| match name {
            Err(error) => Err((None, error)),
            Ok(name) => match open(&argument.path) {
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
