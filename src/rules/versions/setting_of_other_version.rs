//! The server skips elements that another version reads and goes on with its defaults, without a word in the log.

use crate::input::Parsed;
use crate::model::{Deployment, Node, Version};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;
use crate::syntax::xml::Element;

/// VR003.
pub static RULE: Rule = Rule { card: "VR003-setting-of-other-version", check: Check::Node(check) };

const FILE: &str = "repository/conf/api-manager.xml";
const THROTTLING: &str = "ThrottlingConfigurations";

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some((_, Parsed::Xml(document))) = node.documents.get(FILE) else { return };
    let Some(version) = node.told_version().filter(|_| node.is_api_manager()) else { return };
    let root = &document.root;
    if let Some(throttling) = root.child(THROTTLING) {
        let found = [
            whole_block(version, throttling),
            receivers_of_publisher(version, throttling),
            receivers_of_manager(version, throttling),
            broker_address(version, throttling),
            publisher_parameters(version, throttling),
        ];
        findings.extend(found.into_iter().flatten().map(|unread| unread.finding(node, version)));
    }
    findings.extend(gateway_address(version, root).map(|unread| unread.finding(node, version)));
}

/// What a version does not read.
struct Unread {
    what: &'static str,
    place: Span,
    /// Other elements of the same kind, and the place where the version looks.
    related: Vec<(Span, &'static str)>,
    help: String,
    variant: Option<&'static str>,
}

impl Unread {
    fn finding(self, node: &Node, version: Version) -> Finding {
        let message = format!("{} has {}, which {version} does not read", node.name, self.what);
        let mut finding = Finding::new(self.place, "not read", message).help(self.help);
        finding.variant = self.variant;
        for (place, label) in self.related {
            finding = finding.related(place, label);
        }
        finding
    }
}

fn text<'a>(element: &'a Element, names: &[&str]) -> Option<&'a str> {
    element.descend(names).map(|element| element.text.text.trim()).filter(|text| !text.is_empty())
}

/// What a finding about an element points at.
fn place(element: &Element) -> Span {
    if element.children.is_empty() { element.span } else { element.start_tag }
}

/// Throttling by a Traffic Manager came with 2.0.
fn whole_block(version: Version, throttling: &Element) -> Option<Unread> {
    (!version.at_least(2, 0)).then(|| Unread {
        what: THROTTLING,
        place: place(throttling),
        related: Vec::new(),
        help: format!("remove {THROTTLING}: throttling by a Traffic Manager came with 2.0"),
        variant: None,
    })
}

/// The groups that both places have, from one place without a counterpart in the other.
const GROUPS: [&str; 2] = ["ReceiverUrlGroup", "AuthUrlGroup"];

/// What stands beside the groups in either place.
const COMPANY: [&str; 3] = ["Type", "Username", "Password"];

fn misplaced_groups<'a>(from: &'a Element, to: Option<&Element>) -> Vec<&'a Element> {
    let same = |name: &str| to.and_then(|to| text(to, &[name])) == text(from, &[name]);
    let groups = GROUPS.into_iter().filter(|name| text(from, &[name]).is_some() && !same(name));
    groups.filter_map(|name| from.child(name)).collect()
}

/// 2.2 moved the receivers from the publisher to an element of their own.
fn receivers_of_publisher(version: Version, throttling: &Element) -> Option<Unread> {
    let publisher = throttling.child("DataPublisher").filter(|_| version.at_least(2, 2))?;
    let manager = throttling.child("TrafficManager");
    let groups = misplaced_groups(publisher, manager);
    let (first, rest) = groups.split_first()?;
    let beside = COMPANY.into_iter().filter_map(|name| publisher.child(name));
    let rest = rest.iter().copied().chain(beside);
    let mut related: Vec<(Span, &str)> = rest.map(|group| (place(group), "not read either")).collect();
    related.push(match manager {
        Some(manager) => (manager.start_tag, "is read"),
        None => (throttling.start_tag, "TrafficManager belongs in here"),
    });
    Some(Unread {
        what: "receivers in DataPublisher",
        place: place(first),
        related,
        help: "move them to ThrottlingConfigurations/TrafficManager, where 2.2 and later look".to_owned(),
        variant: Some("receivers-unread"),
    })
}

/// Before 2.2 the receivers stand in the publisher.
fn receivers_of_manager(version: Version, throttling: &Element) -> Option<Unread> {
    let is_before = version.at_least(2, 0) && !version.at_least(2, 2);
    let manager = throttling.child("TrafficManager").filter(|_| is_before)?;
    let publisher = throttling.child("DataPublisher");
    if misplaced_groups(manager, publisher).is_empty() {
        return None;
    }
    Some(Unread {
        what: "receivers in TrafficManager",
        place: place(manager),
        related: publisher.map(|publisher| (publisher.start_tag, "is read")).into_iter().collect(),
        help: "move ReceiverUrlGroup and AuthUrlGroup to DataPublisher: TrafficManager came with 2.2"
            .to_owned(),
        variant: Some("receivers-unread"),
    })
}

/// 2.2 replaced the address of the broker by a connection factory URL.
fn broker_address(version: Version, throttling: &Element) -> Option<Unread> {
    const FACTORY: &str = "connectionfactory.TopicConnectionFactory";
    let details = throttling.child("JMSConnectionDetails").filter(|_| version.at_least(2, 2))?;
    let unread: Vec<&Element> = ["ServiceURL", "Username", "Password"]
        .into_iter()
        .filter(|name| text(details, &[name]).is_some())
        .filter_map(|name| details.child(name))
        .collect();
    let (first, rest) = unread.split_first()?;
    let factory = details.descend(&["JMSConnectionParameters", FACTORY]);
    let address = text(details, &["ServiceURL"]);
    if address.is_some_and(|address| factory.is_some_and(|factory| factory.text.text.contains(address))) {
        return None;
    }
    let mut related: Vec<(Span, &str)> =
        rest.iter().map(|element| (place(element), "not read either")).collect();
    related.extend(factory.map(|factory| (factory.span, "is read")));
    Some(Unread {
        what: "the broker's address in JMSConnectionDetails",
        place: place(first),
        related,
        help: format!("write the broker into JMSConnectionParameters/{FACTORY}, where 2.2 and later look"),
        variant: None,
    })
}

/// Only 2.0 and 2.1 publish decisions from api-manager.xml.
fn publisher_parameters(version: Version, throttling: &Element) -> Option<Unread> {
    let parameters = throttling.child("JMSEventPublisherParameters").filter(|_| version.at_least(2, 2))?;
    Some(Unread {
        what: "JMSEventPublisherParameters",
        place: place(parameters),
        related: Vec::new(),
        help: "remove it: since 2.2 an event publisher sends throttle decisions".to_owned(),
        variant: Some("superfluous"),
    })
}

/// The one gateway of 1.x.
fn gateway_address(version: Version, root: &Element) -> Option<Unread> {
    let gateway = root.child("APIGateway").filter(|_| version.at_least(2, 0))?;
    let address = gateway.child("ServerURL").filter(|_| gateway.child("Environments").is_none())?;
    Some(Unread {
        what: "APIGateway/ServerURL without Environments",
        place: place(address),
        related: Vec::new(),
        help: "write the gateway as an Environment of APIGateway/Environments".to_owned(),
        variant: None,
    })
}
