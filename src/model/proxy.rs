//! The NGINX in front: upstreams, virtual servers and locations, inheritance applied.

use std::collections::BTreeMap;

use crate::source::Span;
use crate::syntax::Scalar;
use crate::syntax::certificate::Certificate;

/// Everything that `--proxy` names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proxy {
    /// `upstream` blocks of the http context.
    pub upstreams: Vec<Upstream>,
    /// `server` blocks of the http context.
    pub servers: Vec<VirtualServer>,
    /// `upstream` blocks of the stream context (TCP balancing).
    pub stream_upstreams: Vec<Upstream>,
    /// Proxied ports of the stream context: listen port and upstream name or address.
    pub stream_servers: Vec<StreamServer>,
    /// Certificates of the files that `ssl_certificate` names, by that path, as far as the input holds them.
    pub certificates: BTreeMap<String, Vec<Certificate>>,
    /// A comment of the configuration speaks of NGINX Plus.
    pub mentions_plus: bool,
}

/// One `upstream`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upstream {
    /// Its name.
    pub name: String,
    /// From `upstream` to `{`.
    pub span: Span,
    /// Its servers.
    pub servers: Vec<UpstreamServer>,
    /// Name of the directive that keeps a session on one server: `ip_hash`, `hash`, `sticky`, `session_sticky` …
    pub affinity: Option<String>,
    /// A `sticky` directive: NGINX Plus only.
    pub sticky: Option<Span>,
    /// An `include` that the input does not hold: servers and affinity may stand there.
    pub incomplete: bool,
}

/// One `server` line of an upstream, or the address of a `proxy_pass` without upstream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpstreamServer {
    /// Host, lower case.
    pub host: String,
    /// Port; 80 where none is written in an upstream, the scheme's default in a `proxy_pass`.
    pub port: u16,
    /// The address word.
    pub span: Span,
    /// `backup` or `down`.
    pub standby: bool,
}

impl UpstreamServer {
    /// The same host with another port, as nginx writes it.
    pub fn at_port(&self, port: u16) -> String {
        if self.host.contains(':') {
            format!("[{}]:{port}", self.host)
        } else {
            format!("{}:{port}", self.host)
        }
    }
}

/// One `server` block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VirtualServer {
    /// From `server` to `{`.
    pub span: Span,
    /// `server_name` words, lower case; regular expressions and `_` included.
    pub names: Vec<Scalar>,
    /// `listen` directives.
    pub listens: Vec<Listen>,
    /// `ssl on;`, if written.
    pub ssl_on: Option<Span>,
    /// Words of `ssl_protocols` in scope.
    pub protocols: Vec<Scalar>,
    /// `ssl_certificate` in scope (http level included).
    pub certificate: Option<Scalar>,
    /// `ssl_certificate_key` in scope.
    pub certificate_key: Option<Scalar>,
    /// `ssl_reject_handshake on;` in scope: the block needs no certificate.
    pub rejects_handshake: bool,
    /// An `include` in the block or at the http level that the input does not hold: certificates and headers may stand
    /// there. `mime.types` does not count, nor does a folder of virtual hosts.
    pub incomplete: bool,
    /// Its locations, nested ones flattened, in file order. Where the server itself has a `return` only, none.
    pub locations: Vec<Location>,
}

/// One `listen`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listen {
    /// Port; 80 where none is written.
    pub port: u16,
    /// `ssl` parameter.
    pub tls: bool,
    /// `default_server`.
    pub default_server: bool,
    /// The directive.
    pub span: Span,
}

/// One `location` that forwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// `=`, `~`, `~*`, `^~` or empty.
    pub modifier: String,
    /// The path or regular expression.
    pub path: Scalar,
    /// From `location` to `{`.
    pub span: Span,
    /// Its `proxy_pass`.
    pub pass: Option<ProxyPass>,
    /// `proxy_set_header` in force: name in lower case and value. A location that sets one inherits none (nginx reference).
    pub headers: Vec<(String, String)>,
    /// `proxy_set_header` of the enclosing levels that this location discards by setting its own.
    pub lost_headers: Vec<String>,
    /// `proxy_http_version` in force; 1.0 where none is written.
    pub http_version: Option<String>,
    /// `proxy_redirect` in force.
    pub redirects: Vec<Scalar>,
    /// `proxy_redirect` directives: their words and place.
    pub redirect_rules: Vec<(Vec<String>, Span)>,
    /// `proxy_cookie_path` directives: their words and place.
    pub cookie_paths: Vec<(Vec<String>, Span)>,
    /// A `rewrite` changes the path before it is forwarded, or an `include` that the input does not hold may: nobody can
    /// tell which path arrives.
    pub rewritten: bool,
}

/// Where a location forwards to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyPass {
    /// The directive.
    pub span: Span,
    /// The target word.
    pub target: Scalar,
    /// `http` or `https`.
    pub scheme: String,
    /// Name of the upstream, or the host of an address; `None` where it is a variable.
    pub upstream: Option<String>,
    /// The servers behind it: of the upstream, or the one address.
    pub servers: Vec<UpstreamServer>,
    /// True when `upstream` names an `upstream` block.
    pub named: bool,
    /// Path behind the authority; `None` where the target has none, so that nginx passes the request path on.
    pub path: Option<String>,
}

/// One `server` of the stream context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamServer {
    /// Listen port.
    pub port: u16,
    /// The servers behind it.
    pub servers: Vec<UpstreamServer>,
    /// From `server` to `{`.
    pub span: Span,
}

impl VirtualServer {
    /// Names that a client can use: no regular expressions, no `_`, no wildcard.
    pub fn plain_names(&self) -> impl Iterator<Item = &str> {
        self.names
            .iter()
            .map(|name| name.text.as_str())
            .filter(|name| !name.is_empty() && *name != "_" && !name.starts_with('~') && !name.contains('*'))
    }

    /// True when clients speak TLS to the block at all.
    pub fn speaks_tls(&self) -> bool {
        self.listens.iter().any(|listen| self.is_tls(listen))
    }

    /// True when clients speak TLS to the block on this listen directive.
    pub fn is_tls(&self, listen: &Listen) -> bool {
        listen.tls || self.ssl_on.is_some()
    }
}
