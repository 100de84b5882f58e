//! Throttling of XML nodes: receiver groups, policy deployer, broker subscriptions.

use std::ops::Range;

use crate::extract::variables::Variables;
use crate::extract::view::View;
use crate::model::throttling::{
    Broker, Conditions, EventProcessor, EventPublisherParameters, ReceiverGroup, ReceiverGroups, Throttling,
};
use crate::model::{Endpoint, Origin, Setting, Version};
use crate::source::Span;
use crate::syntax::{amqp, url_group};

/// `ThrottlingConfigurations` of api-manager.xml; 1.10 has none. From 2.2 on the receiver groups stand under
/// `TrafficManager` and the broker in the connection factory URL; before, under `DataPublisher` and in `ServiceURL`.
pub(super) fn throttling(
    root: View<'_>,
    variables: &Variables,
    version: Option<Version>,
) -> Option<Throttling> {
    let view = root.child("ThrottlingConfigurations")?;
    let span = view.place();
    let switch = |names: &[&str], absent: bool| {
        let element = names.split_last().and_then(|(_, parents)| view.descend(parents));
        view.leaf(names).map_or_else(
            || Setting::at(absent, element.map_or(span, View::place), Origin::Derived),
            |text| variables.fill(text).boolean(),
        )
    };
    let holders = match version {
        Some(version) if version.at_least(2, 2) => &["TrafficManager"][..],
        Some(_) => &["DataPublisher"][..],
        None => &["TrafficManager", "DataPublisher"][..],
    };
    let held = |name: &str| holders.iter().find_map(|holder| view.leaf(&[holder, name]));
    let groups = |name: &str| held(name).map(|text| receiver_groups(&text, variables));
    let (brokers, brokers_span) = brokers(view, variables, version, span);
    Some(Throttling {
        span,
        advanced: switch(&["EnableAdvanceThrottling"], true),
        conditions: Conditions {
            header: switch(&["EnableHeaderConditions"], false),
            claim: switch(&["EnableJWTClaimConditions"], false),
            query: switch(&["EnableQueryParamConditions"], false),
        },
        publishes: switch(&["DataPublisher", "Enabled"], false),
        event_type: held("Type"),
        receivers: groups("ReceiverUrlGroup"),
        authentications: groups("AuthUrlGroup"),
        deploys_policies: switch(&["PolicyDeployer", "Enabled"], true),
        policy_deployer: view
            .leaf(&["PolicyDeployer", "ServiceURL"])
            .and_then(|text| variables.endpoint(text)),
        subscribes: switch(&["JMSConnectionDetails", "Enabled"], false),
        brokers,
        brokers_span,
        event_publisher_parameters: view.child("JMSEventPublisherParameters").map(|view| {
            EventPublisherParameters {
                span: view.place(),
                provider_url: view.leaf(&["java.naming.provider.url"]),
            }
        }),
        duplicate_urls: Vec::new(),
        event_hub: None,
    })
}

/// broker.xml.
pub(super) fn broker(root: View<'_>) -> Broker {
    Broker { mode: root.leaf(&["deployment", "mode"]), node_id: root.leaf(&["coordination", "nodeID"]) }
}

/// event-processor.xml.
pub(super) fn event_processor(root: View<'_>, variables: &Variables) -> Option<EventProcessor> {
    let mode = root.child_with("mode", "name", "HA")?;
    let host = |names: &[&str]| {
        let text = mode.leaf(names)?;
        Some((variables.host(&text.value), text))
    };
    let hosts = [["eventSync", "hostName"], ["management", "hostName"]];
    Some(EventProcessor {
        ha: mode.attribute("enable")?.boolean(),
        hosts: hosts.iter().filter_map(|names| host(names)).collect(),
    })
}

/// Takes a receiver or authentication group text apart.
pub(in crate::extract) fn receiver_groups(text: &Setting, variables: &Variables) -> ReceiverGroups {
    let parsed = url_group::parse(&text.value);
    let endpoints = |ranges: &[Range<usize>]| {
        ranges.iter().filter_map(|range| variables.endpoint_within(text, range.clone())).collect::<Vec<_>>()
    };
    ReceiverGroups {
        span: text.span,
        groups: parsed
            .groups
            .iter()
            .map(|group| ReceiverGroup {
                mode: group.mode,
                endpoints: endpoints(&group.urls),
                urls: group.urls.iter().filter_map(|range| url(text, range.clone(), variables)).collect(),
                span: text.part(group.range.clone()),
            })
            .collect(),
        outside: endpoints(&parsed.outside),
    }
}

/// What stands at one place of a group text.
fn url(text: &Setting, range: Range<usize>, variables: &Variables) -> Option<Setting> {
    let url = text.value.get(range.clone())?.to_owned();
    Some(variables.fill(Setting::at(url, text.part(range), text.origin)))
}

/// The brokers that the node subscribes to, and the place that lists them.
fn brokers(
    view: View<'_>,
    variables: &Variables,
    version: Option<Version>,
    absent: Span,
) -> (Vec<Endpoint>, Span) {
    let Some(details) = view.child("JMSConnectionDetails") else { return (Vec::new(), absent) };
    let factory = || {
        let text = details.leaf(&["JMSConnectionParameters", "connectionfactory.TopicConnectionFactory"])?;
        let brokers = amqp_brokers(&text, variables);
        Some((brokers, text.span))
    };
    let service = || {
        let text = details.leaf(&["ServiceURL"])?;
        Some((variables.endpoint(text.clone()).into_iter().collect(), text.span))
    };
    let found = match version {
        Some(version) if version.at_least(2, 2) => factory(),
        Some(_) => service(),
        None => service().or_else(factory),
    };
    found.unwrap_or_else(|| (Vec::new(), details.place()))
}

/// The brokers in the list of an AMQP connection URL.
pub(in crate::extract) fn amqp_brokers(url: &Setting, variables: &Variables) -> Vec<Endpoint> {
    amqp::parse(&url.value)
        .map(|parsed| {
            parsed
                .brokers
                .iter()
                .filter_map(|broker| variables.endpoint_within(url, broker.address.clone()))
                .collect()
        })
        .unwrap_or_default()
}
