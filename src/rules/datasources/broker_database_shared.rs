//! Two embedded brokers in one database: each takes the messages and queues of the other for its own.

use crate::model::Deployment;
use crate::model::database::LogicalDatabase;
use crate::model::node::Node;
use crate::model::ports::ListenerKind;
use crate::model::sharing::{Opened, node_names};
use crate::rules::{Check, Finding, Rule};

/// DS013.
pub static RULE: Rule = Rule { card: "DS013-broker-database-shared", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let kept = deployment
        .nodes
        .iter()
        .filter(|node| !is_clustered(node) && !deployment.is_standby(node))
        .filter_map(|node| Some((node, node.database(LogicalDatabase::Broker)?.0)))
        .filter(|(_, source)| !source.is_h2());
    for group in deployment.by_database(kept, |opened| *opened) {
        if let [first, peers @ ..] = group.as_slice()
            && !peers.is_empty()
        {
            findings.push(finding(*first, peers));
        }
    }
}

/// A broker that coordinates with others by itself.
fn is_clustered(node: &Node) -> bool {
    node.listener(ListenerKind::BrokerCoordination).is_some_and(|listener| listener.open)
}

fn finding((node, source): Opened<'_>, peers: &[Opened<'_>]) -> Finding {
    let nodes: Vec<&Node> = std::iter::once(node).chain(peers.iter().map(|(peer, _)| *peer)).collect();
    let message = format!(
        "the brokers of {} keep their messages in one database ({})",
        node_names(&nodes),
        source.shown()
    );
    let mut finding = Finding::new(source.database_place(), "shared by several brokers", message)
        .help("give each node a broker database of its own; the H2 file of the pack will do");
    for (peer, source) in peers {
        finding = finding.related(source.database_place(), format!("the broker of {}", peer.name));
    }
    finding
}
