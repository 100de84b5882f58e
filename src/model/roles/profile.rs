//! What the profile set-up script of 2.5 and 2.6 leaves behind.

use std::collections::BTreeSet;

use crate::model::node::{ConfigModel, Node, Role};
use crate::model::portal::PortalApp;
use crate::model::ports::ListenerKind;

/// The role whose profile the node was set up with. An overlay, and a home without `repository/deployment/server`,
/// give none: their portals cannot be counted, and the switches alone do not tell (the vendor's overlays of key managers and gateways set the same ones).
pub(super) fn fingerprint(node: &Node) -> Option<BTreeSet<Role>> {
    if !node.is_home
        || node.artifacts.is_none()
        || node.config_model != ConfigModel::Xml
        || !node.is_at_least(2, 0)
    {
        return None;
    }
    let throttling = node.throttling.as_ref()?;
    if throttling.advanced.is_false() {
        return None;
    }
    let portals: BTreeSet<&str> = node.portals.iter().map(|portal| portal.app.name()).collect();
    let only = |apps: &[PortalApp]| {
        apps.iter().all(|app| portals.contains(app.name())) && portals.len() == apps.len()
    };
    let flags = (
        *throttling.publishes.known()?,
        *throttling.subscribes.known()?,
        *throttling.deploys_policies.known()?,
    );
    let role = match flags {
        (true, true, false) if portals.is_empty() => Role::GatewayWorker,
        (false, false, true) if only(&[PortalApp::Publisher, PortalApp::Admin]) => Role::Publisher,
        (false, false, true) if only(&[PortalApp::Publisher]) => Role::Publisher,
        (false, false, false) if only(&[PortalApp::Store]) => Role::Store,
        (false, false, false) if portals.is_empty() => Role::KeyManager,
        _ if portals.is_empty() && !receives(node) => Role::TrafficManager,
        _ => return None,
    };
    Some(BTreeSet::from([role]))
}

/// The Traffic Manager profile swaps axis2.xml for one without pass-through receivers.
fn receives(node: &Node) -> bool {
    [ListenerKind::GatewayHttp, ListenerKind::GatewayHttps].iter().any(|kind| node.port(*kind).is_some())
}
