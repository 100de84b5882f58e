//! Roles that the name of a node or of its folder suggests.

use std::collections::BTreeSet;

use crate::model::node::{Node, Role};

/// Roles by the node's name, else by the last segment of its path; empty where neither tells.
pub(super) fn roles(node: &Node) -> BTreeSet<Role> {
    let named = in_name(&node.name, node.is_app_manager());
    if !named.is_empty() {
        return named;
    }
    let folder = node.path.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or("");
    in_name(folder, node.is_app_manager())
}

fn in_name(name: &str, app_manager: bool) -> BTreeSet<Role> {
    let name = name.to_ascii_lowercase();
    let last = name.rsplit(['/', '\\']).next().unwrap_or("");
    let words: Vec<&str> = last
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .map(|word| word.trim_end_matches(|letter: char| letter.is_ascii_digit()))
        .filter(|word| !word.is_empty())
        .collect();
    let has = |word: &str| words.contains(&word);
    let pair = |first: &str, second: &str| words.windows(2).any(|pair| *pair == [first, second]);
    if has("analytics") {
        return BTreeSet::from([Role::Analytics]);
    }
    if has("allinone") || has("aio") || (pair("all", "in") && has("one")) {
        return BTreeSet::from([Role::AllInOne]);
    }
    let mut roles = BTreeSet::new();
    let mut add = |role: Role, found: bool| {
        if found {
            roles.insert(role);
        }
    };
    add(Role::ControlPlane, has("cp") || has("acp") || has("controlplane") || pair("control", "plane"));
    add(Role::Publisher, has("pub") || has("publisher") || has("pubstore"));
    add(
        Role::Store,
        has("store") || has("devportal") || has("pubstore") || pair("dev", "portal") || has("dev"),
    );
    let keys = has("km") || has("keymanager") || pair("key", "manager") || has("iskm") || has("keymgr");
    add(if app_manager { Role::IdentityProvider } else { Role::KeyManager }, keys);
    let provider = has("idp") || has("identity") || pair("identity", "provider");
    add(Role::IdentityProvider, app_manager && provider);
    add(Role::TrafficManager, has("tm") || has("traffic") || has("trafficmanager"));
    // `api-manager` and `apim-manager` are the product, so the bare word says nothing.
    let manager = pair("gw", "manager") || pair("gateway", "manager") || has("gwmanager") || has("gwmgr");
    let worker = has("worker") || has("gwworker");
    let both = worker && has("manager");
    let gateway = has("gw") || has("gateway") || has("apigw") || manager;
    add(Role::GatewayManager, manager && !worker);
    add(Role::GatewayWorker, worker && !both);
    add(Role::Gateway, gateway && (both || !(manager || worker)));
    roles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_name_suggest_roles() {
        let of = |name| in_name(name, false).into_iter().map(Role::as_str).collect::<Vec<_>>().join(" ");
        assert_eq!(of("apim-pub-store-tm-1"), "publisher store traffic-manager");
        assert_eq!(of("apim-gw-manager-worker-ext"), "gateway");
        assert_eq!(of("prod/gateway-worker-km"), "gateway-worker key-manager");
        assert_eq!(of("gateway_manager2"), "gateway-manager");
        assert_eq!(of("am-control-plane-instance-1"), "control-plane");
        assert_eq!(of("am-analytics-worker"), "analytics");
        assert_eq!(of("km1"), "key-manager");
        assert_eq!(of("traffic2"), "traffic-manager");
        assert_eq!(of("traffic-manager"), "traffic-manager");
        assert_eq!(of("api-manager"), "");
        assert_eq!(of("apim-manager-worker"), "");
        assert_eq!(of("micro-gw"), "gateway");
        assert_eq!(of("node1"), "");
    }

    #[test]
    fn the_identity_provider_belongs_to_app_manager() {
        assert_eq!(in_name("idp", true), BTreeSet::from([Role::IdentityProvider]));
        assert!(in_name("idp", false).is_empty());
    }
}
