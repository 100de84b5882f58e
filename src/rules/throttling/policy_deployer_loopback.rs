//! A publisher deploys throttling policies on itself while Traffic Managers run elsewhere: no policy reaches them.

use crate::model::node::Role;
use crate::model::ports::ListenerKind;
use crate::model::{ConfigModel, Deployment, Endpoint, Node, Target};
use crate::rules::{Check, Finding, Rule};

/// TM017.
pub static RULE: Rule = Rule { card: "TM017-policy-deployer-loopback", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for node in deployment.publishers().filter(|node| deploys_elsewhere(node)) {
        let mut managers = deployment
            .traffic_managers()
            .filter(|manager| manager.index != node.index && manager.is_api_manager());
        let (Some(manager), throttling) = (managers.next(), node.throttling.as_ref()) else { continue };
        if let Some(deployer) = throttling.and_then(|throttling| throttling.policy_deployer.as_ref()) {
            let single = managers.next().is_none();
            findings.extend(finding(deployment, node, deployer, (manager, single)));
        }
    }
}

/// From 4.0 on Traffic Managers fetch the policies from the control plane.
fn deploys_elsewhere(node: &Node) -> bool {
    node.is_api_manager()
        && node.is_before(4, 0)
        && !node.acts_as(Role::TrafficManager)
        && node
            .throttling
            .as_ref()
            .is_some_and(|throttling| throttling.advanced.is_true() && throttling.deploys_policies.is_true())
}

fn finding(
    deployment: &Deployment,
    node: &Node,
    deployer: &Endpoint,
    (manager, single): (&Node, bool),
) -> Option<Finding> {
    let place = deployer.text.span;
    let (where_to, wrong) = match deployment.resolve(node, deployer) {
        // A loopback port that only another node opens may be meant for that one.
        Target::Own(None) if deployment.opened_elsewhere(node, deployer) => return None,
        Target::Own(_) => ("itself".to_owned(), None),
        Target::Node(other, _) if !other.acts_as(Role::TrafficManager) => (other.name.clone(), Some(other)),
        _ => return None,
    };
    let message =
        format!("{} deploys throttling policies on {where_to}, which is no Traffic Manager", node.name);
    let key = if node.config_model == ConfigModel::Toml {
        "apim.throttling.service_url"
    } else {
        "ServiceURL of PolicyDeployer"
    };
    let address = deployment.address_for(node, manager, ListenerKind::ServletHttps).filter(|_| single);
    let help = match address {
        Some(address) => {
            format!("set {key} to https://{address}/services/, the Traffic Manager {}", manager.name)
        }
        None => format!("set {key} to the Traffic Manager, https://HOST:9443/services/"),
    };
    let finding = Finding::new(place, "no Traffic Manager there", message).help(help);
    let finding = finding.related(manager.identity.span, format!("{} manages traffic", manager.name));
    Some(match wrong {
        Some(other) => finding.related(other.identity.span, "meant here"),
        None => finding,
    })
}
