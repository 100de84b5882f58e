//! A node with another group password is refused by the cluster, and starts one of its own.

use crate::model::sharing::node_names;
use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule, majority_preferring};
use crate::source::Span;

/// CL017.
pub static RULE: Rule = Rule { card: "CL017-cluster-password-mismatch", check: Check::Deployment(check) };

/// A node with the digest of its group password, if it has one.
struct Entrant<'a> {
    node: &'a Node,
    digest: Option<&'a str>,
    place: Span,
}

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for (domain, nodes) in deployment.domain_groups() {
        let entrants: Vec<Entrant<'_>> = nodes.into_iter().filter_map(entrant).collect();
        let agree = |one: &Entrant<'_>, other: &Entrant<'_>| one.digest == other.digest;
        let common = majority_preferring(&entrants, agree, |entrant| entrant.digest.is_some());
        let Some(common) = common.map(|entrant| entrant.digest) else { continue };
        let (right, wrong): (Vec<&Entrant<'_>>, Vec<&Entrant<'_>>) =
            entrants.iter().partition(|entrant| entrant.digest == common);
        findings.extend(wrong.into_iter().map(|entrant| finding(domain, entrant, &right)));
    }
}

/// `None` where the password is encrypted or a placeholder.
fn entrant(node: &Node) -> Option<Entrant<'_>> {
    let clustering = node.active_clustering()?;
    let password = clustering.parameter("groupPassword");
    let digest = match password {
        Some(password) => Some(Setting::text(password)?),
        None => None,
    };
    Some(Entrant { node, digest, place: password.map_or(clustering.span, |password| password.span) })
}

fn finding(domain: &str, wrong: &Entrant<'_>, right: &[&Entrant<'_>]) -> Finding {
    let nodes: Vec<&Node> = right.iter().map(|entrant| entrant.node).collect();
    let names = node_names(&nodes);
    let other = right.first().is_some_and(|entrant| entrant.digest.is_some());
    let have = if right.len() == 1 { "has" } else { "have" };
    let (message, label) = match (wrong.digest, other) {
        (None, _) => (
            format!(
                "{} has no groupPassword, but {names} in cluster domain {domain} {have} one",
                wrong.node.name
            ),
            "no groupPassword here",
        ),
        (Some(_), true) => (
            format!("{} has another groupPassword than {names} in cluster domain {domain}", wrong.node.name),
            "another password",
        ),
        (Some(_), false) => (
            format!(
                "{} has a groupPassword, but {names} in cluster domain {domain} {have} none",
                wrong.node.name
            ),
            "a password of its own",
        ),
    };
    let finding = Finding::new(wrong.place, label, message)
        .help("write the same groupPassword on every node of the domain, or on none");
    right.iter().fold(finding, |finding, entrant| {
        finding.related(entrant.place, format!("differs on {}", entrant.node.name))
    })
}
