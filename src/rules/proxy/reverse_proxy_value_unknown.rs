//! A portal takes any other value of `reverseProxy.enabled` for something that nobody meant.

use super::portals::portals;
use crate::model::portal::ProxyMode;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// PX005.
pub static RULE: Rule = Rule { card: "PX005-reverse-proxy-value-unknown", check: Check::Node(check) };

const KNOWN: &str = "known values are true, false, \"auto\"";

fn check(deployment: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    for portal in portals(node) {
        let app = portal.app.name();
        let Some(proxy) = &portal.reverse_proxy else {
            // The untouched site.json of App Manager has none.
            if node.is_api_manager() {
                findings.push(
                    Finding::new(
                        portal.span,
                        "no reverseProxy in here",
                        format!("{} {app} has no reverseProxy in site.json", node.name),
                    )
                    .help("add \"reverseProxy\" with enabled, host and context"),
                );
            }
            continue;
        };
        let Some((enabled, mode)) = &proxy.enabled else {
            findings.push(
                Finding::new(
                    proxy.span,
                    "no enabled in here",
                    format!("{} {app} has no reverseProxy.enabled; {KNOWN}", node.name),
                )
                .help("add \"enabled\" with one of them"),
            );
            continue;
        };
        if enabled.known().is_none() || !matches!(mode, ProxyMode::OnText | ProxyMode::Unrecognised) {
            continue;
        }
        let token = deployment.sources.slice(enabled.span);
        let token = if token.is_empty() || token.len() > 40 { enabled.value.as_str() } else { token };
        let message = format!("{} {app} has reverseProxy.enabled {token}; {KNOWN}", node.name);
        let finding = Finding::new(enabled.span, "not a known value", message);
        findings.push(match mode {
            ProxyMode::OnText => {
                finding.help("write true without quotes").fix(Some(enabled.span), "true").variant("text-true")
            }
            _ => finding.help("write true, false or \"auto\""),
        });
    }
}
