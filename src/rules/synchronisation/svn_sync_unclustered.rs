//! The deployment synchroniser tells its peers to check out by a cluster message, which an unclustered node never hears.

use crate::model::{ConfigModel, Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// DY001.
pub static RULE: Rule = Rule { card: "DY001-svn-sync-unclustered", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let (Some(synchronizer), Some(clustering)) = (&node.synchronizer, &node.clustering) else { return };
    if node.config_model != ConfigModel::Xml
        || !synchronizer.enabled.is_true()
        || !clustering.enabled.is_false()
    {
        return;
    }
    findings.push(
        Finding::new(
            synchronizer.enabled.span,
            "needs clustering",
            format!("{} synchronises artifacts through SVN, but its clustering is off", node.name),
        )
        .help("set DeploymentSynchronizer/Enabled to false and share the artifacts by a file system, or switch clustering on in axis2.xml")
        .related(clustering.enabled.span, "clustering is off"),
    );
}
