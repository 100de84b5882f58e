//! The names in front of nodes: server names of nginx, balancers of the inventory, and common HostNames.

use std::collections::BTreeMap;

use super::Topology;
use crate::model::deployment::{Balancer, Deployment, Route};
use crate::model::proxy::{Proxy, UpstreamServer, VirtualServer};
use crate::source::Span;

/// Balancers by name, and those of the stream context, which have none.
pub(super) fn of(deployment: &Deployment, topology: &Topology) -> (Vec<Balancer>, Vec<Balancer>) {
    let mut found: BTreeMap<String, Balancer> = BTreeMap::new();
    for entry in &topology.declared.balancers {
        let balancer = named(&mut found, &entry.name, entry.span);
        balancer.tcp |= entry.tcp;
        balancer.others |= entry.others;
        balancer.nodes.extend(&entry.nodes);
        for (listen, port) in &entry.ports {
            let routes = entry.nodes.iter().map(|node| Route {
                listen: *listen,
                node: *node,
                port: *port,
                tls: false,
            });
            balancer.routes.extend(routes);
        }
    }
    for server in deployment.proxy.iter().flat_map(|proxy: &Proxy| &proxy.servers) {
        add_server(&mut found, server, deployment, topology);
    }
    for common in topology.addresses.common() {
        // Where the name is a server name, too, nginx tells better who is behind it.
        if !found.contains_key(&common.name) {
            let balancer = named(&mut found, &common.name, Some(common.span));
            balancer.nodes.extend(&common.nodes);
        }
    }
    let mut streams = Vec::new();
    for server in deployment.proxy.iter().flat_map(|proxy: &Proxy| &proxy.stream_servers) {
        let mut balancer = empty(String::new(), Some(server.span));
        balancer.tcp = true;
        add_routes(&mut balancer, &[(server.port, false)], &server.servers, deployment, topology);
        streams.push(sorted(balancer));
    }
    let balancers = found.into_values().filter(|balancer| !balancer.nodes.is_empty());
    (balancers.map(sorted).collect(), streams)
}

fn add_server(
    found: &mut BTreeMap<String, Balancer>,
    server: &VirtualServer,
    deployment: &Deployment,
    topology: &Topology,
) {
    let listens: Vec<(u16, bool)> =
        server.listens.iter().map(|listen| (listen.port, server.is_tls(listen))).collect();
    for name in server.plain_names() {
        for pass in server.locations.iter().filter_map(|location| location.pass.as_ref()) {
            let balancer = named(found, name, Some(server.span));
            balancer.others |= pass.upstream.is_none();
            add_routes(balancer, &listens, &pass.servers, deployment, topology);
        }
    }
}

fn add_routes(
    balancer: &mut Balancer,
    listens: &[(u16, bool)],
    servers: &[UpstreamServer],
    deployment: &Deployment,
    topology: &Topology,
) {
    for server in servers {
        let Some(node) = topology.upstream_node(deployment, server) else {
            balancer.others = true;
            continue;
        };
        balancer.nodes.push(node);
        let routes =
            listens.iter().map(|(listen, tls)| Route { listen: *listen, node, port: server.port, tls: *tls });
        balancer.routes.extend(routes);
    }
}

fn named<'a>(found: &'a mut BTreeMap<String, Balancer>, name: &str, span: Option<Span>) -> &'a mut Balancer {
    let name = name.to_ascii_lowercase();
    found.entry(name.clone()).or_insert_with(|| empty(name, span))
}

fn empty(name: String, span: Option<Span>) -> Balancer {
    Balancer { name, nodes: Vec::new(), routes: Vec::new(), span, tcp: false, others: false }
}

fn sorted(mut balancer: Balancer) -> Balancer {
    balancer.nodes.sort_unstable();
    balancer.nodes.dedup();
    balancer.routes.sort_unstable_by_key(|route| (route.listen, route.node, route.port));
    balancer.routes.dedup();
    balancer
}
