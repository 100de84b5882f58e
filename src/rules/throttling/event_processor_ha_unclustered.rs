//! The HA mode of the event processor is on and cannot work: its nodes do not find each other, or count side by side.

use crate::model::endpoint::Host;
use crate::model::node::Role;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// TM024.
pub static RULE: Rule = Rule { card: "TM024-event-processor-ha-unclustered", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(processor) = node.event_processor.as_ref().filter(|processor| processor.ha.is_true()) else {
        return;
    };
    if !node.is_api_manager() || !node.acts_as(Role::TrafficManager) {
        return;
    }
    if let Some(clustering) = node.clustering.as_ref().filter(|clustering| clustering.enabled.is_false()) {
        let message = format!("{} runs its event processor in HA mode, but is not clustered", node.name);
        findings.push(
            Finding::new(processor.ha.span, "needs clustering", message)
                .help("enable clustering on both nodes of the pair, or go back to the mode Single")
                .related(clustering.span, "switched off"),
        );
        return;
    }
    let own: Vec<_> = processor.hosts.iter().filter(|(host, _)| *host == Host::Own).collect();
    if let Some(((_, first), others)) = own.split_first() {
        let message = format!(
            "{} tells the other node of its HA pair to look for it at {}",
            node.name,
            first.text().unwrap_or("localhost")
        );
        let finding = Finding::new(first.span, "means whoever reads it", message)
            .help("write the address by which the other node reaches this one");
        findings.push(others.iter().fold(finding, |finding, (_, host)| {
            if host.span == first.span { finding } else { finding.related(host.span, "here, too") }
        }));
    }
}
