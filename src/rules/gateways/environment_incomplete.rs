//! A gateway environment without address, account or endpoint: publishing to it fails, or portals show APIs without a URL.

use crate::model::gateway::Environment;
use crate::model::{ConfigModel, Deployment, Endpoint, Node, Role, Secret, Setting};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// GW009.
pub static RULE: Rule = Rule { card: "GW009-environment-incomplete", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let portal = node.acts_as(Role::Publisher) || node.acts_as(Role::Store);
    if !node.is_api_manager() || !portal {
        return;
    }
    for environment in node.environments.iter().filter(|environment| is_written(environment)) {
        let missing = missing(node, environment);
        if missing.is_empty() {
            findings.extend(without_ports(node, environment));
        } else {
            findings.push(incomplete(node, environment, &missing));
        }
    }
}

/// False for an environment of the untouched file.
fn is_written(environment: &Environment) -> bool {
    let urls = environment.service_url.iter().chain(environment.public_endpoints());
    environment.name.as_ref().is_some_and(|name| name.is_written())
        || urls.into_iter().any(|url| url.text.is_written())
        || environment.kind.as_ref().is_some_and(Setting::is_written)
}

/// What an environment needs in its era, by the names of the file. From 4.0 on gateways pull, and gateways of another make
/// have no services.
fn missing(node: &Node, environment: &Environment) -> Vec<&'static str> {
    let is_xml = node.config_model == ConfigModel::Xml;
    let pushes = is_xml || node.is_before(4, 0);
    let has_password = environment
        .password
        .as_ref()
        .is_some_and(|password| password.known().is_none_or(|password| !password.is_empty()));
    let has_user =
        environment.user_name.as_ref().is_some_and(|name| name.text().is_none_or(|name| !name.is_empty()));
    let has_endpoint = environment.endpoints.iter().chain(&environment.web_sockets).next().is_some();
    let rows = [
        (environment.name.is_some(), "Name", "name", true),
        (environment.service_url.is_some(), "ServerURL", "service_url", pushes),
        (has_user, "Username", "username", pushes),
        (has_password, "Password", "password", pushes),
        // Only stores show endpoints.
        (
            has_endpoint,
            "GatewayEndpoint",
            "https_endpoint",
            node.acts_as(Role::Store) && environment.is_regular(),
        ),
    ];
    rows.into_iter()
        .filter(|(present, _, _, needed)| *needed && !present)
        .map(|(_, xml, toml, _)| if is_xml { xml } else { toml })
        .collect()
}

fn incomplete(node: &Node, environment: &Environment, missing: &[&str]) -> Finding {
    let name = environment
        .known_name()
        .map_or("an environment".to_owned(), |name| format!("environment \"{name}\""));
    let list = missing.join(", ");
    let message = format!("{} has {name} without {list}", node.name);
    let place = empty(environment).unwrap_or(environment.span);
    Finding::new(place, format!("{list} missing or empty"), message).help(format!("add {list}"))
}

/// The first part of the account that is there and empty.
fn empty(environment: &Environment) -> Option<Span> {
    let user = environment.user_name.as_ref().filter(|name| name.text() == Some(""));
    let password = environment.password.as_ref();
    let password = password.filter(|password| password.known().is_some_and(Secret::is_empty));
    user.map(|name| name.span).or(password.map(|password| password.span))
}

/// 4.1 ends with an error at its start at some update levels; the shape of a file hardly tells it from 4.2.
fn without_ports(node: &Node, environment: &Environment) -> Option<Finding> {
    node.told_version().filter(|version| version.at_least(4, 1) && !version.at_least(4, 2))?;
    let has_no_port = |endpoint: &&Endpoint| {
        endpoint.port.span == endpoint.text.span
            && endpoint.port.variable.is_none()
            && endpoint.text.is_written()
            && matches!(endpoint.scheme.as_str(), "http" | "https")
    };
    let endpoint = environment.endpoints.iter().find(has_no_port)?;
    let port = endpoint.port.number?;
    let text = endpoint.text.text()?;
    let message = format!(
        "{} has {text} without a port, with which 4.1 does not start at some update levels",
        node.name
    );
    let finding = Finding::new(endpoint.text.span, "no port", message).help(format!("write the port {port}"));
    Some(finding.variant("port-missing"))
}
