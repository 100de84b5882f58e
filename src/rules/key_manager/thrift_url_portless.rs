//! The Thrift client takes the key manager's URL apart at its colons: without a port it cannot start.

use crate::model::{Deployment, Node, Origin};
use crate::rules::{Check, Finding, Rule};

/// KM007.
pub static RULE: Rule = Rule { card: "KM007-thrift-url-portless", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(url) = node.thrift_client().and_then(|keys| keys.validation.as_ref()) else { return };
    let is_portless = url.port.variable.is_none() && url.port.span == url.text.span;
    let Some(host) = url.host.name().filter(|_| is_portless && url.text.origin == Origin::Written) else {
        return;
    };
    let Some(port) = url.port.number else { return };
    let host_only = (url.host_span != url.text.span).then_some(url.host_span);
    findings.push(
        Finding::new(
            url.text.span,
            "no port here",
            format!("{} validates keys over Thrift, but the URL of the key manager has no port", node.name),
        )
        .help(format!("write :{port} behind the host"))
        .fix(host_only, format!("{host}:{port}")),
    );
}
