//! nginx 1.25.1 and later refuse a configuration with `ssl on;`.

use crate::diagnostic::Edit;
use crate::model::Deployment;
use crate::model::proxy::VirtualServer;
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// PX020.
pub static RULE: Rule = Rule { card: "PX020-ssl-directive-removed", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let Some(proxy) = &deployment.proxy else { return };
    let mut seen: Vec<Span> = Vec::new();
    for server in &proxy.servers {
        let Some(place) = server.ssl_on.filter(|place| !seen.contains(place)) else { continue };
        seen.push(place);
        let message = format!("{} uses \"ssl on\", which nginx refuses since 1.25.1", server.label());
        let mut finding = Finding::new(place, "gone since nginx 1.25.1", message)
            .help("write \"listen … ssl\" on each listen of the block and remove this line");
        let users = proxy.servers.iter().filter(|other| other.ssl_on == Some(place)).count();
        if users == 1
            && let Some(line) = whole_directive(deployment, place)
        {
            finding.fix = edits(server, line);
        }
        findings.push(finding);
    }
}

/// The directive with the semicolon behind it.
fn whole_directive(deployment: &Deployment, place: Span) -> Option<Span> {
    let behind = Span { start: place.end, end: place.end.checked_add(1)?, ..place };
    (deployment.sources.slice(behind) == ";").then_some(Span { end: behind.end, ..place })
}

/// Adds `ssl` to each `listen` and takes the directive away. Where the block has no `listen` a person writes one.
fn edits(server: &VirtualServer, line: Span) -> Vec<Edit> {
    if server.listens.iter().any(|listen| listen.span == server.span) {
        return Vec::new();
    }
    let plain = server.listens.iter().filter(|listen| !listen.tls);
    let end = |span: Span| Span { start: span.end, ..span };
    let mut edits: Vec<Edit> =
        plain.map(|listen| Edit { span: end(listen.span), text: " ssl".to_owned() }).collect();
    edits.push(Edit { span: line, text: String::new() });
    edits
}
