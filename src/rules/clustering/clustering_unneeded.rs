//! Hazelcast costs memory, ports and start time, and splits of its cluster, where nothing uses it.

use crate::model::sharing::listed;
use crate::model::{ConfigModel, Deployment};
use crate::rules::{Check, Finding, Rule};

/// CL018.
pub static RULE: Rule = Rule { card: "CL018-clustering-unneeded", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let left_out = deployment.left_out();
    for (domain, nodes) in deployment.domain_groups() {
        let broken = nodes.iter().any(|node| {
            !deployment.unlisted_peers(node).is_empty()
                || left_out.iter().any(|left_out| left_out.peer.index == node.index)
        });
        let Some((first, rest)) = nodes.split_first().filter(|(_, rest)| !rest.is_empty()) else { continue };
        let Some(clustering) =
            first.clustering.as_ref().filter(|_| !broken && deployment.is_cluster_idle(&nodes))
        else {
            continue;
        };
        let names: Vec<&str> = nodes.iter().map(|node| node.name.as_str()).collect();
        let message = format!("{} form the cluster {domain}, but nothing in it needs one", listed(&names));
        let help = match first.config_model {
            ConfigModel::Xml => {
                "set enable=\"false\" on each of these nodes, unless code of your own uses Hazelcast"
            }
            ConfigModel::Toml => {
                "remove [clustering] from each of these nodes, unless code of your own uses Hazelcast"
            }
        };
        let mut finding = Finding::new(clustering.enabled.span, "clustering is on", message).help(help);
        for peer in rest {
            if let Some(theirs) = &peer.clustering {
                finding = finding.related(theirs.enabled.span, format!("{}, too", peer.name));
            }
        }
        findings.push(finding);
    }
}
