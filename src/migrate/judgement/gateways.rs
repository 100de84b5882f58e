//! Gateway environments: endpoints have a key for each scheme, and gateways name the environments that they serve.

use std::collections::BTreeSet;

use super::data_sources::keeps_users;
use super::{Answer, Question};
use crate::migrate::inversion::draft::Draft;
use crate::migrate::target::DEPLOYMENT_TOML;
use crate::migrate::{Customised, Key, Legacy, Note, Risk, placeholders};
use crate::model::{Deployment, Role, Version};
use crate::render::value::{Map, Value};

const FILE: &str = "repository/conf/api-manager.xml";
const ENVIRONMENT: &str = "/APIManager/APIGateway/Environments/Environment[Name='";
const ENVIRONMENTS: &str = "apim.gateway.environment";

/// Elements with URLs, and the field for each scheme.
const ENDPOINTS: [(&str, [(&str, &str); 2]); 2] = [
    ("GatewayEndpoint", [("http:", "http_endpoint"), ("https:", "https_endpoint")]),
    ("GatewayWSEndpoint", [("ws:", "ws_endpoint"), ("wss:", "wss_endpoint")]),
];
/// What only environments of 4.x have besides.
const EVENT_RECEIVERS: [&str; 2] =
    ["websub_event_receiver_http_endpoint", "websub_event_receiver_https_endpoint"];

/// What becomes of the endpoints of an environment: `GatewayEndpoint` lists URLs of both schemes in any order.
pub fn answer(question: Question) -> Option<Answer> {
    let rest = question.path.strip_prefix(ENVIRONMENT).filter(|_| question.file == FILE)?;
    let (name, element) = rest.split_once("']/")?;
    let (_, schemes) = ENDPOINTS.iter().find(|(known, _)| *known == element)?;
    let environment = Key::dotted(ENVIRONMENTS).item(0, Some(("name", name)));
    let mut keys = Vec::new();
    for url in urls(question.value?) {
        let (_, field) = schemes.iter().find(|(scheme, _)| url.starts_with(scheme))?;
        keys.push((environment.clone().name(*field), Value::Text(url.to_owned())));
    }
    (!keys.is_empty()).then_some(Answer::Keys(keys, None))
}

/// The URLs of an element.
fn urls(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|url| !url.is_empty())
}

/// The gateway environments of a node, and of those that publish to them.
#[derive(Debug)]
pub struct Environments {
    /// Names, in the order of the file.
    own: Vec<String>,
    /// Names on the nodes with a publisher; of all nodes where none is known.
    published: Vec<String>,
    /// True where the target has to have them under their names: APIs in the database are deployed to these.
    is_kept: bool,
    /// Names with which publishers reach this node, where it is a gateway and no publisher itself.
    reaching: Vec<String>,
    /// True where the node has its own ones, or publishes to them.
    is_own: bool,
}

impl Environments {
    /// Looks a node over, one of a deployment.
    pub fn of(deployment: &Deployment, legacy: &Legacy, nodes: &[Legacy]) -> Self {
        let publishers = || nodes.iter().filter(|other| other.node.acts_as(Role::Publisher));
        let mut published: Vec<String> = publishers().flat_map(names).collect();
        if published.is_empty() {
            published = nodes.iter().flat_map(names).collect();
        }
        let mut seen = BTreeSet::new();
        published.retain(|name| seen.insert(name.clone()));
        let is_gateway = legacy.node.acts_as(Role::Gateway) && !legacy.node.acts_as(Role::Publisher);
        let reaching = if is_gateway { deployment.environments_reaching(legacy.node) } else { Vec::new() };
        let has_own = |legacy: &Legacy| legacy.customised.iter().any(is_of_environment);
        Self {
            own: names(legacy),
            published,
            is_kept: nodes.iter().any(|node| has_own(node) || keeps_users(node)),
            reaching: reaching.iter().map(|name| placeholders::covered(name)).collect(),
            is_own: has_own(legacy) || legacy.node.acts_as(Role::Publisher),
        }
    }

    /// The name that the environment of a fresh pack takes: 4.x calls Default what was Production and Sandbox.
    pub fn renamed(&self, base: &Draft) -> Option<(Key, Value)> {
        let fresh = environments_of(base);
        let fresh = fresh.first()?;
        let name = self.own.first().filter(|_| self.is_kept && !self.own.contains(fresh))?;
        Some((first_environment().name("name"), Value::Text(name.clone())))
    }

    /// The endpoints of the environment of a fresh pack that the one in its place does not have: their URLs lead to the
    /// node itself.
    pub fn left_over(&self, legacy: &Legacy, base: &Draft) -> Vec<Key> {
        let fresh = environments_of(base).into_iter().next();
        let renamed = self.renamed(base).and_then(|_| self.own.first().cloned());
        let Some(name) = renamed.or(fresh) else { return Vec::new() };
        let mut fields = Vec::new();
        for (element, schemes) in ENDPOINTS {
            let path = format!("{ENVIRONMENT}{name}']/{element}");
            let own = legacy.customised.iter().find(|setting| setting.file == FILE && setting.path == path);
            let Some(text) = own.and_then(|setting| setting.value.as_deref()) else { continue };
            let others = schemes.iter().filter(|(scheme, _)| !urls(text).any(|url| url.starts_with(scheme)));
            fields.extend(others.map(|(_, field)| *field));
            fields.extend(EVENT_RECEIVERS.iter().filter(|_| element == "GatewayEndpoint"));
        }
        fields.into_iter().map(|field| first_environment().name(field)).collect()
    }

    /// What environments of the target need that those of older versions did not have: the kind of gateway, who runs it,
    /// and that gateways serve them: those whose URLs lead here, else its own ones, else all that the publishers have.
    pub fn completed(&self, base: &Draft, draft: &Draft) -> Vec<(Key, Value)> {
        let served = if !self.reaching.is_empty() && self.is_kept {
            self.reaching.clone()
        } else if self.is_own || !self.is_kept {
            environments_of(draft)
        } else {
            self.published.clone()
        };
        serving(base, draft, served)
    }

    /// What is to be said of a gateway that may serve more environments than it did.
    pub fn note(&self, version: Version) -> Option<Note> {
        let is_several = version.at_least(4, 0) && self.is_kept && self.published.len() > 1;
        if is_several && !self.reaching.is_empty() {
            let text = format!(
                "from 4.0 on a gateway fetches the APIs of the environments in [apim.sync_runtime_artifacts.gateway] \
                 gateway_labels: {} there, since a publisher has the address of this node in it",
                self.reaching.join(", ")
            );
            return Some(Note { risk: Risk::Medium, text });
        }
        let is_open = is_several && !self.is_own;
        let text = format!(
            "from 4.0 on a gateway fetches the APIs of the environments in [apim.sync_runtime_artifacts.gateway] \
             gateway_labels: if this node is a gateway, leave only those of {} there that it serves",
            self.published.join(", ")
        );
        is_open.then_some(Note { risk: Risk::High, text })
    }
}

fn serving(base: &Draft, draft: &Draft, served: Vec<String>) -> Vec<(Key, Value)> {
    let mut assignments = kinds(base, draft);
    let labels = Key::dotted("apim.sync_runtime_artifacts.gateway.gateway_labels");
    if base.get(&labels).is_some() && !served.is_empty() && served != environments_of(base) {
        assignments.push((labels, Value::List(served.into_iter().map(Value::Text).collect())));
    }
    assignments
}

/// The kind of gateway and who runs it, as the environment of the fresh pack has them.
fn kinds(base: &Draft, draft: &Draft) -> Vec<(Key, Value)> {
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
    assignments
}

fn first_environment() -> Key {
    Key::dotted(ENVIRONMENTS).item(0, None)
}

/// The names of a node's environments, in the order of the file.
fn names(legacy: &Legacy) -> Vec<String> {
    if let Some(draft) = legacy.deployment_toml() {
        return environments_of(&draft);
    }
    let all = legacy.settings(FILE);
    let named = all.iter().filter_map(|setting| {
        let (name, field) = setting.path.strip_prefix(ENVIRONMENT)?.split_once("']/")?;
        (field == "ServerURL").then(|| name.to_owned())
    });
    named.collect()
}

fn is_of_environment(setting: &Customised) -> bool {
    let is_environment = match setting.file.as_str() {
        FILE => setting.path.starts_with(ENVIRONMENT),
        DEPLOYMENT_TOML => setting.path.strip_prefix(ENVIRONMENTS).is_some_and(|rest| rest.starts_with('[')),
        _ => false,
    };
    is_environment && setting.value.is_some()
}

fn environments_of(draft: &Draft) -> Vec<String> {
    let Some(Value::List(items)) = draft.get(&Key::dotted(ENVIRONMENTS)) else { return Vec::new() };
    let name = |item: &Value| match item {
        Value::Map(item) => text(item, "name").map(str::to_owned),
        _ => None,
    };
    items.iter().filter_map(name).collect()
}

fn text<'a>(table: &'a Map, field: &str) -> Option<&'a str> {
    match table.get(field) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}
