//! Versions of TLS that are broken or given up: whoever listens in can make both sides agree on them.

use crate::model::security::Protocols;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};
use crate::syntax::Scalar;

/// SE012.
pub static RULE: Rule = Rule { card: "SE012-tls-protocol-weak", check: Check::Deployment(check) };

const BROKEN: [&str; 3] = ["SSLv2", "SSLv3", "SSLv2Hello"];
const GIVEN_UP: [&str; 3] = ["TLSv1", "TLSv1.0", "TLSv1.1"];

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for node in deployment.nodes.iter().filter(|node| deployment.is_production_like(node)) {
        of_node(node, findings);
    }
    for server in deployment.proxy.iter().flat_map(|proxy| &proxy.servers) {
        of_proxy(&server.protocols, server.plain_names().next(), findings);
    }
    // Blocks that inherit one list are one fact.
    findings.dedup_by(|right, left| right.primary.span == left.primary.span);
}

/// One finding for what is broken, one for what is given up.
fn of_node(node: &Node, findings: &mut Vec<Finding>) {
    let written = node.security.protocols.iter().filter(|place| place.setting.is_written());
    let (broken, rest): (Vec<&Protocols>, Vec<&Protocols>) =
        written.partition(|place| first_of(&place.names, &BROKEN).is_some());
    let given_up: Vec<&Protocols> =
        rest.into_iter().filter(|place| first_of(&place.names, &GIVEN_UP).is_some()).collect();
    for (places, names) in [(broken, &BROKEN), (given_up, &GIVEN_UP)] {
        let Some((first, others)) = places.split_first() else { continue };
        let Some(name) = first_of(&first.names, names) else { continue };
        let mut finding = Finding::new(
            first.setting.span,
            "an old version",
            format!("{} allows {name} on {}", node.name, first.listener),
        )
        .help("allow TLSv1.2, and TLSv1.3 where the server's Java has it");
        for place in others {
            finding = finding.related(place.setting.span, format!("on {}", place.listener));
        }
        findings.push(with_variant(finding, name));
    }
}

fn of_proxy(words: &[Scalar], name: Option<&str>, findings: &mut Vec<Finding>) {
    let weak = |names: &[&str]| {
        words.iter().find(|word| names.iter().any(|name| name.eq_ignore_ascii_case(&word.text)))
    };
    let Some(word) = weak(&BROKEN).or_else(|| weak(&GIVEN_UP)) else { return };
    let name = name.unwrap_or("a server block without a name");
    let finding =
        Finding::new(word.span, "an old version", format!("{name} allows {} on the proxy", word.text))
            .help("write: ssl_protocols TLSv1.2 TLSv1.3");
    findings.push(with_variant(finding, &word.text));
}

fn with_variant(finding: Finding, name: &str) -> Finding {
    let is_broken = BROKEN.iter().any(|broken| broken.eq_ignore_ascii_case(name));
    if is_broken { finding.variant("broken") } else { finding }
}

fn first_of<'a>(names: &'a [String], weak: &[&str]) -> Option<&'a str> {
    names.iter().map(String::as_str).find(|name| weak.iter().any(|weak| weak.eq_ignore_ascii_case(name)))
}
