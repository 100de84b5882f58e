//! A node logs in to another one with an account that is not there: deploying, checking keys or counting fails.

use crate::model::login::Login;
use crate::model::node::Node;
use crate::model::users::Users;
use crate::model::{Deployment, Endpoint, Target};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// UM009.
pub static RULE: Rule = Rule { card: "UM009-service-credentials-mismatch", check: Check::Deployment(check) };

/// The account of the untouched pack.
const SHIPPED: &str = "admin";

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let groups = deployment.user_groups();
    for node in &deployment.nodes {
        let mut seen: Vec<Span> = Vec::new();
        for login in &node.logins {
            for endpoint in &login.endpoints {
                let is_told = |target: &Node| {
                    // What the administrators of one user database are is UM005's.
                    let is_shared = groups.iter().any(|group| holds(group, node) && holds(group, target));
                    login.is_own_administrator && is_shared
                };
                // Any of the nodes behind a name may answer.
                let refused = targets(deployment, node, endpoint)
                    .into_iter()
                    .map(|target| if is_told(target) { None } else { finding(node, login, target) });
                let refused: Option<Vec<Finding>> = refused.collect();
                let Some(finding) = refused.into_iter().flatten().next() else { continue };
                if !seen.contains(&finding.primary.span) {
                    seen.push(finding.primary.span);
                    findings.push(finding);
                }
            }
        }
    }
}

fn holds(group: &[&Node], node: &Node) -> bool {
    group.iter().any(|other| other.index == node.index)
}

/// The other node at an address, or all nodes behind it.
fn targets<'a>(deployment: &'a Deployment, node: &'a Node, endpoint: &Endpoint) -> Vec<&'a Node> {
    let target = deployment.resolve(node, endpoint);
    if let Target::Balancer(balancer) = &target
        && !balancer.others
    {
        return balancer.nodes.iter().filter_map(|index| deployment.nodes.get(*index)).collect();
    }
    let index = target.node_index(node.index).filter(|index| *index != node.index);
    index.and_then(|index| deployment.nodes.get(index)).into_iter().collect()
}

/// In what an account differs from the administrator of the node that it is for.
enum Fault {
    Name,
    Password,
}

fn finding(node: &Node, login: &Login, target: &Node) -> Option<Finding> {
    let theirs = target.users.as_ref()?;
    let account = login.account()?;
    let (place, there, what) = match fault(login, &account, theirs)? {
        Fault::Name => (
            login.user_name.as_ref()?.span,
            theirs.admin_name.as_ref()?.span,
            format!("as {account}, whose administrator is {}", theirs.admin_name.as_ref()?.value),
        ),
        Fault::Password => (
            login.password.as_ref()?.span,
            theirs.admin_password.as_ref()?.span,
            format!("as {account} with another password than {} has", target.name),
        ),
    };
    let message = format!("{} logs in to the {} of {} {what}", node.name, login.service.noun(), target.name);
    Some(
        Finding::new(place, "refused there", message)
            .help(format!("write the administrator of {} here, or an account that it has", target.name))
            .related(there, format!("the account of {}", target.name)),
    )
}

/// `None` where the account is right or nobody can know: other users may be in the user store.
fn fault(login: &Login, account: &str, theirs: &Users) -> Option<Fault> {
    if !theirs.are_in_database() {
        return None;
    }
    let name = theirs.admin_name.as_ref()?.text()?;
    let (ours, password) = (login.password.as_ref()?.known()?, theirs.admin_password.as_ref()?.known()?);
    if account == name {
        return (ours != password).then_some(Fault::Password);
    }
    (account == SHIPPED && ours.is(SHIPPED)).then_some(Fault::Name)
}
