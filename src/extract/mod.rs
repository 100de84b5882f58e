//! The bridge from what files say to what they mean: each node's files become a [`Node`], whatever their era.

pub(crate) mod files;
pub mod hosts;
mod identify;
mod key_store_files;
mod listeners;
mod mentions;
mod misnamed;
pub mod proxy;
mod shape;
mod start_script;
#[cfg(test)]
mod tests;
mod toml;
mod updates;
pub mod variables;
mod vault;
pub mod view;
mod xml;

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::catalog::vanilla;
use crate::diagnostic::Unread;
use crate::input::inventory::Inventory;
use crate::input::{OpenNode, Parsed, Read, Reader, Tree};
use crate::model::{ConfigModel, Node, Product, Version};
use crate::source::{FileId, OwnerSources};
use files::Files;
use identify::{Given, Identification, Peers};

/// What the command line says about all nodes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// `--product-version`.
    pub product_version: Option<Version>,
    /// Every configuration file is read, whether rules ask for it or not.
    pub everything: bool,
}

/// A node with the files that it was read from.
#[derive(Debug)]
pub struct Extracted {
    /// The node; its roles come with the deployment.
    pub node: Node,
    /// The texts of its files.
    pub sources: OwnerSources,
    /// What could not be read.
    pub unread: Vec<Unread>,
    /// All its files.
    pub tree: Tree,
}

/// Hazelcast's own configuration: where it is there, the cluster settings of the server are not read.
const HAZELCAST: &str = "repository/conf/hazelcast.xml";

/// Folders of which rules ask what lies in them.
const LISTED: [&str; 8] = [
    "bin",
    "repository/components/dropins",
    "repository/components/lib",
    "repository/conf",
    "repository/deployment/server/eventpublishers",
    "repository/deployment/server/executionplans",
    "repository/deployment/server/synapse-configs/default",
    "repository/deployment/server/userstores",
];

/// Reads what the rules need of the nodes of one deployment and lowers them; what nodes do not tell of their version
/// the others may. A node owns its files under its place in the list.
pub fn extract_nodes(nodes: Vec<OpenNode>, inventory: &Inventory, options: &Options) -> Vec<Extracted> {
    let surveyed: Vec<_> = nodes
        .into_par_iter()
        .enumerate()
        .map(|(index, OpenNode { name, tree })| {
            let path = tree.path().to_owned();
            let owner = u16::try_from(index).unwrap_or(u16::MAX);
            let mut files = Files::new(Reader::new(owner, Some(name.clone()), tree));
            let given = Given::of(&name, inventory, options.product_version);
            let told = identify::identify(&mut files, &name, given);
            (name, path, files, told)
        })
        .collect();
    let peers = Peers::of(surveyed.iter().map(|(.., told)| told));
    surveyed
        .into_par_iter()
        .enumerate()
        .map(|(index, (name, path, files, told))| {
            lower(index, &name, &path, files, told.among(&peers), options)
        })
        .collect()
}

/// Reads what the rules need of one opened node, regardless of others, and lowers it. `index` is its place among the
/// nodes and the owner of its files.
pub fn extract_node(
    index: usize,
    name: &str,
    path: &str,
    reader: Reader,
    inventory: &Inventory,
    options: &Options,
) -> Extracted {
    let mut files = Files::new(reader);
    let told = identify::identify(&mut files, name, Given::of(name, inventory, options.product_version));
    lower(index, name, path, files, told, options)
}

fn lower(
    index: usize,
    name: &str,
    path: &str,
    mut files: Files,
    told: Identification,
    options: &Options,
) -> Extracted {
    files.set_pack(pack(&told));
    let main = match told.model {
        ConfigModel::Xml => "repository/conf/carbon.xml",
        ConfigModel::Toml => "repository/conf/deployment.toml",
    };
    let mut node = Node {
        path: path.to_owned(),
        product: told.product,
        version: told.version,
        version_evidence: told.evidence,
        version_stated: told.stated_at,
        config_model: told.model,
        is_home: files.is_home(),
        files: LISTED.iter().flat_map(|folder| files.list(folder)).collect(),
        system_properties: start_script::system_properties(&mut files),
        ..Node::nameless(index, name, files.place(main))
    };
    node.update_level = updates::level(&mut files);
    node.patches = updates::patches(&files);
    match told.model {
        ConfigModel::Xml => {
            xml::extract(&mut node, &mut files);
            let has_toml = files.has(toml::DEPLOYMENT);
            node.ignored_deployment_toml = has_toml.then(|| files.place(toml::DEPLOYMENT));
        }
        ConfigModel::Toml => toml::extract(&mut node, &mut files),
    }
    if let Some(clustering) = &mut node.clustering {
        clustering.own_file = files.written_xml(HAZELCAST).map(|document| document.root.start_tag);
    }
    node.misnamed = misnamed::misnamed(&node, &mut files);
    if options.everything {
        files.read_everything();
    }
    let Read { sources, unread, unparsed, documents, tree } = files.finish();
    node.unparsed = unparsed;
    node.documents = placed(index, &sources, documents);
    Extracted { node, sources, unread, tree }
}

/// The untouched pack of a product in the nearest version that is known. Where the version of an XML node is not, the
/// last one stands in: what rules ask of files that nobody touched hardly changed in that generation.
fn pack(told: &Identification) -> Option<&'static vanilla::Pack> {
    let last = match (told.product, told.model) {
        (Product::ApiManager, ConfigModel::Xml) => Some(Version::new(2, 6, 0)),
        (Product::AppManager, _) => Some(Version::new(1, 2, 0)),
        (Product::ApiManager, ConfigModel::Toml) => None,
        (Product::IdentityServer | Product::Analytics | Product::Unknown, _) => return None,
    };
    vanilla::nearest(told.product.as_str(), &told.version.or(last)?.to_string())
}

/// The parsed files with their ids.
fn placed(
    index: usize,
    sources: &OwnerSources,
    documents: BTreeMap<String, Parsed>,
) -> BTreeMap<String, (FileId, Parsed)> {
    let owner = u16::try_from(index).unwrap_or(u16::MAX);
    let ids: BTreeMap<&str, FileId> = sources
        .files
        .iter()
        .zip(0_u16..)
        .filter(|(file, _)| !file.absent)
        .map(|(file, index)| (file.path.as_str(), FileId { owner, index }))
        .collect();
    documents
        .into_iter()
        .filter_map(|(path, parsed)| Some((path.clone(), (*ids.get(path.as_str())?, parsed))))
        .collect()
}
