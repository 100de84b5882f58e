//! What a setting means on its node: variables, own addresses and ports, booleans and the order of lists aside.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use crate::model::deployment::Deployment;
use crate::model::node::Node;
use crate::model::ports::ListenerKind;
use crate::syntax::placeholder;
use crate::syntax::settings::plain_spelling;

/// Stands for any node of the group: which of them an address names is other rules' business.
const NODE: &str = "\u{1}node";

/// A value that can be compared with that of another node.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Meaning {
    /// What it says.
    Known(String),
    /// A placeholder or an encrypted value: nobody can tell.
    Unknown,
}

/// What nodes of a group call themselves and each other.
pub(super) struct Group<'a> {
    deployment: &'a Deployment,
    indexes: BTreeSet<usize>,
    addresses: BTreeSet<String>,
    nodes: BTreeMap<usize, Own>,
    ports: BTreeMap<u16, ListenerKind>,
}

/// What one node fills in.
#[derive(Default)]
struct Own {
    ports: BTreeMap<u16, ListenerKind>,
    variables: BTreeMap<&'static str, String>,
}

impl<'a> Group<'a> {
    pub(super) fn of(deployment: &'a Deployment, nodes: &[&Node]) -> Self {
        let mut group = Self {
            deployment,
            indexes: nodes.iter().map(|node| node.index).collect(),
            addresses: BTreeSet::new(),
            nodes: BTreeMap::new(),
            ports: BTreeMap::new(),
        };
        for node in nodes {
            group.addresses.extend(deployment.addresses(node).map(str::to_owned));
            let own = Own::of(node);
            group.ports.extend(&own.ports);
            group.nodes.insert(node.index, own);
        }
        group
    }

    /// The meaning of a value on a node.
    pub(super) fn meaning(&self, node: usize, value: &str, secret: bool) -> Meaning {
        let value = value.trim();
        if secret {
            return if is_hidden(value) { Meaning::Unknown } else { Meaning::Known(value.to_owned()) };
        }
        if !value.contains(|letter: char| letter.is_alphabetic() && letter.is_ascii_uppercase())
            && !value.contains(['$', '{', '<', ',', '|', ':', '.', ' ', '\n', '['])
        {
            return Meaning::Known(value.to_owned());
        }
        let Some(own) = self.nodes.get(&node) else { return Meaning::Unknown };
        let Some(text) = own.fill(value) else { return Meaning::Unknown };
        let text = plain_spelling(&text);
        let is_address = text.contains("://") || self.is_own(&text) || has_port(&text);
        let text = if is_address { self.without_addresses(&text, own) } else { text };
        Meaning::Known(sorted(&text))
    }

    /// Addresses of the group's nodes as one word, their ports as what answers there.
    fn without_addresses(&self, text: &str, own: &Own) -> String {
        let inside = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_');
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        let mut after_node = false;
        // Receivers and brokers: node 1 names its peer tm-2 and node 2 names tm-1, whether those are given or not.
        let is_peers = text.contains("tcp://") || text.contains("ssl://");
        while let Some(first) = rest.chars().next() {
            let end = if inside(first) {
                rest.find(|letter| !inside(letter)).unwrap_or(rest.len())
            } else {
                first.len_utf8()
            };
            let (word, behind) = rest.split_at(end);
            let port = word.parse::<u16>().ok().filter(|_| after_node && out.ends_with(':'));
            let kind = port.and_then(|port| own.ports.get(&port).or_else(|| self.ports.get(&port)));
            if let Some(kind) = kind {
                out.push_str(kind.noun());
            } else if self.is_own(word) {
                out.push_str(NODE);
            } else if is_peers && word.contains(char::is_alphabetic) {
                out.extend(word.chars().filter(|letter| !letter.is_ascii_digit()));
            } else {
                out.push_str(word);
            }
            after_node = self.is_own(word) || after_node && word == ":";
            rest = behind;
        }
        out
    }

    fn is_own(&self, word: &str) -> bool {
        matches!(word, "localhost" | "0.0.0.0")
            || word.starts_with("127.") && word.parse::<Ipv4Addr>().is_ok()
            || self.addresses.contains(word)
            || word.contains(char::is_alphabetic)
                && matches!(self.deployment.owners(word).as_slice(), [one] if self.indexes.contains(&one.index))
    }
}

impl Own {
    fn of(node: &Node) -> Self {
        let ports = node.listeners.iter().filter_map(|listener| Some((listener.port?, listener.kind)));
        let offset = node.identity.offset.known().copied();
        let mut variables = BTreeMap::new();
        let listeners = [
            ("mgt.transport.https.port", ListenerKind::ServletHttps),
            ("carbon.management.port", ListenerKind::ServletHttps),
            ("mgt.transport.http.port", ListenerKind::ServletHttp),
            ("https.nio.port", ListenerKind::GatewayHttps),
            ("http.nio.port", ListenerKind::GatewayHttp),
        ];
        for (name, kind) in listeners {
            if let Some(port) = node.listener(kind).and_then(|listener| listener.port) {
                variables.insert(name, port.to_string());
            }
        }
        for (name, base) in [("receiver.url.port", 9611_u16), ("auth.url.port", 9711), ("jms.port", 5672)] {
            if let Some(port) = offset.and_then(|offset| base.checked_add(offset)) {
                variables.insert(name, port.to_string());
            }
        }
        let mut add = |name, value: Option<&str>| {
            if let Some(value) = value {
                variables.insert(name, value.to_owned());
            }
        };
        let host = node.identity.host_name.as_ref();
        add("carbon.local.ip", Some("localhost"));
        add("carbon.host", host.map_or(Some("localhost"), |name| name.text()));
        add("carbon.context", Some("/"));
        add("carbon.home", Some("${carbon.home}"));
        let admin = node.users.as_ref().and_then(|users| users.admin_name.as_ref());
        add("admin.username", admin.and_then(|name| name.text()));
        Self { ports: ports.collect(), variables }
    }

    /// The text with its variables filled in; `None` where one is unknown or a template marker stands.
    fn fill(&self, text: &str) -> Option<String> {
        placeholder::expand(text, |name| self.variables.get(name))
    }
}

/// True for a secret that is only referred to or encrypted.
fn is_hidden(value: &str) -> bool {
    let encoded = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    value.is_empty()
        || value.contains('$')
        || value.contains("{{")
        || value.len() >= 64 && value.bytes().all(encoded)
}

/// True where a colon and a number end a word.
fn has_port(text: &str) -> bool {
    text.split([',', '|', ' ', '/', '{', '}', '"', '\'']).any(|word| {
        let port = word.rsplit_once(':').map(|(_, port)| port);
        port.is_some_and(|port| port.parse::<u16>().is_ok())
    })
}

/// Items of a list in one order: which of several brokers or receivers comes first changes nothing.
fn sorted(text: &str) -> String {
    if !text.contains([',', '|', '[']) {
        return text.to_owned();
    }
    let clean = |item: &str| item.trim_matches(['[', ']', '{', '}', '"', '\'', ' ', '(', ')']).to_owned();
    let mut items: Vec<String> = text.split([',', '|']).map(clean).collect();
    items.sort();
    items.join(",")
}
