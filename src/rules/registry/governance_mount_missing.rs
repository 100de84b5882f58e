//! A node does not mount the shared governance space: APIs published on one node do not exist on the other.

use super::mounts::{Space, report_missing};
use crate::model::Deployment;
use crate::model::database::LogicalDatabase;
use crate::model::registry::GOVERNANCE_PATH;
use crate::rules::{Check, Finding, Rule};

/// RG007.
pub static RULE: Rule = Rule { card: "RG007-governance-mount-missing", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let space = Space { database: LogicalDatabase::Governance, path: GOVERNANCE_PATH, instance: "shared" };
    report_missing(deployment, &space, findings);
}
