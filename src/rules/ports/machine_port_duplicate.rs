//! Two nodes on one machine want the same ports: the second does not come up, or comes up half.

use crate::model::ports::Listener;
use crate::model::{ConfigModel, Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// PT002.
pub static RULE: Rule = Rule { card: "PT002-machine-port-duplicate", check: Check::Deployment(check) };

/// So many ports are named in a message.
const SHOWN: usize = 3;

/// Two listeners of different nodes with one port.
struct Clash<'a> {
    port: u16,
    left: &'a Listener,
    right: &'a Listener,
}

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for (left, right) in deployment.pairs().filter(|(left, right)| deployment.share_ports(left, right)) {
        let clashes = clashes(left, right);
        let Some(first) = clashes.first() else { continue };
        let (Some(one), Some(other)) = (left.identity.offset.known(), right.identity.offset.known()) else {
            continue;
        };
        let ports: Vec<String> = clashes.iter().take(SHOWN).map(|clash| clash.port.to_string()).collect();
        let more = if clashes.len() > SHOWN { " …" } else { "" };
        let ports = format!("{}{more}", ports.join(", "));
        let finding = if one == other && clashes.len() > 1 {
            Finding::new(
                right.identity.offset.span,
                format!("the offset of {}", left.name),
                format!(
                    "{} and {} run on one machine with the same offset {one}: both open {ports}",
                    left.name, right.name
                ),
            )
            .related(left.identity.offset.span, format!("offset {one} here, too"))
        } else {
            let nouns = if clashes.len() == 1 {
                match (first.left.kind.noun(), first.right.kind.noun()) {
                    (one, other) if one == other => format!(" ({one})"),
                    (one, other) => format!(" ({one} and {other})"),
                }
            } else {
                String::new()
            };
            let place = |node: &Node, listener: &Listener| match listener.base.is_written() {
                true => listener.base.span,
                false => node.identity.offset.span,
            };
            Finding::new(
                place(right, first.right),
                format!("{} of {}", first.left.kind.noun(), left.name),
                format!("{} and {} run on one machine and both open {ports}{nouns}", left.name, right.name),
            )
            .related(place(left, first.left), format!("{} opens {}", left.name, first.port))
        };
        findings.push(match free_offset(deployment, right, *other) {
            Some(free) => finding.help(match right.config_model {
                ConfigModel::Xml => format!("set Offset to {free} in carbon.xml of {}", right.name),
                ConfigModel::Toml => format!("set offset = {free} under [server] on {}", right.name),
            }),
            None => finding.help(format!("give {} ports of its own", right.name)),
        });
    }
}

fn clashes<'a>(left: &'a Node, right: &'a Node) -> Vec<Clash<'a>> {
    let listeners =
        left.listeners.iter().flat_map(|one| right.listeners.iter().map(move |other| (one, other)));
    listeners.filter_map(|(left, right)| Some(Clash { port: left.clash(right)?, left, right })).collect()
}

/// The smallest offset above the node's own with which it clashes with nobody on the machine.
fn free_offset(deployment: &Deployment, node: &Node, offset: u16) -> Option<u16> {
    let others: Vec<&Node> =
        deployment.others(node).filter(|other| deployment.share_ports(node, other)).collect();
    (offset.checked_add(1)?..=offset.saturating_add(100)).find(|candidate| {
        let moved: Option<Vec<Listener>> =
            node.listeners.iter().map(|one| with_offset(one, *candidate)).collect();
        moved.is_some_and(|moved| {
            let theirs = || others.iter().flat_map(|other| &other.listeners);
            !moved.iter().any(|one| theirs().any(|other| one.clash(other).is_some()))
        })
    })
}

/// The listener under another offset; `None` where its port would be too high.
fn with_offset(listener: &Listener, offset: u16) -> Option<Listener> {
    let port = match listener.port {
        Some(_) if listener.shifted => Some(listener.base.known()?.checked_add(offset)?),
        other => other,
    };
    Some(Listener { port, ..listener.clone() })
}
