//! One node stays outside the cluster that the others form: their caches never hear of its changes, nor it of
//! theirs.

use crate::model::{ConfigModel, Deployment};
use crate::rules::{Check, Finding, Rule};

/// CL001.
pub static RULE: Rule = Rule { card: "CL001-clustering-partly-enabled", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for left_out in deployment.left_out() {
        let (node, peer) = (left_out.node, left_out.peer);
        let (Some(off), Some(on)) = (&node.clustering, &peer.clustering) else { continue };
        let reason = match left_out.member {
            Some(_) => format!("{} lists it as a member", peer.name),
            None => format!("{} in the same role has it on", peer.name),
        };
        let help = match node.config_model {
            ConfigModel::Xml => {
                format!("set enable=\"true\", with the membershipScheme and domain of {}", peer.name)
            }
            ConfigModel::Toml => format!("set membership_scheme under [clustering] as on {}", peer.name),
        };
        let place = left_out.member.map_or(on.enabled.span, |member| member.span);
        let label =
            if left_out.member.is_some() { format!("lists {}", node.name) } else { "on here".to_owned() };
        findings.push(
            Finding::new(
                off.span,
                "clustering is off",
                format!("{} has clustering off, but {reason}", node.name),
            )
            .help(help)
            .related(place, label),
        );
    }
}
