//! Synchronisation by SVN forces Hazelcast on a cluster that would do better without, and breaks with it.

use crate::model::{ConfigModel, Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// DY002.
pub static RULE: Rule = Rule { card: "DY002-svn-sync-enabled", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(synchronizer) = &node.synchronizer else { return };
    if node.config_model != ConfigModel::Xml
        || !node.is_api_manager()
        || !node.is_at_least(2, 1)
        || !synchronizer.enabled.is_true()
    {
        return;
    }
    findings.push(
        Finding::new(
            synchronizer.enabled.span,
            "discouraged since 2.1",
            format!("{} synchronises artifacts through SVN, which is discouraged since 2.1", node.name),
        )
        .help("set Enabled to false and mount repository/deployment/server from a shared file system, or copy it by rsync"),
    );
}
