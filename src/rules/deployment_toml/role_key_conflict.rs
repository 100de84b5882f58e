//! A key says something else than what follows from the node's role: a gateway deploys policies, or a control plane
//! publishes throttling events.

use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// TL018.
pub static RULE: Rule = Rule { card: "TL018-role-key-conflict", check: Check::Node(check) };

/// Switches that belong to a role.
const SWITCHES: [&str; 7] = [
    "apim.throttling.enable_blacklist_condition",
    "apim.throttling.enable_data_publishing",
    "apim.throttling.enable_decision_connection",
    "apim.throttling.enable_policy_deploy",
    "indexing.enable",
    "transport.ws.sender.enable",
    "transport.wss.sender.enable",
];

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    let Some(role) = toml.text("server.server_role") else { return };
    for contradiction in toml.contradictions.iter().filter(|found| SWITCHES.contains(&found.key.as_str())) {
        let Some(written) = super::plain(&contradiction.written) else { continue };
        let (key, inferred) = (&contradiction.key, &contradiction.inferred);
        let message =
            format!("{} sets {key} = {written}, but as {} it has {inferred}", node.name, role.value);
        findings.push(
            Finding::new(contradiction.written.span, "against the role", message)
                .help(format!("remove {key}, or choose another server_role"))
                .related(role.span, format!("means {inferred}")),
        );
    }
}
