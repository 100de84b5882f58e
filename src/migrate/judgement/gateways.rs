//! Gateway environments: endpoints have a key for each scheme, and gateways name the environments that they serve.

use super::{Answer, Question};
use crate::migrate::Key;
use crate::migrate::inversion::draft::Draft;
use crate::render::value::{Map, Value};

const FILE: &str = "repository/conf/api-manager.xml";
const ENVIRONMENT: &str = "/APIManager/APIGateway/Environments/Environment[Name='";
const ENVIRONMENTS: &str = "apim.gateway.environment";

/// What becomes of the endpoints of an environment: `GatewayEndpoint` lists URLs of both schemes in any order.
pub fn answer(question: Question) -> Option<Answer> {
    let rest = question.path.strip_prefix(ENVIRONMENT).filter(|_| question.file == FILE)?;
    let (name, element) = rest.split_once("']/")?;
    let schemes: [(&str, &str); 2] = match element {
        "GatewayEndpoint" => [("http:", "http_endpoint"), ("https:", "https_endpoint")],
        "GatewayWSEndpoint" => [("ws:", "ws_endpoint"), ("wss:", "wss_endpoint")],
        _ => return None,
    };
    let environment = Key::dotted(ENVIRONMENTS).item(0, Some(("name", name)));
    let mut keys = Vec::new();
    for url in question.value?.split(',').map(str::trim).filter(|url| !url.is_empty()) {
        let (_, field) = schemes.iter().find(|(scheme, _)| url.starts_with(scheme))?;
        keys.push((environment.clone().name(*field), Value::Text(url.to_owned())));
    }
    (!keys.is_empty()).then_some(Answer::Keys(keys, None))
}

/// What environments of the target need that those of the XML versions did not have: the kind of gateway, who runs it,
/// and that gateways serve them.
pub fn completed(base: &Draft, draft: &Draft) -> Vec<(Key, Value)> {
    let list = Key::dotted(ENVIRONMENTS);
    let (Some(Value::List(before)), Some(Value::List(now))) = (base.get(&list), draft.get(&list)) else {
        return Vec::new();
    };
    let Some(Value::Map(fresh)) = before.first() else { return Vec::new() };
    let mut assignments = Vec::new();
    for (index, environment) in now.iter().enumerate() {
        let Value::Map(environment) = environment else { continue };
        for field in ["gateway_type", "provider", "show_as_token_endpoint_url"] {
            if let (None, Some(value)) = (environment.get(field), fresh.get(field)) {
                let name = text(environment, "name").unwrap_or_default();
                let item = list.clone().item(index, Some(("name", name)));
                assignments.push((item.name(field), value.clone()));
            }
        }
    }
    let labels = Key::dotted("apim.sync_runtime_artifacts.gateway.gateway_labels");
    if before != now && base.get(&labels).is_some() {
        let name = |environment: &Value| match environment {
            Value::Map(environment) => text(environment, "name").map(|name| Value::Text(name.to_owned())),
            _ => None,
        };
        assignments.push((labels, Value::List(now.iter().filter_map(name).collect())));
    }
    assignments
}

fn text<'a>(table: &'a Map, field: &str) -> Option<&'a str> {
    match table.get(field) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}
