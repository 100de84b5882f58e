//! Whom nodes ask about keys and tokens: by the admin services, and over Thrift up to 2.6.

use std::net::IpAddr;

use super::deployment::{Deployment, Target};
use super::endpoint::{Endpoint, Host};
use super::keys::KeyManagement;
use super::node::{Node, Role};
use super::ports::ListenerKind;
use super::value::{Origin, Setting};
use crate::source::Span;

/// A place in a node that asks for the key manager, and what stands there.
#[derive(Debug, Clone, Copy)]
pub struct KeyCall<'a> {
    /// The address.
    pub endpoint: &'a Endpoint,
    /// True for `AuthManager/ServerURL`, by which portals log users in.
    pub logs_in: bool,
}

impl KeyManagement {
    /// True where gateways validate keys over Thrift instead of web services.
    pub fn uses_thrift(&self) -> bool {
        self.client_type.as_ref().and_then(Setting::text) == Some("ThriftClient")
    }

    /// `ThriftServerHost` where it means the node itself: a gateway calls this host, not that of `ServerURL`.
    pub fn own_thrift_host(&self) -> Option<&Setting> {
        self.thrift_host
            .as_ref()
            .filter(|host| host.text().is_some_and(|text| Host::literal(text) == Host::Own))
    }
}

impl Node {
    /// Key management of a gateway that validates keys over Thrift.
    pub fn thrift_client(&self) -> Option<&KeyManagement> {
        self.key_management.as_ref().filter(|keys| self.acts_as(Role::Gateway) && keys.uses_thrift())
    }

    /// True where the node is known to serve no Thrift.
    pub fn is_thrift_off(&self) -> bool {
        let enabled = self.key_management.as_ref().and_then(|keys| keys.thrift_enabled.as_ref());
        enabled.is_some_and(Setting::is_false)
    }

    /// Where the node says its own name: HostName, else what should hold it.
    pub fn name_place(&self) -> Span {
        let host_name = self.identity.host_name.as_ref().filter(|name| name.is_written());
        host_name.map_or(self.identity.span, |name| name.span)
    }

    /// The addresses by which a node in its roles finds the key manager. Gateways validate keys, portals of the XML releases
    /// log in. Portals of the TOML releases and gateways of 4.x need no address unless they write one.
    pub fn key_calls(&self) -> Vec<KeyCall<'_>> {
        let Some(keys) = &self.key_management else { return Vec::new() };
        let is_said =
            |endpoint: &&Endpoint| matches!(endpoint.text.origin, Origin::Written | Origin::Derived);
        let portal = self.acts_as(Role::Publisher) || self.acts_as(Role::Store);
        let validates = |endpoint: &&Endpoint| {
            (self.acts_as(Role::Gateway) && (endpoint.text.is_written() || !self.is_at_least(4, 0)))
                || (portal && keys.authentication.is_none() && endpoint.text.is_written())
        };
        let validation = keys.validation.iter().filter(is_said).filter(validates);
        let authentication = keys.authentication.iter().filter(is_said).filter(|_| portal);
        validation
            .map(|endpoint| KeyCall { endpoint, logs_in: false })
            .chain(authentication.map(|endpoint| KeyCall { endpoint, logs_in: true }))
            .collect()
    }
}

impl Deployment {
    /// The node that a gateway calls over Thrift: that of `ServerURL`, unless `ServerHost` of the Thrift service clearly is
    /// another one's.
    pub fn thrift_target<'a>(&'a self, gateway: &'a Node) -> Target<'a> {
        let Some(keys) = &gateway.key_management else { return Target::Unknown };
        let host = keys.thrift_host.as_ref().and_then(Setting::text).map(Host::literal);
        if let Some(host @ Host::Name(_)) = host {
            match self.resolve_host(gateway, &host, None) {
                target @ Target::Node(..) => return target,
                target @ Target::Balancer(_) => return target,
                Target::Own(_) | Target::Outside(_) | Target::Unknown => {}
            }
        }
        keys.validation.as_ref().map_or(Target::Unknown, |url| self.resolve(gateway, url))
    }

    /// The nodes that answer a gateway's calls over Thrift; none where that is unknown, and none where the gateway calls itself
    /// without being a key manager, or on a port of the machine that is not its own.
    pub fn thrift_servers<'a>(&'a self, gateway: &'a Node) -> Vec<&'a Node> {
        match self.thrift_target(gateway) {
            Target::Own(Some(_)) if gateway.acts_as(Role::KeyManager) => vec![gateway],
            Target::Node(node, _) => vec![node],
            Target::Balancer(balancer) => {
                balancer.nodes.iter().filter_map(|index| self.nodes.get(*index)).collect()
            }
            Target::Own(_) | Target::Outside(_) | Target::Unknown => Vec::new(),
        }
    }

    /// The key managers that a node could ask: other ones of its zone.
    pub fn key_managers_for<'a>(&'a self, node: &'a Node) -> impl Iterator<Item = &'a Node> {
        self.others(node).filter(move |other| other.acts_as(Role::KeyManager) && self.same_zone(node, other))
    }

    /// The URL of a node's admin services as its peers write it: that of a peer's configuration, else one with an address
    /// that it surely has.
    pub fn services_url(&self, node: &Node) -> Option<String> {
        let written = self.others(node).find_map(|peer| {
            let calls = peer.key_calls().into_iter().map(|call| call.endpoint);
            let mut means = calls.filter(|endpoint| {
                endpoint.port.variable.is_none()
                    && matches!(self.resolve(peer, endpoint), Target::Node(found, Some(_)) if found.index == node.index)
            });
            means.next().map(|endpoint| endpoint.text.value.clone())
        });
        written.or_else(|| {
            let mut addresses = self.addresses(node);
            let address = addresses.find(|address| address.parse::<IpAddr>().is_ok());
            let host = address.or_else(|| node.public_host_name().and_then(Setting::text))?;
            Some(format!("https://{host}:{}/services/", node.port(ListenerKind::ServletHttps)?))
        })
    }
}
