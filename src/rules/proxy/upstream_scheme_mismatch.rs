//! nginx speaks plain HTTP to a TLS port, or TLS to a plain one: each request ends in "502 Bad Gateway" or is answered
//! with a request to come back over HTTPS.

use std::collections::BTreeMap;

use crate::model::ports::{Listener, ListenerKind};
use crate::model::proxy::{Location, ProxyPass};
use crate::model::proxy_routes::Reached;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// PX008.
pub static RULE: Rule = Rule { card: "PX008-upstream-scheme-mismatch", check: Check::Deployment(check) };

/// A server that speaks the other protocol.
struct Odd<'a> {
    reached: Reached<'a>,
    node: &'a Node,
    listener: &'a Listener,
}

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let mut servers: BTreeMap<Span, Finding> = BTreeMap::new();
    let locations = deployment.proxy.iter().flat_map(|proxy| &proxy.servers).flat_map(|one| &one.locations);
    for location in locations {
        let Some(pass) = location.pass.as_ref().filter(|pass| !pass.scheme.is_empty()) else { continue };
        let (odd, right) = apart(deployment, pass);
        if right == 0 {
            findings.extend(odd.first().and_then(|first| wrong_scheme(pass, first)));
            continue;
        }
        // Where other servers fit, the odd one has the wrong port.
        for one in odd {
            let finding = wrong_server(location, pass, &one);
            servers.entry(one.reached.server.span).or_insert(finding);
        }
    }
    findings.extend(servers.into_values());
}

/// The servers that speak another protocol than the target asks for, and how many speak that.
fn apart<'a>(deployment: &'a Deployment, pass: &'a ProxyPass) -> (Vec<Odd<'a>>, usize) {
    let mut odd = Vec::new();
    let mut right = 0;
    for reached in deployment.reached(pass) {
        let (Some(node), Some(listener)) = (reached.node, reached.listener) else { continue };
        if !listener.kind.is_servlet() && !listener.kind.is_gateway() {
            continue;
        }
        if listener.kind.is_tls() == (pass.scheme == "https") {
            right += 1;
        } else {
            odd.push(Odd { reached, node, listener });
        }
    }
    (odd, right)
}

fn wrong_scheme(pass: &ProxyPass, odd: &Odd<'_>) -> Option<Finding> {
    let scheme = if pass.scheme == "https" { "http" } else { "https" };
    let message = format!(
        "proxy_pass speaks {} to the {} port of {} ({})",
        pass.scheme,
        odd.listener.kind.noun(),
        odd.node.name,
        odd.reached.server.port,
    );
    let (_, rest) = pass.target.text.split_once("://")?;
    let finding = Finding::new(pass.target.span, format!("has to be {scheme}"), message)
        .help(format!("write {scheme}://{rest}"))
        .fix(Some(pass.target.part(0..pass.scheme.len())), scheme)
        .related(odd.reached.server.span, "the port is named here");
    Some(labelled(finding, odd))
}

fn wrong_server(location: &Location, pass: &ProxyPass, odd: &Odd<'_>) -> Finding {
    let message = format!(
        "nginx speaks {} to all servers here, but {} is the {} port of {}",
        pass.scheme,
        odd.reached.server.port,
        odd.listener.kind.noun(),
        odd.node.name,
    );
    let finding = Finding::new(odd.reached.server.span, "speaks the other protocol", message)
        .related(location.span, "forwards here");
    let finding = match odd.node.port(counterpart(odd.listener.kind)) {
        Some(port) => finding.help(format!("write {}", odd.reached.server.at_port(port))),
        None => finding.help("name the port that speaks the protocol of the others"),
    };
    labelled(finding, odd)
}

fn labelled(finding: Finding, odd: &Odd<'_>) -> Finding {
    if odd.reached.server.span == finding.primary.span || odd.listener.base.is_written() {
        finding.related(odd.listener.base.span, odd.listener.kind.noun())
    } else {
        finding.related(odd.node.identity.offset.span, format!("{} is here", odd.listener.kind.noun()))
    }
}

/// The listener for the same with or without TLS.
fn counterpart(kind: ListenerKind) -> ListenerKind {
    use ListenerKind::{
        GatewayHttp, GatewayHttps, SecureWebSocket, ServletHttp, ServletHttps, WebHookHttp, WebHookHttps,
        WebSocket,
    };
    match kind {
        ServletHttps => ServletHttp,
        ServletHttp => ServletHttps,
        GatewayHttps => GatewayHttp,
        GatewayHttp => GatewayHttps,
        SecureWebSocket => WebSocket,
        WebSocket => SecureWebSocket,
        WebHookHttps => WebHookHttp,
        WebHookHttp => WebHookHttps,
        other => other,
    }
}
