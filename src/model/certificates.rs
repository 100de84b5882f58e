//! Who meets whose certificate: the TLS addresses of a deployment and what a client is shown there.

use super::deployment::{Balancer, Deployment, Target};
use super::endpoint::{Endpoint, Purpose};
use super::keys::{KeyStore, KeyStoreUse};
use super::node::Node;
use super::ports::ListenerKind;
use super::proxy::VirtualServer;
use crate::source::Span;
use crate::syntax::certificate::Certificate;

/// A node that calls.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'a> {
    /// The node.
    pub node: &'a Node,
    /// The address as it writes it.
    pub endpoint: &'a Endpoint,
    /// What it calls for.
    pub purpose: Purpose,
}

/// Whoever answers with a certificate.
#[derive(Debug, Clone, Copy)]
pub struct Peer<'a> {
    /// The node, unless the proxy answers.
    pub node: Option<&'a Node>,
    /// Where the certificate is named: the location of the key store, the word of `ssl_certificate`.
    pub place: Span,
    /// True for the certificate that packs ship.
    pub is_shipped: bool,
    /// What it shows, its own certificate first.
    pub chain: &'a [Certificate],
}

impl Peer<'_> {
    /// What to call it in a message.
    pub fn name(&self) -> &str {
        self.node.map_or("the proxy", |node| &node.name)
    }
}

/// A call over TLS of which the certificate is known.
#[derive(Debug, Clone, Copy)]
pub struct Encounter<'a> {
    /// Who calls.
    pub caller: Caller<'a>,
    /// Who answers.
    pub peer: Peer<'a>,
}

impl Deployment {
    /// Every call over TLS between different parties whose certificate the input holds, in a fixed order.
    pub fn encounters(&self) -> Vec<Encounter<'_>> {
        let calls = self.nodes.iter().flat_map(|node| {
            node.references().into_iter().map(move |reference| Caller {
                node,
                endpoint: reference.endpoint,
                purpose: reference.purpose,
            })
        });
        calls
            .filter(|caller| {
                let is_called = !matches!(caller.purpose, Purpose::RemoteInstance | Purpose::Database);
                is_called && ["https", "ssl", "wss"].contains(&caller.endpoint.scheme.as_str())
            })
            .filter_map(|caller| Some(Encounter { caller, peer: self.peer(caller)? }))
            .collect()
    }

    fn peer<'a>(&'a self, caller: Caller<'a>) -> Option<Peer<'a>> {
        match self.resolve(caller.node, caller.endpoint) {
            Target::Node(node, Some(listener)) => {
                let store = node.presents(listener.kind)?;
                let (place, is_shipped) = (store.location.span, store.is_shipped());
                Some(Peer { node: Some(node), place, is_shipped, chain: store.chain()? })
            }
            Target::Balancer(balancer) => self.proxy_peer(balancer, caller.endpoint.port.number?),
            Target::Own(_) | Target::Node(_, None) | Target::Outside(_) | Target::Unknown => None,
        }
    }

    fn proxy_peer(&self, balancer: &Balancer, port: u16) -> Option<Peer<'_>> {
        let proxy = self.proxy.as_ref()?;
        let serves = |server: &&VirtualServer| {
            server.plain_names().any(|name| name == balancer.name)
                && server.listens.iter().any(|listen| listen.port == port && server.is_tls(listen))
        };
        let word = proxy.servers.iter().find(serves)?.certificate.as_ref()?;
        let chain = proxy.certificates.get(&word.text)?;
        Some(Peer { node: None, place: word.span, is_shipped: false, chain })
    }
}

impl Node {
    /// The key store behind a TLS listener; in deployment.toml the gateway transport has that of the servlet transport
    /// unless it names another.
    pub fn presents(&self, listener: ListenerKind) -> Option<&KeyStore> {
        let is_toml = self.config_model == super::node::ConfigModel::Toml;
        let own = match listener {
            ListenerKind::ServletHttps => KeyStoreUse::Tls,
            ListenerKind::GatewayHttps => KeyStoreUse::Transport,
            ListenerKind::BinarySsl | ListenerKind::ThriftSsl => KeyStoreUse::DataBridge,
            ListenerKind::AmqpTls => KeyStoreUse::Broker,
            _ => return None,
        };
        self.key_store(own).or_else(|| self.key_store(KeyStoreUse::Tls).filter(|_| is_toml))
    }
}
