//! A node with an offset calls itself on a port without it: it reaches nobody, or the node that has no offset.

use super::{bare_port, with_origin};
use crate::model::calls::Missed;
use crate::model::endpoint::Purpose;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// PT005.
pub static RULE: Rule = Rule { card: "PT005-offset-ignored", check: Check::Node(check) };

fn check(deployment: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    for reference in deployment.addresses_in_use(node) {
        let missed = deployment.missed(node, reference).filter(Missed::ignores_own_offset);
        findings.extend(missed.map(|missed| {
            let finding = finding(deployment, missed);
            if may_mean_a_neighbour(deployment, reference.purpose) {
                finding.variant("alone")
            } else {
                finding
            }
        }));
    }
}

/// True for a service that another server of the machine may offer, which was not given. Packs write the port of these with a
/// variable, so that somebody chose the number.
fn may_mean_a_neighbour(deployment: &Deployment, purpose: Purpose) -> bool {
    let is_alone = deployment.nodes.len() == 1 && deployment.inventory.complete != Some(true);
    let is_service = matches!(
        purpose,
        Purpose::GatewayService
            | Purpose::KeyValidation
            | Purpose::Authentication
            | Purpose::Store
            | Purpose::StoreService
            | Purpose::PolicyDeployment
            | Purpose::EventHub
    );
    is_alone && is_service
}

fn finding(deployment: &Deployment, missed: Missed<'_>) -> Finding {
    let Missed { caller, reference, port, expected, right, .. } = missed;
    let endpoint = reference.endpoint;
    let offset = caller.identity.offset.value;
    let message = format!(
        "{} {} {}, but its own {} listens on {right} (offset {offset})",
        caller.name,
        reference.verb(),
        endpoint.address(),
        expected.kind.noun(),
    );
    // On its own machine the port may be another node's.
    let other = missed
        .taken
        .or_else(|| deployment.neighbours(caller).find(|neighbour| neighbour.listener_on(port).is_some()));
    let (label, help) = match other {
        Some(other) => (
            format!("a port of {}", other.name),
            format!("write port {right}; {port} is a port of {}", other.name),
        ),
        None => ("nothing listens here".to_owned(), format!("write port {right}")),
    };
    let finding = Finding::new(endpoint.port.span, label, message)
        .help(help)
        .fix(bare_port(deployment, endpoint), right.to_string());
    with_origin(finding, caller, expected, right)
}
