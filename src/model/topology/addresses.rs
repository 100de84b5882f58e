//! Which names and addresses belong to which node.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::declared::Declared;
use crate::model::deployment::{Balancer, Deployment};
use crate::model::endpoint::Host;
use crate::model::node::Node;
use crate::source::Span;

/// Names and addresses of all nodes, lower case.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    nodes: Vec<BTreeSet<String>>,
    owners: BTreeMap<String, Vec<usize>>,
    /// Container names without the words that deployments put around them.
    cores: BTreeMap<String, Vec<usize>>,
    common: Vec<CommonName>,
}

/// A HostName that several nodes carry: clients reach any of them under it.
#[derive(Debug, Clone)]
pub(super) struct CommonName {
    pub(super) name: String,
    pub(super) nodes: Vec<usize>,
    pub(super) span: Span,
}

/// What one node says about its own names, by strength.
#[derive(Default)]
struct OwnNames {
    /// Inventory, `localMemberHost`, `server.node_ip`: an address of this very node.
    firm: BTreeSet<String>,
    /// HostName and MgtHostName: may be the name of a whole group.
    host_names: BTreeMap<String, Span>,
    labels: BTreeSet<String>,
}

impl OwnNames {
    fn of(node: &Node, declared: &Declared) -> Self {
        let mut own = Self { labels: super::labels(node), ..Self::default() };
        let declared = declared.node(node.index).into_iter().flat_map(|entry| &entry.addresses);
        own.firm.extend(declared.filter_map(|address| name(&Host::literal(address))));
        own.firm.extend(local_member_host(node));
        own.firm.extend(node_address(node));
        let identity = &node.identity;
        for setting in [&identity.host_name, &identity.management_host_name].into_iter().flatten() {
            if let Some(name) = setting.text().and_then(|text| name(&Host::literal(text))) {
                own.host_names.entry(name).or_insert(setting.span);
            }
        }
        own
    }
}

impl Addresses {
    /// Collects the names that nodes, inventory and hosts file give; balancers are joined later.
    pub(super) fn of(deployment: &Deployment, declared: &Declared) -> Self {
        let own: Vec<OwnNames> = deployment.nodes.iter().map(|node| OwnNames::of(node, declared)).collect();
        let firm = holders(own.iter().map(|own| own.firm.iter().cloned().collect()));
        let labels = holders(own.iter().map(|own| own.labels.iter().cloned().collect()));
        let named = holders(own.iter().map(|own| own.host_names.keys().cloned().collect()));

        let mut all = Self { nodes: vec![BTreeSet::new(); own.len()], ..Self::default() };
        for (index, (own, set)) in own.iter().zip(&mut all.nodes).enumerate() {
            set.extend(own.firm.iter().cloned());
            // Two folders called alike name nobody, and a firm address of a peer outranks a folder.
            set.extend(
                own.labels
                    .iter()
                    .filter(|label| {
                        labels.get(*label).is_some_and(|nodes| nodes.len() == 1)
                            && firm.get(*label).is_none_or(|nodes| nodes.contains(&index))
                    })
                    .cloned(),
            );
            set.extend(
                own.host_names
                    .keys()
                    .filter(|name| {
                        let foreign = |map: &BTreeMap<String, Vec<usize>>| {
                            map.get(*name).is_some_and(|nodes| !nodes.contains(&index))
                        };
                        named.get(*name).is_some_and(|nodes| nodes.len() == 1)
                            && !foreign(&firm)
                            && !foreign(&labels)
                    })
                    .cloned(),
            );
        }
        for (name, nodes) in named.into_iter().filter(|(_, nodes)| nodes.len() > 1) {
            if firm.contains_key(&name) || labels.get(&name).is_some_and(|nodes| nodes.len() == 1) {
                continue;
            }
            let span = nodes.first().and_then(|index| own.get(*index)?.host_names.get(&name));
            if let Some(span) = span.copied() {
                all.common.push(CommonName { name, nodes, span });
            }
        }
        all.follow_hosts(deployment);
        all.index();
        let cores = |labels: &BTreeSet<String>| labels.iter().filter_map(|label| core(label)).collect();
        all.cores = holders(own.iter().map(|own| cores(&own.labels)));
        all
    }

    /// Adds what hosts lines map a node's names to, then the further names of its addresses.
    fn follow_hosts(&mut self, deployment: &Deployment) {
        let Some(hosts) = &deployment.hosts else { return };
        let proxied: BTreeSet<&str> = deployment
            .proxy
            .iter()
            .flat_map(|proxy| &proxy.servers)
            .flat_map(crate::model::proxy::VirtualServer::plain_names)
            .collect();
        // A server name or a common name leads to the proxy, so its line says nothing about a node.
        let mut taken: BTreeMap<String, Vec<usize>> = holders(self.nodes.iter().cloned());
        taken.extend(self.common.iter().map(|common| (common.name.clone(), common.nodes.clone())));
        let mut seen = BTreeSet::new();
        let lines: Vec<(&str, String)> = hosts
            .entries
            .iter()
            .filter(|entry| seen.insert(entry.name.text.to_ascii_lowercase()))
            .filter(|entry| !proxied.contains(entry.name.text.to_ascii_lowercase().as_str()))
            .filter_map(|entry| Some((entry.name.text.as_str(), name(&Host::literal(&entry.address))?)))
            .collect();
        for (index, set) in self.nodes.iter_mut().enumerate() {
            let found: Vec<String> = lines
                .iter()
                .filter(|(name, _)| set.contains(&name.to_ascii_lowercase()))
                .map(|(_, address)| address.clone())
                .collect();
            set.extend(found);
            let found: Vec<String> = lines
                .iter()
                .filter(|(name, address)| {
                    let name = name.to_ascii_lowercase();
                    set.contains(address) && taken.get(&name).is_none_or(|nodes| nodes.as_slice() == [index])
                })
                .map(|(name, _)| name.to_ascii_lowercase())
                .collect();
            set.extend(found);
        }
    }

    /// Gives nodes the names of balancers that lead to them alone, and takes away names that lead to several.
    pub(super) fn join(&mut self, balancers: &[Balancer]) {
        for balancer in balancers {
            match balancer.nodes.as_slice() {
                [one] if !balancer.others => {
                    if let Some(set) = self.nodes.get_mut(*one) {
                        set.insert(balancer.name.clone());
                    }
                }
                _ => {
                    for set in &mut self.nodes {
                        set.remove(&balancer.name);
                    }
                }
            }
        }
        self.index();
    }

    fn index(&mut self) {
        self.owners = holders(self.nodes.iter().cloned());
    }

    pub(super) fn of_node(&self, node: usize) -> impl Iterator<Item = &str> {
        self.nodes.get(node).into_iter().flatten().map(String::as_str)
    }

    /// The nodes that own a name or address. A container name is also found without the words that
    /// deployments put around it: `wso2apim-pattern-2-km-service` and `km.wso2.svc` both mean the node
    /// labelled `apim-km`.
    pub(super) fn owners(&self, host: &str) -> &[usize] {
        let host = host.to_ascii_lowercase();
        if let Some(owners) = self.owners.get(&host) {
            return owners;
        }
        if self.common.iter().any(|common| common.name == host) {
            return &[];
        }
        let Some(label) = container_name(&host) else { return &[] };
        if let Some(owners) = self.owners.get(label) {
            return owners;
        }
        core(label)
            .and_then(|core| self.cores.get(&core))
            .filter(|nodes| nodes.len() == 1)
            .map_or(&[], Vec::as_slice)
    }

    pub(super) fn common(&self) -> &[CommonName] {
        &self.common
    }
}

/// `localMemberHost`, unless it means the node itself.
pub(super) fn local_member_host(node: &Node) -> Option<String> {
    name(&node.clustering.as_ref()?.local_host)
}

/// TOML `server.node_ip`, unless it means the node itself.
pub(super) fn node_address(node: &Node) -> Option<String> {
    name(&Host::literal(node.identity.node_address.as_ref()?.text()?))
}

fn name(host: &Host) -> Option<String> {
    host.name().map(str::to_owned)
}

fn holders(sets: impl Iterator<Item = BTreeSet<String>>) -> BTreeMap<String, Vec<usize>> {
    let mut holders: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, set) in sets.enumerate() {
        for name in set {
            holders.entry(name).or_default().push(index);
        }
    }
    holders
}

/// The service name in a host that only a container network can resolve: a single label, or
/// `NAME.NAMESPACE.svc…`.
pub(super) fn container_name(host: &str) -> Option<&str> {
    if host.parse::<IpAddr>().is_ok() {
        return None;
    }
    let mut parts = host.split('.');
    let first = parts.next().filter(|first| !first.is_empty())?;
    match (parts.next(), parts.next()) {
        (None, _) | (Some(_), Some("svc")) => Some(first),
        _ => None,
    }
}

/// A container name without product words, pattern number and `service`; `None` where nothing telling is
/// left.
fn core(label: &str) -> Option<String> {
    let mut words: Vec<&str> = label.split(['-', '_']).collect();
    while let Some(first) = words.first() {
        match *first {
            "wso2" | "wso2am" | "wso2apim" | "am" | "apim" => {
                words.remove(0);
            }
            "pattern" if words.get(1).is_some_and(|word| word.parse::<u8>().is_ok()) => {
                words.drain(..2);
            }
            _ => break,
        }
    }
    while matches!(words.last(), Some(&"service" | &"svc")) {
        words.pop();
    }
    words.iter().any(|word| word.parse::<u32>().is_err()).then(|| words.join("-"))
}
