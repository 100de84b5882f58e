//! `server.server_role`: the profile that a node of the target runs with, where the deployment tells it beyond doubt.

use std::collections::BTreeSet;

use crate::migrate::{Key, Legacy, Note, Risk};
use crate::model::node::RoleEvidence;
use crate::model::{Role, Version};
use crate::render::value::Value;

/// The role of a node with the reason for it; only a note where it is not beyond doubt, or where the target joins roles
/// that the old deployment kept apart.
pub fn server_role(legacy: &Legacy, version: Version) -> (Option<(Key, Value)>, Option<Note>) {
    let node = legacy.node;
    let roles: BTreeSet<Role> = node.roles.iter().copied().map(general).collect();
    let words = node.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
    let Some(reason) = reason(node.role_evidence, &words) else { return (None, None) };
    let joined = BTreeSet::from([Role::Publisher, Role::Store, Role::KeyManager]);
    let (risk, text) = match profile(&roles, version) {
        Some(profile) if node.role_evidence == RoleEvidence::Name => {
            let text = format!(
                "{reason}, which is no proof: if it is, set [server] server_role = \"{profile}\" and start it with \
                 -Dprofile={profile}"
            );
            (Risk::Low, text)
        }
        Some(profile) => {
            let text =
                format!("server_role is {profile} because {reason}: start it with -Dprofile={profile}");
            let role = (Key::dotted("server.server_role"), Value::Text(profile.to_owned()));
            return (Some(role), Some(Note { risk: Risk::Low, text }));
        }
        None if version.at_least(4, 0) && roles.is_subset(&joined) && !roles.is_empty() => {
            let text = format!(
                "{reason}: from 4.0 on publisher, developer portal and key manager run together as control plane. Join these \
                 nodes into two that start with -Dprofile=control-plane, or run this one without a profile"
            );
            (Risk::Medium, text)
        }
        None => return (None, None),
    };
    (None, Some(Note { risk, text }))
}

/// The profile of a version for nodes with these roles and no other.
fn profile(roles: &BTreeSet<Role>, version: Version) -> Option<&'static str> {
    let is_new = version.at_least(4, 0);
    let only = |role: Role| roles.len() == 1 && roles.contains(&role);
    if only(Role::Gateway) {
        return Some("gateway-worker");
    }
    if only(Role::TrafficManager) {
        return Some("traffic-manager");
    }
    if is_new {
        let control =
            [Role::Publisher, Role::Store, Role::KeyManager, Role::TrafficManager, Role::ControlPlane];
        let joins = roles.contains(&Role::ControlPlane)
            || [Role::Publisher, Role::Store].iter().all(|role| roles.contains(role));
        return (joins && roles.iter().all(|role| control.contains(role))).then_some("control-plane");
    }
    let alone = [
        (Role::Publisher, "api-publisher"),
        (Role::Store, "api-devportal"),
        (Role::KeyManager, "api-key-manager"),
    ];
    alone.into_iter().find(|(role, _)| only(*role)).map(|(_, profile)| profile)
}

/// Workers and managers run the same profile.
fn general(role: Role) -> Role {
    match role {
        Role::GatewayWorker | Role::GatewayManager => Role::Gateway,
        other => other,
    }
}

/// Who says that a node has roles; nothing for what is only concluded.
fn reason(evidence: RoleEvidence, roles: &str) -> Option<String> {
    match evidence {
        RoleEvidence::Inventory => Some(format!("the inventory says that the node is {roles}")),
        RoleEvidence::Profile => Some(format!("the files of the node are those of the profile {roles}")),
        RoleEvidence::Referenced => Some(format!("the other nodes refer to it as {roles}")),
        RoleEvidence::Name => Some(format!("the name of the node says that it is {roles}")),
        RoleEvidence::ServerRole
        | RoleEvidence::Product
        | RoleEvidence::References
        | RoleEvidence::Nothing => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portals_and_key_managers_have_a_profile_each_in_3_and_one_together_in_4() {
        let of = |roles: &[Role], major| {
            let roles: BTreeSet<Role> = roles.iter().copied().map(general).collect();
            profile(&roles, Version::new(major, 0, 0))
        };
        assert_eq!(of(&[Role::GatewayManager], 3), Some("gateway-worker"));
        assert_eq!(of(&[Role::GatewayWorker], 4), Some("gateway-worker"));
        assert_eq!(of(&[Role::Store], 3), Some("api-devportal"));
        assert_eq!(of(&[Role::Store], 4), None);
        let control = [Role::Publisher, Role::Store, Role::KeyManager, Role::TrafficManager];
        assert_eq!(of(&control, 3), None);
        assert_eq!(of(&control, 4), Some("control-plane"));
        assert_eq!(of(&[Role::Publisher, Role::Store, Role::Gateway], 4), None);
        assert_eq!(of(&[Role::AllInOne], 4), None);
        assert_eq!(of(&[], 4), None);
    }
}
