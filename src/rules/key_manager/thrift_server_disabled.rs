//! A gateway that validates keys over Thrift against a key manager without a Thrift server refuses every call.

use crate::model::sharing::node_names;
use crate::model::{Deployment, Node, Role, Setting};
use crate::rules::{Check, Finding, Rule};

/// KM003.
pub static RULE: Rule = Rule { card: "KM003-thrift-server-disabled", check: Check::Deployment(check) };

/// A gateway with its key management and what it says of the client.
type Client<'a> = (&'a Node, &'a Setting);

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for group in deployment.groups(Role::Gateway) {
        let unanswered: Vec<(&Node, Vec<&Node>)> = group
            .iter()
            .filter(|gateway| gateway.thrift_client().is_some())
            .map(|gateway| (*gateway, without_server(deployment, gateway)))
            .filter(|(_, servers)| !servers.is_empty())
            .collect();
        if unanswered.is_empty() {
            findings.extend(mixed(&group));
        } else {
            findings.extend(disabled(&unanswered));
        }
    }
}

/// The key managers without a Thrift server that a gateway calls.
fn without_server<'a>(deployment: &'a Deployment, gateway: &'a Node) -> Vec<&'a Node> {
    deployment.thrift_servers(gateway).into_iter().filter(|server| server.is_thrift_off()).collect()
}

fn client<'a>(gateway: &'a Node) -> Option<Client<'a>> {
    let setting = gateway.key_management.as_ref()?.client_type.as_ref()?;
    setting.text().map(|_| (gateway, setting))
}

fn disabled(unanswered: &[(&Node, Vec<&Node>)]) -> Option<Finding> {
    let ((first, servers), others) = unanswered.split_first()?;
    let gateways: Vec<&Node> = unanswered.iter().map(|(gateway, _)| *gateway).collect();
    let (verb, whose) = if gateways.len() == 1 { ("validates", "its") } else { ("validate", "their") };
    let message = match servers.as_slice() {
        [own] if own.index == first.index => {
            format!("{} validates keys over Thrift at itself, but its Thrift server is off", first.name)
        }
        servers => format!(
            "{} {verb} keys over Thrift, but the Thrift server of {whose} key manager {} is off",
            node_names(&gateways),
            node_names(servers)
        ),
    };
    let (_, setting) = client(first)?;
    let mut finding = Finding::new(setting.span, "over Thrift", message)
        .help("set KeyValidatorClientType to WSClient on every gateway, or EnableThriftServer to true on the key manager");
    if others.is_empty() {
        finding = finding.fix(setting.bare("ThriftClient"), "WSClient");
    }
    for (gateway, setting) in others.iter().filter_map(|(gateway, _)| client(gateway)) {
        finding = finding.related(setting.span, format!("{} does so, too", gateway.name));
    }
    for server in servers {
        if let Some(enabled) = server.key_management.as_ref().and_then(|keys| keys.thrift_enabled.as_ref()) {
            finding = finding.related(enabled.span, format!("off on {}", server.name));
        }
    }
    Some(finding)
}

/// Gateways of one group that call in different ways: a request fares differently on each. The rarer way is reported.
fn mixed(group: &[&Node]) -> Option<Finding> {
    let calls_out = |gateway: &&&Node| !gateway.acts_as(Role::KeyManager);
    let clients: Vec<Client<'_>> =
        group.iter().filter(calls_out).filter_map(|gateway| client(gateway)).collect();
    let thrift = |(_, setting): &&Client<'_>| setting.text() == Some("ThriftClient");
    let (over_thrift, others): (Vec<&Client<'_>>, Vec<&Client<'_>>) = clients.iter().partition(thrift);
    let (rare, common) =
        if over_thrift.len() > others.len() { (others, over_thrift) } else { (over_thrift, others) };
    let ((odd, own), (peer, theirs)) = (rare.first()?, common.first()?);
    let message = format!(
        "{} validates keys by {}, but {} in the same gateway group by {}",
        odd.name, own.value, peer.name, theirs.value
    );
    let mut finding = Finding::new(own.span, "another client", message)
        .variant("mixed-clients")
        .help(format!("set KeyValidatorClientType to {} as on {}", theirs.value, peer.name));
    if rare.len() == 1 {
        finding = finding.fix(own.bare(&own.value), theirs.value.clone());
    }
    Some(rare.iter().skip(1).chain(&common).fold(finding, |finding, (gateway, setting)| {
        finding.related(setting.span, format!("{} says {}", gateway.name, setting.value))
    }))
}
