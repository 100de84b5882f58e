//! Receivers and their authentication URLs do not pair up: the server throws at start, or logs in where it does not
//! send (carbon-analytics-common `DataPublisherUtil.validateURLs`).

use crate::model::endpoint::Host;
use crate::model::flows::Flow;
use crate::model::throttling::{Mode, ReceiverGroup, ReceiverGroups};
use crate::model::{Deployment, Endpoint, Node, Origin};
use crate::rules::{Check, Finding, Rule};

/// TM012.
pub static RULE: Rule = Rule { card: "TM012-url-group-auth-mismatch", check: Check::Node(check) };

fn check(deployment: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(throttling) = &node.throttling else { return };
    for groups in throttling.url_groups() {
        if let (Some(receivers), Some(authentications)) = groups {
            judge(deployment, node, receivers, authentications, findings);
        }
    }
}

fn judge(
    deployment: &Deployment,
    node: &Node,
    receivers: &ReceiverGroups,
    authentications: &ReceiverGroups,
    findings: &mut Vec<Finding>,
) {
    if !is_known(receivers) || !is_known(authentications) {
        return;
    }
    let pairs = || receivers.groups.iter().zip(&authentications.groups);
    if receivers.groups.len() != authentications.groups.len() {
        findings.push(group_count(node, receivers, authentications));
    } else if pairs().any(|(receivers, authentications)| receivers.urls.len() != authentications.urls.len()) {
        findings.extend(pairs().filter_map(|(receivers, logins)| url_count(node, receivers, logins)));
    } else {
        for (receivers, logins) in pairs() {
            let pairs = receivers.endpoints.iter().zip(&logins.endpoints);
            findings.extend(pairs.filter_map(|(receiver, login)| pair(deployment, node, receiver, login)));
        }
    }
}

/// False where a placeholder may stand for several URLs, and where the text is at fault for another reason.
fn is_known(groups: &ReceiverGroups) -> bool {
    groups.outside.is_empty()
        && groups.groups.iter().all(|group| {
            let is_known = group.urls.iter().all(|url| url.origin != Origin::Unknown);
            is_known && group.mode != Mode::Mixed && group.urls.len() == group.endpoints.len()
        })
}

fn group_count(node: &Node, receivers: &ReceiverGroups, authentications: &ReceiverGroups) -> Finding {
    let message = format!(
        "{} has {} of receivers, but {} of authentication URLs",
        node.name,
        counted(receivers.groups.len(), "group"),
        counted(authentications.groups.len(), "group")
    );
    Finding::new(authentications.span, counted(authentications.groups.len(), "group"), message)
        .help("write one group of ssl:// URLs for each group of receivers, in the same order and with as many URLs")
        .related(receivers.span, counted(receivers.groups.len(), "group"))
}

fn url_count(node: &Node, receivers: &ReceiverGroup, logins: &ReceiverGroup) -> Option<Finding> {
    let (there, here) = (receivers.urls.len(), logins.urls.len());
    let message = format!(
        "{} has {} in a group, but {} for it",
        node.name,
        counted(there, "receiver"),
        counted(here, "authentication URL")
    );
    let finding = Finding::new(logins.span, counted(here, "URL"), message)
        .help("give each receiver its authentication URL, in the same order")
        .related(receivers.span, counted(there, "receiver"));
    (there != here).then_some(finding)
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn pair(deployment: &Deployment, node: &Node, receiver: &Endpoint, login: &Endpoint) -> Option<Finding> {
    let (sends, logs_in) = (deployment.flow(node, receiver), deployment.flow(node, login));
    let (message, help) = if is_other_host(&sends, &logs_in) {
        let message = format!(
            "{} sends events to {}, but logs in to {}",
            node.name,
            receiver.address(),
            login.address()
        );
        (message, "name the host of the receiver in its authentication URL".to_owned())
    } else if login.scheme != "ssl" && !login.scheme.is_empty() {
        let message = format!(
            "{} logs in to the receiver {} over {}; only ssl is supported",
            node.name,
            receiver.address(),
            login.scheme
        );
        (message, format!("write ssl://{}", login.address()))
    } else {
        let right = usual_login_port(receiver)?;
        // Of a given node the ports are known: whether one is wrong, others tell.
        if login.port.number? == right || logs_in.node.is_some() {
            return None;
        }
        let message =
            format!("{} logs in to {}, the receiver is {}", node.name, login.address(), receiver.address());
        (message, format!("the port is that of the receiver plus 100: {right}"))
    };
    let finding = Finding::new(login.text.span, "does not fit the receiver", message).help(help);
    Some(finding.related(receiver.text.span, "its receiver"))
}

/// False where two spellings may mean one machine.
fn is_other_host(sends: &Flow<'_>, logs_in: &Flow<'_>) -> bool {
    match (sends.node, logs_in.node) {
        (Some(one), Some(other)) => return one != other,
        (None, None) => {}
        // Of a stranger nobody knows the names, but it is not the node itself.
        _ => {
            return matches!(
                (&sends.endpoint.host, &logs_in.endpoint.host),
                (Host::Own, Host::Name(_)) | (Host::Name(_), Host::Own)
            );
        }
    }
    let (Host::Name(one), Host::Name(other)) = (&sends.endpoint.host, &logs_in.endpoint.host) else {
        return false;
    };
    let is_number = |name: &str| name.parse::<std::net::IpAddr>().is_ok();
    let label = |name: &str| name.split('.').next().unwrap_or("").to_owned();
    match (is_number(one), is_number(other)) {
        (true, true) => one != other,
        (false, false) => label(one) != label(other),
        _ => false,
    }
}

/// The authentication port of a receiver whose port is a usual one, offset included.
fn usual_login_port(receiver: &Endpoint) -> Option<u16> {
    let port = receiver.port.number?;
    let is_usual = (9611..9711).contains(&port) || (7611..7711).contains(&port);
    (receiver.scheme == "tcp" && is_usual).then_some(port + 100)
}
