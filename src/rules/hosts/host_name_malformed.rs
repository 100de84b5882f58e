//! A host name with a scheme, a port, a path or a letter that no host name has: every URL that the server builds of it is
//! broken.

use super::{host_name_key, management_host_name_key};
use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// HN007.
pub static RULE: Rule = Rule { card: "HN007-host-name-malformed", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let names = [
        (host_name_key(node), &node.identity.host_name),
        (management_host_name_key(node), &node.identity.management_host_name),
    ];
    for (key, name) in names {
        findings.extend(name.as_ref().and_then(|name| finding(node, key, name)));
    }
}

fn finding(node: &Node, key: &str, name: &Setting) -> Option<Finding> {
    let text = name.text().filter(|text| name.is_written() && !is_template(text))?;
    let fault = fault(text)?;
    let message = format!("{} sets {key} to \"{text}\", which holds {fault}", node.name);
    let bare = bare(text);
    let finding = Finding::new(name.span, "not a bare host name", message);
    Some(if bare != text && fault_free(bare) {
        finding.help(format!("write {bare}")).fix(name.bare(text), bare)
    } else {
        finding.help("write the name alone, of letters, digits, hyphens and dots")
    })
}

/// True for a marker that whoever deploys the file fills in.
fn is_template(text: &str) -> bool {
    text.contains(['$', '{', '<', '%'])
}

/// What the text holds that a host name does not.
fn fault(text: &str) -> Option<&'static str> {
    let is_address = text.trim_matches(['[', ']']).parse::<std::net::Ipv6Addr>().is_ok();
    if text.contains("://") {
        Some("a scheme")
    } else if text.contains('/') {
        Some("a slash")
    } else if text.contains(char::is_whitespace) {
        Some("a space")
    } else if text.contains('_') {
        Some("an underscore")
    } else if text.contains('#') {
        Some("a #")
    } else if text.contains(':') && !is_address {
        Some("a port")
    } else {
        None
    }
}

fn fault_free(text: &str) -> bool {
    !text.is_empty() && fault(text).is_none()
}

/// The text without scheme, port and path.
fn bare(text: &str) -> &str {
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    let text = text.split('/').next().unwrap_or(text);
    text.rsplit_once(':').map_or(text, |(host, _)| host)
}
