//! Under multicast and the domain of the untouched pack any other installation in the network joins the cluster.

use crate::model::clustering::Clustering;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// CL012.
pub static RULE: Rule = Rule { card: "CL012-cluster-domain-default", check: Check::Node(check) };

/// Domain of the untouched pack.
const VANILLA: &str = "wso2.carbon.domain";

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(clustering) = node.active_clustering() else { return };
    let is_multicast = clustering.scheme_name().as_deref() == Some("multicast");
    if !is_multicast || Clustering::domain_name(clustering) != Some(VANILLA) {
        return;
    }
    let place = clustering.domain.as_ref().map_or(clustering.span, |domain| domain.span);
    let message = format!("{} looks for its cluster by multicast in the default domain {VANILLA}", node.name);
    findings.push(
        Finding::new(place, "every default installation has it", message)
            .help("choose a domain that only this deployment has, the same on all of its nodes"),
    );
}
