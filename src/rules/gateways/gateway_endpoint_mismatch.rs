//! Portals that show different addresses for one gateway environment: what a developer copies depends on the node that
//! answered.

use std::collections::BTreeSet;

use crate::model::gateway::Environment;
use crate::model::{Deployment, Endpoint, Host, Node, Role, Target};
use crate::rules::{Check, Finding, Rule, majority_preferring};

/// GW006.
pub static RULE: Rule = Rule { card: "GW006-gateway-endpoint-mismatch", check: Check::Deployment(check) };

/// The endpoints of one sort, and what a message calls them.
struct Sort {
    noun: &'static str,
    of: fn(&Environment) -> Vec<&Endpoint>,
}

const SORTS: [Sort; 3] = [
    Sort { noun: "HTTP endpoint", of: |environment| with_scheme(&environment.endpoints, "http") },
    Sort { noun: "HTTPS endpoint", of: |environment| with_scheme(&environment.endpoints, "https") },
    Sort { noun: "WebSocket endpoint", of: |environment| environment.web_sockets.iter().collect() },
];

fn with_scheme<'a>(endpoints: &'a [Endpoint], scheme: &str) -> Vec<&'a Endpoint> {
    endpoints.iter().filter(|endpoint| endpoint.scheme == scheme).collect()
}

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for (name, group) in groups(deployment) {
        let odd: Vec<Odd<'_>> = SORTS.iter().flat_map(|sort| odd(deployment, &group, sort)).collect();
        for (node, _) in group {
            let mut own = odd.iter().filter(|odd| odd.node.index == node.index);
            let Some(first) = own.next() else { continue };
            findings.push(own.fold(finding(name, first), |finding, other| {
                finding
                    .related(other.endpoint.text.span, format!("{} here", other.endpoint.address()))
                    .related(other.usual.text.span, format!("{} here", other.usual.address()))
            }));
        }
    }
}

/// A portal and its environment of a name.
type Owned<'a> = (&'a Node, &'a Environment);

/// The environments of one name in one zone, one a portal; from 4.0 on stores read the database.
fn groups(deployment: &Deployment) -> Vec<(&str, Vec<Owned<'_>>)> {
    let portals = |node: &&Node| {
        let store = node.acts_as(Role::Store) && !node.is_at_least(4, 0);
        node.is_api_manager() && (node.acts_as(Role::Publisher) || store)
    };
    let mut groups: Vec<(&str, Vec<Owned<'_>>)> = Vec::new();
    for node in deployment.nodes.iter().filter(portals) {
        for environment in &node.environments {
            let Some(name) = environment.known_name() else { continue };
            let is_meant = |(known, group): &&mut (&str, Vec<Owned<'_>>)| {
                *known == name && group.iter().all(|(other, _)| deployment.same_zone(node, other))
            };
            match groups.iter_mut().find(is_meant) {
                Some((_, group)) if group.iter().any(|(other, _)| other.index == node.index) => {}
                Some((_, group)) => group.push((node, environment)),
                None => groups.push((name, vec![(node, environment)])),
            }
        }
    }
    groups
}

/// What a node shows of one sort for an environment.
struct Shown<'a> {
    node: &'a Node,
    endpoints: Vec<&'a Endpoint>,
    addresses: BTreeSet<String>,
}

/// An endpoint that differs from what most others show.
struct Odd<'a> {
    noun: &'static str,
    node: &'a Node,
    endpoint: &'a Endpoint,
    model: &'a Node,
    usual: &'a Endpoint,
}

/// The endpoints of one sort in which nodes differ from most of their group; of two that for which less speaks differs.
fn odd<'a>(deployment: &Deployment, group: &[Owned<'a>], sort: &Sort) -> Vec<Odd<'a>> {
    let shown = |(node, environment): &Owned<'a>| -> Option<Shown<'a>> {
        let endpoints = (sort.of)(environment);
        let addresses = addresses(&endpoints).filter(|addresses| !addresses.is_empty())?;
        Some(Shown { node, endpoints, addresses })
    };
    let all: Vec<Shown<'a>> = group.iter().filter_map(shown).collect();
    let trusted = |shown: &Shown<'_>| {
        shown.endpoints.iter().map(|endpoint| trust(deployment, (shown.node, endpoint))).min()
    };
    let agree = |one: &Shown<'_>, other: &Shown<'_>| one.addresses == other.addresses;
    let Some(right) = majority_preferring(&all, agree, trusted) else { return Vec::new() };
    let beside = |one: &Shown<'a>, other: &Shown<'_>| {
        let strange = one.endpoints.iter().find(|endpoint| !other.addresses.contains(&endpoint.address()));
        strange.or(one.endpoints.first()).copied()
    };
    let differing = |own: &Shown<'a>| {
        let (endpoint, usual) = (beside(own, right)?, beside(right, own)?);
        // Each node that shows itself is another matter.
        let each_itself = endpoint.host == Host::Own && usual.host == Host::Own;
        (own.addresses != right.addresses && !each_itself).then_some(Odd {
            noun: sort.noun,
            node: own.node,
            endpoint,
            model: right.node,
            usual,
        })
    };
    all.iter().filter_map(differing).collect()
}

fn finding(name: &str, odd: &Odd<'_>) -> Finding {
    let message = format!(
        "{} shows {} {} for environment \"{name}\", {} shows {}",
        odd.node.name,
        odd.noun,
        odd.endpoint.address(),
        odd.model.name,
        odd.usual.address(),
    );
    Finding::new(odd.endpoint.text.span, format!("{} here", odd.endpoint.address()), message)
        .help("show the same endpoints on every publisher and store")
        .related(odd.usual.text.span, format!("{} here", odd.usual.address()))
}

/// How much speaks for an endpoint: a port on which the proxy listens for the name, then any name that the deployment
/// has, then a name at all.
fn trust(deployment: &Deployment, (node, endpoint): (&Node, &Endpoint)) -> u8 {
    match deployment.resolve(node, endpoint) {
        _ if endpoint.host == Host::Own => 0,
        Target::Balancer(balancer) => {
            let listens = balancer.routes.iter().any(|route| Some(route.listen) == endpoint.port.number);
            if listens { 4 } else { 2 }
        }
        Target::Node(_, Some(_)) | Target::Own(Some(_)) => 3,
        Target::Node(_, None) | Target::Own(None) => 2,
        Target::Outside(_) | Target::Unknown => 1,
    }
}

/// The addresses as a set; `None` where one of them is unknown or nobody wrote it.
fn addresses(endpoints: &[&Endpoint]) -> Option<BTreeSet<String>> {
    let is_known = |endpoint: &&&Endpoint| {
        endpoint.text.is_written() && endpoint.host != Host::Unknown && endpoint.port.number.is_some()
    };
    (endpoints.iter().filter(is_known).count() == endpoints.len())
        .then(|| endpoints.iter().map(|endpoint| endpoint.address()).collect())
}
