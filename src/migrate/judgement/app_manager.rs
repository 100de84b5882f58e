//! WSO2 App Manager: a product without a successor, on the same platform as API Manager.

use super::{Answer, Question};
use crate::migrate::{Legacy, Note, Risk};

/// Files that the platform reads, whatever the product.
const PLATFORM: [&str; 8] = [
    "repository/conf/axis2/",
    "repository/conf/carbon.xml",
    "repository/conf/datasources/",
    "repository/conf/registry.xml",
    "repository/conf/security/",
    "repository/conf/tomcat/",
    "repository/conf/user-mgt.xml",
    "bin/",
];

/// What becomes of a setting of App Manager; nothing for one that the platform has, and on other nodes.
pub fn answer(legacy: &Legacy, question: Question) -> Option<Answer> {
    if !legacy.node.is_app_manager() {
        return None;
    }
    let is_platform = PLATFORM.iter().any(|start| question.file.starts_with(start));
    let note = match (is_platform, question.value) {
        (false, _) => "App Manager has no successor: API Manager has nothing that corresponds to this",
        // The node was compared with a pack of API Manager: those of App Manager are not known here.
        (true, None) => {
            "API Manager has this setting and App Manager has not: there is nothing to bring over"
        }
        (true, Some(_)) => return None,
    };
    Some(Answer::obsolete(note))
}

/// What is to be said of such a node as a whole.
pub fn note(legacy: &Legacy) -> Option<Note> {
    let text = format!(
        "{} is an App Manager node, and App Manager has no successor: web applications, policies and subscriptions stay \
         behind. What API Manager can take over is of the platform: host names, ports, key stores, data sources and user \
         stores",
        legacy.node.name
    );
    legacy.node.is_app_manager().then_some(Note { risk: Risk::High, text })
}
