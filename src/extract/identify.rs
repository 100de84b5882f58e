//! Which product and version a node runs, and whether XML or deployment.toml configures it.

use std::collections::BTreeMap;

use super::files::Files;
use super::shape;
use super::view::View;
use crate::input::inventory::Inventory;
use crate::model::node::VersionEvidence;
use crate::model::{ConfigModel, Origin, Product, Setting, Version};
use crate::source::Span;
use crate::syntax::Scalar;

const CARBON: &str = "repository/conf/carbon.xml";
const DEPLOYMENT: &str = "repository/conf/deployment.toml";
const API_MANAGER: &str = "repository/conf/api-manager.xml";
const VERSION: &str = "bin/version.txt";

/// What the command line and the inventory say of a node.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Given {
    /// The inventory's word about this node.
    pub product: Option<Product>,
    /// Likewise.
    pub version: Option<Version>,
    /// `--product-version`: of every API Manager and App Manager node.
    pub common: Option<Version>,
    /// The inventory's word about the nodes that do not tell.
    pub fallback: Option<Version>,
}

impl Given {
    /// Joins what both say of the node with this name.
    pub fn of(name: &str, inventory: &Inventory, common: Option<Version>) -> Self {
        let version = |text: Option<&Scalar>| text.and_then(|text| Version::parse(&text.text));
        let node = inventory.node(name);
        let is_key_manager =
            node.is_some_and(|node| node.roles.iter().any(|role| role.text == "is-key-manager"));
        let by_role = is_key_manager.then_some(Product::IdentityServer);
        Self {
            product: node.and_then(|node| product_named(&node.product.as_ref()?.text)).or(by_role),
            version: version(node.and_then(|node| node.version.as_ref())),
            common,
            fallback: version(inventory.version.as_ref()),
        }
    }
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identification {
    pub product: Product,
    pub version: Option<Version>,
    pub evidence: VersionEvidence,
    /// True for a version that nothing in the files speaks for or against.
    pub is_guess: bool,
    pub model: ConfigModel,
    /// What states the version.
    pub stated_at: Option<Span>,
}

impl Identification {
    /// A node that does not state its version has that of the nodes beside it, if they agree.
    pub fn among(self, peers: &Peers) -> Self {
        let stated = peers.stated.get(&(self.product, self.model)).copied().flatten();
        match (self.evidence, stated.or_else(|| peers.shown_to(&self))) {
            (VersionEvidence::Shape | VersionEvidence::None, Some(version)) => {
                Self { version: Some(version), evidence: VersionEvidence::Shape, is_guess: false, ..self }
            }
            _ => self,
        }
    }
}

/// Versions of the nodes of one deployment by product and configuration model.
#[derive(Debug, Default)]
pub(super) struct Peers {
    /// What the nodes state, where all that do agree.
    stated: BTreeMap<(Product, ConfigModel), Option<Version>>,
    /// What the shape of most of the others shows.
    shown: BTreeMap<(Product, ConfigModel), Version>,
    /// The newest version of each generation that the shape of a deployment.toml shows: only some nodes of a deployment
    /// have a key that came late.
    newest: BTreeMap<(Product, u16), Version>,
}

impl Peers {
    /// What the nodes of a deployment say of their versions.
    pub fn of<'a>(nodes: impl Iterator<Item = &'a Identification>) -> Self {
        let mut stated: BTreeMap<(Product, ConfigModel), Option<Version>> = BTreeMap::new();
        let mut counts: BTreeMap<(Product, ConfigModel), BTreeMap<Version, usize>> = BTreeMap::new();
        let mut newest: BTreeMap<(Product, u16), Version> = BTreeMap::new();
        for node in nodes {
            let key = (node.product, node.model);
            let Some(version) = node.version else { continue };
            if matches!(node.evidence, VersionEvidence::Given | VersionEvidence::Stated) {
                let known = stated.entry(key).or_insert(Some(version));
                *known = known.filter(|known| *known == version);
            } else if !node.is_guess {
                *counts.entry(key).or_default().entry(version).or_default() += 1;
                if node.model == ConfigModel::Toml {
                    let known = newest.entry((node.product, version.major)).or_insert(version);
                    *known = version.max(*known);
                }
            }
        }
        let most = |counts: BTreeMap<Version, usize>| counts.into_iter().max_by_key(|(_, count)| *count);
        let shown = counts.into_iter().filter_map(|(key, counts)| Some((key, most(counts)?.0)));
        Self { stated, shown: shown.collect(), newest }
    }

    /// The version that the shape of all nodes shows of one that does not state it.
    fn shown_to(&self, node: &Identification) -> Option<Version> {
        let of_others = || self.shown.get(&(node.product, node.model)).copied();
        let version = if node.is_guess { of_others()? } else { node.version? };
        let newest = self.newest.get(&(node.product, version.major));
        Some(newest.copied().unwrap_or(version))
    }
}

/// Tells what a node is. Of a node with version.txt, carbon.xml is not asked: beside a deployment.toml it is a rendered
/// copy.
pub(super) fn identify(files: &mut Files, name: &str, given: Given) -> Identification {
    let has_toml = files.has(DEPLOYMENT);
    let stated = stated_by_version_file(files);
    let carbon = (!has_toml || (stated.1.is_none() && given.version.or(given.common).is_none()))
        .then(|| files.written_xml(CARBON))
        .flatten();
    let by_carbon = carbon.as_ref().map_or((None, None), |document| {
        let is_ours = files.has(API_MANAGER);
        stated_by_carbon(View { element: &document.root, origin: Origin::Written }, is_ours)
    });
    let product = given
        .product
        .or_else(|| files.has("repository/conf/app-manager.xml").then_some(Product::AppManager))
        .or(by_carbon.0)
        .or(stated.0)
        .unwrap_or_else(|| by_files(files, name));
    let has_common = !matches!(product, Product::IdentityServer | Product::Analytics);
    let with = |evidence| move |version| (version, evidence);
    let told = given
        .version
        .or(given.common.filter(|_| has_common))
        .map(with(VersionEvidence::Given))
        .or_else(|| stated.1.or(by_carbon.1).map(|(version, _)| (version, VersionEvidence::Stated)))
        .or_else(|| given.fallback.filter(|_| has_common).map(with(VersionEvidence::Given)));
    let is_xml = told.map(|(version, _)| is_configured_by_xml(product, version));
    let has_xml = || files.has(CARBON) || files.has(API_MANAGER);
    let is_toml = match is_xml {
        Some(is_xml) => !is_xml && (has_toml || !has_xml()),
        None => has_toml,
    };
    let model = if is_toml { ConfigModel::Toml } else { ConfigModel::Xml };
    let stated_at = stated.1.or(by_carbon.1).map(|(_, place)| place);
    if let Some((version, evidence)) = told {
        return Identification {
            product,
            version: Some(version),
            evidence,
            is_guess: false,
            model,
            stated_at,
        };
    }
    let shape = shape::version(files, product, model);
    Identification {
        product,
        version: shape.map(|shape| shape.version),
        evidence: shape.map_or(VersionEvidence::None, |_| VersionEvidence::Shape),
        is_guess: shape.is_none_or(|shape| shape.is_guess),
        model,
        stated_at,
    }
}

/// True for the versions before deployment.toml came.
fn is_configured_by_xml(product: Product, version: Version) -> bool {
    match product {
        Product::AppManager => true,
        Product::IdentityServer => !version.at_least(5, 9),
        Product::ApiManager | Product::Analytics | Product::Unknown => !version.at_least(3, 0),
    }
}

/// A version and what states it.
type Stated = (Version, Span);

/// Product and version of `bin/version.txt`: `WSO2 API Manager-2.6.0`, `wso2am v2.6.0`. A version of Carbon is none of
/// the product.
fn stated_by_version_file(files: &mut Files) -> (Option<Product>, Option<Stated>) {
    if !files.has(VERSION) {
        return (None, None);
    }
    let Some((file, text)) = files.text(VERSION) else { return (None, None) };
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("");
    let product = product_named(line);
    let is_carbon = product.is_none() && line.to_ascii_lowercase().contains("carbon");
    let start = text.find(line).unwrap_or(0);
    let place = Span::new(file, start, start + line.len());
    let version = version_in(line).filter(|_| !is_carbon);
    (product, version.map(|version| (version, place)))
}

/// Product and version of carbon.xml. A server key that is none of ours is another product's, unless the node has the
/// files of API Manager and a name of the user's own: other products of WSO2 that have them are called "WSO2 …".
fn stated_by_carbon(root: View<'_>, has_api_manager: bool) -> (Option<Product>, Option<Stated>) {
    let text = |name: &str| root.value(&[name]).filter(|text| !text.value.contains(['$', '{', '<']));
    let key = text("ServerKey");
    let by_key = key.as_ref().and_then(Setting::text).and_then(|key| match key {
        "AM" => Some(Product::ApiManager),
        "AppM" | "AppManager" => Some(Product::AppManager),
        "IS" => Some(Product::IdentityServer),
        "DAS" | "BAM" | "SP" => Some(Product::Analytics),
        _ if key.ends_with("Analytics") => Some(Product::Analytics),
        _ => None,
    });
    let name = text("Name");
    let by_name = name.as_ref().and_then(|name| product_named(&name.value));
    let is_renamed = has_api_manager && name.is_some_and(|name| !name.value.trim().starts_with("WSO2 "));
    let foreign = key.filter(|_| !is_renamed).map(|_| Product::Unknown);
    let version = text("Version").and_then(|text| Some((Version::parse(&text.value)?, text.span)));
    (by_key.or(by_name).or(foreign), version)
}

/// The product that a name as WSO2 writes it means.
fn product_named(text: &str) -> Option<Product> {
    let text = text.to_ascii_lowercase();
    let any = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if any(&["analytics", "stream processor", "business activity monitor"]) {
        Some(Product::Analytics)
    } else if any(&["app manager", "wso2appm"]) {
        Some(Product::AppManager)
    } else if any(&["identity server", "wso2is"]) {
        Some(Product::IdentityServer)
    } else if any(&["api manager", "wso2am"]) {
        Some(Product::ApiManager)
    } else {
        None
    }
}

/// The first `N.N…` of a line.
fn version_in(line: &str) -> Option<Version> {
    line.split(|letter: char| letter.is_whitespace() || letter == '-')
        .filter(|word| word.contains('.'))
        .find_map(Version::parse)
}

/// Files that only one product has; the name of the node where they leave it open. Nobody gives files of a product that
/// has nothing to do with API Manager, so that is the last guess.
fn by_files(files: &mut Files, name: &str) -> Product {
    let has_api = files.has(API_MANAGER);
    let is_analytics =
        ["conf/worker/deployment.yaml", "conf/dashboard/deployment.yaml"].iter().any(|path| files.has(path))
            || !has_api
                && (files.has("repository/conf/datasources/analytics-datasources.xml")
                    || files.has_folder("repository/conf/analytics"));
    if is_analytics {
        return Product::Analytics;
    }
    if files.has("repository/conf/identity/embedded-ldap.xml") {
        return Product::IdentityServer;
    }
    if let Some(product) = shape::product(files) {
        return product;
    }
    let name = name.to_ascii_lowercase();
    let parts: Vec<&str> = name.split(|letter: char| !letter.is_ascii_alphanumeric()).collect();
    let follows = |first: &str, second: &str| {
        parts.windows(2).any(|pair| matches!(pair, [left, right] if *left == first && *right == second))
    };
    let is_key_manager = ["km", "as", "key", "keymanager"].iter().any(|second| follows("is", second));
    if is_key_manager || follows("identity", "server") || parts.contains(&"iskm") {
        Product::IdentityServer
    } else if parts.contains(&"analytics") && !has_api && !files.has(DEPLOYMENT) {
        Product::Analytics
    } else {
        Product::ApiManager
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::tests::Folder;

    fn told(files: &[(&str, &str)], given: Given) -> Identification {
        let folder = Folder::of(files);
        identify(&mut folder.files("node1"), "node1", given)
    }

    fn carbon(name: &str, key: &str, version: &str) -> String {
        format!(
            "<Server><Name>{name}</Name><ServerKey>{key}</ServerKey><Version>{version}</Version></Server>"
        )
    }

    #[test]
    fn every_spelling_of_the_version_file_counts() {
        for (line, product, version) in [
            ("WSO2 API Manager-2.6.0", Some(Product::ApiManager), Some(Version::new(2, 6, 0))),
            ("WSO2 API Manager v4.1.0", Some(Product::ApiManager), Some(Version::new(4, 1, 0))),
            ("wso2am v3.2.0", Some(Product::ApiManager), Some(Version::new(3, 2, 0))),
            ("WSO2 App Manager v1.2.0", Some(Product::AppManager), Some(Version::new(1, 2, 0))),
            ("WSO2 Identity Server v5.7.0", Some(Product::IdentityServer), Some(Version::new(5, 7, 0))),
        ] {
            assert_eq!((product_named(line), version_in(line)), (product, version), "{line}");
        }
        let framework = (VERSION, "WSO2 Carbon Framework v4.4.35");
        assert_eq!(told(&[framework, (CARBON, "<Server/>")], Given::default()).version, None);
    }

    #[test]
    fn carbon_tells_product_and_version_unless_it_is_a_template() {
        let text = carbon("WSO2 API Manager", "AM", "2.5.0");
        let found = told(&[(CARBON, &text)], Given::default());
        assert_eq!((found.product, found.version), (Product::ApiManager, Some(Version::new(2, 5, 0))));
        assert_eq!((found.evidence, found.model), (VersionEvidence::Stated, ConfigModel::Xml));
        let text = carbon("WSO2 API Manager Analytics Server", "AM-Analytics", "2.2.0");
        assert_eq!(told(&[(CARBON, &text)], Given::default()).product, Product::Analytics);
        let text = carbon("Some Server", "ESB", "4.9.0");
        assert_eq!(told(&[(CARBON, &text)], Given::default()).product, Product::Unknown);
        let interface = ("repository/conf/api-manager.xml", "<APIManager/>");
        let text = carbon("Bank Hub", "Hub", "2.5.0");
        let found = told(&[(CARBON, &text), interface], Given::default());
        assert_eq!((found.product, found.version), (Product::ApiManager, Some(Version::new(2, 5, 0))));
        let text = carbon("WSO2 Enterprise Mobility Manager", "EMM", "2.2.0");
        assert_eq!(told(&[(CARBON, &text), interface], Given::default()).product, Product::Unknown);
        let text = carbon("${product.name}", "${product.key}", "${product.version}");
        let found = told(&[(CARBON, &text)], Given::default());
        assert_eq!(found.product, Product::ApiManager);
        assert_ne!(found.evidence, VersionEvidence::Stated);
    }

    #[test]
    fn what_is_given_wins_and_the_fallback_does_not() {
        let text = carbon("WSO2 API Manager", "AM", "2.5.0");
        let given = |common, fallback| Given { common, fallback, ..Given::default() };
        let version = Some(Version::new(2, 6, 0));
        let found = told(&[(CARBON, &text)], given(version, None));
        assert_eq!((found.version, found.evidence), (version, VersionEvidence::Given));
        let found = told(&[(CARBON, &text)], given(None, version));
        assert_eq!((found.version, found.evidence), (Some(Version::new(2, 5, 0)), VersionEvidence::Stated));
        let found = told(&[(CARBON, "<Server/>")], given(None, version));
        assert_eq!((found.version, found.evidence), (version, VersionEvidence::Given));
    }

    #[test]
    fn a_version_for_all_is_none_of_identity_server() {
        let text = carbon("WSO2 Identity Server", "IS", "5.7.0");
        let common = Some(Version::new(2, 6, 0));
        let found = told(&[(CARBON, &text)], Given { common, ..Given::default() });
        assert_eq!((found.product, found.version), (Product::IdentityServer, Some(Version::new(5, 7, 0))));
    }

    #[test]
    fn a_rendered_copy_does_not_make_a_toml_node_an_xml_node() {
        let text = carbon("WSO2 API Manager", "AM", "3.2.0");
        let toml = (DEPLOYMENT, "[server]\nhostname = \"a\"\n");
        assert_eq!(told(&[toml, (CARBON, &text)], Given::default()).model, ConfigModel::Toml);
        let old = carbon("WSO2 API Manager", "AM", "2.6.0");
        assert_eq!(told(&[toml, (CARBON, &old)], Given::default()).model, ConfigModel::Xml);
        assert_eq!(told(&[toml], Given::default()).model, ConfigModel::Toml);
    }

    #[test]
    fn peers_tell_the_version_of_a_node_that_does_not() {
        let node = |version: Option<Version>, evidence, is_guess| Identification {
            product: Product::ApiManager,
            version,
            evidence,
            is_guess,
            model: ConfigModel::Xml,
            stated_at: None,
        };
        let (old, new) = (Version::new(2, 0, 0), Version::new(2, 5, 0));
        let stated = |version| node(Some(version), VersionEvidence::Stated, false);
        let shaped = node(Some(new), VersionEvidence::Shape, false);
        let untold = node(None, VersionEvidence::None, true);
        let among = |node: Identification, peers: &[Identification]| {
            let peers = Peers::of(peers.iter().chain([&node]));
            node.among(&peers).version
        };
        assert_eq!(among(shaped, &[stated(old), stated(old)]), Some(old));
        assert_eq!(among(shaped, &[stated(old), stated(new)]), Some(new), "who states disagrees");
        assert_eq!(among(stated(new), &[stated(old)]), Some(new));
        assert_eq!(among(untold, &[shaped]), Some(new));
        assert_eq!(among(untold, &[]), None);
        let toml = |version, is_guess| Identification {
            model: ConfigModel::Toml,
            ..node(Some(version), VersionEvidence::Shape, is_guess)
        };
        let (older, newer, before) = (Version::new(4, 0, 0), Version::new(4, 2, 0), Version::new(3, 2, 0));
        assert_eq!(among(toml(older, false), &[toml(newer, false)]), Some(newer), "a late key on one node");
        assert_eq!(among(toml(before, true), &[toml(older, false), toml(newer, false)]), Some(newer));
        assert_eq!(among(toml(before, false), &[toml(newer, false)]), Some(before), "another generation");
        assert_eq!(
            among(shaped, &[node(Some(old), VersionEvidence::Shape, false)]),
            Some(new),
            "whole files tell"
        );
        let toml = Identification { model: ConfigModel::Toml, ..untold };
        assert_eq!(among(toml, &[stated(old)]), None, "another configuration model is another generation");
    }

    #[test]
    fn app_manager_is_told_by_its_file() {
        let found = told(&[("repository/conf/app-manager.xml", "<APIManager/>")], Given::default());
        assert_eq!(found.product, Product::AppManager);
    }
}
