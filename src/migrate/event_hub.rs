//! Who tells whom in 4.x: gateways and Traffic Managers fetch APIs, keys and policies from the event hub of the control
//! plane, and key managers report revoked tokens to it. Older versions had no such connection to be carried over.

use super::{Assignment, Decisions, Key, KeyPart, Note, Risk};
use crate::model::ports::ListenerKind;
use crate::model::{Deployment, Node, Role, Version};
use crate::render::value::Value;

/// Where a node fetches; `apim.throttling.service_url` stands in for it, which means the Traffic Manager.
const SERVICE: &str = "apim.event_hub.service_url";
/// Where it hears that there is something to fetch.
const BROKERS: &str = "apim.event_hub.event_listening_endpoints";
/// Where a key manager reports revoked tokens, in the listener that the fresh pack has.
const NOTIFICATION: &str = "notification_endpoint";

/// Connects a node to the control planes of its deployment; says what to do where they or their addresses are unknown.
pub(super) fn connect(deployment: &Deployment, node: &Node, decisions: &mut Decisions, target: Version) {
    let is_new = target.at_least(4, 0) && !node.is_at_least(4, 0);
    if !is_new || !is_client(node) || assigns(decisions, SERVICE) || assigns(decisions, BROKERS) {
        return;
    }
    let planes: Vec<&Node> = deployment
        .others(node)
        .filter(|other| other.is_api_manager() && other.acts_as(Role::Publisher))
        .collect();
    let known = planes.iter().map(|plane| addresses(deployment, node, plane)).collect::<Option<Vec<_>>>();
    let Some((service, brokers)) = known.and_then(|known| {
        let (services, brokers): (Vec<String>, Vec<String>) = known.into_iter().unzip();
        Some((services.into_iter().next()?, brokers))
    }) else {
        let text = "from 4.0 on gateways and Traffic Managers fetch APIs, keys and policies from the control plane, whose \
                    address nothing here tells: set [apim.event_hub] service_url = \"https://CONTROL-PLANE:9443/services/\" \
                    and event_listening_endpoints = [\"tcp://CONTROL-PLANE:5672\"]";
        decisions.notes.push(Note { risk: Risk::High, text: text.to_owned() });
        return;
    };
    let names: Vec<&str> = planes.iter().map(|plane| plane.name.as_str()).collect();
    let mut text = format!(
        "[apim.event_hub] leads to {}, which had the publisher and is the control plane of 4.x: from there this node \
         fetches APIs, keys and policies",
        names.join(", ")
    );
    if names.len() > 1 {
        text.push_str("; put the address of their load balancer into service_url if there is one");
    }
    decisions.notes.push(Note { risk: Risk::Medium, text });
    notify(decisions, &service);
    let assignment = |key: &str, value| Assignment { key: Key::dotted(key), value, from: Vec::new() };
    decisions.assignments.push(assignment(SERVICE, Value::Text(format!("https://{service}/services/"))));
    let brokers = brokers.into_iter().map(Value::Text).collect();
    decisions.assignments.push(assignment(BROKERS, Value::List(brokers)));
}

/// True for a node that is no control plane of 4.x, as nodes with a publisher or a store are.
fn is_client(node: &Node) -> bool {
    let is_portal = node.acts_as(Role::Publisher) || node.acts_as(Role::Store);
    let is_other =
        node.acts_as(Role::Gateway) || node.acts_as(Role::TrafficManager) || node.is_only(Role::KeyManager);
    node.is_api_manager() && is_other && !is_portal
}

fn assigns(decisions: &Decisions, key: &str) -> bool {
    let key = Key::dotted(key);
    decisions.assignments.iter().any(|assignment| assignment.key == key)
}

/// `host:port` of the services of a control plane, and the URL of its broker.
fn addresses(deployment: &Deployment, node: &Node, plane: &Node) -> Option<(String, String)> {
    let service = deployment.address_for(node, plane, ListenerKind::ServletHttps)?;
    let broker = deployment.address_for(node, plane, ListenerKind::Amqp).or_else(|| {
        let (host, _) = service.rsplit_once(':')?;
        Some(format!("{host}:{}", 5672_u16.checked_add(plane.identity.offset.value)?))
    })?;
    Some((service, format!("tcp://{broker}")))
}

/// Leads the listener of revoked tokens to the control plane, where it leads to the node itself.
fn notify(decisions: &mut Decisions, service: &str) {
    let is_listener = |key: &Key| {
        key.0.first() == Some(&KeyPart::Name("event_listener".to_owned()))
            && key.0.last() == Some(&KeyPart::Name(NOTIFICATION.to_owned()))
    };
    for assignment in &mut decisions.assignments {
        let is_own = matches!(&assignment.value, Value::Text(url) if url.starts_with("https://localhost:"));
        if is_own && assignment.from.is_empty() && is_listener(&assignment.key) {
            assignment.value = Value::Text(format!("https://{service}/internal/data/v1/notify"));
        }
    }
}
