//! An Identity Server of the wrong version lacks the key manager feature that this API Manager calls.

use super::place;
use crate::model::{Deployment, Node, Product, Version};
use crate::rules::{Check, Finding, Rule};

/// VR002.
pub static RULE: Rule = Rule { card: "VR002-key-manager-version-mismatch", check: Check::Deployment(check) };

/// Versions of API Manager and of the Identity Server that was made for each.
const PAIRS: [((u16, u16), (u16, u16)); 6] = [
    ((2, 1), (5, 3)),
    ((2, 2), (5, 5)),
    ((2, 5), (5, 6)),
    ((2, 6), (5, 7)),
    ((3, 0), (5, 9)),
    ((3, 1), (5, 10)),
];

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let of = |product: Product| {
        deployment.nodes.iter().filter(move |node| node.product == product && node.told_version().is_some())
    };
    for server in of(Product::IdentityServer) {
        let callers: Vec<&Node> = of(Product::ApiManager).collect();
        findings.extend(finding(server, &callers));
    }
}

/// The Identity Server that belongs to a version.
fn partner(version: Version) -> Option<(u16, u16)> {
    PAIRS.iter().find(|(manager, _)| *manager == (version.major, version.minor)).map(|(_, server)| *server)
}

fn finding(server: &Node, managers: &[&Node]) -> Option<Finding> {
    let own = server.version?;
    let wrong = |node: &&&Node| {
        node.version.and_then(partner).is_some_and(|partner| partner != (own.major, own.minor))
    };
    let manager = managers.iter().find(wrong)?;
    let version = manager.version?;
    let (major, minor) = partner(version)?;
    let message = format!(
        "{} is Identity Server {own}, but API Manager {version} ({}) goes with {major}.{minor}",
        server.name, manager.name
    );
    let finding = Finding::new(place(server), own.to_string(), message)
        .help(format!("use WSO2 Identity Server {major}.{minor} as key manager of API Manager {version}"));
    Some(managers.iter().filter(wrong).fold(finding, |finding, node| {
        let label = node.version.map(|version| version.to_string()).unwrap_or_default();
        finding.related(place(node), label)
    }))
}
