//! A node does not mount the shared config space: settings made in one node's portals are missing on the other.

use super::mounts::{Space, report_missing};
use crate::model::Deployment;
use crate::model::database::LogicalDatabase;
use crate::model::registry::CONFIG_PATH;
use crate::rules::{Check, Finding, Rule};

/// RG008.
pub static RULE: Rule = Rule { card: "RG008-config-mount-missing", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let space = Space { database: LogicalDatabase::Config, path: CONFIG_PATH, instance: "shared" };
    report_missing(deployment, &space, findings);
}
