//! A member list under the multicast scheme is never read: the cluster forms, or not, without it.

use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// CL003.
pub static RULE: Rule = Rule { card: "CL003-wka-members-ignored", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(clustering) = &node.clustering else { return };
    if !clustering.enabled.is_true() || clustering.members_vanilla {
        return;
    }
    let Some(scheme) =
        clustering.scheme.as_ref().filter(|_| clustering.scheme_name().as_deref() == Some("multicast"))
    else {
        return;
    };
    findings.push(
        Finding::new(
            scheme.span,
            "members are not read here",
            format!("{} lists well-known members, but its membership scheme is multicast", node.name),
        )
        .help("set membershipScheme to wka")
        .fix(scheme.text().and_then(|text| scheme.bare(text)), "wka")
        .related(clustering.members_span, "has no effect"),
    );
}
