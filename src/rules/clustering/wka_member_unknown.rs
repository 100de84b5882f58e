//! A member that is no node is asked at every start, and hides that a real one is missing.

use crate::model::clustering::Member;
use crate::model::member_lists::leftover_member;
use crate::model::{ConfigModel, Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// CL013.
pub static RULE: Rule = Rule { card: "CL013-wka-member-unknown", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for node in &deployment.nodes {
        findings.extend(deployment.strange_members(node).into_iter().map(|member| strange(node, member)));
        let leftover = node.active_clustering().and_then(leftover_member);
        findings.extend(leftover.map(|member| loopback(node, member)));
    }
}

fn strange(node: &Node, member: &Member) -> Finding {
    let address = member.address();
    Finding::new(
        member.host_name.span,
        "no given node",
        format!("{} lists {address} as a well-known member, which is none of the given nodes", node.name),
    )
    .help("write the localMemberHost of a node, remove the member, or set complete = false in apimlint.toml if more nodes exist")
}

fn loopback(node: &Node, member: &Member) -> Finding {
    let finding = Finding::new(
        member.span,
        "left over from the untouched pack",
        format!("{} still lists 127.0.0.1:4000 beside its real members", node.name),
    )
    .variant("loopback-leftover")
    .help("remove this member: every node takes 127.0.0.1 for itself");
    match node.config_model {
        ConfigModel::Xml => finding.fix(Some(member.span), ""),
        ConfigModel::Toml => finding,
    }
}
