//! A gateway or portal that looks for the key manager on itself refuses every token, and nobody can log in.

use crate::model::key_calls::KeyCall;
use crate::model::node::RoleEvidence;
use crate::model::sharing::node_names;
use crate::model::{ConfigModel, Deployment, Host, Node, Role, Target};
use crate::rules::{Check, Finding, Rule};

/// KM001.
pub static RULE: Rule = Rule { card: "KM001-key-manager-loopback", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for node in
        deployment.nodes.iter().filter(|node| node.is_api_manager() && !node.acts_as(Role::KeyManager))
    {
        let key_managers: Vec<&Node> = deployment.key_managers_for(node).collect();
        if key_managers.is_empty() {
            continue;
        }
        let calls = node.key_calls().into_iter();
        // Whoever writes the node's own name means it.
        let stays = |call: &KeyCall<'_>| {
            call.endpoint.host == Host::Own
                && matches!(deployment.resolve(node, call.endpoint), Target::Own(_))
                && !deployment.may_mean_another(node, call.endpoint)
        };
        findings.extend(calls.filter(stays).map(|call| finding(deployment, node, call, &key_managers)));
    }
}

/// Portals that share users with the key manager get by until they are started with a profile of their own, gateways of
/// 4.x validate by what the event hub tells them, and gateway managers serve no calls. Where nobody but a name tells the
/// gateway from all-in-one nodes, it may be one of them.
fn milder(node: &Node, call: KeyCall<'_>, key_managers: &[&Node]) -> Option<&'static str> {
    let is_unproven = |node: &&Node| node.role_evidence == RoleEvidence::Nothing;
    if call.logs_in || !node.acts_as(Role::Gateway) {
        Some("portal")
    } else if node.is_at_least(4, 0) {
        Some("event-hub")
    } else if node.is_only(Role::GatewayManager) {
        Some("gateway-manager")
    } else {
        let is_guessed = node.role_evidence == RoleEvidence::Name && key_managers.iter().all(is_unproven);
        is_guessed.then_some("named-gateway")
    }
}

fn finding(deployment: &Deployment, node: &Node, call: KeyCall<'_>, key_managers: &[&Node]) -> Finding {
    let text = &call.endpoint.text;
    let task = if call.logs_in { "log in through" } else { "validate keys at" };
    let (name, noun) = (
        node_names(key_managers),
        if key_managers.len() == 1 { "is the key manager" } else { "are key managers" },
    );
    let message =
        format!("{} would {task} itself ({}), but {name} {noun}", node.name, call.endpoint.address());
    let place = match (call.logs_in, node.config_model) {
        (_, ConfigModel::Toml) => "service_url under [apim.key_manager]",
        (true, ConfigModel::Xml) => "AuthManager/ServerURL",
        (false, ConfigModel::Xml) => "APIKeyValidator/ServerURL",
    };
    let url = key_managers.first().filter(|_| key_managers.len() == 1);
    let help = match url.and_then(|key_manager| deployment.services_url(key_manager)) {
        Some(url) => format!("set {place} to {url}"),
        None => format!("set {place} to the services URL of {name}"),
    };
    let label = if text.is_written() { "this node itself" } else { "no service_url: this node itself" };
    let mut finding = Finding::new(text.span, label, message).help(help);
    finding = match milder(node, call, key_managers) {
        Some(variant) => finding.variant(variant),
        None => finding,
    };
    key_managers.iter().fold(finding, |finding, key_manager| {
        finding.related(key_manager.name_place(), format!("{} is a key manager", key_manager.name))
    })
}
