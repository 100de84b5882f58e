//! Accounts in deployment.toml with which a node logs in to services.

use super::settings::Settings;
use crate::model::gateway::Environment;
use crate::model::keys::KeyManagement;
use crate::model::login::{Login, Service, is_fragile};
use crate::model::throttling::{ReceiverGroups, Throttling};
use crate::model::{Endpoint, Setting};

/// Keys that an account follows from, the nearest first; what none of them says is the administrator's.
const EVENTS: [&str; 2] = ["apim.throttling.receiver_", "apim.throttling."];
const POLICIES: [&str; 2] = ["apim.throttling.policy_deploy.", "apim.throttling."];
const BROKER: [&str; 2] = ["apim.throttling.jms.", "apim.throttling."];
const EVENT_HUB: [&str; 2] = ["apim.event_hub.", "apim.throttling."];
const KEY_MANAGER: [&str; 1] = ["apim.key_manager."];
const ADMINISTRATOR: &str = "super_admin.";

/// The accounts of the services that are switched on. The addresses stand in the model already.
pub(super) fn logins(
    settings: &Settings<'_>,
    environments: &[Environment],
    keys: &KeyManagement,
    throttling: &Throttling,
) -> Vec<Login> {
    let mut found: Vec<Login> = environments.iter().filter_map(of_environment).collect();
    let one = |endpoint: &Option<Endpoint>| endpoint.iter().cloned().collect::<Vec<_>>();
    found.push(login(settings, Service::KeyManager, &KEY_MANAGER, one(&keys.validation)));
    if !throttling.publishes.is_false() {
        let endpoints = throttling.receivers.iter().flat_map(ReceiverGroups::endpoints).cloned().collect();
        found.push(login(settings, Service::Events, &EVENTS, endpoints));
    }
    if !throttling.deploys_policies.is_false() {
        found.push(login(settings, Service::Policies, &POLICIES, one(&throttling.policy_deployer)));
    }
    if !throttling.subscribes.is_false() {
        let login = login(settings, Service::Broker, &BROKER, throttling.brokers.clone());
        let is_broken = |login: &Login| {
            let secret = login.password.as_ref().and_then(Setting::known);
            secret.is_some_and(|secret| secret.any(|letter| letter != '%' && is_fragile(letter)))
        };
        found.push(Login { breaks_url: is_broken(&login), ..login });
    }
    if let Some(hub) = &throttling.event_hub {
        found.push(login(settings, Service::EventHub, &EVENT_HUB, one(&hub.service_url)));
    }
    found
}

fn of_environment(environment: &Environment) -> Option<Login> {
    let is = |text: &Option<Setting>| text.as_ref().is_some_and(|text| text.bare(&text.value).is_none());
    Some(Login {
        service: Service::Gateway,
        endpoints: vec![environment.service_url.clone()?],
        user_name: environment.user_name.clone(),
        password: environment.password.clone(),
        is_own_administrator: is(&environment.user_name),
        breaks_url: false,
    })
}

fn login(settings: &Settings<'_>, service: Service, chain: &[&str], endpoints: Vec<Endpoint>) -> Login {
    let (user_name, is_own_name) = value(settings, chain, "username");
    let (password, is_own_password) = value(settings, chain, "password");
    Login {
        service,
        endpoints,
        user_name,
        password: password.map(|password| password.secret()),
        is_own_administrator: is_own_name && is_own_password,
        breaks_url: false,
    }
}

/// The first text of the chain that is no reference to another key, and whether it is the administrator's.
fn value(settings: &Settings<'_>, chain: &[&str], name: &str) -> (Option<Setting>, bool) {
    for start in chain {
        let Some(written) = settings.written(&format!("{start}{name}")) else { continue };
        let is_literal = written.bare(&written.value).is_some() && !written.value.contains("${");
        if is_literal || written.text().is_none() {
            return (Some(written), false);
        }
        // Another reference than to the administrator leads somewhere else; its value is what counts.
        let administrator = settings.get(&format!("{ADMINISTRATOR}{name}"));
        let is_own = written.value.contains("${admin.")
            || administrator.is_some_and(|administrator| administrator.text() == written.text());
        if !is_own {
            return (Some(written), false);
        }
    }
    (settings.get(&format!("{ADMINISTRATOR}{name}")), true)
}
