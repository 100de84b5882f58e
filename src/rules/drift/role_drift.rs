//! Nodes of one role that are set up differently behave differently, depending on which of them a request meets.

use crate::model::Deployment;
use crate::model::drift::Kind;
use crate::rules::{Check, Finding, Rule};

/// DR001.
pub static RULE: Rule = Rule { card: "DR001-role-drift", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let drifts = deployment.drifts(Kind::Role);
    findings.extend(drifts.iter().filter_map(|drift| super::finding(deployment, drift)));
}
