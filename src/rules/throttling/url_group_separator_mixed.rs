//! A group of receivers that the server cannot take apart: it throws at start and sends no throttling event
//! (carbon-analytics-common `DataPublisherUtil`).

use crate::model::throttling::{Mode, ReceiverGroup};
use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// TM013.
pub static RULE: Rule = Rule { card: "TM013-url-group-separator-mixed", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(throttling) = &node.throttling else { return };
    let texts = throttling
        .url_groups()
        .into_iter()
        .flat_map(|(receivers, logins)| receivers.into_iter().chain(logins));
    for group in texts.flat_map(|groups| &groups.groups) {
        if group.mode == Mode::Mixed {
            findings.push(mixed(node, group));
        }
        findings.extend(group.urls.iter().filter_map(|url| malformed(node, url)));
    }
}

fn mixed(node: &Node, group: &ReceiverGroup) -> Finding {
    let message = format!("{} has a URL group with both \",\" and \"|\" in it", node.name);
    Finding::new(group.span, "either load balancing or failover", message)
        .help("separate the URLs of one group by | (failover) or by , (load balancing), and give others braces of their own")
}

/// The server splits at each colon and wants three parts, the last a number.
fn malformed(node: &Node, url: &Setting) -> Option<Finding> {
    let text = url.text().filter(|text| !text.is_empty())?;
    let parts: Vec<&str> = text.split(':').collect();
    let (wrong, help) = match parts.as_slice() {
        [_, host, _] if host.trim_start_matches('/').is_empty() => {
            ("has no host", "write protocol://host:port")
        }
        [_, _, port] if port.parse::<u16>().is_ok() => return None,
        [_, _, port] if port.ends_with('/') => {
            ("ends in a slash", "take the slash off: protocol://host:port")
        }
        [_, _, port] if port.contains('/') => ("has a path", "take the path off: protocol://host:port"),
        [_, _, _] => ("has a port that is no number", "write protocol://host:port"),
        [scheme, _] if scheme.len() > 1 && text.contains("://") => {
            ("has no port", "add the port: protocol://host:port")
        }
        [_] | [_, _] => {
            ("has no protocol", "write tcp://host:port for a receiver, ssl://host:port for its login")
        }
        _ => ("has more than one colon before its port", "name the host instead: protocol://host:port"),
    };
    let message = format!("{} has a receiver URL that {wrong}: {text}", node.name);
    Some(Finding::new(url.span, wrong, message).variant("malformed").help(help))
}
