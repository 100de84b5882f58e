//! An event publisher for the broker of a peer takes its events from a stream, or sends them to a topic, that the product
//! does not have: the peer never hears them.

use crate::model::throttling::EventPublisher;
use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// TM006.
pub static RULE: Rule =
    Rule { card: "TM006-event-publisher-stream-mismatch", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for node in deployment.nodes.iter().filter(|node| !node.stock_publishers.is_empty()) {
        let publishers = node.event_publishers.iter().filter(|publisher| publisher.uses_jms());
        for publisher in publishers.filter(|publisher| !node.renders_publisher(publisher)) {
            if let Some(peer) = peer(deployment, node, publisher) {
                findings.extend(mismatches(node, publisher, peer));
            }
        }
    }
}

/// The other node whose broker the publisher leads to.
fn peer<'a>(deployment: &'a Deployment, node: &'a Node, publisher: &EventPublisher) -> Option<&'a Node> {
    let path = publisher.jndi_path().filter(|path| !node.renders(path))?;
    let name = publisher.connection_factory.as_ref().and_then(Setting::text)?;
    let mut factories = node.jndi_file(&path)?.connection_factories.iter();
    let factory = factories.find(|factory| factory.name == name)?;
    let owners = factory.brokers.iter().filter_map(|broker| deployment.flow(node, broker).node);
    owners.filter_map(|index| deployment.nodes.get(index)).find(|owner| owner.index != node.index)
}

fn mismatches(node: &Node, publisher: &EventPublisher, peer: &Node) -> Vec<Finding> {
    let file = publisher.file_name();
    let stock: Vec<&EventPublisher> = node.stock(publisher).collect();
    if stock.is_empty() {
        let Some(stream) = &publisher.stream else { return Vec::new() };
        let Some(name) = stream.text() else { return Vec::new() };
        let message = format!(
            "{file} of {} publishes the stream {name} to {}, which has no such stream",
            node.name, peer.name
        );
        let known = known(&node.stock_publishers.iter().collect::<Vec<_>>(), |stock| &stock.stream);
        return vec![
            Finding::new(stream.span, "unknown stream", message)
                .help(format!("streams of this version are {}", known.join(", "))),
        ];
    }
    type Part = fn(&EventPublisher) -> &Option<Setting>;
    let parts: [(&str, Part); 3] = [
        ("version", |publisher| &publisher.stream_version),
        ("destination type", |publisher| &publisher.destination_type),
        ("destination", |publisher| &publisher.destination),
    ];
    parts
        .into_iter()
        .filter_map(|(what, part)| {
            let setting = part(publisher).as_ref()?;
            let value = setting.text()?;
            let right = known(&stock, part);
            if right.is_empty() || right.iter().any(|right| right == value) {
                return None;
            }
            let message = format!(
                "{file} of {} has the {what} {value} for {}, the product has {}",
                node.name,
                publisher.stream_name().unwrap_or_default(),
                right.join(" or ")
            );
            let finding = Finding::new(setting.span, format!("not {}", right.join(" or ")), message);
            let finding =
                finding.help(format!("take {what} and stream from the publisher of the untouched pack"));
            Some(match right.as_slice() {
                [one] => finding.fix(setting.bare(value), one),
                _ => finding,
            })
        })
        .collect()
}

/// The values that publishers of the untouched pack have, each once, in file order.
fn known(stock: &[&EventPublisher], part: fn(&EventPublisher) -> &Option<Setting>) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    for publisher in stock.iter().filter(|publisher| publisher.uses_jms()) {
        if let Some(value) = part(publisher).as_ref().and_then(Setting::text)
            && !values.iter().any(|known| known == value)
        {
            values.push(value.to_owned());
        }
    }
    values
}
