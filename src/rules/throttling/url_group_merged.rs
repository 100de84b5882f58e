//! Independent Traffic Managers share one receiver group: each counts a part, and clients get a multiple of their quota.

use crate::model::flows::Flow;
use crate::model::throttling::{Mode, ReceiverGroup};
use crate::model::{ConfigModel, Deployment, Node};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// TM010.
pub static RULE: Rule = Rule { card: "TM010-url-group-merged", check: Check::Deployment(check) };

/// A receiver group of a gateway with several independent Traffic Managers in it.
struct Merged<'a> {
    gateway: &'a Node,
    group: &'a ReceiverGroup,
    managers: Vec<&'a Node>,
}

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let merged = merged(deployment);
    for (at, one) in merged.iter().enumerate() {
        match one.group.mode {
            Mode::LoadBalance => findings.push(balanced(one)),
            Mode::Failover if !deployment.share_decisions(&one.managers) => {
                let earlier = merged.iter().take(at).find(|other| other.is_ordered_otherwise(one));
                if let Some(other) = earlier {
                    findings.push(ordered_otherwise(one, other));
                } else if let Some(place) = listens_elsewhere(deployment, one) {
                    findings.push(listening_elsewhere(one, place));
                }
            }
            // The separators themselves are TM013's.
            Mode::Failover | Mode::Mixed => {}
        }
    }
}

fn merged(deployment: &Deployment) -> Vec<Merged<'_>> {
    let mut merged = Vec::new();
    for gateway in deployment.gateways().filter(|node| deployment.sends_events(node)) {
        let receivers = gateway.throttling.as_ref().and_then(|throttling| throttling.receivers.as_ref());
        for group in receivers.into_iter().flat_map(|receivers| &receivers.groups) {
            let managers = deployment.managers_behind(gateway, group);
            if managers.len() > 1 && !managers.iter().all(|manager| manager.counts_as_pair()) {
                merged.push(Merged { gateway, group, managers });
            }
        }
    }
    merged
}

impl Merged<'_> {
    fn order(&self) -> Vec<usize> {
        self.managers.iter().map(|manager| manager.index).collect()
    }

    fn is_ordered_otherwise(&self, other: &Self) -> bool {
        let (mut one, mut two) = (self.order(), other.order());
        if self.group.mode != Mode::Failover || one.first() == two.first() {
            return false;
        }
        one.sort_unstable();
        two.sort_unstable();
        one == two
    }

    fn names(&self) -> String {
        let mut managers = self.managers.clone();
        managers.sort_by_key(|manager| manager.index);
        let names: Vec<&str> = managers.iter().map(|manager| manager.name.as_str()).collect();
        names.join(" and ")
    }

    fn help(&self) -> String {
        if self.gateway.config_model == ConfigModel::Toml {
            return "write one [[apim.throttling.url_group]] for each Traffic Manager".to_owned();
        }
        let groups: Vec<String> = self
            .group
            .endpoints
            .iter()
            .filter_map(|endpoint| Some(format!("{{{}}}", endpoint.text.text()?)))
            .collect();
        format!("give each Traffic Manager its own group, {}, and AuthUrlGroup likewise", groups.join(","))
    }
}

/// The place of the broker list, where its first broker is another Traffic Manager of the group than the one that counts.
fn listens_elsewhere(deployment: &Deployment, merged: &Merged<'_>) -> Option<Span> {
    let brokers: Vec<Flow<'_>> = deployment.broker_targets(merged.gateway);
    let first = brokers.first()?.node?;
    let order = merged.order();
    (order.contains(&first) && order.first() != Some(&first))
        .then(|| merged.gateway.throttling.as_ref().map(|throttling| throttling.brokers_span))
        .flatten()
}

fn balanced(merged: &Merged<'_>) -> Finding {
    let Merged { gateway, group, .. } = merged;
    let message = format!("{} sends each throttling event to only one of {}", gateway.name, merged.names());
    let finding = Finding::new(group.span, "one load-balanced group", message).help(merged.help());
    merged
        .managers
        .iter()
        .filter(|manager| manager.index != gateway.index)
        .fold(finding, |finding, manager| finding.related(manager.receiver_place(), "counts a part only"))
}

fn ordered_otherwise(merged: &Merged<'_>, other: &Merged<'_>) -> Finding {
    let message = format!(
        "{} and {} fail over between {} in different order: each is counted by another one",
        other.gateway.name,
        merged.gateway.name,
        merged.names()
    );
    Finding::new(merged.group.span, "another order", message)
        .help(format!("{}; or list them in one order everywhere", merged.help()))
        .related(other.group.span, "this order")
}

fn listening_elsewhere(merged: &Merged<'_>, brokers: Span) -> Finding {
    let first = merged.managers.first().map_or("", |manager| manager.name.as_str());
    let message = format!(
        "{} sends throttling events to {first} first, but hears the decisions of another one first",
        merged.gateway.name
    );
    Finding::new(merged.group.span, "failover group", message)
        .help(format!("{}; or list brokers and receivers in one order", merged.help()))
        .related(brokers, format!("{first} is not first here"))
}
