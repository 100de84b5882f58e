//! Nodes and deployments built by hand for unit tests.

use super::clustering::{Clustering, Member};
use super::deployment::{Deployment, HostEntry, Hosts};
use super::endpoint::{Endpoint, Host, Port};
use super::gateway::Environment;
use super::keys::KeyManagement;
use super::node::{Node, Product, Version, VersionEvidence};
use super::ports::{Listener, ListenerKind};
use super::proxy::{Listen, Location, Proxy, ProxyPass, UpstreamServer, VirtualServer};
use super::throttling::{
    Conditions, ConnectionFactory, JndiFile, Mode, ReceiverGroup, ReceiverGroups, Throttling,
};
use super::topology::declared::{Declared, DeclaredNode};
use super::value::{Origin, Secret, Setting};
use crate::input::inventory::Inventory;
use crate::source::{FileId, Sources, Span};
use crate::syntax::Scalar;

/// A place that no test looks at.
pub fn span() -> Span {
    Span::new(FileId { owner: 0, index: 0 }, 0, 0)
}

/// A value that stands in a file.
pub fn written<T>(value: impl Into<T>) -> Setting<T> {
    Setting::at(value.into(), span(), Origin::Written)
}

/// A 2.6 node with the listeners of the untouched pack, and nothing else.
pub fn node(index: usize, name: &str) -> Node {
    let mut node = Node {
        product: Product::ApiManager,
        version: Some(Version::new(2, 6, 0)),
        version_evidence: VersionEvidence::Given,
        ..Node::nameless(index, name, span())
    };
    offset(&mut node, 0);
    node
}

/// Sets the offset of a node and the ports that follow from it.
pub fn offset(node: &mut Node, offset: u16) {
    const PORTS: [(ListenerKind, u16); 8] = [
        (ListenerKind::ServletHttps, 9443),
        (ListenerKind::ServletHttp, 9763),
        (ListenerKind::GatewayHttp, 8280),
        (ListenerKind::GatewayHttps, 8243),
        (ListenerKind::WebSocket, 9099),
        (ListenerKind::BinaryTcp, 9611),
        (ListenerKind::BinarySsl, 9711),
        (ListenerKind::Amqp, 5672),
    ];
    node.identity.offset = written(offset);
    let listener = |(kind, base): (ListenerKind, u16)| Listener {
        kind,
        base: written(base),
        port: base.checked_add(offset),
        shifted: true,
        open: true,
        malformed: None,
        bind_address: None,
    };
    node.listeners = PORTS.into_iter().map(listener).collect();
}

/// A written `scheme://host:port/path`.
pub fn url(text: &str) -> Endpoint {
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    let (authority, path) = rest.split_once('/').map_or((rest, ""), |(authority, path)| (authority, path));
    let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
    Endpoint {
        text: written(text),
        scheme: scheme.to_owned(),
        host: Host::literal(host),
        host_span: span(),
        port: Port { number: port.parse().ok(), variable: None, span: span() },
        path: format!("/{path}"),
    }
}

/// A gateway environment with this `ServerURL`.
pub fn environment(name: &str, service_url: &str) -> Environment {
    Environment {
        name: Some(written(name)),
        kind: None,
        service_url: Some(url(service_url)),
        user_name: None,
        password: None,
        endpoints: Vec::new(),
        web_sockets: Vec::new(),
        web_hooks: Vec::new(),
        gateway_type: None,
        virtual_hosts: Vec::new(),
        span: span(),
    }
}

/// Key management with this `APIKeyValidator/ServerURL`.
pub fn keys(validation: &str) -> KeyManagement {
    KeyManagement {
        span: span(),
        validation: Some(url(validation)),
        authentication: None,
        revocation: None,
        client_type: None,
        thrift_enabled: None,
        thrift_host: None,
        thrift_server_port: None,
        thrift_client_port: None,
    }
}

/// Throttling switched on, with these receiver groups.
pub fn throttling(groups: &[&[&str]]) -> Throttling {
    let group = |urls: &&[&str]| ReceiverGroup {
        mode: Mode::LoadBalance,
        endpoints: urls.iter().map(|text| url(text)).collect(),
        urls: urls.iter().map(|text| written(*text)).collect(),
        span: span(),
    };
    Throttling {
        span: span(),
        advanced: written(true),
        conditions: Conditions { header: written(false), claim: written(false), query: written(false) },
        publishes: written(true),
        event_type: None,
        receivers: Some(ReceiverGroups {
            span: span(),
            groups: groups.iter().map(group).collect(),
            outside: Vec::new(),
        }),
        authentications: None,
        deploys_policies: written(true),
        policy_deployer: None,
        subscribes: written(true),
        brokers: Vec::new(),
        brokers_span: span(),
        event_publisher_parameters: None,
        duplicate_urls: Vec::new(),
        event_hub: None,
    }
}

/// A JNDI file whose `TopicConnectionFactory` has this broker.
pub fn jndi_file(path: &str, broker: &str) -> JndiFile {
    JndiFile {
        path: path.to_owned(),
        span: span(),
        connection_factories: vec![ConnectionFactory {
            name: "TopicConnectionFactory".to_owned(),
            span: span(),
            url: written(Secret::default()),
            brokers: vec![url(broker)],
            user: None,
            password: None,
        }],
        topics: Vec::new(),
        queues: Vec::new(),
    }
}

/// Enabled clustering with scheme `wka`.
pub fn clustering(domain: &str, host: &str, port: u16, members: &[(&str, u16)]) -> Clustering {
    let member = |(host, port): &(&str, u16)| Member {
        host_name: written(*host),
        host: Host::literal(host),
        port: Some(written(*port)),
        span: span(),
    };
    Clustering {
        span: span(),
        enabled: written(true),
        domain: Some(written(domain)),
        scheme: Some(written("wka")),
        local_member_host: Some(written(host)),
        local_host: Host::literal(host),
        local_member_port: written(port),
        members_span: span(),
        members: members.iter().map(member).collect(),
        members_vanilla: false,
        parameters: Vec::new(),
        group_management: None,
        own_file: None,
    }
}

/// Hosts lines: name and address.
pub fn hosts(lines: &[(&str, &str)]) -> Hosts {
    let entry = |(name, address): &(&str, &str)| HostEntry {
        name: Scalar::plain(*name, span(), 0),
        address: (*address).to_owned(),
    };
    Hosts { entries: lines.iter().map(entry).collect(), span: Some(span()) }
}

/// A server block that listens on one TLS port and forwards `/` to these servers.
pub fn server(name: &str, listen: u16, servers: &[(&str, u16)]) -> VirtualServer {
    let server = |(host, port): &(&str, u16)| UpstreamServer {
        host: (*host).to_owned(),
        port: *port,
        span: span(),
        standby: false,
    };
    VirtualServer {
        span: span(),
        names: vec![Scalar::plain(name, span(), 0)],
        listens: vec![Listen { port: listen, tls: true, default_server: false, span: span() }],
        ssl_on: None,
        protocols: Vec::new(),
        certificate: None,
        certificate_key: None,
        rejects_handshake: false,
        incomplete: false,
        locations: vec![Location {
            modifier: String::new(),
            path: Scalar::plain("/", span(), 0),
            span: span(),
            pass: Some(ProxyPass {
                span: span(),
                target: Scalar::plain("https://nodes", span(), 0),
                scheme: "https".to_owned(),
                upstream: Some("nodes".to_owned()),
                servers: servers.iter().map(server).collect(),
                named: true,
                path: None,
            }),
            headers: Vec::new(),
            lost_headers: Vec::new(),
            http_version: None,
            redirects: Vec::new(),
            redirect_rules: Vec::new(),
            cookie_paths: Vec::new(),
            rewritten: false,
        }],
    }
}

/// A proxy with these server blocks.
pub fn proxy(servers: Vec<VirtualServer>) -> Proxy {
    Proxy { servers, ..Proxy::default() }
}

/// A deployment of nodes alone.
pub fn deployment(nodes: Vec<Node>) -> Deployment {
    assemble(nodes, None, None, |_| {})
}

/// A deployment with a proxy, a hosts file and what an inventory would declare.
pub(in crate::model) fn assemble(
    nodes: Vec<Node>,
    proxy: Option<Proxy>,
    hosts: Option<Hosts>,
    declare: impl FnOnce(&mut Declared),
) -> Deployment {
    let mut declared = Declared { nodes: vec![DeclaredNode::default(); nodes.len()], ..Declared::default() };
    declare(&mut declared);
    Deployment::assemble(nodes, proxy, hosts, Inventory::default(), Sources::default(), declared)
}
