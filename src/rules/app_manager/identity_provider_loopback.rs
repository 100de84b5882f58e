//! A part of App Manager sends people to itself to log in, although another node is the identity provider.

use crate::model::node::{Node, Role, RoleEvidence};
use crate::model::{Deployment, Endpoint};
use crate::rules::{Check, Finding, Rule};

/// AP006.
pub static RULE: Rule = Rule { card: "AP006-identity-provider-loopback", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    // A part that is mistaken for the provider has that role from this very reference.
    let is_provider = |node: &Node| {
        node.roles.contains(&Role::IdentityProvider)
            && (node.is_only(Role::IdentityProvider) || node.role_evidence == RoleEvidence::Inventory)
    };
    for node in deployment.nodes.iter().filter(|node| node.is_app_manager() && !is_provider(node)) {
        let provider = deployment.others(node).find(|other| other.is_app_identity_provider());
        let (Some(provider), Some(app)) = (provider, &node.app_manager) else { continue };
        let mut wrong = app.identity_provider.iter().chain(&app.provider_urls).filter_map(|url| {
            let index = deployment.resolve(node, url).node_index(node.index)?;
            let target = deployment.nodes.get(index).filter(|target| !is_provider(target))?;
            Some((url, target))
        });
        let Some((url, target)) = wrong.next() else { continue };
        let mut finding = finding(node, provider, url, target);
        for (url, _) in wrong {
            finding = finding.related(url.text.span, "here, too");
        }
        findings.push(finding.related(provider.identity.span, "the identity provider"));
    }
}

fn finding(node: &Node, provider: &Node, url: &Endpoint, target: &Node) -> Finding {
    let whom = if target.index == node.index { "itself".to_owned() } else { target.name.clone() };
    let message = format!(
        "{} takes {} for the identity provider, which is {whom}; the identity provider is {}",
        node.name, url.text.value, provider.name
    );
    Finding::new(url.host_span, "not the identity provider", message)
        .help(format!("write an address of {} that browsers reach", provider.name))
}
