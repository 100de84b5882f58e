//! What each node does (rule atlas 2.3) and which databases that needs.

mod names;
mod needs;
mod profile;
mod services;

use std::collections::BTreeSet;

pub(super) use self::needs::needs;
use self::services::Services;
use super::deployment::{Deployment, SyncMode};
use super::node::{Node, Product, Role, RoleEvidence};
use super::value::Setting;

type Roles = BTreeSet<Role>;

/// Fills in [`Node::roles`] of every node.
pub(super) fn assign(deployment: &mut Deployment) {
    let mut found: Vec<Option<(Roles, RoleEvidence)>> =
        deployment.nodes.iter().map(|node| stated(deployment, node)).collect();
    let services = Services::of(deployment);
    for node in &deployment.nodes {
        if let Some(slot @ None) = found.get_mut(node.index) {
            *slot = inferred(node, &services);
        }
    }
    complete(deployment, &services, &mut found);
    separate_gateways(deployment, &services, &mut found);
    share_traffic_management(deployment, &services, &mut found);
    for (node, found) in deployment.nodes.iter_mut().zip(found) {
        if let Some((roles, evidence)) = found {
            node.roles = roles;
            node.role_evidence = evidence;
        } else if matches!(node.product, Product::ApiManager | Product::AppManager) && !hides_its_role(node) {
            node.roles = Roles::from([Role::AllInOne]);
            node.role_evidence = RoleEvidence::Nothing;
        }
    }
}

/// True where nobody can read the file that would say what the node looks for elsewhere: it may be anything.
fn hides_its_role(node: &Node) -> bool {
    const TELLING: [&str; 3] = [
        "repository/conf/deployment.toml",
        "repository/conf/api-manager.xml",
        "repository/conf/app-manager.xml",
    ];
    node.unparsed.iter().any(|file| TELLING.contains(&file.path.as_str()))
}

/// What needs no other node: inventory, `server_role`, product and profile, in this order.
fn stated(deployment: &Deployment, node: &Node) -> Option<(Roles, RoleEvidence)> {
    if let Some(entry) = deployment.declared(node).filter(|entry| !entry.roles.is_empty()) {
        return Some((entry.roles.clone(), RoleEvidence::Inventory));
    }
    if let Some(role) = node.identity.server_role.as_ref().and_then(Setting::text).and_then(server_role) {
        return Some((Roles::from([role]), RoleEvidence::ServerRole));
    }
    match node.product {
        Product::IdentityServer => Some((Roles::from([Role::KeyManager]), RoleEvidence::Product)),
        Product::Analytics => Some((Roles::from([Role::Analytics]), RoleEvidence::Product)),
        Product::ApiManager => Some((profile::fingerprint(node)?, RoleEvidence::Profile)),
        Product::AppManager | Product::Unknown => None,
    }
}

/// The roles that `server.server_role` of 3.x and 4.x names; `default` names none.
fn server_role(text: &str) -> Option<Role> {
    match text.trim().to_ascii_lowercase().trim_end_matches("-deprecated") {
        "gateway-worker" | "gateway" => Some(Role::GatewayWorker),
        "traffic-manager" => Some(Role::TrafficManager),
        "control-plane" => Some(Role::ControlPlane),
        "api-publisher" => Some(Role::Publisher),
        "api-store" | "api-devportal" => Some(Role::Store),
        "api-key-manager" => Some(Role::KeyManager),
        _ => None,
    }
}

/// What references and the name tell of a node; `None` where nothing leaves it and nobody refers to it, and
/// for a node of unknown product that no reference and no name explains.
fn inferred(node: &Node, services: &Services) -> Option<(Roles, RoleEvidence)> {
    let mut named = names::roles(node);
    if named.contains(&Role::AllInOne) {
        return Some((Roles::from([Role::AllInOne]), RoleEvidence::Name));
    }
    let leaves = services.leaving(node.index);
    let possible = possible(node, services);
    // Whoever asks a given key manager is none; other foreign addresses only say that the node is not that
    // alone.
    if services.leaving_to_nodes(node.index).contains(&Role::KeyManager) {
        named.remove(&Role::KeyManager);
    }
    let referenced = services.referenced(node.index);
    let peer = named.is_empty() && services.is_complete(node.index);
    if !referenced.is_empty() && !peer {
        let mut roles = refined(&referenced, &named);
        let further: Roles = named.iter().copied().filter(|role| !same_family(&roles, *role)).collect();
        roles.extend(further);
        if named.is_empty() && leaves.contains(&Role::Gateway) {
            roles.extend(portals(&possible, services));
        }
        return Some((roles, RoleEvidence::Referenced));
    }
    if !named.is_empty() {
        return Some((named, RoleEvidence::Name));
    }
    if leaves.is_empty() || peer || node.product == Product::Unknown {
        return None;
    }
    Some((by_exclusion(&leaves, possible), RoleEvidence::References))
}

/// All roles but those whose service the node looks for elsewhere.
fn possible(node: &Node, services: &Services) -> Roles {
    let all = if node.is_app_manager() {
        Roles::from([Role::Publisher, Role::Store, Role::Gateway, Role::IdentityProvider])
    } else {
        Roles::from([Role::Publisher, Role::Store, Role::Gateway, Role::KeyManager, Role::TrafficManager])
    };
    &all - &services.leaving(node.index)
}

/// Without a name: a node that looks for keys and throttling elsewhere and publishes to nobody is a gateway;
/// otherwise it may be anything that is left.
fn by_exclusion(leaves: &Roles, possible: Roles) -> Roles {
    let foreign = [Role::KeyManager, Role::TrafficManager].iter().all(|role| leaves.contains(role));
    if foreign && possible.contains(&Role::Gateway) {
        return Roles::from([Role::Gateway]);
    }
    if possible.is_empty() { Roles::from([Role::Publisher, Role::Store]) } else { possible }
}

/// A node that pushes to another gateway holds portals: those that nobody else is known for.
fn portals(possible: &Roles, services: &Services) -> Roles {
    let portals = [Role::Publisher, Role::Store].into_iter().filter(|role| possible.contains(role));
    portals.filter(|role| *role == Role::Publisher || !services.anybody_is(Role::Store)).collect()
}

/// `gateway` of a reference becomes worker or manager where the name says so.
fn refined(referenced: &Roles, named: &Roles) -> Roles {
    let refine = |role: &Role| {
        let finer = named.iter().find(|name| **name != *role && general(**name) == *role);
        *finer.unwrap_or(role)
    };
    referenced.iter().map(refine).collect()
}

fn same_family(roles: &Roles, role: Role) -> bool {
    roles.iter().any(|known| general(*known) == general(role))
}

fn general(role: Role) -> Role {
    match role {
        Role::GatewayWorker | Role::GatewayManager => Role::Gateway,
        other => other,
    }
}

/// A node that others use for keys and throttling and that itself needs nobody is an all-in-one when nobody
/// else could be the publisher: manager beside pure workers.
fn complete(deployment: &Deployment, services: &Services, found: &mut [Option<(Roles, RoleEvidence)>]) {
    let publishes = |slot: &Option<(Roles, RoleEvidence)>| {
        slot.as_ref().is_none_or(|(roles, _)| {
            [Role::AllInOne, Role::ControlPlane, Role::Publisher].iter().any(|role| roles.contains(role))
        })
    };
    for node in deployment.nodes.iter().filter(|node| node.is_api_manager()) {
        let others = deployment.others(node).filter(|other| other.product != Product::Unknown);
        let others = others.filter_map(|other| found.get(other.index)).any(publishes);
        if others || !deployment.is_complete() {
            continue;
        }
        if let Some(Some((roles, evidence))) = found.get_mut(node.index) {
            let unnamed = *evidence == RoleEvidence::Referenced && names::roles(node).is_empty();
            if unnamed && services.leaving(node.index).is_empty() {
                *roles = Roles::from([Role::AllInOne]);
                *evidence = RoleEvidence::Nothing;
            }
        }
    }
}

/// Where publishers push to some gateways of the deployment and not to others, the former manage and the
/// latter work. Under a shared file system every gateway is both, and gateways of 4.x pull.
fn separate_gateways(
    deployment: &Deployment,
    services: &Services,
    found: &mut [Option<(Roles, RoleEvidence)>],
) {
    let is_gateway = |slot: &Option<(Roles, RoleEvidence)>| {
        slot.as_ref().is_some_and(|(roles, _)| roles.iter().any(|role| general(*role) == Role::Gateway))
    };
    let gateways: Vec<usize> =
        found.iter().enumerate().filter(|(_, slot)| is_gateway(slot)).map(|(index, _)| index).collect();
    let pushed = |index: &usize| services.is_pushed_to(*index);
    if gateways.iter().all(pushed) || !gateways.iter().any(pushed) {
        return;
    }
    for index in gateways {
        let Some(node) = deployment.nodes.get(index) else { continue };
        if matches!(deployment.sync_mode(node), SyncMode::Shared | SyncMode::Database) {
            continue;
        }
        if let Some(Some((roles, evidence))) = found.get_mut(index)
            && *evidence > RoleEvidence::Profile
            && !roles.contains(&Role::Publisher)
            && roles.remove(&Role::Gateway)
        {
            let role = if pushed(&index) { Role::GatewayManager } else { Role::GatewayWorker };
            roles.insert(role);
        }
    }
}

/// A control plane also manages traffic unless a separate Traffic Manager is given or referred to.
fn share_traffic_management(
    deployment: &Deployment,
    services: &Services,
    found: &mut [Option<(Roles, RoleEvidence)>],
) {
    let separate = found.iter().flatten().any(|(roles, _)| roles.contains(&Role::TrafficManager));
    for node in &deployment.nodes {
        if let Some(Some((roles, evidence))) = found.get_mut(node.index)
            && *evidence != RoleEvidence::Inventory
            && roles.contains(&Role::ControlPlane)
            && !separate
            && !services.leaving(node.index).contains(&Role::TrafficManager)
        {
            roles.insert(Role::TrafficManager);
        }
    }
}

#[cfg(test)]
mod tests;
