//! nginx configuration: upstreams, virtual servers and locations, with the inheritance of nginx applied.

use std::collections::BTreeMap;

use crate::input::ProxyRead;
use crate::model::proxy::{
    Listen, Location, Proxy, ProxyPass, StreamServer, Upstream, UpstreamServer, VirtualServer,
};
use crate::source::Span;
use crate::syntax::Scalar;
use crate::syntax::certificate::Certificate;
use crate::syntax::nginx::Directive;

/// Deepest nesting of locations that is followed.
const DEEPEST_LOCATION: usize = 32;

/// Directives that keep a client on one server; `sticky` is NGINX Plus, `session_sticky` Tengine.
const AFFINITY: [&str; 5] = ["ip_hash", "sticky", "session_sticky", "hash", "consistent_hash"];

/// The whole of what stands in front, with the certificates that it names.
pub fn read(read: &ProxyRead) -> Proxy {
    let mut proxy = proxy(&read.directives, &read.comments);
    for path in proxy.servers.iter().filter_map(|server| server.certificate.as_ref()) {
        let found = read.text(&path.text).map(|text| Certificate::read_pem(&text)).unwrap_or_default();
        if !found.is_empty() {
            proxy.certificates.insert(path.text.clone(), found);
        }
    }
    proxy
}

/// Lowers a configuration whose includes have been put in place. Directives outside `http` count as if they stood
/// in it: virtual hosts often come as files of their own. `comments` are those of all files.
pub fn proxy(directives: &[Directive], comments: &[(Span, String)]) -> Proxy {
    let in_blocks = |name: &'static str| {
        directives
            .iter()
            .filter(move |directive| directive.name.text == name)
            .flat_map(|directive| directive.block.iter().flatten())
    };
    let bare = || directives.iter().filter(|directive| directive.name.text != "http");
    let http: Vec<&Directive> =
        in_blocks("http").chain(bare().filter(|one| !is_stream_server(one))).collect();
    let stream: Vec<&Directive> =
        in_blocks("stream").chain(bare().filter(|one| is_stream_server(one))).collect();

    let upstreams = upstreams(&http, Some(80));
    let stream_upstreams = self::upstreams(&stream, None);
    let mut scope = Scope::default().enter(http.iter().copied());
    // A pattern at this level stands for a folder of virtual hosts.
    let single = http.iter().copied().filter(|one| !first_word(one).contains('*'));
    scope.incomplete = is_incomplete(single);
    let servers = http
        .iter()
        .filter(|directive| directive.name.text == "server" && directive.block.is_some())
        .map(|server| virtual_server(server, &scope, &upstreams))
        .collect();
    let stream_servers = stream
        .iter()
        .filter(|directive| directive.name.text == "server" && directive.block.is_some())
        .flat_map(|server| stream_server(server, &[&stream_upstreams, &upstreams]))
        .collect();
    let mentions_plus = comments.iter().any(|(_, text)| text.to_ascii_lowercase().contains("nginx plus"));
    let certificates = BTreeMap::new();
    Proxy { upstreams, servers, stream_upstreams, stream_servers, certificates, mentions_plus }
}

/// An `include` that is still there names files that the input does not hold.
fn is_incomplete<'a>(mut block: impl Iterator<Item = &'a Directive>) -> bool {
    block.any(|one| one.name.text == "include" && !first_word(one).ends_with("mime.types"))
}

/// True when a `rewrite` (also one under `if`) may change the path that is forwarded; redirects answer at once.
fn rewrites(block: &Directive) -> bool {
    let conditional = block.block.iter().flatten().filter(|inner| inner.name.text == "if");
    block.inside("rewrite").chain(conditional.flat_map(|inner| inner.inside("rewrite"))).any(|rewrite| {
        let word = |index: usize| rewrite.args.get(index).map_or("", |word| word.text.as_str());
        !["redirect", "permanent"].contains(&word(2)) && !word(1).contains("://")
    })
}

/// A `server` that forwards without any location belongs to `stream`: in `http` nginx refuses it.
fn is_stream_server(directive: &Directive) -> bool {
    directive.name.text == "server" && directive.inside("proxy_pass").next().is_some()
}

/// What a level hands down to the levels inside. A list is replaced as soon as the inner level has one entry.
#[derive(Clone, Default)]
struct Scope<'a> {
    headers: Vec<&'a Directive>,
    redirects: Vec<&'a Directive>,
    cookie_paths: Vec<&'a Directive>,
    http_version: Option<&'a Scalar>,
    certificate: Option<&'a Scalar>,
    certificate_key: Option<&'a Scalar>,
    ssl: Option<&'a Directive>,
    protocols: Option<&'a Directive>,
    reject_handshake: Option<&'a Scalar>,
    incomplete: bool,
    rewritten: bool,
}

impl<'a> Scope<'a> {
    /// The scope of a block inside this one.
    fn enter(&self, block: impl Iterator<Item = &'a Directive> + Clone) -> Self {
        let named = |name: &'static str| block.clone().filter(move |one| one.name.text == name);
        let list = |name: &'static str, inherited: &Vec<&'a Directive>| {
            let own: Vec<&'a Directive> = named(name).collect();
            if own.is_empty() { inherited.clone() } else { own }
        };
        let word = |name: &'static str, inherited| {
            named(name).find_map(|directive| directive.args.first()).or(inherited)
        };
        Self {
            headers: list("proxy_set_header", &self.headers),
            redirects: list("proxy_redirect", &self.redirects),
            cookie_paths: list("proxy_cookie_path", &self.cookie_paths),
            http_version: word("proxy_http_version", self.http_version),
            certificate: word("ssl_certificate", self.certificate),
            certificate_key: word("ssl_certificate_key", self.certificate_key),
            ssl: named("ssl").last().or(self.ssl),
            protocols: named("ssl_protocols").last().or(self.protocols),
            reject_handshake: word("ssl_reject_handshake", self.reject_handshake),
            incomplete: self.incomplete || is_incomplete(block.clone()),
            rewritten: self.rewritten,
        }
    }

    /// Span of the `ssl on;` in force.
    fn ssl_on(&self) -> Option<Span> {
        let directive = self.ssl?;
        directive.args.first().is_some_and(|word| word.text == "on").then_some(directive.span)
    }
}

fn upstreams(context: &[&Directive], default_port: Option<u16>) -> Vec<Upstream> {
    context
        .iter()
        .filter(|directive| directive.name.text == "upstream" && directive.block.is_some())
        .map(|directive| Upstream {
            name: first_word(directive).to_owned(),
            span: directive.span,
            servers: directive
                .inside("server")
                .filter_map(|server| upstream_server(server, default_port))
                .collect(),
            affinity: AFFINITY.into_iter().find(|name| keeps_sessions(directive, name)).map(str::to_owned),
            sticky: directive.inside("sticky").next().map(|sticky| sticky.span),
            incomplete: is_incomplete(directive.block.iter().flatten()),
        })
        .collect()
}

/// A hash over the request alone spreads the requests of one client.
fn keeps_sessions(upstream: &Directive, name: &str) -> bool {
    upstream.inside(name).any(|directive| {
        let key = first_word(directive);
        !name.ends_with("hash")
            || !["$uri", "$request_uri", "$args"].iter().any(|part| key.contains(part))
            || ["$cookie", "$remote_addr", "$binary_remote_addr", "$http_"]
                .iter()
                .any(|part| key.contains(part))
    })
}

fn upstream_server(directive: &Directive, default_port: Option<u16>) -> Option<UpstreamServer> {
    let address = directive.args.first()?;
    let standby = directive.args.iter().skip(1).any(|word| word.text == "backup" || word.text == "down");
    server_at(&address.text, default_port, address.span, standby)
}

/// Reads `host`, `host:port`, `[v6]:port`; nothing for a Unix socket or a port that is no number.
fn server_at(address: &str, default_port: Option<u16>, span: Span, standby: bool) -> Option<UpstreamServer> {
    if address.starts_with("unix:") {
        return None;
    }
    let (host, port) = split_address(address);
    let port = match port {
        Some(port) => port.parse().ok()?,
        None => default_port?,
    };
    (!host.is_empty()).then(|| UpstreamServer { host: host.to_ascii_lowercase(), port, span, standby })
}

/// Host without the brackets of IPv6, and port text.
fn split_address(address: &str) -> (&str, Option<&str>) {
    if let Some((host, rest)) = address.strip_prefix('[').and_then(|inside| inside.split_once(']')) {
        return (host, rest.strip_prefix(':'));
    }
    match address.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') => (host, Some(port)),
        _ => (address, None),
    }
}

fn virtual_server(server: &Directive, outer: &Scope<'_>, upstreams: &[Upstream]) -> VirtualServer {
    let mut scope = outer.enter(server.block.iter().flatten());
    scope.rewritten = rewrites(server);
    let mut locations = Vec::new();
    lower_locations(server, &scope, upstreams, 0, &mut locations);
    VirtualServer {
        span: server.span,
        names: server.inside("server_name").flat_map(|directive| &directive.args).flat_map(names).collect(),
        listens: listens(server),
        ssl_on: scope.ssl_on(),
        protocols: scope.protocols.map(|directive| directive.args.clone()).unwrap_or_default(),
        certificate: scope.certificate.cloned(),
        certificate_key: scope.certificate_key.cloned(),
        rejects_handshake: scope.reject_handshake.is_some_and(|word| word.text == "on"),
        incomplete: scope.incomplete,
        locations,
    }
}

/// `.corp.test` is short for `corp.test` and `*.corp.test`.
fn names(word: &Scalar) -> Vec<Scalar> {
    let with = |text: String| Scalar { text, ..word.clone() };
    if word.text.starts_with('~') {
        return vec![word.clone()];
    }
    let text = word.text.to_ascii_lowercase();
    match text.strip_prefix('.') {
        Some(name) => [name.to_owned(), format!("*.{name}")]
            .into_iter()
            .map(|text| Scalar { text, verbatim: 0, ..word.clone() })
            .collect(),
        None => vec![with(text)],
    }
}

fn listens(server: &Directive) -> Vec<Listen> {
    let mut written = server.inside("listen").peekable();
    if written.peek().is_none() {
        return vec![Listen { port: 80, tls: false, default_server: false, span: server.span }];
    }
    written.filter_map(listen).collect()
}

fn listen(directive: &Directive) -> Option<Listen> {
    let has = |names: &[&str]| directive.args.iter().skip(1).any(|word| names.contains(&word.text.as_str()));
    Some(Listen {
        port: listen_port(first_word(directive))?,
        tls: has(&["ssl", "quic"]),
        default_server: has(&["default_server", "default"]),
        span: directive.span,
    })
}

/// Port of a `listen` address: `443`, `*:443`, `[::]:443`, `10.0.0.1`; nothing for Unix sockets.
fn listen_port(address: &str) -> Option<u16> {
    if address.starts_with("unix:") {
        return None;
    }
    if let Ok(port) = address.parse() {
        return Some(port);
    }
    match split_address(address) {
        (_, Some(port)) => port.parse().ok(),
        (host, None) => (!host.contains('$') && !host.chars().all(|one| one.is_ascii_digit())).then_some(80),
    }
}

fn lower_locations(
    block: &Directive,
    outer: &Scope<'_>,
    upstreams: &[Upstream],
    depth: usize,
    found: &mut Vec<Location>,
) {
    if depth >= DEEPEST_LOCATION {
        return;
    }
    for directive in block.inside("location").filter(|directive| directive.block.is_some()) {
        let scope = outer.enter(directive.block.iter().flatten());
        let location = location(directive, outer, &scope);
        let mut passes = passes(directive, upstreams).into_iter();
        found.push(Location { pass: passes.next(), ..location.clone() });
        found.extend(passes.map(|pass| Location { pass: Some(pass), ..location.clone() }));
        lower_locations(directive, &scope, upstreams, depth + 1, found);
    }
}

/// The location's own `proxy_pass`, then those of its `if` and `limit_except` blocks.
fn passes(location: &Directive, upstreams: &[Upstream]) -> Vec<ProxyPass> {
    let blocks = ["if", "limit_except"];
    let inner = location.block.iter().flatten().filter(|inner| blocks.contains(&inner.name.text.as_str()));
    location
        .inside("proxy_pass")
        .chain(inner.flat_map(|inner| inner.inside("proxy_pass")))
        .filter_map(|directive| proxy_pass(directive, upstreams))
        .collect()
}

fn location(directive: &Directive, outer: &Scope<'_>, scope: &Scope<'_>) -> Location {
    let (modifier, path) = location_match(directive);
    let headers: Vec<(String, String)> =
        scope.headers.iter().filter_map(|header| header_pair(header)).collect();
    let mut lost_headers: Vec<String> = Vec::new();
    if directive.inside("proxy_set_header").next().is_some() {
        for (name, _) in outer.headers.iter().filter_map(|header| header_pair(header)) {
            if !headers.iter().any(|(own, _)| *own == name) && !lost_headers.contains(&name) {
                lost_headers.push(name);
            }
        }
    }
    Location {
        modifier,
        path,
        span: directive.span,
        pass: None,
        headers,
        lost_headers,
        http_version: scope.http_version.map(|word| word.text.clone()),
        redirects: scope.redirects.iter().flat_map(|rule| rule.args.iter().cloned()).collect(),
        redirect_rules: rules(&scope.redirects),
        cookie_paths: rules(&scope.cookie_paths),
        rewritten: outer.rewritten || rewrites(directive) || is_incomplete(directive.block.iter().flatten()),
    }
}

/// Modifier and path; a modifier may stand against the path without a space.
fn location_match(directive: &Directive) -> (String, Scalar) {
    const MODIFIERS: [&str; 4] = ["^~", "~*", "=", "~"];
    let empty = || Scalar::plain("", directive.span, directive.span.start);
    let Some(first) = directive.args.first() else {
        return (String::new(), empty());
    };
    let Some(modifier) = MODIFIERS.into_iter().find(|modifier| first.text.starts_with(modifier)) else {
        return (String::new(), first.clone());
    };
    let path = match first.text.strip_prefix(modifier).unwrap_or("") {
        "" => directive.args.get(1).cloned().unwrap_or_else(empty),
        rest => {
            let cut = u32::try_from(modifier.len()).unwrap_or(0);
            Scalar {
                text: rest.to_owned(),
                span: first.span,
                inner: first.inner.saturating_add(cut),
                verbatim: first.verbatim.saturating_sub(cut),
            }
        }
    };
    (modifier.to_owned(), path)
}

fn header_pair(directive: &Directive) -> Option<(String, String)> {
    let name = directive.args.first()?.text.to_ascii_lowercase();
    Some((name, directive.args.get(1).map_or_else(String::new, |value| value.text.clone())))
}

fn rules(directives: &[&Directive]) -> Vec<(Vec<String>, Span)> {
    directives
        .iter()
        .map(|directive| (directive.args.iter().map(|word| word.text.clone()).collect(), directive.span))
        .collect()
}

/// Reads a `proxy_pass`. An authority that is a variable names nobody; a name counts as an upstream first.
fn proxy_pass(directive: &Directive, upstreams: &[Upstream]) -> Option<ProxyPass> {
    let target = directive.args.first()?;
    let mut pass = ProxyPass {
        span: directive.span,
        target: target.clone(),
        scheme: String::new(),
        upstream: None,
        servers: Vec::new(),
        named: false,
        path: None,
    };
    let Some((scheme, rest)) = target.text.split_once("://") else {
        return Some(pass);
    };
    let scheme = scheme.to_ascii_lowercase();
    let default_port = match scheme.as_str() {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    };
    let authority = rest.split(['/', '?']).next().unwrap_or("");
    pass.path = rest.strip_prefix(authority).filter(|path| !path.is_empty()).map(str::to_owned);
    if default_port.is_some() {
        pass.scheme = scheme;
    }
    if let Some(socket) = rest.strip_prefix("unix:") {
        pass.path = socket.split_once(':').map(|(_, path)| path.to_owned());
        return Some(pass);
    }
    if authority.contains(['$', '{']) {
        return Some(pass);
    }
    if let Some(upstream) = upstreams.iter().find(|upstream| upstream.name.eq_ignore_ascii_case(authority)) {
        pass.upstream = Some(upstream.name.clone());
        pass.servers.clone_from(&upstream.servers);
        pass.named = true;
        return Some(pass);
    }
    let (host, _) = split_address(authority);
    pass.upstream = (!host.is_empty()).then(|| host.to_ascii_lowercase());
    pass.servers.extend(server_at(authority, default_port, target.span, false));
    Some(pass)
}

fn stream_server(server: &Directive, upstreams: &[&Vec<Upstream>]) -> Vec<StreamServer> {
    let Some(target) = server.inside("proxy_pass").find_map(|directive| directive.args.first()) else {
        return Vec::new();
    };
    let named = upstreams
        .iter()
        .flat_map(|list| list.iter())
        .find(|upstream| upstream.name.eq_ignore_ascii_case(&target.text));
    let servers = match named {
        Some(upstream) => upstream.servers.clone(),
        None if target.text.contains('$') => Vec::new(),
        None => server_at(&target.text, None, target.span, false).into_iter().collect(),
    };
    server
        .inside("listen")
        .filter(|directive| !directive.args.iter().any(|word| word.text == "udp"))
        .filter_map(|directive| listen_port(first_word(directive)))
        .map(|port| StreamServer { port, servers: servers.clone(), span: server.span })
        .collect()
}

fn first_word(directive: &Directive) -> &str {
    directive.args.first().map_or("", |word| word.text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;
    use crate::syntax::nginx;

    fn read(text: &str) -> Proxy {
        let file = FileId { owner: 1, index: 0 };
        let document = nginx::parse(file, text).expect("parses");
        proxy(&document.directives, &document.comments)
    }

    fn under(text: &str, span: Span) -> String {
        text.get(span.start as usize..span.end as usize).unwrap().to_owned()
    }

    #[test]
    fn upstream_servers_have_ports_standby_marks_and_affinity() {
        let text = "http { upstream portal { ip_hash; server 10.0.0.1; server Apim2:9443 backup;
                    server [::1]:9 down; server unix:/run/a.sock; } upstream spread { least_conn; server a:1; }
                    upstream stuck { sticky cookie route; server a:1; } upstream url { hash $request_uri; }
                    upstream client { hash $cookie_JSESSIONID$uri; } }";
        let lowered = read(text);
        let servers: Vec<_> = lowered.upstreams[0]
            .servers
            .iter()
            .map(|server| (server.host.as_str(), server.port, server.standby, under(text, server.span)))
            .collect();
        assert_eq!(
            servers,
            [
                ("10.0.0.1", 80, false, "10.0.0.1".to_owned()),
                ("apim2", 9443, true, "Apim2:9443".to_owned()),
                ("::1", 9, true, "[::1]:9".to_owned()),
            ]
        );
        let affinity: Vec<_> =
            lowered.upstreams.iter().map(|upstream| upstream.affinity.as_deref()).collect();
        assert_eq!(affinity, [Some("ip_hash"), None, Some("sticky"), None, Some("hash")]);
        assert!(lowered.upstreams[0].sticky.is_none() && lowered.upstreams[2].sticky.is_some());
    }

    #[test]
    fn listen_forms_give_their_port() {
        let lowered = read(
            "server { listen 443; listen *:8443 ssl; listen [::]:443 ssl; listen [::1];
             listen 1.2.3.4:8080 default_server; listen 10.0.0.1; listen unix:/run/a; listen ${PORT}; }
             server { server_name A.Corp.test .corp.test _ ~^(?<Node>.+)$; }",
        );
        let listens: Vec<_> = lowered.servers[0]
            .listens
            .iter()
            .map(|listen| (listen.port, listen.tls, listen.default_server))
            .collect();
        assert_eq!(
            listens,
            [
                (443, false, false),
                (8443, true, false),
                (443, true, false),
                (80, false, false),
                (8080, false, true),
                (80, false, false),
            ]
        );
        assert_eq!(lowered.servers[1].listens[0].port, 80);
        let names: Vec<_> = lowered.servers[1].names.iter().map(|name| name.text.as_str()).collect();
        assert_eq!(names, ["a.corp.test", "corp.test", "*.corp.test", "_", "~^(?<Node>.+)$"]);
        assert_eq!(lowered.servers[1].plain_names().collect::<Vec<_>>(), ["a.corp.test", "corp.test"]);
    }

    #[test]
    fn certificates_and_ssl_come_from_the_http_level() {
        let lowered = read(
            "http { ssl_certificate a.crt; ssl_certificate_key a.key; ssl on;
             server { listen 443; } server { listen 8243; ssl off; ssl_certificate b.crt; } }",
        );
        let [first, second] = lowered.servers.as_slice() else { panic!("two servers") };
        let text = |word: &Option<Scalar>| word.as_ref().map(|word| word.text.clone());
        assert_eq!(text(&first.certificate).as_deref(), Some("a.crt"));
        assert!(first.ssl_on.is_some());
        assert_eq!(text(&second.certificate).as_deref(), Some("b.crt"));
        assert_eq!(text(&second.certificate_key).as_deref(), Some("a.key"));
        assert!(second.ssl_on.is_none());
    }

    #[test]
    fn a_location_that_sets_a_header_loses_those_of_the_levels_above() {
        let lowered = read(
            "http { proxy_set_header Host $host; server { proxy_set_header X-Real-IP $remote_addr;
             proxy_redirect off; proxy_cookie_path /a /b;
             location / { proxy_pass https://10.0.0.1:9443; }
             location /store { proxy_set_header Host $http_host; proxy_redirect https://a/ https://b/;
               proxy_pass https://10.0.0.1:9443; } } }",
        );
        let [all, store] = lowered.servers[0].locations.as_slice() else { panic!("two locations") };
        assert_eq!(all.headers, [("x-real-ip".to_owned(), "$remote_addr".to_owned())]);
        assert!(all.lost_headers.is_empty());
        assert_eq!(all.redirect_rules[0].0, ["off"]);
        assert_eq!(all.cookie_paths[0].0, ["/a", "/b"]);
        assert_eq!(store.headers, [("host".to_owned(), "$http_host".to_owned())]);
        assert_eq!(store.lost_headers, ["x-real-ip"]);
        assert_eq!(store.redirects.len(), 2);
        assert_eq!(store.cookie_paths.len(), 1);
    }

    #[test]
    fn a_target_is_an_upstream_an_address_or_a_variable() {
        let text = "upstream Portal { server a:9443; }
            server { location / { proxy_pass https://portal; }
            location /store/ { proxy_pass https://portal/; }
            location = /api { proxy_pass http://10.0.0.1:8280/api/v1; }
            location ~*\\.js$ { proxy_pass https://apim; }
            location @fallback { proxy_pass https://$backend:9443/x; }
            location /socket { proxy_pass http://unix:/run/a.sock:/b; } }";
        let lowered = read(text);
        let found: Vec<_> = lowered.servers[0]
            .locations
            .iter()
            .map(|location| {
                let pass = location.pass.as_ref().expect("forwards");
                let ports: Vec<_> = pass.servers.iter().map(|server| server.port).collect();
                (
                    format!("{}{}", location.modifier, location.path.text),
                    pass.upstream.clone(),
                    pass.named,
                    pass.path.clone(),
                    ports,
                )
            })
            .collect();
        let expect = |path: &str, upstream: Option<&str>, named, rest: Option<&str>, ports: &[u16]| {
            (path.to_owned(), upstream.map(str::to_owned), named, rest.map(str::to_owned), ports.to_vec())
        };
        assert_eq!(
            found,
            [
                expect("/", Some("Portal"), true, None, &[9443]),
                expect("/store/", Some("Portal"), true, Some("/"), &[9443]),
                expect("=/api", Some("10.0.0.1"), false, Some("/api/v1"), &[8280]),
                expect("~*\\.js$", Some("apim"), false, None, &[443]),
                expect("@fallback", None, false, Some("/x"), &[]),
                expect("/socket", None, false, Some("/b"), &[]),
            ]
        );
    }

    #[test]
    fn nested_locations_are_flattened_and_conditional_targets_count() {
        let lowered = read(
            "server { return 301 https://a/; }
             server { location /a { location /a/b { proxy_pass http://a; }
               if ($http_upgrade) { proxy_pass http://b; } limit_except GET { proxy_pass http://c; } }
             location /none { return 404; } }",
        );
        assert!(lowered.servers[0].locations.is_empty());
        let found: Vec<_> = lowered.servers[1]
            .locations
            .iter()
            .map(|location| {
                let upstream = location.pass.as_ref().and_then(|pass| pass.upstream.as_deref());
                (location.path.text.as_str(), upstream)
            })
            .collect();
        assert_eq!(found, [("/a", Some("b")), ("/a", Some("c")), ("/a/b", Some("a")), ("/none", None)]);
    }

    #[test]
    fn rewrites_and_missing_includes_leave_paths_and_certificates_open() {
        let lowered = read(
            "# for Nginx Plus
             http { include mime.types; include conf.d/*.conf; ssl_reject_handshake on;
             server { location /a { rewrite ^/a/(.*) /store/$1 break; proxy_pass http://u; }
               location /b { if ($x) { rewrite ^ https://c/ redirect; } proxy_pass http://u; }
               location /c { include proxy.conf; proxy_pass http://u; } }
             server { include tls.conf; rewrite ^/x /y; ssl_reject_handshake off; location / { proxy_pass http://u; } } }
             upstream u { include servers.conf; }",
        );
        let rewritten = |server: usize| -> Vec<bool> {
            lowered.servers[server].locations.iter().map(|location| location.rewritten).collect()
        };
        assert_eq!((rewritten(0), rewritten(1)), (vec![true, false, true], vec![true]));
        assert!(!lowered.servers[0].incomplete && lowered.servers[1].incomplete);
        assert!(lowered.servers[0].rejects_handshake && !lowered.servers[1].rejects_handshake);
        assert!(lowered.upstreams[0].incomplete && lowered.mentions_plus);
    }

    #[test]
    fn stream_servers_forward_ports() {
        let lowered = read(
            "stream { upstream receivers { server tm1:9611; server tm2:9611 backup; }
             server { listen 9611; proxy_pass receivers; } server { listen 9711; proxy_pass tm1:9711; }
             server { listen 53 udp; proxy_pass tm1:53; } }
             http { server { listen 80; } }",
        );
        assert!(lowered.upstreams.is_empty() && lowered.servers.len() == 1);
        let found: Vec<_> = lowered
            .stream_servers
            .iter()
            .map(|server| (server.port, server.servers.iter().map(|one| one.port).collect::<Vec<_>>()))
            .collect();
        assert_eq!(found, [(9611, vec![9611, 9611]), (9711, vec![9711])]);
        assert_eq!(read("server { listen 1; proxy_pass a:2; }").stream_servers.len(), 1);
    }
}
