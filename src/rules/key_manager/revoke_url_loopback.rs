//! A key manager that reports revoked tokens to itself leaves them valid in the cache of every gateway.

use crate::model::ports::ListenerKind;
use crate::model::{ConfigModel, Deployment, Endpoint, Node, Role, Target};
use crate::rules::{Check, Finding, Rule};

/// KM008.
pub static RULE: Rule = Rule { card: "KM008-revoke-url-loopback", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for node in deployment.nodes.iter().filter(|node| node.is_api_manager()) {
        let reports = node.acts_as(Role::KeyManager) && !node.acts_as(Role::Gateway) && is_old(node);
        let gateways: Vec<&Node> = deployment
            .gateways()
            .filter(|gateway| deployment.same_zone(node, gateway) && gateway.caches_tokens())
            .collect();
        let url = node.key_management.as_ref().and_then(|keys| keys.revocation.as_ref());
        let url = url.filter(|url| url.text.is_written());
        if let (Some(url), Some(gateway)) = (url.filter(|_| reports), gateways.first()) {
            findings.extend(finding(deployment, node, url, gateway));
        }
    }
}

fn is_old(node: &Node) -> bool {
    node.config_model == ConfigModel::Xml || node.is_before(4, 0)
}

fn finding(deployment: &Deployment, node: &Node, url: &Endpoint, gateway: &Node) -> Option<Finding> {
    const PASS_THROUGH: [ListenerKind; 2] = [ListenerKind::GatewayHttps, ListenerKind::GatewayHttp];
    let whom = match deployment.resolve(node, url) {
        Target::Own(_) => "itself".to_owned(),
        Target::Node(target, Some(listener)) if !PASS_THROUGH.contains(&listener.kind) => {
            format!("the {} port of {}", listener.kind.noun(), target.name)
        }
        _ => return None,
    };
    let name = match node.config_model {
        ConfigModel::Xml => "RevokeAPIURL",
        ConfigModel::Toml => "revoke_endpoint under [apim.oauth_config]",
    };
    let message =
        format!("{} reports revoked tokens to {whom} ({}), not to a gateway", node.name, url.address());
    let help = match gateway.port(ListenerKind::GatewayHttps) {
        Some(port) => format!(
            "set {name} to https://HOST:{port}/revoke with the host of {} or of its balancer",
            gateway.name
        ),
        None => format!("set {name} to the revoke API of {}", gateway.name),
    };
    Some(
        Finding::new(url.text.span, "no gateway", message)
            .help(help)
            .related(gateway.name_place(), format!("{} keeps tokens in its cache", gateway.name)),
    )
}
