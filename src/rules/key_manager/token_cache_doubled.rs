//! A revoked token is dropped from the gateway's cache, but lives on in that of the key manager, which the gateway asks next.

use crate::model::{ConfigModel, Deployment, Node, Role};
use crate::rules::{Check, Finding, Rule};

/// KM010.
pub static RULE: Rule = Rule { card: "KM010-token-cache-doubled", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let is_old = |node: &&Node| node.config_model == ConfigModel::Xml || node.is_before(4, 0);
    for node in deployment.key_managers().filter(is_old) {
        let caches = |gateway: &&Node| gateway.caches_tokens() && deployment.same_zone(node, gateway);
        // A node that is both comes first: its own two caches are the matter.
        let own = Some(node).filter(|node| node.acts_as(Role::Gateway)).filter(caches);
        let gateway = own.or_else(|| deployment.gateways().find(caches));
        findings.extend(gateway.and_then(|gateway| finding(node, gateway)));
    }
}

fn finding(node: &Node, gateway: &Node) -> Option<Finding> {
    let cache = &node.tokens.as_ref()?.key_manager_cache;
    if !cache.is_true() || !cache.is_written() {
        return None;
    }
    let own = gateway.index == node.index;
    let whose =
        if own { "its gateway does so, too".to_owned() } else { format!("{} does so, too", gateway.name) };
    let message =
        format!("{} keeps validated tokens in the cache of the key manager, and {whose}", node.name);
    let name = match node.config_model {
        ConfigModel::Xml => "EnableKeyManagerTokenCache",
        ConfigModel::Toml => "enable under [apim.cache.km_token]",
    };
    let finding = Finding::new(cache.span, "a second cache", message)
        .help(format!("set {name} to false: the cache of the gateway is enough"))
        .fix(cache.bare(&cache.value.to_string()), "false")
        .related(gateway.tokens.as_ref()?.gateway_cache.span, format!("cache of {}", gateway.name));
    Some(if own { finding.variant("one-node") } else { finding })
}
