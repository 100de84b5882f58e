//! Accounts in api-manager.xml with which a node logs in to services.

use super::{amqp_brokers, receiver_groups};
use crate::extract::variables::Variables;
use crate::extract::view::View;
use crate::model::gateway::Environment;
use crate::model::login::{Login, Service, is_fragile};
use crate::model::users::Users;
use crate::model::{Endpoint, Origin, Secret, Setting, Version};
use crate::syntax::amqp;

const ADMIN_NAME: &str = "${admin.username}";
const ADMIN_PASSWORD: &str = "${admin.password}";

/// What fills in the accounts of a node.
pub(super) struct Accounts<'a> {
    pub(super) variables: &'a Variables,
    pub(super) users: Option<&'a Users>,
    pub(super) version: Option<Version>,
}

/// The accounts of the services that are switched on. The gateway environments stand in the node already.
pub(super) fn logins(root: View<'_>, environments: &[Environment], accounts: &Accounts<'_>) -> Vec<Login> {
    let mut found = accounts.of_environments(root, environments);
    for (name, service) in
        [("AuthManager", Service::Authentication), ("APIKeyValidator", Service::KeyManager)]
    {
        let holder = root.child(name);
        found.extend(holder.map(|view| accounts.login(service, view, accounts.address(view, "ServerURL"))));
    }
    let Some(throttling) = root.child("ThrottlingConfigurations") else { return found };
    let is_on = |view: &View<'_>| view.leaf(&["Enabled"]).is_none_or(|text| !text.boolean().is_false());
    let publishes = throttling.child("DataPublisher").filter(is_on);
    let is_late = accounts.version.is_some_and(|version| version.at_least(2, 2));
    let events = if is_late { throttling.child("TrafficManager") } else { publishes };
    found.extend(events.filter(|_| publishes.is_some()).map(|view| {
        let text = view.leaf(&["ReceiverUrlGroup"]);
        let groups = text.map(|text| receiver_groups(&text, accounts.variables).groups).unwrap_or_default();
        accounts.login(Service::Events, view, groups.into_iter().flat_map(|group| group.endpoints).collect())
    }));
    let policies = throttling.child("PolicyDeployer").filter(is_on);
    found.extend(
        policies.map(|view| accounts.login(Service::Policies, view, accounts.address(view, "ServiceURL"))),
    );
    if let Some(view) = throttling.child("JMSConnectionDetails").filter(is_on) {
        found.extend(if is_late { accounts.of_factory(view) } else { Some(accounts.of_service(view)) });
    }
    found
}

impl Accounts<'_> {
    fn of_environments(&self, root: View<'_>, environments: &[Environment]) -> Vec<Login> {
        let list = root.descend(&["APIGateway", "Environments"]);
        let views = list.into_iter().flat_map(|list| list.children("Environment"));
        let of_one = |(view, environment): (View<'_>, &Environment)| {
            self.login(Service::Gateway, view, environment.service_url.iter().cloned().collect())
        };
        views.zip(environments).map(of_one).collect()
    }

    fn address(&self, view: View<'_>, name: &str) -> Vec<Endpoint> {
        view.leaf(&[name]).and_then(|text| self.variables.endpoint(text)).into_iter().collect()
    }

    /// `Username` and `Password` of an element.
    fn login(&self, service: Service, view: View<'_>, endpoints: Vec<Endpoint>) -> Login {
        let (name, password) = (view.value(&["Username"]), view.value(&["Password"]));
        Login { service, endpoints, ..self.filled(service, name, password) }
    }

    /// Up to 2.1 the account of the broker stands beside its address, and the URL takes it over as it is.
    fn of_service(&self, view: View<'_>) -> Login {
        let login = self.login(Service::Broker, view, self.address(view, "ServiceURL"));
        let breaks_url = login.password.as_ref().is_some_and(|secret| is_broken(secret, is_fragile));
        Login { breaks_url, ..login }
    }

    /// The account within the URL of the connection factory.
    fn of_factory(&self, view: View<'_>) -> Option<Login> {
        let url = view.leaf(&["JMSConnectionParameters", "connectionfactory.TopicConnectionFactory"])?;
        let parsed = amqp::parse(&url.value)?;
        let part = |range: Option<std::ops::Range<usize>>| {
            let range = range?;
            Some(Setting::at(url.value.get(range.clone())?.to_owned(), url.part(range), url.origin))
        };
        let (name, password) = (part(parsed.user), part(parsed.password));
        let breaks_url = match &password {
            Some(text) if text.value == ADMIN_PASSWORD => {
                self.administrator_password().is_some_and(|secret| is_broken(secret, is_fragile))
            }
            // What is written in the URL may be escaped.
            Some(text) => {
                !text.value.contains("${")
                    && text.value.contains(|letter| letter != '%' && is_fragile(letter))
            }
            None => false,
        };
        let password = password.map(|text| match text.value == ADMIN_PASSWORD {
            true => text,
            false => text.map(|text| amqp::decode(text)),
        });
        let endpoints = amqp_brokers(&url, self.variables);
        Some(Login { endpoints, breaks_url, ..self.filled(Service::Broker, name, password) })
    }

    fn administrator_password(&self) -> Option<&Setting<Secret>> {
        self.users?.admin_password.as_ref()
    }

    fn filled(&self, service: Service, name: Option<Setting>, password: Option<Setting>) -> Login {
        let is =
            |text: &Option<Setting>, variable: &str| text.as_ref().is_some_and(|text| text.value == variable);
        let is_own_administrator = is(&name, ADMIN_NAME) && is(&password, ADMIN_PASSWORD);
        let password = password.map(|text| match self.administrator_password() {
            Some(own) if text.value == ADMIN_PASSWORD => {
                let origin = if own.known().is_some() { text.origin } else { Origin::Unknown };
                Setting::at(own.value.clone(), text.span, origin)
            }
            _ => self.variables.fill(text).secret(),
        });
        Login {
            service,
            endpoints: Vec::new(),
            user_name: name.map(|text| self.variables.fill(text)),
            password,
            is_own_administrator,
            breaks_url: false,
        }
    }
}

fn is_broken(secret: &Setting<Secret>, fragile: impl Fn(char) -> bool) -> bool {
    secret.known().is_some_and(|secret| secret.any(fragile))
}
