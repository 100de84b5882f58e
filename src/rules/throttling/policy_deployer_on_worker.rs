//! A node that makes no policies has its policy deployer on: at start it deploys the policies of the database once more, on
//! whatever it takes for the Traffic Manager.

use crate::model::node::{Role, RoleEvidence};
use crate::model::{ConfigModel, Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// TM018.
pub static RULE: Rule = Rule { card: "TM018-policy-deployer-on-worker", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    const MAKE_NONE: [Role; 4] = [Role::Gateway, Role::GatewayWorker, Role::Store, Role::KeyManager];
    let makes_none = !node.roles.is_empty() && node.roles.iter().all(|role| MAKE_NONE.contains(role));
    let is_sure = node.role_evidence <= RoleEvidence::Profile;
    if !node.is_api_manager() || !node.is_at_least(2, 2) || !makes_none || !is_sure {
        return;
    }
    let Some(throttling) = node.throttling.as_ref().filter(|throttling| throttling.advanced.is_true()) else {
        return;
    };
    let switch = &throttling.deploys_policies;
    if !switch.is_true() || !switch.is_written() {
        return;
    }
    let message = format!("{} makes no throttling policies, but deploys them", node.name);
    let help = match node.config_model {
        ConfigModel::Toml => "set apim.throttling.enable_policy_deploy to false, or leave it to server_role",
        ConfigModel::Xml => "set Enabled of PolicyDeployer to false",
    };
    findings.push(
        Finding::new(switch.span, "for publishers only", message)
            .help(help)
            .fix(switch.bare("true"), "false"),
    );
}
