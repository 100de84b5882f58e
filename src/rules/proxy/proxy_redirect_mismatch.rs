//! A `proxy_redirect` that never matches, or that sends people to a place where nothing is.

use crate::model::Deployment;
use crate::model::proxy::{Location, ProxyPass, VirtualServer};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;
use crate::syntax::url;

/// PX013.
pub static RULE: Rule = Rule { card: "PX013-proxy-redirect-mismatch", check: Check::Deployment(check) };

/// The parts of an address in a rule; a bare path has neither scheme nor host.
struct Address<'a> {
    scheme: String,
    host: &'a str,
    port: Option<u16>,
    path: &'a str,
}

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let mut seen: Vec<Span> = Vec::new();
    for server in deployment.proxy.iter().flat_map(|proxy| &proxy.servers) {
        for location in &server.locations {
            let Some(pass) = location.pass.as_ref().filter(|_| is_judged(location)) else { continue };
            for (words, span) in &location.redirect_rules {
                let [from, to] = words.as_slice() else { continue };
                // A rule of the levels above is there for several locations.
                let inherited = span.start < location.span.start;
                if inherited || seen.contains(span) || [from, to].iter().any(|word| is_open(word)) {
                    continue;
                }
                seen.push(*span);
                findings.extend(judge(server, location, pass, from, to).map(|(what, help)| {
                    let path = location.path.text.as_str();
                    Finding::new(*span, "does not fit", format!("proxy_redirect of location {path}: {what}"))
                        .help(help)
                        .related(location.span, "the location")
                }));
            }
        }
    }
}

/// With the client's own host passed on the server answers with that, and the rule has nothing to do.
fn is_judged(location: &Location) -> bool {
    !location.passes_host() && !location.rewritten && ["", "^~", "="].contains(&location.modifier.as_str())
}

fn is_open(word: &str) -> bool {
    word.contains('$') || word.starts_with('~') || word == "default" || word == "off"
}

fn judge(
    server: &VirtualServer,
    location: &Location,
    pass: &ProxyPass,
    from: &str,
    to: &str,
) -> Option<(String, String)> {
    let back = address(from)?;
    let front = address(to)?;
    let authority = pass.target.text.split_once("://")?.1.split('/').next()?;
    if !back.host.is_empty() {
        if back.scheme != pass.scheme {
            let what =
                format!("the back end answers with {}, the rule waits for {}", pass.scheme, back.scheme);
            return Some((what, format!("write {}:// as in proxy_pass", pass.scheme)));
        }
        let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
        if !back.host.eq_ignore_ascii_case(host) {
            let what = format!("the back end answers as {host}, the rule waits for {}", back.host);
            return Some((what, format!("write {host} as in proxy_pass")));
        }
    }
    let inner = pass.path.as_deref().unwrap_or(&location.path.text);
    if !begins(inner, back.path) && !begins(back.path, inner) {
        let what = format!("the back end answers below {inner}, the rule waits for {}", back.path);
        return Some((what, format!("write {inner} as in proxy_pass")));
    }
    if !front.host.is_empty() {
        let mut names = server.plain_names().peekable();
        let is_named = server.takes_other_names() || names.any(|name| name.eq_ignore_ascii_case(front.host));
        if !is_named {
            let what = format!("{} is no server_name of the block", front.host);
            return Some((what, format!("write {}", server.label())));
        }
        let mut listens = server.listens.iter();
        let port = front.port?;
        if !listens.any(|listen| listen.port == port) {
            let what = format!("the block does not listen on port {port} of {}", front.host);
            return Some((what, format!("write the scheme and port of {}", server.label())));
        }
    }
    if !begins(front.path, &location.path.text) && !begins(&location.path.text, front.path) {
        let path = &location.path.text;
        let what = format!("it leads to {}, outside the location", front.path);
        return Some((what, format!("lead to {path}")));
    }
    if back.path.ends_with('/') != front.path.ends_with('/') {
        let what = format!("{from} and {to} differ in the slash at the end");
        return Some((what, "end both with a slash, or neither".to_owned()));
    }
    None
}

fn address(word: &str) -> Option<Address<'_>> {
    if word.starts_with('/') {
        return Some(Address { scheme: String::new(), host: "", port: None, path: word });
    }
    let parts = url::split(word)?;
    let port = match &parts.port {
        Some(range) => word.get(range.clone())?.parse().ok(),
        None => url::default_port(&parts.scheme),
    };
    Some(Address { host: word.get(parts.host)?, port, path: word.get(parts.path)?, scheme: parts.scheme })
}

/// True where a path lies in another, whole segments counted.
fn begins(path: &str, with: &str) -> bool {
    let (path, with) = (path.trim_end_matches('/'), with.trim_end_matches('/'));
    path.strip_prefix(with).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
