//! Two listeners of one node want one port: whichever starts second fails, and with it what it serves.

use crate::model::ports::Listener;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// PT001.
pub static RULE: Rule = Rule { card: "PT001-port-duplicate", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let offset = &node.identity.offset;
    for (position, listener) in node.listeners.iter().enumerate() {
        let mut earlier = node.listeners.iter().take(position);
        let Some((other, port)) = earlier.find_map(|other| Some((other, other.clash(listener)?))) else {
            continue;
        };
        // Untouched ports do not clash on a server; that they seem to is a gap in what is known of it.
        if !other.base.is_written() && !listener.base.is_written() && !offset.is_written() {
            continue;
        }
        let (changed, kept) =
            if is_moved(listener) || !is_moved(other) { (listener, other) } else { (other, listener) };
        let shown = |listener: &Listener| {
            let sum = listener.sum(offset.known().copied().unwrap_or(0));
            sum.map_or(listener.kind.noun().to_owned(), |sum| format!("{} ({sum})", listener.kind.noun()))
        };
        let finding = if kept.kind == changed.kind {
            let message = format!("{} opens port {port} twice for {}", node.name, shown(changed));
            Finding::new(changed.base.span, "a second time", message).help("give one of the two another port")
        } else {
            let message =
                format!("{} opens port {port} twice: {} and {}", node.name, shown(kept), shown(changed));
            Finding::new(changed.base.span, format!("also {}", kept.kind.noun()), message)
                .help(format!("give {} a port of its own", changed.kind.noun()))
        };
        findings.push(if kept.base.is_written() {
            finding.related(kept.base.span, kept.kind.noun())
        } else {
            finding
        });
    }
}

/// True for a port that somebody wrote and that is not the one every pack has.
fn is_moved(listener: &Listener) -> bool {
    listener.base.is_written() && listener.kind.usual_port() != listener.base.value
}
