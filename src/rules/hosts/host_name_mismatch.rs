//! Gateways behind one name that call themselves differently send clients to names that the name's certificate, cookie
//! and token issuer do not fit.

use std::collections::BTreeMap;

use crate::model::{Deployment, Host, Node, Origin, Purpose, Role, Setting, Target};
use crate::rules::{Check, Finding, Rule};

/// HN003.
pub static RULE: Rule = Rule { card: "HN003-host-name-mismatch", check: Check::Deployment(check) };

/// One of the two names of a node.
struct Name {
    xml: &'static str,
    toml: &'static str,
    of: fn(&Node) -> Option<&Setting>,
}

const NAMES: [Name; 2] = [
    Name { xml: "HostName", toml: "server.hostname", of: |node| node.identity.host_name.as_ref() },
    Name {
        xml: "MgtHostName",
        toml: "server.mgt_console_hostname",
        of: |node| node.identity.management_host_name.as_ref(),
    },
];

impl Name {
    /// The public name that a node has written, lower case.
    fn public<'a>(&self, node: &'a Node) -> Option<(String, &'a Setting)> {
        let setting = (self.of)(node).filter(|setting| setting.origin != Origin::Derived)?;
        Some((Host::literal(setting.text()?).name()?.to_owned(), setting))
    }

    fn key(&self, node: &Node) -> &'static str {
        if node.config_model == crate::model::ConfigModel::Xml { self.xml } else { self.toml }
    }
}

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for group in groups(deployment) {
        for name in &NAMES {
            findings.extend(judge(deployment, &group, name));
        }
    }
}

/// Gateways of one zone with the same portals, and nodes of one role behind one name.
fn groups(deployment: &Deployment) -> Vec<Vec<&Node>> {
    let serves = |node: &Node| (node.product, node.acts_as(Role::Publisher), node.acts_as(Role::Store));
    let mut groups: Vec<Vec<&Node>> = Vec::new();
    let mut join = |nodes: Vec<&'_ Node>| {
        if nodes.len() > 1 {
            groups.push(nodes.into_iter().filter_map(|node| deployment.nodes.get(node.index)).collect());
        }
    };
    for gateways in deployment.groups(Role::Gateway) {
        let mut alike: BTreeMap<_, Vec<&Node>> = BTreeMap::new();
        gateways.into_iter().for_each(|node| alike.entry(serves(node)).or_default().push(node));
        alike.into_values().for_each(&mut join);
    }
    for balancer in deployment.balancers() {
        let mut rest: Vec<&Node> =
            balancer.nodes.iter().filter_map(|index| deployment.nodes.get(*index)).collect();
        while let Some(first) = rest.first().copied() {
            let (alike, others) = rest.into_iter().partition(|node| {
                node.index == first.index
                    || (serves(first) == serves(node) && deployment.same_group(first, node))
            });
            join(alike);
            rest = others;
        }
    }
    // What a larger group holds is judged there.
    let mut kept: Vec<Vec<&Node>> = Vec::new();
    groups.sort_by_key(|group| (std::cmp::Reverse(group.len()), group.first().map(|node| node.index)));
    for group in groups {
        let within = |other: &Vec<&Node>| {
            group.iter().all(|node| other.iter().any(|member| member.index == node.index))
        };
        if !kept.iter().any(within) {
            kept.push(group);
        }
    }
    kept
}

fn judge(deployment: &Deployment, group: &[&Node], name: &Name) -> Option<Finding> {
    let named: Vec<(&Node, String, &Setting)> = group
        .iter()
        .filter_map(|node| name.public(node).map(|(host, setting)| (*node, host, setting)))
        .collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    named.iter().for_each(|(_, host, _)| *counts.entry(host).or_default() += 1);
    if counts.len() < 2 || !share_a_name(deployment, group) {
        return None;
    }
    // The name that most have; of equally frequent ones that of the proxy, else that of the first node.
    let rank = |host: &str| (counts.get(host).copied().unwrap_or(0), is_front(deployment, host));
    let best = counts.keys().map(|host| rank(host)).max()?;
    let (_, right, _) = named.iter().find(|(_, host, _)| rank(host) == best)?;
    let (mut wrong, rest): (Vec<_>, Vec<_>) = named.iter().partition(|(_, host, _)| host != right);
    // Two names that several nodes carry each are two groups, unless one balancer leads to both.
    wrong.retain(|(node, host, _)| {
        let balanced_with = |peer: &Node| {
            deployment
                .balancers()
                .iter()
                .any(|balancer| balancer.nodes.contains(&node.index) && balancer.nodes.contains(&peer.index))
        };
        counts.get(host.as_str()) == Some(&1) || rest.iter().any(|(peer, ..)| balanced_with(peer))
    });
    let (node, _, setting) = wrong.first()?;
    let (model, _, common) = rest.first()?;
    let key = name.key(node);
    let message = format!(
        "{} sets {key} to {}, {} to {}: clients reach both under one name",
        node.name, setting.value, model.name, common.value
    );
    let mut finding = Finding::new(setting.span, format!("{} here", setting.value), message).help(
        if counts.get(right.as_str()) > Some(&1) || is_front(deployment, right) {
            format!("set {key} to {} on each node of the group", common.value)
        } else {
            format!("set {key} to the name that clients use, the same on each node of the group")
        },
    );
    for (_, _, setting) in wrong.iter().skip(1) {
        finding = finding.related(setting.span, format!("{} here", setting.value));
    }
    for (_, _, setting) in &rest {
        finding = finding.related(setting.span, format!("{} here", setting.value));
    }
    Some(finding)
}

/// True where clients reach the nodes under one name: a balancer or a shared HostName stands for several of them, a server
/// name of the proxy is the HostName of one and leads not to that one alone, or a gateway environment names a host that is
/// none of the nodes.
fn share_a_name(deployment: &Deployment, group: &[&Node]) -> bool {
    let inside = |nodes: &[usize]| group.iter().filter(|node| nodes.contains(&node.index)).count();
    let balanced = deployment.balancers().iter().chain(deployment.stream_balancers());
    balanced.into_iter().any(|balancer| inside(&balancer.nodes) > 1)
        || group.iter().any(|node| {
            let names = NAMES.iter().filter_map(|name| name.public(node));
            names.into_iter().any(|(host, _)| is_front(deployment, &host))
        })
        || are_named_together(deployment, group)
}

/// True for a name in front of several nodes, and for a server name of the proxy that leads to no given one.
fn is_front(deployment: &Deployment, host: &str) -> bool {
    match deployment.balancer(host) {
        Some(balancer) => balancer.others || balancer.nodes.len() > 1,
        None => {
            let servers = deployment.proxy.iter().flat_map(|proxy| &proxy.servers);
            servers.into_iter().any(|server| server.plain_names().any(|name| name.eq_ignore_ascii_case(host)))
        }
    }
}

/// True where a gateway environment gives clients a host that no node owns, and none the name of one gateway.
fn are_named_together(deployment: &Deployment, group: &[&Node]) -> bool {
    let mut together = false;
    for node in &deployment.nodes {
        if !group.iter().all(|member| deployment.same_zone(node, member)) {
            continue;
        }
        for reference in node.references() {
            let endpoint = reference.endpoint;
            if reference.purpose != Purpose::GatewayEndpoint || !endpoint.text.is_written() {
                continue;
            }
            let names_one = |host: &str| {
                group.iter().any(|member| {
                    NAMES.iter().filter_map(|name| name.public(member)).any(|(name, _)| name == host)
                })
            };
            match deployment.resolve(node, endpoint) {
                _ if endpoint.host.name().is_some_and(names_one) => return false,
                Target::Outside(_) => together = true,
                Target::Balancer(balancer) => together |= balancer.nodes.len() > 1,
                Target::Own(_) | Target::Node(..) | Target::Unknown => {}
            }
        }
    }
    together
}
