//! An event publisher logs in to a broker with a user or password that the broker's node does not have: no decision gets
//! through, and limits are not enforced.

use crate::model::throttling::{ConnectionFactory, JndiFile};
use crate::model::users::Users;
use crate::model::{Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule, base};

/// TM009.
pub static RULE: Rule = Rule { card: "TM009-jndi-credentials-mismatch", check: Check::Deployment(check) };

/// Name of the administrator in untouched packs.
const STOCK_ADMINISTRATOR: &str = "admin";

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for node in deployment.nodes.iter().filter(|node| deployment.manages_traffic(node)) {
        for (file, factory) in used_factories(node) {
            let owners = factory.brokers.iter().filter_map(|broker| deployment.flow(node, broker).node);
            let mut owners = owners.filter_map(|index| deployment.nodes.get(index));
            findings.extend(owners.find_map(|owner| finding(node, file, factory, owner)));
        }
    }
}

/// The connection factories that active JMS publishers use, each once.
fn used_factories(node: &Node) -> Vec<(&JndiFile, &ConnectionFactory)> {
    let mut used: Vec<(&JndiFile, &ConnectionFactory)> = Vec::new();
    for publisher in node.event_publishers.iter().filter(|publisher| publisher.uses_jms()) {
        let path = publisher.jndi_path().filter(|path| !node.renders(path));
        let Some(file) = path.and_then(|path| node.jndi_file(&path)) else { continue };
        let name = publisher.connection_factory.as_ref().and_then(Setting::text);
        let factories =
            file.connection_factories.iter().filter(|factory| name == Some(factory.name.as_str()));
        for factory in factories {
            if used.iter().all(|(_, known)| known.span != factory.span) {
                used.push((file, factory));
            }
        }
    }
    used
}

fn finding(node: &Node, file: &JndiFile, factory: &ConnectionFactory, owner: &Node) -> Option<Finding> {
    let users = owner.users.as_ref()?;
    let name = users.admin_name.as_ref()?;
    let (user, administrator) = (factory.user.as_ref()?, name.text()?);
    let whose = if owner.index == node.index { "its".to_owned() } else { format!("{}'s", owner.name) };
    let help = format!("write the user name and password of the administrator of {} there", owner.name);
    if !factory.logs_in_as(administrator)? {
        let user_name = user.text()?;
        let message = format!(
            "{} logs in to {whose} broker as \"{user_name}\"; the admin there is \"{administrator}\"",
            node.name
        );
        let finding = Finding::new(user.span, format!("not {administrator}"), message)
            .help(help)
            .related(name.span, format!("administrator of {}", owner.name));
        // Any account with the rights would do; only the one of the untouched pack is gone for certain.
        let is_stock = user_name == STOCK_ADMINISTRATOR;
        return Some(if is_stock { finding } else { finding.variant("other-account") });
    }
    let password = other_password(factory, users)?;
    let path = base(&file.path);
    let message = format!(
        "{} logs in to {whose} broker as \"{administrator}\" with another password than the admin has there",
        node.name
    );
    let finding = Finding::new(user.span, format!("password in {path} differs"), message).help(help);
    Some(finding.related(password.span, format!("password of the administrator of {}", owner.name)))
}

/// The administrator's password, where the URL is known to have another one.
fn other_password<'a>(
    factory: &ConnectionFactory,
    users: &'a Users,
) -> Option<&'a Setting<crate::model::Secret>> {
    let right = users.admin_password.as_ref()?;
    let written = factory.password.as_ref()?.known()?;
    (right.known()? != written).then_some(right)
}
