//! A class that left the product is named: the server fails while it loads it.

use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// TL020.
pub static RULE: Rule = Rule { card: "TL020-class-moved", check: Check::Node(check) };

/// Keys whose class has another name since 4.0: key, old and new class.
const MOVED: [(&str, &str, &str); 1] = [(
    "apim.token.revocation.notifier_impl",
    "org.wso2.carbon.apimgt.keymgt.events.TokenRevocationNotifierImpl",
    "org.wso2.carbon.apimgt.notification.TokenRevocationNotifierImpl",
)];

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    let Some(version) = node.told_version().filter(|version| version.at_least(4, 0)) else { return };
    for (key, old, new) in MOVED {
        let Some(class) = toml.text(key).filter(|class| class.text() == Some(old)) else { continue };
        let message = format!(
            "{} names {old} in {key}, a class that {}.{} does not have",
            node.name, version.major, version.minor
        );
        findings.push(
            Finding::new(class.span, "no such class", message)
                .help(format!("write {new}"))
                .fix(class.bare(old), new),
        );
    }
}
