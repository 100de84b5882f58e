//! An address names a node of the deployment, but nothing on that node listens on the port.

use super::with_origin;
use crate::model::calls::Missed;
use crate::model::{Deployment, Host};
use crate::rules::{Check, Finding, Rule};

/// PT003.
pub static RULE: Rule = Rule { card: "PT003-target-port-mismatch", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for node in &deployment.nodes {
        for reference in deployment.addresses_in_use(node) {
            findings.extend(deployment.missed(node, reference).map(finding));
        }
    }
}

fn finding(missed: Missed<'_>) -> Finding {
    let Missed { caller, reference, port, target, expected, right, taken } = missed;
    let endpoint = reference.endpoint;
    let address = endpoint.address();
    let own = target.index == caller.index;
    let offset = target.identity.offset.known().copied().unwrap_or(0);
    let sum = expected.sum(offset).map(|sum| format!(" ({sum})")).unwrap_or_default();
    let noun = expected.kind.noun();
    let message = if own {
        format!("{} {} {address}, but its own {noun} port is {right}{sum}", caller.name, reference.verb())
    } else if endpoint.host == Host::Own {
        format!("no node has a broker on {address}; {}'s listens on {right}", target.name)
    } else {
        format!(
            "{} {} {} at {address}, but {}'s {noun} port is {right}{sum}",
            caller.name,
            reference.verb(),
            target.name,
            target.name,
        )
    };
    let help = match (&endpoint.port.variable, taken) {
        (Some(variable), _) => {
            format!("write port {right}: {} fills in ${{{variable}}} with its own port", caller.name)
        }
        (None, Some(other)) => format!("write port {right}; {port} is a port of {}", other.name),
        (None, None) => format!("write port {right}"),
    };
    let label = match taken {
        Some(other) => format!("a port of {}", other.name),
        None => "nothing listens here".to_owned(),
    };
    let finding = Finding::new(endpoint.port.span, label, message).help(help);
    with_origin(finding, target, expected, right)
}
