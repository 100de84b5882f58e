//! A role that the version does not know infers nothing: the node behaves as an all-in-one.

use crate::model::{Deployment, Node, Version};
use crate::rules::{Check, Finding, Rule, nearest};

/// TL017.
pub static RULE: Rule = Rule { card: "TL017-server-role-unknown", check: Check::Node(check) };

/// Roles of 3.x.
const BEFORE_4_0: [&str; 6] =
    ["default", "gateway-worker", "api-key-manager", "api-publisher", "api-store", "traffic-manager"];

/// What the deployment template of the developer portal in 3.x says, while infer.json knows `api-store`.
const OF_SET_UP: &str = "api-devportal";

/// Roles of 4.x.
const SINCE_4_0: [&str; 5] =
    ["default", "gateway-worker", "control-plane", "traffic-manager", "api-key-manager-deprecated"];

/// Roles of 4.0 and 4.1 besides.
const UNTIL_4_1: [&str; 2] = ["api-publisher-deprecated", "api-devportal-deprecated"];

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    let Some(role) = toml.text("server.server_role") else { return };
    let roles = roles(node);
    let Some(written) = super::plain(role).filter(|role| !roles.contains(role)) else { return };
    let who = match node.told_version() {
        Some(version) => format!("{}.{} does not know", version.major, version.minor),
        None => "no version knows".to_owned(),
    };
    let message =
        format!("{} has the role {written}, which {who}: the node behaves as an all-in-one", node.name);
    let finding = Finding::new(role.span, "no such role", message);
    let finding = if written == OF_SET_UP && roles.contains(&"api-store") {
        finding.variant("set-up-profile")
    } else {
        finding
    };
    findings.push(match meant(written, &roles) {
        Some(right) => finding.help(format!("write {right}")).fix(role.bare(written), right),
        None => finding.help(format!("write one of {}", roles.join(", "))),
    });
}

fn roles(node: &Node) -> Vec<&'static str> {
    let version = node.told_version();
    let may_be = |is: fn(Version) -> bool| version.is_none_or(is);
    let mut roles: Vec<&str> = Vec::new();
    if may_be(|version| !version.at_least(4, 0)) {
        roles.extend(BEFORE_4_0);
    }
    if may_be(|version| version.at_least(4, 0)) {
        roles.extend(SINCE_4_0);
    }
    if may_be(|version| version.at_least(4, 0) && !version.at_least(4, 2)) {
        roles.extend(UNTIL_4_1);
    }
    roles
}

/// The role that is meant, where no other is as near.
fn meant(written: &str, roles: &[&'static str]) -> Option<&'static str> {
    let written = written.to_ascii_lowercase().replace(['_', ' '], "-");
    let renamed = match written.as_str() {
        "api-store" | "api-devportal" | "devportal" | "api-publisher" | "publisher" => Some("control-plane"),
        "gateway" | "gateway-manager" => Some("gateway-worker"),
        "api-key-manager" => Some("api-key-manager-deprecated"),
        _ => None,
    };
    if let Some(renamed) = renamed.filter(|renamed| roles.contains(renamed)) {
        return Some(renamed);
    }
    if written == OF_SET_UP && roles.contains(&"api-store") {
        return Some("api-store");
    }
    nearest(&written, roles.iter().copied(), 3).first().copied()
}
