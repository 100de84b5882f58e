//! A node that calls itself by another node's address sends its peers to that node.

use crate::model::clustering::Clustering;
use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// CL010.
pub static RULE: Rule = Rule { card: "CL010-local-member-host-foreign", check: Check::Deployment(check) };

/// Addresses that mean every interface: something to bind to, nothing to be called by.
const ANY: [&str; 2] = ["0.0.0.0", "::"];

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for node in &deployment.nodes {
        let scheme = node.active_clustering().and_then(Clustering::scheme_name);
        if scheme.is_some_and(|scheme| ["wka", "multicast"].contains(&scheme.as_str())) {
            findings.extend(finding(deployment, node));
        }
    }
}

fn finding(deployment: &Deployment, node: &Node) -> Option<Finding> {
    let host = node.active_clustering()?.local_member_host.as_ref()?;
    let text: &str = Setting::text(host)?;
    let place = node.member_host_place().unwrap_or(host.span);
    if ANY.contains(&text) {
        let message = format!("{} tells its cluster peers to reach it at {text}", node.name);
        return Some(
            Finding::new(place, "no address to be called by", message)
                .help(format!("set localMemberHost to an address of {} that its peers reach", node.name)),
        );
    }
    let owner =
        deployment.owner_of_member_host(node).filter(|_| deployment.port_mappings(node).is_empty())?;
    let message =
        format!("{} calls itself {text} in the cluster, which is an address of {}", node.name, owner.name);
    Some(
        Finding::new(place, format!("the address of {}", owner.name), message)
            .help(format!("set localMemberHost to an address of {}", node.name))
            .related(owner.member_host_place().unwrap_or_else(|| owner.name_place()), owner.name.clone()),
    )
}
