//! An e-mail address as administrator without the tenant behind it: its domain is taken for the tenant, and logins fail.

use crate::model::login::{Login, SUPER_TENANT, Service};
use crate::model::node::{ConfigModel, Node};
use crate::model::sharing::listed;
use crate::model::{Deployment, Setting};
use crate::rules::{Check, Finding, Rule};

/// UM007.
pub static RULE: Rule = Rule { card: "UM007-admin-name-unqualified", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(users) = &node.users else { return };
    let Some(name) = users.admin_name.as_ref() else { return };
    let Some(text) = name.text().filter(|text| text.contains('@') && !text.ends_with(SUPER_TENANT)) else {
        return;
    };
    let Some(switch) = &users.email_names else { return };
    if switch.is_false() {
        let key = match node.config_model {
            ConfigModel::Xml => "EnableEmailUserName in carbon.xml",
            ConfigModel::Toml => "enable_email_domain in [tenant_mgt]",
        };
        let message =
            format!("the administrator of {} is {text}, but e-mail addresses are no user names", node.name);
        findings.push(
            Finding::new(name.span, "its domain is a tenant", message).help(format!("set {key} to true")),
        );
        return;
    }
    let places: Vec<(&Login, &Setting)> = node
        .logins
        .iter()
        .filter(|login| is_asked(node, login.service))
        .filter_map(|login| Some((login, login.user_name.as_ref()?)))
        .filter(|(login, user)| is_unqualified(login.service, user))
        .collect();
    findings.extend(unqualified(node, name, text, &places));
}

/// Services that take what follows the last sign for the tenant.
fn is_asked(node: &Node, service: Service) -> bool {
    match service {
        Service::Events | Service::Broker => true,
        Service::Policies => node.config_model == ConfigModel::Toml,
        _ => false,
    }
}

fn is_unqualified(service: Service, user: &Setting) -> bool {
    let Some(text) = user.text() else { return false };
    match service {
        Service::Broker => text.contains('@') || text.matches('!').count() == 1,
        _ => text.matches('@').count() == 1 && !text.ends_with(SUPER_TENANT),
    }
}

fn unqualified(node: &Node, name: &Setting, text: &str, places: &[(&Login, &Setting)]) -> Option<Finding> {
    let (first, _) = places.first()?;
    let mut services: Vec<String> = Vec::new();
    for (login, _) in places {
        let noun = login.service.noun().to_owned();
        if !services.contains(&noun) {
            services.push(noun);
        }
    }
    let broker = format!("{}!carbon.super", text.replace('@', "!"));
    let right = match first.service {
        Service::Broker => broker.clone(),
        _ => format!("{text}{SUPER_TENANT}"),
    };
    let also =
        places.iter().any(|(login, _)| login.service == Service::Broker) && first.service != Service::Broker;
    let help = match also {
        true => format!("write {right} there, and {broker} in the URL of the broker"),
        false => format!("write {right} there"),
    };
    let message = format!("{} logs in to its {} as {text} without the tenant", node.name, listed(&services));
    let mut spans = Vec::new();
    for (_, user) in places {
        let span = if user.is_written() { user.span } else { name.span };
        if !spans.contains(&span) {
            spans.push(span);
        }
    }
    let (primary, others) = spans.split_first()?;
    let finding = Finding::new(*primary, "tenant missing", message).help(help);
    Some(others.iter().fold(finding, |finding, span| finding.related(*span, "here, too")))
}
