//! A gateway sends no throttling events or hears no decisions: limits are not enforced on it.

use crate::model::node::{Role, RoleEvidence};
use crate::model::{ConfigModel, Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// TM016.
pub static RULE: Rule = Rule { card: "TM016-throttling-client-disabled", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(throttling) = node.throttling.as_ref().filter(|throttling| throttling.advanced.is_true()) else {
        return;
    };
    let is_off = |switch: &Setting<bool>| switch.is_false() && switch.is_written();
    let (deaf, dumb) = (is_off(&throttling.subscribes), is_off(&throttling.publishes));
    // Portals and key managers have both switched off; only of a gateway that is known to be one is that a fault.
    let is_gateway = node.is_api_manager() && node.acts_as(Role::Gateway);
    if !is_gateway || (dumb && deaf && node.role_evidence > RoleEvidence::Referenced) {
        return;
    }
    let switches = [
        (
            dumb,
            &throttling.publishes,
            "sends no throttling events",
            "DataPublisher",
            "enable_data_publishing",
        ),
        (
            deaf,
            &throttling.subscribes,
            "hears no throttle decisions",
            "JMSConnectionDetails",
            "enable_decision_connection",
        ),
    ];
    for (is_off, switch, what, element, key) in switches {
        if is_off {
            let message = format!("{} is a gateway, but {what}: its limits are not enforced", node.name);
            let help = match node.config_model {
                ConfigModel::Toml => format!("set apim.throttling.{key} to true"),
                ConfigModel::Xml => format!("set Enabled of {element} to true"),
            };
            findings.push(Finding::new(switch.span, "switched off", message).help(help));
        }
    }
}
