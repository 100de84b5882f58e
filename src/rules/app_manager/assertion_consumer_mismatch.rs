//! The identity provider sends people back to the wrong server after they logged in: they see an error instead of the portal.

use crate::model::app::AssertionConsumer;
use crate::model::node::{Node, Role};
use crate::model::{Deployment, Endpoint, Target};
use crate::rules::{Check, Finding, Rule};

/// AP007.
pub static RULE: Rule = Rule { card: "AP007-assertion-consumer-mismatch", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for provider in deployment.nodes.iter().filter(|node| node.is_app_identity_provider()) {
        let consumers = provider.app_manager.iter().flat_map(|app| &app.consumers);
        findings.extend(consumers.filter_map(|consumer| judge(deployment, provider, consumer)));
    }
}

/// One finding a service provider: its URLs are one address written twice.
fn judge(deployment: &Deployment, provider: &Node, consumer: &AssertionConsumer) -> Option<Finding> {
    let mut wrong = consumer.urls.iter().filter_map(|url| {
        let portal = portal(deployment, provider, url)?;
        (url.text.is_written() && !leads_to(deployment, provider, url, portal)).then_some((url, portal))
    });
    let (url, portal) = wrong.next()?;
    let message = format!(
        "{} sends users of {} back to {}, but the portal is on {}",
        provider.name,
        consumer.issuer,
        url.address(),
        portal.name
    );
    let mut finding = Finding::new(url.text.span, "not the portal", message)
        .help(format!("write the address under which browsers reach {}", portal.name));
    for (url, _) in wrong {
        finding = finding.related(url.text.span, "not the portal");
    }
    Some(finding.related(portal.identity.span, "the portal"))
}

/// The node that serves the path.
fn portal<'a>(deployment: &'a Deployment, provider: &'a Node, url: &Endpoint) -> Option<&'a Node> {
    let role = match url.path.trim_start_matches('/').split('/').next() {
        Some("publisher") => Role::Publisher,
        Some("store" | "social") => Role::Store,
        _ => return None,
    };
    deployment.others(provider).find(|node| node.is_app_manager() && node.acts_as(role))
}

/// False only where the address means a given node that is not the portal, or a port that the portal does not answer on.
fn leads_to(deployment: &Deployment, provider: &Node, url: &Endpoint, portal: &Node) -> bool {
    let serves =
        |node: &Node| node.index == portal.index || portal.roles.iter().any(|role| node.roles.contains(role));
    match deployment.resolve(provider, url) {
        Target::Own(_) => false,
        Target::Node(node, listener) => {
            let is_proxied = node.connectors.iter().filter_map(|connector| connector.proxy_port.as_ref());
            let is_proxied = is_proxied.map(|port| port.known()).any(|port| port == url.port.number.as_ref());
            serves(node) && (listener.is_some() || is_proxied || deployment.proxy.is_some())
        }
        Target::Balancer(_) | Target::Outside(_) | Target::Unknown => true,
    }
}
