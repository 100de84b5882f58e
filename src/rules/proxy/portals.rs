//! What the rules about site.json share: which portals count, and which of them build their links for a
//! proxy.

use crate::model::portal::{Portal, ProxyMode, ReverseProxy};
use crate::model::{ConfigModel, Node, Product};

/// The portals that read `reverseProxy` of site.json: those of API Manager up to 2.6 and of App Manager.
pub(super) fn portals(node: &Node) -> impl Iterator<Item = &Portal> {
    let reads = node.config_model == ConfigModel::Xml
        && matches!(node.product, Product::ApiManager | Product::AppManager);
    node.portals.iter().filter(move |_| reads)
}

/// `reverseProxy` of a portal that builds its links from `host` and `context`, or means to.
pub(super) fn fixed(portal: &Portal) -> Option<&ReverseProxy> {
    let proxy = portal.reverse_proxy.as_ref()?;
    let (enabled, mode) = proxy.enabled.as_ref()?;
    enabled.known()?;
    (!matches!(mode, ProxyMode::Off | ProxyMode::Auto)).then_some(proxy)
}
