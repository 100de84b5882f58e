//! Portals that show different addresses for one gateway environment: what a developer copies depends on the node that
//! answered.

use std::collections::BTreeSet;

use crate::model::gateway::Environment;
use crate::model::{Deployment, Endpoint, Host, Node, Role, Target};
use crate::rules::{Check, Finding, Rule};

/// GW006.
pub static RULE: Rule = Rule {
    card: include_str!("../../../rules/GW006-gateway-endpoint-mismatch.md"),
    check: Check::Deployment(check),
};

/// The endpoints of one sort, and what a message calls them.
struct Sort {
    noun: &'static str,
    of: fn(&Environment) -> Vec<&Endpoint>,
}

const SORTS: [Sort; 3] = [
    Sort { noun: "HTTP endpoint", of: |environment| with_scheme(&environment.endpoints, "http") },
    Sort { noun: "HTTPS endpoint", of: |environment| with_scheme(&environment.endpoints, "https") },
    Sort { noun: "WebSocket endpoint", of: |environment| environment.web_sockets.iter().collect() },
];

fn with_scheme<'a>(endpoints: &'a [Endpoint], scheme: &str) -> Vec<&'a Endpoint> {
    endpoints.iter().filter(|endpoint| endpoint.scheme == scheme).collect()
}

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let portals = |node: &&Node| {
        let store = node.acts_as(Role::Store) && !node.is_at_least(4, 0);
        node.is_api_manager() && (node.acts_as(Role::Publisher) || store)
    };
    let nodes: Vec<&Node> = deployment.nodes.iter().filter(portals).collect();
    for (position, node) in nodes.iter().enumerate() {
        for environment in &node.environments {
            let mut earlier = nodes.iter().take(position).filter(|other| deployment.same_zone(node, other));
            let named = |other: &&&Node| same(other, environment).is_some();
            let Some(model) = earlier.find(named) else { continue };
            let Some(theirs) = same(model, environment) else { continue };
            findings.extend(
                SORTS.iter().filter_map(|sort| judge(deployment, (model, theirs), (node, environment), sort)),
            );
        }
    }
}

/// The environment of the same name.
fn same<'a>(node: &'a Node, environment: &Environment) -> Option<&'a Environment> {
    let name = environment.known_name()?;
    node.environments.iter().find(|other| other.known_name() == Some(name))
}

fn judge(
    deployment: &Deployment,
    (model, theirs): (&Node, &Environment),
    (node, own): (&Node, &Environment),
    sort: &Sort,
) -> Option<Finding> {
    let (one, two) = ((sort.of)(own), (sort.of)(theirs));
    let (mine, other) = (addresses(&one)?, addresses(&two)?);
    if mine == other || mine.is_empty() || other.is_empty() {
        return None;
    }
    let first = one.iter().find(|endpoint| !other.contains(&endpoint.address())).or_else(|| one.first())?;
    let counterpart =
        two.iter().find(|endpoint| !mine.contains(&endpoint.address())).or_else(|| two.first())?;
    // Each node that shows itself is another matter.
    if first.host == Host::Own && counterpart.host == Host::Own {
        return None;
    }
    let name = own.known_name()?;
    let one = (node, *first);
    let other = (model, *counterpart);
    // The address that nothing in the input explains is the odd one; of equal ones that of the later node.
    let is_later = trust(deployment, one) <= trust(deployment, other);
    let ((node, odd), (model, usual)) = if is_later { (one, other) } else { (other, one) };
    let message = format!(
        "{} shows {} {} for environment \"{name}\", {} shows {}",
        node.name,
        sort.noun,
        odd.address(),
        model.name,
        usual.address(),
    );
    let finding = Finding::new(odd.text.span, format!("{} here", odd.address()), message)
        .help("show the same endpoints on every publisher and store")
        .related(usual.text.span, format!("{} here", usual.address()));
    Some(finding)
}

/// How much speaks for an endpoint: a port on which the proxy listens for the name, then any name that the deployment
/// has, then a name at all.
fn trust(deployment: &Deployment, (node, endpoint): (&Node, &Endpoint)) -> u8 {
    match deployment.resolve(node, endpoint) {
        _ if endpoint.host == Host::Own => 0,
        Target::Balancer(balancer) => {
            let listens = balancer.routes.iter().any(|route| Some(route.listen) == endpoint.port.number);
            if listens { 4 } else { 2 }
        }
        Target::Node(_, Some(_)) | Target::Own(Some(_)) => 3,
        Target::Node(_, None) | Target::Own(None) => 2,
        Target::Outside(_) | Target::Unknown => 1,
    }
}

/// The addresses as a set; `None` where one of them is unknown or nobody wrote it.
fn addresses(endpoints: &[&Endpoint]) -> Option<BTreeSet<String>> {
    let is_known = |endpoint: &&&Endpoint| {
        endpoint.text.is_written() && endpoint.host != Host::Unknown && endpoint.port.number.is_some()
    };
    (endpoints.iter().filter(is_known).count() == endpoints.len())
        .then(|| endpoints.iter().map(|endpoint| endpoint.address()).collect())
}
