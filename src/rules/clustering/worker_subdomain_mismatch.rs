//! Group management tells managers from workers by their sub-domain: a wrong one sends requests to the wrong kind.

use crate::model::{Deployment, Node, Role, Setting};
use crate::rules::{Check, Finding, Rule};

/// CL020.
pub static RULE: Rule = Rule { card: "CL020-worker-subdomain-mismatch", check: Check::Deployment(check) };

const WORKER: &str = "worker";
const MANAGER: &str = "mgt";

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for (_, nodes) in deployment.domain_groups() {
        let manages = |node: &&&Node| {
            let clustering = node.clustering.as_ref();
            clustering.and_then(|own| own.group_management.as_ref()).is_some_and(Setting::is_true)
        };
        let Some(switch) = nodes.iter().find(manages) else { continue };
        let is = |role: Role| nodes.iter().any(|node| node.is_only(role));
        if is(Role::GatewayManager) && is(Role::GatewayWorker) {
            findings.extend(nodes.iter().filter_map(|node| finding(node, switch)));
        }
    }
}

fn finding(node: &Node, switch: &Node) -> Option<Finding> {
    let sub_domain = node.clustering.as_ref()?.parameter("properties/subDomain")?;
    let text = sub_domain.text()?;
    let (role, right) = if node.is_only(Role::GatewayWorker) && text != WORKER {
        ("worker", WORKER)
    } else if node.is_only(Role::GatewayManager) && text == WORKER {
        ("manager", MANAGER)
    } else {
        return None;
    };
    let message = format!("{} is a gateway {role}, but its subDomain is {text}", node.name);
    let finding = Finding::new(sub_domain.span, format!("the sub-domain of a {role} is {right}"), message)
        .help(format!("set subDomain to {right}"))
        .fix(sub_domain.bare(text), right);
    let management = switch.clustering.as_ref()?.group_management.as_ref()?;
    Some(if switch.index == node.index {
        finding
    } else {
        finding.related(management.span, format!("{} manages groups", switch.name))
    })
}
