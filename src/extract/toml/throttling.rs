//! `[apim.throttling]` and `[apim.event_hub]`.

use super::settings::{Entry, List, Settings};
use crate::extract::variables::Variables;
use crate::extract::xml::{amqp_brokers, receiver_groups};
use crate::model::throttling::{
    Conditions, EventHub, EventProcessor, Mode, ReceiverGroup, ReceiverGroups, Throttling,
};
use crate::model::{Endpoint, Origin, Setting, Version};
use crate::source::Span;

const TABLE: &str = "apim.throttling";

/// Throttling; from 4.0 on with the event hub.
pub(super) fn throttling(
    settings: &Settings<'_>,
    variables: &Variables,
    version: Option<Version>,
) -> Throttling {
    let get = |key: &str| settings.get(&format!("{TABLE}.{key}"));
    let switch = |key: &str| settings.switch(&format!("{TABLE}.{key}"), true);
    let condition = |key: &str| settings.switch(&format!("{TABLE}.{key}"), false);
    let span = settings.table_place(TABLE);
    let four = version.is_none_or(|version| version.at_least(4, 0));
    let service_url = get("service_url").and_then(|url| variables.endpoint(url));
    let (brokers, brokers_span) = brokers(settings, variables);
    let receivers = groups(
        settings,
        variables,
        "receiver_url",
        "traffic_manager_urls",
        "tcp://localhost:${receiver.url.port}",
    );
    let authentications = groups(
        settings,
        variables,
        "receiver_auth_url",
        "traffic_manager_auth_urls",
        "ssl://localhost:${auth.url.port}",
    );
    let event_hub = four.then(|| {
        let hub = event_hub(settings, variables, service_url.clone(), (brokers.clone(), brokers_span));
        EventHub {
            receivers: publish_groups(settings, variables, "urls").or_else(|| receivers.clone()),
            authentications: publish_groups(settings, variables, "auth_urls"),
            ..hub
        }
    });
    Throttling {
        span,
        advanced: switch("enable_advanced_throttling"),
        conditions: Conditions {
            header: condition("enable_header_based_throttling"),
            claim: condition("enable_jwt_claim_based_throttling"),
            query: condition("enable_query_param_based_throttling"),
        },
        publishes: switch("enable_data_publishing"),
        event_type: get("event_type"),
        receivers,
        authentications: authentications
            .filter(|groups| groups.groups.iter().any(|group| !group.endpoints.is_empty())),
        deploys_policies: switch("enable_policy_deploy"),
        policy_deployer: service_url,
        subscribes: switch("enable_decision_connection"),
        brokers,
        brokers_span,
        event_publisher_parameters: None,
        duplicate_urls: if version.is_none_or(|version| version.at_least(3, 2)) {
            endpoints(settings, variables, "apim.throttling.event_duplicate_url")
        } else {
            Vec::new()
        },
        event_hub,
    }
}

/// `server.mode` and `[event_processor]`. The switch that the mode infers stands where the mode does.
pub(super) fn event_processor(settings: &Settings<'_>, variables: &Variables) -> EventProcessor {
    let ha = settings.switch("event_processor.enable_ha_mode", false);
    let mode = settings.written("server.mode").filter(|_| !ha.is_written());
    let hosts = ["event_processor.event_sync.hostname", "event_processor.event_management.hostname"];
    EventProcessor {
        ha: mode.map_or(ha.clone(), |mode| mode.map(|_| ha.value)),
        hosts: hosts
            .iter()
            .filter_map(|key| settings.get(key))
            .map(|host| (variables.host(&host.value), host))
            .collect(),
    }
}

/// A raw text wins over `[[url_group]]` tables, which win over the node's own receiver. `None` where the
/// groups have a shape from which nothing can be told.
fn groups(
    settings: &Settings<'_>,
    variables: &Variables,
    raw: &str,
    urls: &str,
    own: &str,
) -> Option<ReceiverGroups> {
    if let Some(text) = settings.get(&format!("{TABLE}.{raw}")) {
        return Some(receiver_groups(&text, variables));
    }
    let entries = settings.entries("apim.throttling.url_group");
    let Some(first) = entries.first() else {
        let place = settings.table_place(TABLE);
        return Some(receiver_groups(&Setting::at(own.to_owned(), place, Origin::Derived), variables));
    };
    if entries.iter().any(|entry| !entry.is_trusted()) {
        return None;
    }
    let groups = entries.iter().map(|entry| group(*entry, variables, urls)).collect();
    Some(ReceiverGroups { span: first.span(), groups, outside: Vec::new() })
}

/// A list of each `[[apim.event_hub.publish.url_group]]`; `None` where none of them has it.
fn publish_groups(settings: &Settings<'_>, variables: &Variables, urls: &str) -> Option<ReceiverGroups> {
    let entries = settings.entries("apim.event_hub.publish.url_group");
    let first = entries.first().filter(|_| entries.iter().any(|entry| entry.list(urls).is_some()))?;
    let groups = entries.iter().map(|entry| group(*entry, variables, urls)).collect();
    Some(ReceiverGroups { span: first.span(), groups, outside: Vec::new() })
}

/// Anything but `loadbalance` renders as failover.
fn group(entry: Entry<'_>, variables: &Variables, urls: &str) -> ReceiverGroup {
    let list = entry.list(urls);
    let endpoints: Vec<Endpoint> =
        list.iter().flat_map(|list| &list.items).filter_map(|url| variables.endpoint(url.clone())).collect();
    let balanced = entry.get("type").is_some_and(|kind| kind.text() == Some("loadbalance"));
    let urls = list.iter().flat_map(|list| &list.items).map(|url| variables.fill(url.clone())).collect();
    ReceiverGroup {
        urls,
        mode: if balanced || endpoints.len() <= 1 { Mode::LoadBalance } else { Mode::Failover },
        endpoints,
        span: list.map_or_else(|| entry.span(), |list| list.span),
    }
}

/// The brokers that the node subscribes to for decisions, and the place that lists them.
fn brokers(settings: &Settings<'_>, variables: &Variables) -> (Vec<Endpoint>, Span) {
    if let Some(url) = settings.get("apim.throttling.jms.topic_connection_factory") {
        return (amqp_brokers(&url, variables), url.span);
    }
    match settings.list("apim.throttling.throttle_decision_endpoints") {
        Some(list) => (of_list(&list, variables), list.span),
        None => {
            let place = settings.table_place(TABLE);
            let own = Setting::at("tcp://localhost:${jms.port}".to_owned(), place, Origin::Derived);
            (variables.endpoint(own).into_iter().collect(), place)
        }
    }
}

/// Without keys of its own the event hub is where throttling is.
fn event_hub(
    settings: &Settings<'_>,
    variables: &Variables,
    service_url: Option<Endpoint>,
    brokers: (Vec<Endpoint>, Span),
) -> EventHub {
    let listening = settings.list("apim.event_hub.event_listening_endpoints");
    let (listening, listening_span) =
        listening.map_or(brokers, |list| (of_list(&list, variables), list.span));
    EventHub {
        span: settings.header("apim.event_hub").unwrap_or_else(|| settings.start()),
        service_url: settings
            .get("apim.event_hub.service_url")
            .and_then(|url| variables.endpoint(url))
            .or(service_url),
        listening,
        listening_span,
        duplicate_urls: endpoints(settings, variables, "apim.event_hub.event_duplicate_url"),
        receivers: None,
        authentications: None,
    }
}

fn endpoints(settings: &Settings<'_>, variables: &Variables, key: &str) -> Vec<Endpoint> {
    settings.list(key).map(|list| of_list(&list, variables)).unwrap_or_default()
}

fn of_list(list: &List, variables: &Variables) -> Vec<Endpoint> {
    list.items.iter().filter_map(|url| variables.endpoint(url.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{lower, under};
    use super::*;

    fn of(version: &str, text: &str) -> Throttling {
        lower(version, text, |settings, variables| throttling(settings, variables, Version::parse(version)))
    }

    fn addresses(endpoints: &[Endpoint]) -> Vec<String> {
        endpoints.iter().map(Endpoint::address).collect()
    }

    #[test]
    fn url_groups_are_groups_of_their_own() {
        let text = "[[apim.throttling.url_group]]\ntraffic_manager_urls = [\"tcp://tm1:9611\"]\n\
                    traffic_manager_auth_urls = [\"ssl://tm1:9711\"]\n[[apim.throttling.url_group]]\n\
                    traffic_manager_urls = [\"tcp://tm2:9611\", \"tcp://tm3:9611\"]\n\
                    type = \"load_balance\"\n\
                    [[apim.throttling.url_group]]\ntraffic_manager_urls = [\"tcp://a:1\", \"tcp://b:2\"]\n\
                    type = \"loadbalance\"";
        let found = of("4.2.0", text);
        let receivers = found.receivers.expect("groups");
        let modes: Vec<_> = receivers.groups.iter().map(|group| group.mode).collect();
        assert_eq!(modes, [Mode::LoadBalance, Mode::Failover, Mode::LoadBalance]);
        let second = &receivers.groups[1].endpoints[1];
        assert_eq!(second.address(), "tm3:9611");
        assert_eq!(under(text, second.host_span), "tm3");
        assert_eq!(found.authentications.expect("groups").groups[0].endpoints[0].address(), "tm1:9711");
    }

    #[test]
    fn a_raw_text_wins_over_groups_and_a_table_in_their_place_tells_nothing() {
        let text = "[apim.throttling]\nreceiver_url = \"{tcp://a:9611},{tcp://b:9611}\"\n\
                    [[apim.throttling.url_group]]\ntraffic_manager_urls = [\"tcp://c:9611\"]";
        let found = of("4.2.0", text).receivers.expect("groups");
        assert_eq!(found.groups.len(), 2);
        let table = "[apim.throttling.url_group]\ntraffic_manager_urls = [\"tcp://c:9611\"]";
        assert!(of("4.2.0", table).receivers.is_none());
    }

    #[test]
    fn what_nobody_writes_is_the_node_itself() {
        let found = of("4.2.0", "[server]\noffset = 1");
        assert_eq!(addresses(&found.receivers.unwrap().groups[0].endpoints), ["localhost:9612"]);
        assert_eq!(addresses(&found.authentications.unwrap().groups[0].endpoints), ["localhost:9712"]);
        assert_eq!(addresses(&found.brokers), ["localhost:5673"]);
        let hub = found.event_hub.expect("4.x");
        assert_eq!(addresses(&hub.listening), ["localhost:5673"]);
        assert_eq!(hub.service_url.map(|url| url.address()).as_deref(), Some("localhost:9444"));
        assert!(of("3.0.0", "").event_hub.is_none());
    }

    #[test]
    fn the_event_hub_falls_back_to_throttling() {
        let text = "[apim.throttling]\nservice_url = \"https://cp:9443/services/\"\n\
                    throttle_decision_endpoints = [\"tcp://tm1:5672\", \"tcp://tm2:5672\"]\n\
                    event_duplicate_url = [\"tcp://peer:5672\"]\n[apim.event_hub]\nenable = true";
        let found = of("4.2.0", text);
        assert_eq!(addresses(&found.brokers), ["tm1:5672", "tm2:5672"]);
        assert_eq!(addresses(&found.duplicate_urls), ["peer:5672"]);
        let hub = found.event_hub.expect("4.x");
        assert_eq!(addresses(&hub.listening), ["tm1:5672", "tm2:5672"]);
        assert_eq!(hub.service_url.map(|url| url.address()).as_deref(), Some("cp:9443"));
        assert_eq!(under(text, hub.span), "[apim.event_hub]");
        assert!(hub.duplicate_urls.is_empty());
    }

    #[test]
    fn decisions_are_duplicated_by_key_since_3_2() {
        let text = "[apim.throttling]\nevent_duplicate_url = [\"tcp://peer:5672\"]";
        assert_eq!(addresses(&of("3.2.0", text).duplicate_urls), ["peer:5672"]);
        assert!(of("3.1.0", text).duplicate_urls.is_empty());
    }

    #[test]
    fn a_role_switches_off_what_it_does_not_do() {
        let found = of("4.2.0", "[server]\nserver_role = \"gateway-worker\"");
        assert!(found.publishes.is_true() && found.subscribes.is_true() && found.deploys_policies.is_false());
        let found = of("3.0.0", "[server]\nserver_role = \"api-store\"");
        assert!(found.publishes.is_false() && found.subscribes.is_false());
    }
}
