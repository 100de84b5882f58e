//! The token API of a gateway leads to another server than its key validation: tokens are issued where nobody looks them up.

use crate::model::gateway::TokenApi;
use crate::model::{Deployment, Endpoint, Host, Node, Role, Target};
use crate::rules::{Check, Finding, Rule};

/// GW012.
pub static RULE: Rule = Rule { card: "GW012-token-api-endpoint-mismatch", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for node in deployment.gateways().filter(|node| !node.acts_as(Role::KeyManager)) {
        for api in &node.token_apis {
            findings.extend(judge(deployment, node, api));
        }
    }
}

fn judge(deployment: &Deployment, node: &Node, api: &TokenApi) -> Option<Finding> {
    let endpoint = &api.endpoint;
    let keys = node.key_management.as_ref().and_then(|keys| keys.validation.as_ref());
    if !endpoint.text.is_written() || endpoint.host == Host::Unknown {
        return None;
    }
    let (message, related) = if endpoint.host == Host::Own {
        let message =
            format!("{} sends {} to {}, but it is no key manager", node.name, api.name, endpoint.address());
        (message, keys.filter(|keys| keys.host != Host::Own))
    } else {
        let keys = keys.filter(|keys| matches!(keys.host, Host::Name(_)))?;
        if is_same(deployment, node, endpoint, keys) || is_right(deployment, node, endpoint, keys) {
            return None;
        }
        let message = format!(
            "{} sends {} to {}, but validates keys at {}",
            node.name,
            api.name,
            endpoint.address(),
            keys.address(),
        );
        (message, Some(keys))
    };
    let finding = Finding::new(endpoint.host_span, "not the key manager", message).help(
        "write https://{uri.var.hostname}:{uri.var.portnum} again: the server fills in the key manager",
    );
    Some(match related.filter(|keys| keys.text.is_written()) {
        Some(keys) => finding.related(keys.host_span, "the key manager"),
        None => finding,
    })
}

/// True where the token API leads to a given key manager, and the key validation to nobody: that is the one to mend.
fn is_right(deployment: &Deployment, node: &Node, endpoint: &Endpoint, keys: &Endpoint) -> bool {
    let is_lost = matches!(deployment.resolve(node, keys), Target::Outside(_));
    let index = deployment.resolve(node, endpoint).node_index(node.index);
    let target = index.and_then(|index| deployment.nodes.get(index));
    is_lost && target.is_some_and(|target| target.acts_as(Role::KeyManager))
}

/// True for one address, two of one node and port, and a name in front of several nodes with one of them.
fn is_same(deployment: &Deployment, node: &Node, endpoint: &Endpoint, keys: &Endpoint) -> bool {
    let (target, right) = (deployment.resolve(node, endpoint), deployment.resolve(node, keys));
    let behind = right.node_indices(node.index);
    let same_node = target.node_indices(node.index).iter().any(|index| behind.contains(index));
    let is_balanced = [&target, &right].into_iter().any(|target| matches!(target, Target::Balancer(_)));
    let same_port = endpoint.port.number.is_none() || endpoint.port.number == keys.port.number;
    (endpoint.host == keys.host || same_node) && (same_port || same_node && is_balanced)
}
