//! Files of the wrong generation: a version that is configured by XML never reads deployment.toml, and one that is
//! configured by deployment.toml writes its XML files anew at each start.

use crate::model::{ConfigModel, Deployment, Node};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// VR004.
pub static RULE: Rule = Rule { card: "VR004-config-model-mixed", check: Check::Node(check) };

/// Files that are edited in one generation and rendered in the other.
const XML_FILES: [&str; 5] = [
    "repository/conf/api-manager.xml",
    "repository/conf/carbon.xml",
    "repository/conf/user-mgt.xml",
    "repository/conf/registry.xml",
    "repository/conf/datasources/master-datasources.xml",
];

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    if !node.is_api_manager() || node.config_model != ConfigModel::Xml {
        return;
    }
    let Some(version) = node.told_version() else { return };
    let line = format!("{}.{}", version.major, version.minor);
    if node.is_before(3, 0) {
        let Some(place) = node.ignored_deployment_toml else { return };
        let message = format!("{} has a deployment.toml, which API Manager {line} never reads", node.name);
        findings.push(
            Finding::new(place, "never read", message)
                .help("move its settings to the XML files, or migrate the node to a version that reads it"),
        );
    } else {
        let written: Vec<Span> = XML_FILES.iter().filter_map(|path| start_of(node, path)).collect();
        let [first, others @ ..] = written.as_slice() else { return };
        if others.is_empty() {
            return;
        }
        let message = format!(
            "{} is configured by XML files without a deployment.toml, but API Manager {line} renders them anew at each start",
            node.name
        );
        let finding = Finding::new(*first, "rendered at each start", message)
            .help("write the settings to repository/conf/deployment.toml; apimlint migrate makes one of the XML files");
        findings.push(others.iter().fold(finding, |finding, place| finding.related(*place, "likewise")));
    }
}

/// Start of a file that the node has.
fn start_of(node: &Node, path: &str) -> Option<Span> {
    let (file, _) = node.documents.get(path)?;
    Some(Span::new(*file, 0, 0))
}
