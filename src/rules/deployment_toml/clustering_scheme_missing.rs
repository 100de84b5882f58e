//! `[clustering]` without `membership_scheme` leaves clustering off; an empty one switches it on with a scheme that does
//! not exist.

use crate::model::sharing::listed;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// TL021.
pub static RULE: Rule = Rule { card: "TL021-clustering-scheme-missing", check: Check::Node(check) };

/// Keys that nobody writes without meaning a cluster.
const OF_A_CLUSTER: [&str; 4] = ["members", "domain", "local_member_host", "local_member_port"];

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    if let Some(scheme) = toml.key("clustering.membership_scheme") {
        if scheme.scalar().is_some_and(|text| text.value.is_empty()) {
            let message =
                format!("{} has an empty membership scheme, which switches clustering on", node.name);
            findings.push(
                Finding::new(scheme.value_span(), "empty", message)
                    .help("write wka, or remove the key to leave clustering off")
                    .variant("empty"),
            );
        }
        return;
    }
    let written: Vec<_> =
        toml.keys_in("clustering").filter(|(name, _)| OF_A_CLUSTER.contains(name)).collect();
    let Some((_, first)) = written.first() else { return };
    let names: Vec<&str> = written.iter().map(|(name, _)| *name).collect();
    let message = format!(
        "{} sets {} under [clustering] without a membership_scheme: clustering stays off",
        node.name,
        listed(&names)
    );
    let place = toml.header("clustering").map_or(first.span, |header| header.span);
    findings.push(
        Finding::new(place, "no membership_scheme", message)
            .help("write membership_scheme = \"wka\" under [clustering], or remove the table")
            .covers(written.iter().map(|(_, key)| key.value_span())),
    );
}
