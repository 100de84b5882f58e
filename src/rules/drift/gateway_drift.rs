//! Gateways that answer differently make a call succeed or fail depending on which of them the balancer picks.

use crate::model::Deployment;
use crate::model::drift::Kind;
use crate::rules::{Check, Finding, Rule};

/// DR002.
pub static RULE: Rule = Rule { card: "DR002-gateway-drift", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let drifts = deployment.drifts(Kind::Gateway);
    findings.extend(drifts.iter().filter_map(|drift| super::finding(deployment, drift)));
}
