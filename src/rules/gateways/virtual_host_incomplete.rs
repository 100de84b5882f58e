//! A virtual host of a gateway environment that the portals cannot read: they answer with an error for every API of it.

use std::collections::BTreeMap;

use crate::model::gateway::{Environment, VirtualHost};
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// GW014.
pub static RULE: Rule = Rule { card: "GW014-virtual-host-incomplete", check: Check::Node(check) };

const WEB_HOOKS: [&str; 2] = ["websub_event_receiver_http_endpoint", "websub_event_receiver_https_endpoint"];

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    if !node.is_at_least(4, 0) {
        return;
    }
    let mut owners: BTreeMap<&str, (usize, Span)> = BTreeMap::new();
    for (position, environment) in node.environments.iter().enumerate() {
        for host in &environment.virtual_hosts {
            findings.extend(incomplete(node, environment, host));
            for endpoint in &host.endpoints {
                let Some(name) = endpoint.host.name() else { continue };
                match owners.get(name) {
                    Some((owner, first)) if *owner != position => {
                        findings.push(repeated(node, name, endpoint.host_span, *first));
                        break;
                    }
                    Some(_) => {}
                    None => {
                        owners.insert(name, (position, endpoint.host_span));
                    }
                }
            }
        }
    }
}

fn incomplete(node: &Node, environment: &Environment, host: &VirtualHost) -> Option<Finding> {
    let of = environment.known_name().map(|name| format!(" of environment \"{name}\"")).unwrap_or_default();
    if !host.listed {
        let message =
            format!("{} writes the virtual host{of} as one table; the server expects a list", node.name);
        let finding = Finding::new(host.span, "one table", message)
            .help("write [[apim.gateway.environment.virtual_host]] with doubled brackets");
        return Some(finding);
    }
    let missing = WEB_HOOKS.iter().zip(host.web_hooks).filter(|(_, written)| !written);
    let missing: Vec<&str> = missing.map(|(key, _)| *key).collect();
    if missing.is_empty() {
        return None;
    }
    let list = missing.join(" and ");
    let finding = Finding::new(
        host.span,
        "web hook endpoints missing",
        format!("{} has a virtual host{of} without {list}", node.name),
    )
    .help(format!("add {list}, usually with port 9021 for HTTP and 8021 for HTTPS"));
    Some(if node.is_at_least(4, 3) { finding.variant("later-update-levels") } else { finding })
}

fn repeated(node: &Node, name: &str, place: Span, first: Span) -> Finding {
    let message = format!("{} has virtual host {name} in two environments", node.name);
    Finding::new(place, "also in another environment", message)
        .help("give each environment host names of its own")
        .related(first, "here for the first time")
}
