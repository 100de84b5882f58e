//! A copied event publisher keeps the name of the original, or is none: the server refuses the file, and its events go
//! nowhere (carbon-analytics-common `EventPublisherDeployer`).

use std::collections::BTreeMap;

use crate::model::throttling::EventPublisher;
use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule};

/// TM007.
pub static RULE: Rule = Rule { card: "TM007-event-publisher-duplicate", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let mut named: BTreeMap<&str, Vec<&EventPublisher>> = BTreeMap::new();
    for publisher in &node.event_publishers {
        match &publisher.foreign_root {
            Some(root) => findings.push(foreign(node, publisher, root)),
            None => {
                if let Some(name) = publisher.name.as_ref().and_then(Setting::text) {
                    named.entry(name).or_default().push(publisher);
                }
            }
        }
    }
    findings.extend(named.iter().filter_map(|(name, publishers)| duplicate(node, name, publishers)));
}

fn foreign(node: &Node, publisher: &EventPublisher, root: &str) -> Finding {
    let message = format!(
        "{} of {} is no event publisher: its root element is {root}",
        publisher.file_name(),
        node.name
    );
    Finding::new(publisher.span, "the server refuses this file", message)
        .variant("root")
        .help("make it <eventPublisher name=\"...\" xmlns=\"http://wso2.org/carbon/eventpublisher\">")
}

fn duplicate(node: &Node, name: &str, publishers: &[&EventPublisher]) -> Option<Finding> {
    let copy = copy(name, publishers)?;
    let place = copy.name.as_ref()?;
    let stem = stem(copy);
    let is_free = |name: &str| {
        let mut names = node.event_publishers.iter().filter_map(|publisher| publisher.name.as_ref()?.text());
        !names.any(|known| known == name)
    };
    let many = match publishers.len() {
        2 => "two".to_owned(),
        many => many.to_string(),
    };
    let message = format!("{} has {many} event publishers named \"{name}\"", node.name);
    let finding = Finding::new(place.span, "only one of them is deployed", message);
    let finding = if is_free(stem) {
        finding.help(format!("name it after its file, {stem}")).fix(place.bare(name), stem)
    } else {
        finding.help("give it a name that no other event publisher has")
    };
    let others = publishers.iter().filter(|other| other.file != copy.file);
    Some(others.fold(finding, |finding, other| {
        let place = other.name.as_ref().map_or(other.span, |name| name.span);
        finding.related(place, format!("{} has the name, too", other.file_name()))
    }))
}

/// The one that was copied: a written file that is not named after itself, the last of several.
fn copy<'a>(name: &str, publishers: &[&'a EventPublisher]) -> Option<&'a EventPublisher> {
    if publishers.len() < 2 {
        return None;
    }
    let written = || {
        let is_written =
            |publisher: &&&EventPublisher| publisher.name.as_ref().is_some_and(Setting::is_written);
        publishers.iter().rev().filter(is_written)
    };
    written().find(|publisher| stem(publisher) != name).or_else(|| written().next()).copied()
}

fn stem(publisher: &EventPublisher) -> &str {
    let name = publisher.file_name();
    name.strip_suffix(".xml").unwrap_or(name)
}
