//! A gateway that asks a node without a key manager, or another one than its peers, refuses tokens that they accept.

use crate::model::database::LogicalDatabase;
use crate::model::node::RoleEvidence;
use crate::model::{Deployment, Node, Role, Target};
use crate::rules::{Check, Finding, Rule};

/// KM002.
pub static RULE: Rule = Rule { card: "KM002-key-manager-role-mismatch", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for node in deployment.nodes.iter().filter(|node| node.is_api_manager()) {
        findings.extend(wrong_role(deployment, node));
    }
    for group in deployment.groups(Role::Gateway) {
        findings.extend(divided(deployment, &group));
    }
}

/// True for a node that surely is none: it was set up for something else, or asks a key manager itself.
fn is_no_key_manager(deployment: &Deployment, node: &Node) -> bool {
    if node.role_evidence <= RoleEvidence::Profile {
        return !node.acts_as(Role::KeyManager);
    }
    let has_other_work =
        [Role::Gateway, Role::Publisher, Role::Store].into_iter().any(|role| node.acts_as(role));
    has_other_work
        && node.key_calls().iter().any(|call| match deployment.resolve(node, call.endpoint) {
            Target::Node(target, Some(_)) => !call.logs_in && target.acts_as(Role::KeyManager),
            _ => false,
        })
}

fn wrong_role(deployment: &Deployment, node: &Node) -> Option<Finding> {
    node.key_calls().into_iter().find_map(|call| {
        let target = match deployment.resolve(node, call.endpoint) {
            Target::Node(target, Some(_)) => target,
            _ => return None,
        };
        if !call.endpoint.text.is_written() || !is_no_key_manager(deployment, target) {
            return None;
        }
        let right = deployment.key_managers_for(node).find(|other| !is_no_key_manager(deployment, other));
        let message = format!(
            "{} asks {} for keys ({}), which is no key manager",
            node.name,
            target.name,
            call.endpoint.address()
        );
        let help = match right.and_then(|right| Some((right, deployment.services_url(right)?))) {
            Some((right, url)) => format!("write {url}, the URL of {}", right.name),
            None => "write the services URL of the key manager".to_owned(),
        };
        let finding = Finding::new(call.endpoint.text.span, "no key manager", message).help(help);
        Some(finding.related(target.name_place(), format!("{} has another role", target.name)))
    })
}

/// Gateways of one group that ask different given nodes, which do not share their tokens.
fn divided(deployment: &Deployment, group: &[&Node]) -> Option<Finding> {
    let asked = |node: &'_ Node| -> Option<usize> {
        let call = node.key_calls().into_iter().find(|call| !call.logs_in)?;
        match deployment.resolve(node, call.endpoint) {
            Target::Node(target, Some(_)) => Some(target.index),
            _ => None,
        }
    };
    let callers = || group.iter().filter(|node| !node.acts_as(Role::KeyManager));
    let first = callers().find(|node| asked(node).is_some())?;
    let one = deployment.nodes.get(asked(first)?)?;
    callers().find_map(|node| {
        let other = deployment.nodes.get(asked(node)?)?;
        if other.index == one.index || !deployment.keep_apart(one, other, LogicalDatabase::Api) {
            return None;
        }
        let place = |node: &Node| node.key_calls().into_iter().find(|call| !call.logs_in).map(|call| call.endpoint.text.span);
        let message = format!(
            "{} asks key manager {}, {} in the same gateway group {}, which has another database",
            node.name, other.name, first.name, one.name
        );
        Some(
            Finding::new(place(node)?, format!("asks {}", other.name), message)
                .help("let all gateways of the group ask one key manager, or let the key managers share their database")
                .related(place(first)?, format!("asks {}", one.name))
                .related(other.name_place(), other.name.clone())
                .related(one.name_place(), one.name.clone()),
        )
    })
}
