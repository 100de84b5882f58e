//! Which nodes serve one network zone: only those are compared with each other.

use std::collections::{BTreeMap, BTreeSet};

use super::declared::Declared;
use crate::model::deployment::Deployment;
use crate::model::endpoint::Host;
use crate::model::node::{Node, Role};
use crate::model::value::Setting;

/// Pairs of nodes in different zones, the lower index first.
#[derive(Debug, Default)]
pub(in crate::model) struct Zones {
    apart: BTreeSet<(usize, usize)>,
}

impl Zones {
    /// Inventory zones decide where both nodes have one. Gateways are also apart when they pull disjoint
    /// labels, when one publisher pushes to them as different environments, or when each belongs to a cluster
    /// domain of several gateways and neither domain lists a member of the other.
    pub(super) fn of(deployment: &Deployment, declared: &Declared) -> Self {
        let zone = |node: &Node| declared.node(node.index).and_then(|entry| entry.zone.as_deref());
        let environments = environments(deployment);
        let domains = domains(deployment);
        let mut apart = BTreeSet::new();
        for (left, right) in deployment.pairs() {
            let different = match (zone(left), zone(right)) {
                (Some(left), Some(right)) => left != right,
                _ => {
                    left.acts_as(Role::Gateway)
                        && right.acts_as(Role::Gateway)
                        && (disjoint(&labels(left), &labels(right))
                            || environments.iter().any(|served| {
                                let of = |node: &Node| served.get(&node.index).cloned().unwrap_or_default();
                                disjoint(&of(left), &of(right))
                            })
                            || other_domain(deployment, &domains, left, right))
                }
            };
            if different {
                apart.insert((left.index, right.index));
            }
        }
        Self { apart }
    }

    pub(super) fn same(&self, left: usize, right: usize) -> bool {
        !self.apart.contains(&(left.min(right), left.max(right)))
    }
}

fn disjoint(left: &BTreeSet<String>, right: &BTreeSet<String>) -> bool {
    !left.is_empty() && !right.is_empty() && left.is_disjoint(right)
}

fn labels(node: &Node) -> BTreeSet<String> {
    let pull = node.artifact_pull.as_ref().filter(|pull| !pull.enabled.is_false());
    pull.into_iter().flat_map(|pull| &pull.labels).filter_map(Setting::text).map(str::to_owned).collect()
}

/// For each node that lists several environments: which of them each gateway serves.
fn environments(deployment: &Deployment) -> Vec<BTreeMap<usize, BTreeSet<String>>> {
    let mut all = Vec::new();
    for node in deployment.nodes.iter().filter(|node| node.environments.len() > 1) {
        let mut served: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
        for environment in &node.environments {
            let Some(name) = environment.name.as_ref().and_then(Setting::text) else { continue };
            let urls = environment.service_url.iter().chain(&environment.endpoints);
            for gateway in urls.flat_map(|url| deployment.resolve(node, url).node_indices(node.index)) {
                served.entry(gateway).or_default().insert(name.to_owned());
            }
        }
        all.push(served);
    }
    all
}

/// The names of the environments with which publishers reach a gateway, in the order of their files: those whose first URL
/// that leads to any gateway leads to this one; where none does, those that lead to others of its cluster domain.
pub(in crate::model) fn environments_reaching(deployment: &Deployment, gateway: &Node) -> Vec<String> {
    let publishers = deployment.others(gateway).filter(|other| other.acts_as(Role::Publisher));
    let environments: Vec<(String, Vec<usize>)> =
        publishers.flat_map(|publisher| reached_gateways(deployment, publisher)).collect();
    let leading_to = |nodes: &[usize]| {
        let mut names: Vec<String> = Vec::new();
        for (name, reached) in &environments {
            if reached.iter().any(|index| nodes.contains(index)) && !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    };
    let own = leading_to(&[gateway.index]);
    if !own.is_empty() {
        return own;
    }
    let domains = domains(deployment);
    domain(gateway).and_then(|name| domains.get(name)).map(|mates| leading_to(mates)).unwrap_or_default()
}

/// Each environment of a publisher with the gateways that its first URL leads to.
fn reached_gateways(deployment: &Deployment, publisher: &Node) -> Vec<(String, Vec<usize>)> {
    let is_gateway =
        |index: &usize| deployment.nodes.get(*index).is_some_and(|node| node.acts_as(Role::Gateway));
    let mut found = Vec::new();
    for environment in &publisher.environments {
        let Some(name) = environment.known_name() else { continue };
        let urls = environment.service_url.iter().chain(&environment.endpoints);
        let reached = urls
            .map(|url| deployment.resolve(publisher, url).node_indices(publisher.index))
            .map(|nodes| nodes.into_iter().filter(is_gateway).collect::<Vec<usize>>())
            .find(|nodes| !nodes.is_empty());
        found.extend(reached.map(|nodes| (name.to_owned(), nodes)));
    }
    found
}

/// Gateways by cluster domain, enabled ones only.
fn domains(deployment: &Deployment) -> BTreeMap<String, Vec<usize>> {
    let mut domains: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for node in deployment.nodes.iter().filter(|node| node.acts_as(Role::Gateway)) {
        if let Some(domain) = domain(node) {
            domains.entry(domain.to_owned()).or_default().push(node.index);
        }
    }
    domains
}

fn domain(node: &Node) -> Option<&str> {
    node.clustering.as_ref().filter(|clustering| clustering.enabled.is_true())?.domain_name()
}

fn other_domain(
    deployment: &Deployment,
    domains: &BTreeMap<String, Vec<usize>>,
    left: &Node,
    right: &Node,
) -> bool {
    let (Some(one), Some(other)) = (domain(left), domain(right)) else { return false };
    if one == other {
        return false;
    }
    let nodes = |domain: &str| domains.get(domain).map_or(&[][..], Vec::as_slice);
    let (one, other) = (nodes(one), nodes(other));
    let lists = |from: &[usize], to: &[usize]| {
        from.iter().filter_map(|index| deployment.nodes.get(*index)).any(|node| {
            let members = node.clustering.iter().flat_map(|clustering| &clustering.members);
            members.filter(|member| member.host != Host::Own).any(|member| {
                let name = member.host.name().unwrap_or("");
                deployment.owners(name).iter().any(|owner| to.contains(&owner.index))
            })
        })
    };
    one.len() > 1 && other.len() > 1 && !lists(one, other) && !lists(other, one)
}
