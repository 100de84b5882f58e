//! The client refuses a broken AMQP URL, and throttle decisions are neither sent nor heard.

use super::base;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};
use crate::syntax::amqp;

/// FM004.
pub static RULE: Rule = Rule { card: "FM004-amqp-url-malformed", check: Check::Node(check) };

const FORM: &str =
    "the form is amqp://, user and password, @clientid/carbon, then ?brokerlist='tcp://host:port'";

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    for text in node.texts() {
        let name = format!("{} in {} of {}", text.key(), base(text.file), node.name);
        if let Some(fault) = amqp::fault(&text.scalar.text) {
            let message = format!("{name} is no AMQP URL that a client takes: {}", fault.reason);
            let finding = Finding::new(text.scalar.part(fault.range), fault.reason, message).help(FORM);
            findings.push(if fault.is_default_port { finding.variant("port-missing") } else { finding });
        } else if is_destination(text.key()) && text.value().starts_with(['>', '-', '=']) {
            let message = format!("{name} names no destination: it begins with a sign");
            findings.push(
                Finding::new(text.scalar.span, "the sign becomes part of the name", message)
                    .help(format!("write {} = and the name of the destination", text.key())),
            );
        }
    }
}

fn is_destination(key: &str) -> bool {
    key.starts_with("topic.") || key.starts_with("queue.")
}
