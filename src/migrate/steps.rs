//! What no configuration can do: the steps of an upgrade besides deployment.toml.

use super::run::Migrated;
use super::{Note, Risk};
use crate::model::{Product, Version};

/// The steps for a deployment, in the order in which they are taken; none where no node is older than the target.
/// Source: WSO2's upgrade guides, 2.6.0 to 4.1.0 and 3.x to 4.x; `bin` of 2.6.0 to 4.5.0.
pub(super) fn steps(nodes: &[Migrated<'_>], target: Version) -> Vec<Note> {
    let own = nodes.iter().map(|migrated| migrated.legacy.node);
    let own = own.filter(|node| node.product == Product::ApiManager).filter_map(|node| node.version);
    let Some(from) = own.min().filter(|from| *from < target) else { return Vec::new() };
    let step = |risk, text: String| Note { risk, text };
    let mut steps = vec![
        step(
            Risk::High,
            format!(
                "back up the databases and bring copies of them from {from} to {target} with WSO2's scripts and migration \
                 clients before the first start: no configuration changes a schema"
            ),
        ),
        step(
            Risk::High,
            "copy the key stores and trust stores that deployment.toml names to repository/resources/security: with \
             others, stored secrets cannot be read and tokens are not accepted"
                .to_owned(),
        ),
        step(
            Risk::Medium,
            format!(
                "copy JDBC drivers and other libraries of repository/components/lib and dropins; what was built for \
                 {from} has to be built for {target}"
            ),
        ),
    ];
    let script = |version: Version| if version.at_least(4, 0) { "api-manager.sh" } else { "wso2server.sh" };
    let (old, new) = (script(from), script(target));
    let text =
        format!("bring what was changed in bin/{old} (heap, system properties) to bin/{new} of {target}");
    steps.push(step(Risk::Medium, text));
    if !from.at_least(3, 0) {
        let text = "where versioning of registry resources was on (versioningProperties and its like in registry.xml), \
                    remove the old versions with WSO2's scripts: from 3.0 on it is off";
        steps.push(step(Risk::Medium, text.to_owned()));
    }
    if target.at_least(4, 0) && !from.at_least(4, 0) {
        let text = "APIs, applications and subscriptions come with the databases: let the migration client convert them, \
                    and do not copy synapse files of APIs, which gateways of 4.x fetch from the control plane";
        steps.push(step(Risk::Medium, text.to_owned()));
        let text = "user stores besides the primary one are files: copy repository/deployment/server/userstores, and \
                    those of tenants";
        steps.push(step(Risk::Medium, text.to_owned()));
    }
    let text = "let the search index of the portals be made anew";
    steps.push(step(Risk::Low, text.to_owned()));
    steps
}
