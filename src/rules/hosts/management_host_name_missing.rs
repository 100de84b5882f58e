//! Without MgtHostName the consoles of a node with a public HostName redirect to whatever address the machine has.

use crate::model::{ConfigModel, Deployment, Node, Role};
use crate::rules::{Check, Finding, Rule};

/// HN002.
pub static RULE: Rule = Rule { card: "HN002-management-host-name-missing", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let with_console = node.is_api_manager() && !node.is_only(Role::GatewayWorker);
    if node.config_model != ConfigModel::Xml || !with_console || node.identity.management_host_name.is_some()
    {
        return;
    }
    let Some(name) = node.public_host_name() else { return };
    let message = format!("{} sets HostName to {}, but has no MgtHostName", node.name, name.value);
    findings.push(
        Finding::new(node.identity.span, "no MgtHostName inside", message)
            .help(format!("add <MgtHostName>{}</MgtHostName> below HostName", name.value))
            .related(name.span, "HostName is set"),
    );
}
