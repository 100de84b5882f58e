//! Thrift is no HTTP: a balancer for HTTP does not carry it, and a connection sticks to one key manager.

use crate::model::sharing::node_names;
use crate::model::{Deployment, Node, Role, Target};
use crate::rules::{Check, Finding, Rule};

/// KM006.
pub static RULE: Rule = Rule { card: "KM006-thrift-through-balancer", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    findings.extend(deployment.nodes.iter().filter_map(|gateway| finding(deployment, gateway)));
}

fn finding(deployment: &Deployment, gateway: &Node) -> Option<Finding> {
    let keys = gateway.thrift_client().filter(|_| !gateway.acts_as(Role::KeyManager))?;
    let client = keys.client_type.as_ref()?;
    let balancer = match deployment.thrift_target(gateway) {
        Target::Balancer(balancer) if !balancer.tcp => balancer,
        _ => return None,
    };
    let behind: Vec<&Node> = deployment.thrift_servers(gateway);
    if !behind.iter().all(|node| node.acts_as(Role::KeyManager)) {
        return None;
    }
    let message = format!(
        "{} validates keys over Thrift through {}, which stands for {}",
        gateway.name,
        balancer.name,
        node_names(&behind)
    );
    let url = keys.validation.as_ref()?;
    let finding = Finding::new(client.span, "Thrift through a balancer", message)
        .help("set KeyValidatorClientType to WSClient")
        .fix(client.bare("ThriftClient"), "WSClient")
        .related(url.host_span, "a name in front of key managers");
    Some(behind.iter().fold(finding, |finding, node| {
        finding.related(node.name_place(), format!("{} stands behind it", node.name))
    }))
}
