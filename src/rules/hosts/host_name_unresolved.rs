//! A name that only a hosts file can know and that the hosts file lacks: the connection fails with "unknown host".

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::name_uses;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// HN004.
pub static RULE: Rule = Rule { card: "HN004-host-name-unresolved", check: Check::Deployment(check) };

/// Top-level names that no public resolver knows (RFC 6761, RFC 6762, and what companies use inside).
const PRIVATE: [&str; 10] =
    ["corp", "example", "home", "internal", "invalid", "lan", "local", "localdomain", "private", "test"];

/// Where a node writes a name.
struct Use<'a> {
    node: &'a Node,
    span: Span,
    noun: &'static str,
}

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let Some(hosts) = &deployment.hosts else { return };
    let mapped: BTreeSet<String> =
        hosts.entries.iter().map(|entry| entry.name.text.to_ascii_lowercase()).collect();
    let domains: BTreeSet<&str> = mapped.iter().filter_map(|name| private_domain(name)).collect();
    let is_expected = |name: &str| {
        let known = mapped.contains(name) || name.parse::<IpAddr>().is_ok();
        !known
            && match private_domain(name) {
                Some(domain) => domains.contains(domain),
                None => !name.contains('.') && !deployment.in_containers(),
            }
    };
    let mut missing: BTreeMap<String, Vec<Use<'_>>> = BTreeMap::new();
    for node in &deployment.nodes {
        for (name, span, noun) in name_uses(node).into_iter().filter(|(name, ..)| is_expected(name)) {
            let uses = missing.entry(name).or_default();
            if uses.last().is_none_or(|last| last.node.index != node.index) {
                uses.push(Use { node, span, noun });
            }
        }
    }
    for (name, uses) in missing {
        let Some((first, rest)) = uses.split_first() else { continue };
        let message =
            format!("{} uses {name} ({}), for which the hosts file has no line", first.node.name, first.noun);
        let mut finding = Finding::new(first.span, "is in no hosts line", message)
            .help(format!("add the line \"{} {name}\" to the hosts file", address(deployment, &name)));
        for other in rest {
            finding = finding.related(other.span, format!("{} uses it, too", other.node.name));
        }
        if let Some(start) = hosts.span {
            finding = finding.related(start, "has no line for it");
        }
        findings.push(finding);
    }
}

/// The domain that a name lies in, unless anybody may register names there.
fn private_domain(name: &str) -> Option<&str> {
    let (_, domain) = name.split_once('.')?;
    let labels: Vec<&str> = domain.split('.').collect();
    let private = match labels.as_slice() {
        [top] => PRIVATE.contains(top),
        // co.uk, com.au
        [second, top] => !(second.len() <= 3 && top.len() == 2),
        _ => true,
    };
    private.then_some(domain)
}

/// The address that the line should have, as far as the deployment tells.
fn address(deployment: &Deployment, name: &str) -> String {
    let owners = deployment.owners(name);
    let address = |node: &&Node| {
        let mut addresses = deployment.addresses(node).filter(|address| address.parse::<IpAddr>().is_ok());
        addresses.next().map(str::to_owned)
    };
    match owners.as_slice() {
        [one] => address(one).unwrap_or_else(|| format!("ADDRESS-OF-{}", one.name)),
        _ if deployment.balancer(name).is_some() => "ADDRESS-OF-THE-BALANCER".to_owned(),
        _ => "ADDRESS".to_owned(),
    }
}
