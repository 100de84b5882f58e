//! An event publisher looks up a name that its JNDI file lacks: the server cannot connect it, and its events are lost.

use crate::model::throttling::{EventPublisher, JndiFile};
use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule, base};
use crate::source::Span;

/// TM005.
pub static RULE: Rule = Rule { card: "TM005-jndi-entry-missing", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let mut seen: Vec<(&str, String)> = Vec::new();
    for publisher in node.event_publishers.iter().filter(|publisher| publisher.uses_jms()) {
        let path = publisher.jndi_path().filter(|path| !node.renders(path));
        let Some(file) = path.and_then(|path| node.jndi_file(&path)) else { continue };
        for lookup in lookups(publisher, file) {
            let known = (file.path.as_str(), lookup.key.clone());
            if !lookup.is_missing() || seen.contains(&known) {
                continue;
            }
            seen.push(known);
            findings.push(finding(node, publisher, file, &lookup));
        }
    }
}

/// A name that a publisher looks up in its JNDI file.
struct Lookup<'a> {
    key: String,
    /// Where the publisher names it.
    place: Span,
    /// The value of the line to add, where it follows from the name.
    value: Option<&'a str>,
    wanted: &'a str,
    /// What the file has of the kind: names, and the keys that give them.
    names: Vec<(&'a str, Span)>,
}

impl Lookup<'_> {
    fn is_missing(&self) -> bool {
        self.names.iter().all(|(name, _)| *name != self.wanted)
    }

    /// The entry that differs in case only.
    fn similar(&self) -> Option<(&str, Span)> {
        self.names.iter().find(|(name, _)| name.eq_ignore_ascii_case(self.wanted)).copied()
    }
}

fn lookups<'a>(publisher: &'a EventPublisher, file: &'a JndiFile) -> Vec<Lookup<'a>> {
    let mut lookups = Vec::new();
    if let Some(factory) = &publisher.connection_factory
        && let Some(wanted) = factory.text()
    {
        lookups.push(Lookup {
            key: format!("connectionfactory.{wanted}"),
            place: factory.span,
            value: None,
            wanted,
            names: file.connection_factories.iter().map(|entry| (entry.name.as_str(), entry.span)).collect(),
        });
    }
    if let Some(destination) = &publisher.destination
        && let Some(wanted) = destination.text()
    {
        let kind = publisher.destination_type.as_ref().and_then(Setting::text);
        let is_queue = kind.is_some_and(|kind| kind.eq_ignore_ascii_case("queue"));
        let (kind, entries) = if is_queue { ("queue", &file.queues) } else { ("topic", &file.topics) };
        lookups.push(Lookup {
            key: format!("{kind}.{wanted}"),
            place: destination.span,
            value: Some(wanted),
            wanted,
            names: entries.iter().map(|entry| (entry.name.as_str(), entry.span)).collect(),
        });
    }
    lookups
}

fn finding(node: &Node, publisher: &EventPublisher, file: &JndiFile, lookup: &Lookup<'_>) -> Finding {
    let (path, user) = (base(&file.path), publisher.file_name());
    let key = &lookup.key;
    let similar = lookup.similar();
    let seen = similar.map(|(name, _)| format!(" (it has {name}; case counts)")).unwrap_or_default();
    let message = format!("{path} of {} has no {key}, which {user} uses{seen}", node.name);
    let help = match (similar, lookup.value) {
        (Some((name, _)), _) => {
            let kind = key.split('.').next().unwrap_or("");
            format!("rename the entry {kind}.{name} to {key}")
        }
        (None, Some(value)) => format!("add the line {key} = {value}"),
        (None, None) => format!("add a line {key} with the AMQP URL of the broker"),
    };
    // The entry to rename, else the file that should hold the line.
    let place = similar.map_or(file.span, |(_, span)| span);
    Finding::new(place, format!("no {key}"), message).help(help).related(lookup.place, "looked up here")
}
