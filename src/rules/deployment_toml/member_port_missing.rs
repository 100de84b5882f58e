//! The template cuts a well-known member at its colon: without a port the member has none, and the cluster does not form.

use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// TL022.
pub static RULE: Rule = Rule { card: "TL022-member-port-missing", check: Check::Node(check) };

/// The port on which members listen where nothing else is said.
const USUAL_PORT: u16 = 4000;

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    let is_wka = toml
        .text("clustering.membership_scheme")
        .is_some_and(|scheme| scheme.value.eq_ignore_ascii_case("wka"));
    let Some(members) = toml.key("clustering.members").filter(|_| is_wka) else { return };
    findings.extend(members.texts().into_iter().filter_map(|member| without_port(node, member)));
}

fn without_port(node: &Node, member: &Setting) -> Option<Finding> {
    let text = super::plain(member).filter(|text| !text.is_empty() && !text.contains(','))?;
    let finding = |label: &str, message: String| Finding::new(member.span, label, message);
    let help = "write host:port, such as 10.0.7.11:4000";
    if let Some((scheme, _)) = text.split_once("://") {
        let message =
            format!("{} lists the member {text} with the scheme {scheme}, which becomes its host", node.name);
        return Some(finding("a scheme", message).help(help));
    }
    match text.split(':').collect::<Vec<_>>().as_slice() {
        [host] => {
            let message = format!("{} lists the member {host} without a port", node.name);
            Some(
                finding("no port", message).help(help).fix(member.bare(text), format!("{host}:{USUAL_PORT}")),
            )
        }
        [host, port] if port.parse::<u16>().is_err() => {
            let message = format!("{} lists the member {host} without a port that is a number", node.name);
            Some(finding("no port", message).help(help))
        }
        [_, _] => None,
        _ => {
            let message = format!(
                "{} lists the member {text}, of which the server takes the part before the first colon for the host",
                node.name
            );
            Some(finding("several colons", message).help("write a host name or an IPv4 address"))
        }
    }
}
