//! The plain servlet connector sends browsers to a TLS port on which the node does not listen.

use crate::model::ports::ListenerKind;
use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// PT009.
pub static RULE: Rule = Rule { card: "PT009-redirect-port-mismatch", check: Check::Node(check) };

fn check(deployment: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(secure) = node.listener(ListenerKind::ServletHttps).filter(|listener| listener.open) else {
        return;
    };
    let (Some(_), Some(port)) = (secure.base.known(), secure.port) else { return };
    let secure_ones = node.listeners.iter().filter(|one| one.kind == secure.kind && one.open);
    let mut right: Vec<u16> =
        secure_ones.flat_map(|one| [one.base.known().copied(), one.port]).flatten().collect();
    right.extend(deployment.public_ports(node, ListenerKind::ServletHttps).iter().map(|public| public.port));
    let proxied = |secure: bool| {
        let connectors = node.connectors.iter().filter(move |connector| connector.secure == secure);
        connectors.filter_map(|connector| connector.proxy_port.as_ref()?.known().copied())
    };
    right.extend(proxied(true));
    for connector in node.connectors.iter().filter(|connector| !connector.secure) {
        let Some(redirect) = connector.redirect_port.as_ref().filter(|redirect| redirect.is_written()) else {
            continue;
        };
        let Some(target) = Setting::known(redirect).filter(|target| !right.contains(target)) else {
            continue;
        };
        let message = format!(
            "{} redirects from HTTP to port {target}, but its servlet HTTPS port is {port}",
            node.name,
        );
        let finding = Finding::new(redirect.span, "nothing listens there", message)
            .help(format!("write redirectPort {port}"));
        findings.push(if secure.base.is_written() {
            finding.related(secure.base.span, "servlet HTTPS")
        } else {
            finding
        });
    }
}
