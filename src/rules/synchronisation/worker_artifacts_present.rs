//! A worker that already holds artifacts but no working copy conflicts with its first check-out.

use crate::model::{ConfigModel, Deployment, Node, Role};
use crate::rules::{Check, Finding, Rule};

/// DY008.
pub static RULE: Rule = Rule { card: "DY008-worker-artifacts-present", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let (Some(synchronizer), Some(artifacts)) = (&node.synchronizer, &node.artifacts) else { return };
    let reads_only = synchronizer.auto_commit.as_ref().is_none_or(|commit| commit.is_false());
    if node.config_model != ConfigModel::Xml
        || !synchronizer.enabled.is_true()
        || !reads_only
        || node.roles.contains(&Role::GatewayManager)
        || artifacts.checked_out
    {
        return;
    }
    let Some(first) = artifacts.files.first() else { return };
    let files = match artifacts.files.len() {
        1 => "1 file".to_owned(),
        count => format!("{count} files"),
    };
    findings.push(
        Finding::new(
            synchronizer.enabled.span,
            "will check out over existing files",
            format!(
                "{} will check out artifacts from SVN over {files} that no working copy knows",
                node.name,
            ),
        )
        .help("empty repository/deployment/server of this worker before its first start")
        .related(first.span, "the first of them"),
    );
}
