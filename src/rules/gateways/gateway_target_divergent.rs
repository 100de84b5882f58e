//! Two publishers push one environment to different gateways: each API is served only where it was published.

use crate::model::deployment::SyncMode;
use crate::model::gateway::Environment;
use crate::model::sharing::listed;
use crate::model::{ConfigModel, Deployment, Endpoint, Node, Setting};
use crate::rules::{Check, Finding, Rule, majority};

/// GW001.
pub static RULE: Rule = Rule { card: "GW001-gateway-target-divergent", check: Check::Deployment(check) };

/// A publisher with the gateway that it pushes an environment to.
struct Push<'a> {
    publisher: &'a Node,
    url: &'a Endpoint,
    gateway: usize,
}

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let mut names: Vec<&str> = Vec::new();
    for name in deployment.publishers().flat_map(|node| &node.environments).filter_map(name) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    for name in names {
        let pushes: Vec<Push<'_>> =
            deployment.publishers().filter_map(|publisher| push(deployment, publisher, name)).collect();
        let Some(usual) = majority(&pushes, |one, other| one.gateway == other.gateway) else { continue };
        let divergent: Vec<&Push<'_>> = pushes
            .iter()
            .filter(|push| {
                push.gateway != usual.gateway && deployment.same_group(usual.publisher, push.publisher)
            })
            .collect();
        if let Some((last, others)) = divergent.split_last() {
            findings.push(finding(deployment, name, usual, others, last));
        }
    }
}

fn name(environment: &Environment) -> Option<&str> {
    environment.name.as_ref().and_then(Setting::text)
}

/// Where a publisher pushes an environment, if that matters and is one known node.
fn push<'a>(deployment: &'a Deployment, publisher: &'a Node, wanted: &str) -> Option<Push<'a>> {
    let pushes = publisher.config_model == ConfigModel::Xml || publisher.is_before(4, 0);
    // With a writer known, GW002 speaks; between committers of one SVN repository DY003 does.
    let alone = matches!(deployment.sync_mode(publisher), SyncMode::Unknown | SyncMode::Rsync(None));
    if !publisher.is_api_manager() || !pushes || !alone {
        return None;
    }
    let environment = publisher.environments.iter().find(|environment| name(environment) == Some(wanted))?;
    let url = environment.service_url.as_ref()?;
    let gateway = deployment.resolve(publisher, url).node_index(publisher.index)?;
    Some(Push { publisher, url, gateway })
}

fn finding(
    deployment: &Deployment,
    environment: &str,
    usual: &Push<'_>,
    others: &[&Push<'_>],
    last: &Push<'_>,
) -> Finding {
    let mut all: Vec<&Push<'_>> =
        std::iter::once(usual).chain(others.iter().copied()).chain([last]).collect();
    all.sort_by_key(|push| push.publisher.index);
    let names: Vec<&str> = all.iter().map(|push| push.publisher.name.as_str()).collect();
    let each_to_itself = all.iter().all(|push| push.gateway == push.publisher.index);
    let where_to = if each_to_itself {
        "each to itself".to_owned()
    } else {
        let targets: Vec<&str> = all.iter().map(|push| deployment.name(push.gateway)).collect();
        format!("to {}", listed(&targets))
    };
    let label = |push: &Push<'_>| {
        let to = if push.gateway == push.publisher.index { "itself" } else { deployment.name(push.gateway) };
        format!("{} publishes to {to}", push.publisher.name)
    };
    let message = format!(
        "{} publish environment \"{environment}\" to different gateways ({where_to})",
        listed(&names)
    );
    let finding = Finding::new(last.url.text.span, label(last), message).help(
        "name the same gateway in the environment on every publisher; if the gateways share one \
         repository/deployment/server, this is right: declare [artifacts] mode = \"shared\" in apimlint.toml",
    );
    let finding = std::iter::once(usual)
        .chain(others.iter().copied())
        .fold(finding, |finding, push| finding.related(push.url.text.span, label(push)));
    // A container keeps nothing that is no volume, and one volume for all is the usual one.
    if each_to_itself && deployment.in_containers() { finding.variant("containers") } else { finding }
}
