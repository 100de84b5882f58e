//! A key manager apart from the control plane that tells itself about revoked tokens leaves them valid on every gateway.

use crate::model::node::Product;
use crate::model::{Deployment, Host, Node, Role, Target};
use crate::rules::{Check, Finding, Rule};

/// KM012.
pub static RULE: Rule =
    Rule { card: "KM012-notification-endpoint-loopback", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    findings.extend(deployment.key_managers().filter_map(|node| finding(deployment, node)));
}

/// The nodes that hear about revoked tokens.
fn listeners<'a>(deployment: &'a Deployment, node: &'a Node) -> Vec<&'a Node> {
    let hears = |other: &&Node| {
        other.is_api_manager() && (other.acts_as(Role::TrafficManager) || other.acts_as(Role::ControlPlane))
    };
    deployment.others(node).filter(hears).collect()
}

fn finding(deployment: &Deployment, node: &Node) -> Option<Finding> {
    let url = node.token_notification.as_ref().filter(|url| url.host == Host::Own)?;
    let apart = node.product == Product::IdentityServer
        || !(node.acts_as(Role::Gateway)
            || node.acts_as(Role::ControlPlane)
            || node.acts_as(Role::TrafficManager));
    let hears = listeners(deployment, node);
    // A port of its own can only mean the node itself; another one may be a neighbour's.
    let is_own = match deployment.resolve(node, url) {
        Target::Own(Some(_)) => true,
        Target::Own(None) => hears.iter().all(|other| deployment.same_machine(node, other) == Some(false)),
        _ => false,
    };
    if !apart || hears.is_empty() || !is_own {
        return None;
    }
    let first = hears.first()?;
    let message =
        format!("{} tells itself about revoked tokens ({}), not {}", node.name, url.address(), first.name);
    let finding = Finding::new(url.text.span, "this node itself", message).help(format!(
        "set notification_endpoint to https://HOST:PORT/internal/data/v1/notify with the address of {}",
        first.name
    ));
    Some(hears.iter().fold(finding, |finding, other| {
        finding.related(other.name_place(), format!("{} never hears of them", other.name))
    }))
}
