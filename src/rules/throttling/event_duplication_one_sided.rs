//! Of two Traffic Managers only one tells the other what it decided: limits reached on the other are not enforced here.

use crate::model::ports::ListenerKind;
use crate::model::traffic::Duplication;
use crate::model::{ConfigModel, Deployment, Endpoint, Node};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// TM002.
pub static RULE: Rule = Rule { card: "TM002-event-duplication-one-sided", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let groups = deployment.traffic_groups();
    for (left, right) in deployment.pairs() {
        let both = |holds: &dyn Fn(&Node) -> bool| holds(left) && holds(right);
        let holds_both = |nodes: &[&Node]| both(&|node| nodes.iter().any(|other| other.index == node.index));
        if !both(&|node| deployment.manages_traffic(node)) || !deployment.same_zone(left, right) {
            continue;
        }
        // Where every gateway sends every event to both, they decide alike.
        if groups.iter().any(|group| holds_both(&group.managers) && group.decides_alike()) {
            continue;
        }
        let there = deployment.duplication(left, right);
        let back = deployment.duplication(right, left);
        match (there, back) {
            (Duplication::Published, Duplication::Absent) => findings.push(finding(deployment, left, right)),
            (Duplication::Absent, Duplication::Published) => findings.push(finding(deployment, right, left)),
            _ => {}
        }
    }
}

fn finding(deployment: &Deployment, from: &Node, to: &Node) -> Finding {
    let address = deployment.address_for(to, from, ListenerKind::Amqp);
    let broker =
        address.map_or_else(|| format!("the broker of {}", from.name), |host| format!("tcp://{host}"));
    let help = if to.config_model == ConfigModel::Toml && !to.is_before(3, 2) {
        format!("set apim.throttling.event_duplicate_url of {} to [\"{broker}\"]", to.name)
    } else {
        format!(
            "give {} a repository/conf/jndi2.properties with {broker} and an event publisher that uses it, as {} has",
            to.name, from.name
        )
    };
    let message = format!(
        "{} publishes its throttle decisions to {}, but {} does not publish its own to {}",
        from.name, to.name, to.name, from.name
    );
    let finding = Finding::new(place(to), format!("nothing leads to {}", from.name), message).help(help);
    match published(deployment, from, to) {
        Some(broker) => finding.related(broker.text.span, format!("publishes to {}", to.name)),
        None => finding.related(from.identity.span, format!("publishes to {}", to.name)),
    }
}

/// Missing files have no element; the table of 3.2 and later should hold the key.
fn place(node: &Node) -> Span {
    let throttling = node.throttling.as_ref().filter(|_| node.config_model == ConfigModel::Toml);
    throttling.map_or(node.identity.span, |throttling| throttling.span)
}

fn published<'a>(deployment: &'a Deployment, from: &'a Node, to: &Node) -> Option<&'a Endpoint> {
    let decisions = deployment.decision_targets(from);
    let found = decisions.iter().find(|decision| decision.flow.node == Some(to.index));
    found.map(|decision| decision.flow.endpoint)
}
