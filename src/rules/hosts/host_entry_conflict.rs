//! A hosts file that gives a name a second address, or sends the name of another machine to the machine itself.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::name_uses;
use crate::model::{Deployment, Host, HostEntry, Hosts, Node};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// HN005.
pub static RULE: Rule = Rule { card: "HN005-host-entry-conflict", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let Some(hosts) = &deployment.hosts else { return };
    let mut first: BTreeMap<(String, bool), &HostEntry> = BTreeMap::new();
    for entry in &hosts.entries {
        let Ok(address) = entry.address.parse::<IpAddr>() else { continue };
        // One address of each kind is right.
        let earlier = first.entry((entry.name.text.to_ascii_lowercase(), address.is_ipv4())).or_insert(entry);
        if earlier.address != entry.address && !is_shared(deployment, &entry.name.text) {
            findings.push(second_address(earlier, entry));
        }
    }
    loopback(deployment, hosts, findings);
}

/// True for a name in front of several nodes, and for those of the machine itself.
fn is_shared(deployment: &Deployment, name: &str) -> bool {
    Host::literal(name) == Host::Own
        || name.eq_ignore_ascii_case("localhost.localdomain")
        || deployment.balancer(name).is_some_and(|balancer| balancer.nodes.len() > 1 || balancer.others)
}

fn second_address(first: &HostEntry, second: &HostEntry) -> Finding {
    let name = &second.name.text;
    let message = format!(
        "the hosts file maps {name} to {} and to {}; only the first counts",
        first.address, second.address,
    );
    Finding::new(second.name.span, format!("{name} again"), message)
        .help("remove the line with the wrong address")
        .related(first.name.span, format!("{} counts", first.address))
}

/// Names on loopback that a node uses for another machine.
fn loopback(deployment: &Deployment, hosts: &Hosts, findings: &mut Vec<Finding>) {
    if !deployment.spans_machines() {
        return;
    }
    let mut all: BTreeMap<String, Vec<Use<'_>>> = BTreeMap::new();
    for node in &deployment.nodes {
        for (name, span, noun) in name_uses(node) {
            all.entry(name).or_default().push((node, span, noun));
        }
    }
    for (name, all) in all {
        let is_of_another = |one: &Use<'_>| is_of_another(deployment, &name, one, &all);
        let uses: Vec<Use<'_>> = all.iter().copied().filter(is_of_another).collect();
        let mut entries = hosts.entries.iter();
        let Some(entry) = entries.find(|entry| entry.name.text.eq_ignore_ascii_case(&name)) else { continue };
        if Host::literal(&entry.address) != Host::Own {
            continue;
        }
        let Some((node, _, noun)) = uses.first() else { continue };
        let message = format!(
            "the hosts file maps {name} to {}, but {} uses it for {noun} on another machine",
            entry.address, node.name,
        );
        let finding = Finding::new(entry.name.span, "this machine itself", message)
            .help(format!("map {name} to the address of its machine"));
        findings.push(uses.iter().fold(finding, |finding, (node, span, _)| {
            finding.related(*span, format!("{} uses it", node.name))
        }));
    }
}

/// A node that uses a name, where, and for what.
type Use<'a> = (&'a Node, Span, &'static str);

/// True for a database that nodes of several machines use, and for the name of a node on another machine.
fn is_of_another(deployment: &Deployment, name: &str, one: &Use<'_>, all: &[Use<'_>]) -> bool {
    let (node, _, noun) = *one;
    if noun == super::DATABASE {
        let mut databases = all.iter().filter(|(.., noun)| *noun == super::DATABASE);
        return databases.any(|(other, ..)| deployment.same_machine(node, other) == Some(false));
    }
    let owners = deployment.owners(name);
    !owners.is_empty() && owners.iter().all(|owner| deployment.same_machine(node, owner) == Some(false))
}
