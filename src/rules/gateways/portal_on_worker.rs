//! A gateway worker that still deploys the portals: they start, take memory, and answer whoever finds them.

use crate::model::node::RoleEvidence;
use crate::model::portal::Portal;
use crate::model::{ConfigModel, Deployment, Node, Role};
use crate::rules::{Check, Finding, Rule};

/// GW013.
pub static RULE: Rule = Rule { card: "GW013-portal-on-worker", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let is_certain = matches!(node.role_evidence, RoleEvidence::Inventory | RoleEvidence::Profile);
    let has_profile = node.system_property("profile").is_some();
    if node.config_model != ConfigModel::Xml
        || !node.is_only(Role::GatewayWorker)
        || !is_certain
        || has_profile
    {
        return;
    }
    let deployed: Vec<&Portal> = node.portals.iter().filter(|portal| is_deployed(node, portal)).collect();
    let Some(first) = deployed.first() else { return };
    let names: Vec<&str> = deployed.iter().map(|portal| portal.app.name()).collect();
    let names = names.join(", ");
    let message = format!("{} is a gateway worker and still deploys {names}", node.name);
    findings.push(
        Finding::new(first.span, "a worker needs no portal", message)
            .help("remove the folders of the portals, or start the node with -Dprofile=gateway-worker"),
    );
}

/// True for a portal in the input; one of the untouched pack proves nothing in an overlay.
fn is_deployed(node: &Node, portal: &Portal) -> bool {
    let folder = "repository/deployment/server/jaggeryapps";
    node.documents.contains_key(&format!("{folder}/{}/site/conf/site.json", portal.app.name()))
}
