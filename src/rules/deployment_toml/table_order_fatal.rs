//! A table is defined after a table or key within it: the server's reader puts it into itself and dies of a stack
//! overflow that names no line.

use crate::model::deployment_toml::{DeploymentToml, Fault, FaultKind};
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// TL002.
pub static RULE: Rule = Rule { card: "TL002-table-order-fatal", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    let overflows = toml.faults.iter().filter(|fault| fault.kind == FaultKind::Overflow);
    findings.extend(overflows.map(|fault| overflow(toml, fault)));
}

fn overflow(toml: &DeploymentToml, fault: &Fault) -> Finding {
    let table = toml.tables.iter().find(|table| table.span == fault.span);
    let message = match (table, fault.earlier.and_then(|earlier| written_at(toml, earlier))) {
        (Some(table), Some((inner, _))) => {
            format!("table {} is defined after {inner}; the server stops with a stack overflow", table.name)
        }
        _ => format!("{}; the server stops with a stack overflow", fault.reason),
    };
    let finding = Finding::new(fault.span, "too late", message).help(fault.help.clone());
    match fault.earlier {
        Some(earlier) => {
            let place = written_at(toml, earlier).map_or(earlier, |(_, header)| header);
            finding.related(place, "made the table first")
        }
        None => finding,
    }
}

/// The header or key in which a part of a name stands, and its place.
fn written_at(toml: &DeploymentToml, part: Span) -> Option<(&str, Span)> {
    let table = toml.tables.iter().filter(|table| table.span.contains(&part) && table.span != part);
    let table = table.map(|table| (table.name.as_str(), table.span)).next();
    let key = || {
        // A dotted key stands as one name in front of its value.
        let behind = toml.keys.iter().find(|key| key.span.start >= part.start);
        behind.map(|key| (key.name.as_str(), part))
    };
    table.or_else(key)
}
