//! Roles of whole deployments, one test for each line of the atlas's table.

use super::*;
use crate::model::database::LogicalDatabase;
use crate::model::gateway::Artifacts;
use crate::model::node::Version;
use crate::model::sample::{self, written};

/// Nodes with these names; what they refer to is added by the test.
fn nodes<const COUNT: usize>(names: [&str; COUNT]) -> [Node; COUNT] {
    let mut index = 0;
    names.map(|name| {
        index += 1;
        sample::node(index - 1, name)
    })
}

fn roles(deployment: &Deployment) -> Vec<String> {
    let words = |node: &Node| node.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(" ");
    deployment.nodes.iter().map(words).collect()
}

fn uses_keys_and_throttling_of(node: &mut Node, host: &str) {
    node.key_management = Some(sample::keys(&format!("https://{host}:9443/services/")));
    node.throttling = Some(sample::throttling(&[&[&format!("tcp://{host}:9611")]]));
}

#[test]
fn the_inventory_wins() {
    let deployment = sample::assemble(vec![sample::node(0, "gateway")], None, None, |declared| {
        declared.nodes[0].roles.insert(Role::Store);
    });
    assert_eq!(roles(&deployment), ["store"]);
    assert_eq!(deployment.nodes[0].role_evidence, RoleEvidence::Inventory);
}

#[test]
fn a_control_plane_manages_traffic_unless_a_traffic_manager_is_given() {
    let four = |name: &str, index, role: &str| {
        let mut node = sample::node(index, name);
        node.version = Some(Version::new(4, 2, 0));
        node.identity.server_role = Some(written(role));
        node
    };
    let pair = vec![four("a", 0, "control-plane"), four("b", 1, "gateway-worker")];
    assert_eq!(roles(&sample::deployment(pair)), ["traffic-manager control-plane", "gateway-worker"]);
    let three = vec![four("a", 0, "control-plane"), four("b", 1, "traffic-manager")];
    assert_eq!(roles(&sample::deployment(three)), ["control-plane", "traffic-manager"]);
    let default = vec![four("a", 0, "default")];
    assert_eq!(roles(&sample::deployment(default)), ["all-in-one"]);
}

#[test]
fn products_have_their_role() {
    let [mut keys, mut statistics] = nodes(["node1", "node2"]);
    keys.product = Product::IdentityServer;
    statistics.product = Product::Analytics;
    assert_eq!(roles(&sample::deployment(vec![keys, statistics])), ["key-manager", "analytics"]);
}

#[test]
fn the_profile_script_leaves_a_fingerprint() {
    let mut node = sample::node(0, "node1");
    let mut throttling = sample::throttling(&[]);
    throttling.deploys_policies = written(false);
    node.throttling = Some(throttling);
    let overlay = sample::deployment(vec![node.clone()]);
    assert_eq!(roles(&overlay), ["all-in-one"]);
    node.is_home = true;
    let lean = sample::deployment(vec![node.clone()]);
    assert_eq!(lean.nodes[0].role_evidence, RoleEvidence::Nothing);
    node.artifacts = Some(Artifacts { files: Vec::new(), checked_out: false });
    let deployment = sample::deployment(vec![node]);
    assert_eq!(roles(&deployment), ["gateway-worker"]);
    assert_eq!(deployment.nodes[0].role_evidence, RoleEvidence::Profile);
}

#[test]
fn a_gateway_that_keeps_the_own_policy_url_is_no_traffic_manager() {
    let [mut one, two] = nodes(["node1", "node2"]);
    uses_keys_and_throttling_of(&mut one, "node2");
    if let Some(throttling) = &mut one.throttling {
        throttling.policy_deployer = Some(sample::url("https://localhost:9443/services/"));
    }
    one.environments = vec![sample::environment("Default", "https://localhost:9443/services/")];
    assert_eq!(roles(&sample::deployment(vec![one, two])), ["gateway", "all-in-one"]);
}

#[test]
fn references_tell_the_parts_of_a_deployment_without_telling_names() {
    let [mut one, mut two, mut three] = nodes(["node1", "node2", "node3"]);
    one.environments.push(sample::environment("Default", "https://node2:9443/services/"));
    uses_keys_and_throttling_of(&mut one, "node3");
    uses_keys_and_throttling_of(&mut two, "node3");
    one.throttling = None;
    three.throttling = None;
    let deployment = sample::deployment(vec![one, two, three]);
    assert_eq!(
        roles(&deployment),
        ["publisher store traffic-manager", "gateway", "key-manager traffic-manager"]
    );
}

#[test]
fn gateways_that_publishers_push_to_manage_and_the_others_work() {
    let [mut publisher, mut manager, mut worker, keys] = nodes(["pub", "gw1", "gw2", "km"]);
    publisher.environments.push(sample::environment("Default", "https://gw1:9443/services/"));
    for node in [&mut publisher, &mut manager, &mut worker] {
        uses_keys_and_throttling_of(node, "km");
    }
    let deployment = sample::deployment(vec![publisher, manager, worker, keys]);
    assert_eq!(
        roles(&deployment),
        ["publisher", "gateway-manager", "gateway-worker", "key-manager traffic-manager"]
    );
}

#[test]
fn names_break_ties_but_never_speak_against_references() {
    let [mut gateway, tm1, store] = nodes(["gw", "tm1", "store"]);
    gateway.throttling = Some(sample::throttling(&[&["tcp://tm1:9611"], &["tcp://store:9611"]]));
    let deployment = sample::deployment(vec![gateway, tm1, store]);
    assert_eq!(roles(&deployment), ["gateway", "traffic-manager", "store traffic-manager"]);
}

#[test]
fn an_active_active_pair_is_two_all_in_one_nodes() {
    let [mut one, mut two] = nodes(["node1", "node2"]);
    let groups: &[&[&str]] = &[&["tcp://node1:9611"], &["tcp://node2:9611"]];
    for node in [&mut one, &mut two] {
        node.throttling = Some(sample::throttling(groups));
        node.environments.push(sample::environment("Default", "https://node1:9443/services/"));
    }
    let deployment = sample::deployment(vec![one, two]);
    assert_eq!(roles(&deployment), ["all-in-one", "all-in-one"]);
}

#[test]
fn an_all_in_one_node_beside_pure_workers_stays_one() {
    let [one, mut two] = nodes(["node1", "node2"]);
    uses_keys_and_throttling_of(&mut two, "node1");
    assert_eq!(roles(&sample::deployment(vec![one, two])), ["all-in-one", "gateway"]);
}

#[test]
fn a_foreign_key_manager_leaves_all_other_roles() {
    let [mut one, mut keys] = nodes(["apim", "is-as-km"]);
    keys.product = Product::IdentityServer;
    one.key_management = Some(sample::keys("https://is-as-km:9443/services/"));
    let deployment = sample::deployment(vec![one, keys]);
    assert_eq!(roles(&deployment), ["publisher store gateway traffic-manager", "key-manager"]);
}

#[test]
fn parts_of_app_manager_are_told_by_names() {
    let parts = nodes(["publisher", "store", "gateway", "idp"]).map(|mut node| {
        node.product = Product::AppManager;
        node
    });
    let deployment = sample::deployment(parts.into());
    assert_eq!(roles(&deployment), ["publisher", "store", "gateway", "identity-provider"]);
    let needs = |index: usize, database| deployment.needs(&deployment.nodes[index], database);
    assert!(needs(1, LogicalDatabase::Storage) && needs(3, LogicalDatabase::Users));
    assert!(!needs(2, LogicalDatabase::Governance));
}

#[test]
fn databases_follow_roles() {
    let deployment = sample::deployment(nodes(["pub", "gw", "km", "tm", "node5"]).into());
    let of = |database| {
        let needing = deployment.nodes.iter().filter(|node| deployment.needs(node, database));
        needing.map(|node| node.name.as_str()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(of(LogicalDatabase::Api), "pub km node5");
    assert_eq!(of(LogicalDatabase::Users), "pub km node5");
    assert_eq!(of(LogicalDatabase::Governance), "pub node5");
    assert_eq!(of(LogicalDatabase::Broker), "tm node5");
}
