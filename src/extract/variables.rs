//! What the placeholders of a node stand for.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::model::{Endpoint, Host, Node, Origin, Port, Setting};
use crate::syntax::{placeholder, url};

/// The variables that a server fills in from its own settings, seen by one node.
#[derive(Debug, Clone, Default)]
pub struct Variables {
    /// Port variables: `mgt.transport.https.port`, `https.nio.port`, `receiver.url.port`, `jms.port` …
    pub ports: BTreeMap<&'static str, u16>,
    /// HostName, where it is set and known: what `${carbon.host}` stands for.
    pub host_name: Option<String>,
    /// Name of the administrator: what `${admin.username}` stands for.
    pub admin_name: Option<String>,
    /// System properties that the start scripts of the node set (`-Dname=value`).
    pub system: BTreeMap<String, String>,
}

/// The system properties of a node that are known, the last of a name.
pub(super) fn known_properties(node: &Node) -> BTreeMap<String, String> {
    let known = node.system_properties.iter();
    known.filter_map(|(name, value)| Some((name.clone(), value.text()?.to_owned()))).collect()
}

impl Variables {
    /// A text with its placeholders filled in; [`Origin::Unknown`] where one of them cannot be. `${carbon.local.ip}`
    /// becomes `localhost`, which means the same.
    pub fn fill(&self, setting: Setting) -> Setting {
        if setting.origin == Origin::Unknown || !setting.value.contains(['$', '{', '<', '%']) {
            return setting;
        }
        match self.expand(&setting.value) {
            Some(text) => setting.with_text(text),
            None => setting.with_origin(Origin::Unknown),
        }
    }

    /// Fills in every `${…}` of a text; `None` where one is unknown, or where another kind of template marker stands.
    pub fn expand(&self, text: &str) -> Option<String> {
        placeholder::expand(text, |name| self.value(name))
    }

    /// Value of one variable.
    fn value(&self, name: &str) -> Option<String> {
        if let Some(value) = self.system.get(name) {
            return Some(value.clone());
        }
        if let Some(port) = self.ports.get(name) {
            return Some(port.to_string());
        }
        match name {
            "carbon.local.ip" => Some("localhost".to_owned()),
            "carbon.host" => Some(self.host_name.clone().unwrap_or_else(|| "localhost".to_owned())),
            "carbon.protocol" => Some("https".to_owned()),
            "carbon.context" => Some("/".to_owned()),
            "admin.username" => self.admin_name.clone(),
            _ => None,
        }
    }

    /// Whom a host text means.
    pub fn host(&self, text: &str) -> Host {
        self.expand(text).map_or(Host::Unknown, |text| Host::literal(&text))
    }

    /// Reads a URL or a `host:port`. `None` where the text is neither, or empty.
    pub fn endpoint(&self, text: Setting) -> Option<Endpoint> {
        if text.value.is_empty() {
            return None;
        }
        if let Some(parts) = url::split(&text.value) {
            let path = self.path(&text.value, &parts.path);
            return Some(self.assemble(text, parts.scheme, &parts.host, parts.port.as_ref(), path));
        }
        let (host, port) = url::split_host_port(&text.value)?;
        Some(self.assemble(text, String::new(), &host, port.as_ref(), String::new()))
    }

    /// One endpoint out of a longer text, such as a URL of a receiver group: `range` is its place in `whole`.
    pub fn endpoint_within(&self, whole: &Setting, range: Range<usize>) -> Option<Endpoint> {
        let part = whole.value.get(range.clone())?.to_owned();
        let span = whole.part(range.clone());
        let shift = range.start;
        let mut endpoint = self.endpoint(Setting::at(part.clone(), span, whole.origin))?;
        let within = |range: &Range<usize>| whole.part(range.start + shift..range.end + shift);
        if let Some(parts) = url::split(&part) {
            endpoint.host_span = within(&parts.host);
            endpoint.port.span = parts.port.as_ref().map_or(span, within);
        } else if let Some((host, port)) = url::split_host_port(&part) {
            endpoint.host_span = within(&host);
            endpoint.port.span = port.as_ref().map_or(span, within);
        }
        Some(endpoint)
    }

    fn assemble(
        &self,
        text: Setting,
        scheme: String,
        host: &Range<usize>,
        port: Option<&Range<usize>>,
        path: String,
    ) -> Endpoint {
        let known = text.origin != Origin::Unknown;
        let host_text = text.value.get(host.clone()).unwrap_or("");
        let port_text = port.and_then(|range| text.value.get(range.clone()));
        let variable =
            port_text.and_then(|text| text.strip_prefix("${")?.strip_suffix('}')).map(str::to_owned);
        let number = match port_text {
            Some(port) => self.expand(port).and_then(|port| port.trim().parse().ok()),
            None => url::default_port(&scheme),
        };
        let port_span = port.map_or(text.span, |range| text.part(range.clone()));
        Endpoint {
            host: if known { self.host(host_text) } else { Host::Unknown },
            host_span: text.part(host.clone()),
            port: Port { number: number.filter(|_| known), variable, span: port_span },
            scheme,
            path,
            text,
        }
    }

    /// The path with variables filled in where they are known and double slashes collapsed.
    fn path(&self, text: &str, range: &Range<usize>) -> String {
        let raw = text.get(range.clone()).unwrap_or("");
        let mut path = self.expand(raw).unwrap_or_else(|| raw.replace("${carbon.context}", "/"));
        while path.contains("//") {
            path = path.replace("//", "/");
        }
        path
    }
}
