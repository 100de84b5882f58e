//! The server takes a placeholder that nobody filled in for the value itself, and calls a host that does not exist.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::{base, is_configuration};
use crate::model::portal::ProxyMode;
use crate::model::proxy::UpstreamServer;
use crate::model::texts::Text;
use crate::model::{Deployment, Endpoint, Host, Node, Origin, Purpose, settings};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;
use crate::syntax::placeholder::{self, Unfilled};
use crate::syntax::secrets;

/// FM010.
pub static RULE: Rule = Rule { card: "FM010-placeholder-unfilled", check: Check::Deployment(check) };

/// The host that the shipped site.json names.
const SAMPLE_PROXY: &str = "sample.proxydomain.com";

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for node in &deployment.nodes {
        in_values(node, findings);
        in_portals(node, findings);
        in_hosts(deployment, node, findings);
    }
    in_proxy(deployment, findings);
}

/// Placeholders in the values of a node's files. Of templates that an engine renders the first of each file stands for all.
fn in_values(node: &Node, findings: &mut Vec<Finding>) {
    let pack = settings::pack(node);
    let texts = node.texts();
    let mut templates: BTreeMap<&str, Vec<(&Text<'_>, Range<usize>)>> = BTreeMap::new();
    let mut shipped: (&str, BTreeSet<String>) = ("", BTreeSet::new());
    for text in texts.iter().filter(|text| is_configuration(text.file)) {
        let Some(unfilled) = placeholder::unfilled(&text.scalar.text) else { continue };
        if shipped.0 != text.file {
            let settings = pack.map(|pack| settings::vanilla_settings(pack, text.file)).unwrap_or_default();
            shipped = (text.file, settings.into_iter().map(|setting| setting.value).collect());
        }
        if shipped.1.contains(text.value()) {
            continue;
        }
        match unfilled {
            Unfilled::Template(range) => templates.entry(text.file).or_default().push((text, range)),
            Unfilled::Placeholder(range) => findings.extend(placeholder(node, text, range)),
        }
    }
    for (file, found) in templates {
        // By its name, so that the order of a file changes nothing.
        let first = found.into_iter().min_by_key(|(text, _)| (text.place(), text.value().to_owned()));
        let Some((text, range)) = first else { continue };
        let message = format!("{} of {} is still to be rendered by a template engine", base(file), node.name);
        findings.push(
            Finding::new(text.scalar.part(range), "template text", message)
                .help("check the rendered file: rules are silent on values that an engine fills in")
                .variant("template"),
        );
    }
}

fn placeholder(node: &Node, text: &Text<'_>, range: Range<usize>) -> Option<Finding> {
    let shown = text.scalar.text.get(range.clone())?;
    let name = shown.trim_start_matches("${").trim_end_matches('}');
    // A start script may set it.
    if node.system_property(name).is_some() {
        return None;
    }
    let what = if secrets::is_secret_key(text.key()) { "a placeholder".to_owned() } else { shown.to_owned() };
    let message = format!("{} in {} of {} still holds {what}", text.key(), base(text.file), node.name);
    let finding = Finding::new(text.scalar.span, "nobody filled this in", message);
    Some(finding.help(format!("write the value that {what} stands for")))
}

/// The sample host of a site.json whose reverse proxy is on.
fn in_portals(node: &Node, findings: &mut Vec<Finding>) {
    for portal in &node.portals {
        let Some(proxy) = &portal.reverse_proxy else { continue };
        let is_on = matches!(proxy.enabled, Some((_, ProxyMode::On | ProxyMode::OnText)));
        let sample =
            proxy.host.as_ref().filter(|host| host.is_written() && host.text() == Some(SAMPLE_PROXY));
        if let Some(host) = sample.filter(|_| is_on) {
            let app = portal.app.name();
            let message = format!("{} {app} still names the sample proxy {SAMPLE_PROXY}", node.name);
            findings.push(
                Finding::new(host.span, "the shipped sample", message)
                    .help(format!("write the host name under which clients reach the {app}")),
            );
        }
    }
}

/// Hosts of documentation in addresses that the node calls.
fn in_hosts(deployment: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let mut add = |span: Span, host: &str| {
        if is_example(host) && !is_known(deployment, host) {
            let message = format!("{} calls {host}, a host name of documentation", node.name);
            let help = "write the real host name; example.com and its like belong to nobody";
            findings.push(Finding::new(span, "nobody filled this in", message).help(help));
        }
    };
    let mut seen: BTreeSet<Span> = BTreeSet::new();
    for reference in node.references() {
        let Endpoint { host: Host::Name(host), text, host_span, .. } = reference.endpoint else { continue };
        let is_called = !matches!(
            reference.purpose,
            Purpose::GatewayEndpoint | Purpose::GatewayWebSocket | Purpose::RemoteInstance
        );
        if is_called && text.origin == Origin::Written && seen.insert(*host_span) {
            add(*host_span, host);
        }
    }
    for source in &node.data_sources {
        let Some((url, jdbc)) = source.url.as_ref().zip(source.jdbc.as_ref()) else { continue };
        if let Some(host) = jdbc.hosts.first().filter(|_| url.is_written()) {
            add(url.span, &host.host);
        }
    }
}

/// A name that the Internet keeps for documentation (RFC 2606).
fn is_example(host: &str) -> bool {
    ["example.com", "example.org", "example.net"]
        .iter()
        .any(|name| host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

/// True for a host that this deployment gives an address.
fn is_known(deployment: &Deployment, host: &str) -> bool {
    !deployment.owners(host).is_empty()
        || deployment.balancer(host).is_some()
        || deployment.mapped(host).is_some()
}

/// Placeholders among the servers behind the proxy.
fn in_proxy(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let Some(proxy) = &deployment.proxy else { return };
    let mut add = |server: &UpstreamServer| {
        if let Some(Unfilled::Placeholder(range)) = placeholder::unfilled(&server.host) {
            let shown = server.host.get(range).unwrap_or_default();
            let message = format!("an upstream server still holds {shown}");
            findings.push(
                Finding::new(server.span, "nobody filled this in", message)
                    .help("write the address of the node that it stands for"),
            );
        }
    };
    let upstreams = proxy.upstreams.iter().chain(&proxy.stream_upstreams);
    upstreams.flat_map(|upstream| &upstream.servers).for_each(&mut add);
}
