//! The host name was set and public URLs beside it still say `localhost`: portals send people's browsers to their own
//! machines.

use super::host_name_key;
use crate::model::{ConfigModel, Deployment, Endpoint, Host, Node, Purpose, Role};
use crate::rules::{Check, Finding, Rule};

/// HN008.
pub static RULE: Rule = Rule { card: "HN008-remote-default-host", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let portal = node.acts_as(Role::Publisher) || node.acts_as(Role::Store);
    if node.config_model != ConfigModel::Toml || !portal || !node.is_api_manager() {
        return;
    }
    let Some(name) = node.public_host_name().filter(|name| name.is_written()) else { return };
    let mut groups: Vec<Vec<&Endpoint>> = node
        .environments
        .iter()
        .map(|environment| environment.web_sockets.iter().chain(&environment.web_hooks).collect())
        .collect();
    let of_purpose = |purpose: Purpose| {
        let all = node.other_references.iter().filter(move |(other, _)| *other == purpose);
        all.map(|(_, endpoint)| endpoint).collect::<Vec<_>>()
    };
    groups.push(of_purpose(Purpose::IdentityProvider));
    groups.push(of_purpose(Purpose::DeveloperPortal));
    for mut group in groups {
        group.retain(|endpoint| endpoint.host == Host::Own && endpoint.text.is_written());
        group.sort_by_key(|endpoint| endpoint.host_span);
        let Some((first, rest)) = group.split_first() else { continue };
        let message = format!(
            "{} sets {} to {}, but offers browsers {}",
            node.name,
            host_name_key(node),
            name.value,
            first.text.value,
        );
        let finding = Finding::new(first.host_span, "the browser's own machine", message)
            .help(format!("write {}, or the public name of what is meant", name.value))
            .related(name.span, "the public name");
        findings.push(rest.iter().fold(finding, |finding, one| finding.related(one.host_span, "likewise")));
    }
}
