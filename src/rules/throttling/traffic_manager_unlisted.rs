//! A gateway leaves out a Traffic Manager that other gateways send to: that one counts too little and decides too late.

use crate::model::ports::ListenerKind;
use crate::model::traffic::{Delivery, TrafficGroup};
use crate::model::{ConfigModel, Deployment, Node};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// TM014.
pub static RULE: Rule = Rule { card: "TM014-traffic-manager-unlisted", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for group in deployment.traffic_groups() {
        // Where the Traffic Managers tell each other what they decide, the own one is enough.
        if !group.fans_out() || deployment.share_decisions(&group.managers) {
            continue;
        }
        for gateway in &group.gateways {
            let missing: Vec<&Node> = group
                .managers
                .iter()
                .filter(|manager| group.delivery(gateway, manager) == Delivery::Absent)
                .copied()
                .collect();
            if !missing.is_empty() {
                findings.push(finding(deployment, &group, gateway, &missing));
            }
        }
    }
}

fn finding(deployment: &Deployment, group: &TrafficGroup<'_>, gateway: &Node, missing: &[&Node]) -> Finding {
    let named: Vec<String> = missing
        .iter()
        .map(|manager| {
            if manager.index == gateway.index {
                return "itself".to_owned();
            }
            match deployment.address_for(gateway, manager, ListenerKind::BinaryTcp) {
                Some(address) => format!("{} ({address})", manager.name),
                None => manager.name.clone(),
            }
        })
        .collect();
    let named = named.join(", ");
    let message = format!("{} sends no throttling events to {named}", gateway.name);
    let add = if gateway.config_model == ConfigModel::Toml {
        "a [[apim.throttling.url_group]]".to_owned()
    } else {
        "a group in braces to ReceiverUrlGroup and AuthUrlGroup".to_owned()
    };
    let finding = Finding::new(receivers(gateway), format!("leaves out {named}"), message)
        .help(format!("add {add} for it, so that all Traffic Managers count every event"));
    let finding =
        missing.iter().filter(|manager| manager.index != gateway.index).fold(finding, |finding, manager| {
            finding.related(manager.receiver_place(), "gets no events from there")
        });
    // Shows that sending to several is what the deployment wants.
    let wide = group.gateways.iter().find(|other| {
        other.index != gateway.index
            && missing.iter().any(|manager| group.delivery(other, manager) == Delivery::OwnGroup)
    });
    match wide {
        Some(other) => finding.related(receivers(other), format!("{} lists it", other.name)),
        None => finding,
    }
}

fn receivers(gateway: &Node) -> Span {
    let throttling = gateway.throttling.as_ref();
    let receivers = throttling.and_then(|throttling| throttling.receivers.as_ref());
    receivers.map_or(gateway.identity.span, |receivers| receivers.span)
}
