//! Addresses, balancers, machines and zones of small deployments.

use super::*;
use crate::model::deployment::Target;
use crate::model::endpoint::{Endpoint, Host};
use crate::model::gateway::{ArtifactPull, DeploymentSynchronizer};
use crate::model::node::{ConfigModel, Role, Version};
use crate::model::ports::ListenerKind;
use crate::model::sample::{self, written};

fn pair() -> (Node, Node) {
    (sample::node(0, "node1"), sample::node(1, "node2"))
}

fn addresses(deployment: &Deployment, index: usize) -> Vec<&str> {
    deployment.addresses(&deployment.nodes[index]).collect()
}

/// What an address means, in a word: `own`, a node's name, a balancer in brackets, `outside`, `unknown`; then
/// the listener.
fn resolved(deployment: &Deployment, from: usize, text: &str) -> String {
    let endpoint: Endpoint = sample::url(text);
    let noun = |listener: Option<&crate::model::ports::Listener>| {
        listener.map_or(String::new(), |listener| format!(" {}", listener.kind.noun()))
    };
    match deployment.resolve(&deployment.nodes[from], &endpoint) {
        Target::Own(listener) => format!("own{}", noun(listener)),
        Target::Node(node, listener) => format!("{}{}", node.name, noun(listener)),
        Target::Balancer(balancer) => format!("[{}]", balancer.name),
        Target::Outside(_) => "outside".to_owned(),
        Target::Unknown => "unknown".to_owned(),
    }
}

#[test]
fn a_node_has_the_names_it_gives_itself_and_those_that_hosts_lines_add() {
    let (mut one, mut two) = pair();
    one.clustering = Some(sample::clustering("d", "10.0.7.11", 4000, &[]));
    one.identity.host_name = Some(written("am1.corp.test"));
    two.clustering = Some(sample::clustering("d", "127.0.0.1", 4000, &[]));
    two.identity.node_address = Some(written("127.0.0.1"));
    let hosts =
        sample::hosts(&[("apis.corp.test", "10.0.7.11"), ("node2", "10.0.7.12"), ("node1", "127.0.0.1")]);
    let deployment = sample::assemble(vec![one, two], None, Some(hosts), |_| {});
    assert_eq!(addresses(&deployment, 0), ["10.0.7.11", "am1.corp.test", "apis.corp.test", "node1"]);
    assert_eq!(addresses(&deployment, 1), ["10.0.7.12", "node2"]);
}

#[test]
fn an_address_that_hosts_lines_give_to_two_nodes_is_shared_and_their_names_are_not() {
    let (mut one, two) = pair();
    one.identity.host_name = Some(written("am1.corp.test"));
    let hosts = sample::hosts(&[("node1", "10.0.7.11"), ("node2", "10.0.7.11")]);
    let deployment = sample::assemble(vec![one, two], None, Some(hosts), |_| {});
    assert_eq!(deployment.owners("10.0.7.11").len(), 2);
    assert_eq!(deployment.owners("node2").len(), 1);
}

#[test]
fn a_host_name_of_several_nodes_stands_for_all_of_them() {
    let (mut one, mut two) = pair();
    for node in [&mut one, &mut two] {
        node.identity.host_name = Some(written("api.corp.test"));
    }
    let deployment = sample::deployment(vec![one, two]);
    assert!(deployment.owners("api.corp.test").is_empty());
    assert_eq!(deployment.balancer("API.corp.test").unwrap().nodes, [0, 1]);
    assert_eq!(resolved(&deployment, 0, "https://api.corp.test:9443/"), "[api.corp.test]");
}

#[test]
fn a_server_name_in_front_of_one_node_is_its_address() {
    let (mut one, mut two) = pair();
    one.identity.node_address = Some(written("10.0.7.11"));
    two.identity.node_address = Some(written("10.0.7.12"));
    let proxy = sample::proxy(vec![
        sample::server("mgt.corp.test", 443, &[("10.0.7.11", 9443)]),
        sample::server("gw.corp.test", 443, &[("10.0.7.11", 8243), ("10.0.7.12", 8243)]),
        sample::server("half.corp.test", 443, &[("10.0.7.11", 8243), ("10.0.9.9", 8243)]),
    ]);
    let deployment = sample::assemble(vec![one, two], Some(proxy), None, |_| {});
    assert_eq!(addresses(&deployment, 0), ["10.0.7.11", "mgt.corp.test", "node1"]);
    let management = deployment.balancer("mgt.corp.test").unwrap();
    assert_eq!(
        management
            .routes
            .iter()
            .map(|route| (route.listen, route.node, route.port, route.tls))
            .collect::<Vec<_>>(),
        [(443, 0, 9443, true)]
    );
    let index = |host: &str| {
        let host = Host::literal(host);
        deployment.resolve_host(&deployment.nodes[1], &host, Some(443)).node_index(1)
    };
    assert_eq!(index("mgt.corp.test"), Some(0));
    assert_eq!(index("gw.corp.test"), None);
    assert_eq!(index("half.corp.test"), None);
}

#[test]
fn inventory_balancers_and_port_mappings_count() {
    let (one, two) = pair();
    let deployment = sample::assemble(vec![one, two], None, None, |declared| {
        declared.balancers.push(declared::DeclaredBalancer {
            name: "tm.corp.test".to_owned(),
            nodes: vec![1, 0],
            others: false,
            tcp: true,
            ports: vec![(9611, 9611)],
            span: None,
        });
        declared.nodes[1].ports.push((443, 9443));
    });
    assert_eq!(resolved(&deployment, 0, "tcp://tm.corp.test:9611"), "[tm.corp.test]");
    assert_eq!(resolved(&deployment, 0, "https://node2:443/"), "node2 servlet HTTPS");
}

#[test]
fn the_owner_of_the_port_is_meant_where_an_address_is_shared() {
    let (mut one, mut two) = pair();
    sample::offset(&mut two, 1);
    for node in [&mut one, &mut two] {
        node.clustering = Some(sample::clustering("d", "10.0.7.11", 4000, &[]));
    }
    if let Some(console) = two.listeners.iter_mut().find(|entry| entry.kind == ListenerKind::ServletHttps) {
        console.base = written(9444_u16);
        console.port = Some(9445);
    }
    let deployment = sample::deployment(vec![one, two]);
    assert_eq!(resolved(&deployment, 0, "https://10.0.7.11:9443/"), "own servlet HTTPS");
    assert_eq!(resolved(&deployment, 1, "https://10.0.7.11:9443/"), "node1 servlet HTTPS");
    assert_eq!(resolved(&deployment, 0, "https://10.0.7.11:9444/"), "node2");
    assert_eq!(resolved(&deployment, 0, "tcp://10.0.7.11:5673"), "node2 broker AMQP");
    assert_eq!(resolved(&deployment, 0, "tcp://localhost:5673"), "node2 broker AMQP");
    assert_eq!(resolved(&deployment, 0, "tcp://localhost:5674"), "own");
}

#[test]
fn strangers_and_placeholders_are_told_apart() {
    let (one, two) = pair();
    let deployment = sample::deployment(vec![one, two]);
    assert_eq!(resolved(&deployment, 0, "https://10.0.9.9:9443/"), "outside");
    assert_eq!(resolved(&deployment, 0, "https://${host}:9443/"), "unknown");
    assert_eq!(resolved(&deployment, 0, "https://node2:1234/"), "node2");
}

#[test]
fn duplicated_decisions_on_loopback_show_one_machine() {
    let (mut one, mut two) = pair();
    sample::offset(&mut two, 2);
    let mut throttling = sample::throttling(&[]);
    throttling.duplicate_urls.push(sample::url("tcp://localhost:5672"));
    two.throttling = Some(throttling.clone());
    throttling.duplicate_urls = vec![sample::url("tcp://localhost:5673")];
    one.throttling = Some(throttling);
    let deployment = sample::deployment(vec![one, two]);
    let [one, two] = deployment.nodes.as_slice() else { unreachable!() };
    assert_eq!(deployment.same_machine(one, two), Some(true));
    assert_eq!(resolved(&deployment, 1, "tcp://localhost:5672"), "node1 broker AMQP");
    assert_eq!(resolved(&deployment, 0, "tcp://localhost:5673"), "own");
}

#[test]
fn a_forgotten_offset_is_no_evidence_of_one_machine() {
    let (one, mut two) = pair();
    sample::offset(&mut two, 1);
    two.jndi_files.push(sample::jndi_file("repository/conf/jndi.properties", "tcp://localhost:5672"));
    two.throttling = Some(sample::throttling(&[&["tcp://localhost:9611"]]));
    let deployment = sample::deployment(vec![one, two]);
    assert_eq!(deployment.same_machine(&deployment.nodes[0], &deployment.nodes[1]), None);
    assert_eq!(resolved(&deployment, 1, "tcp://localhost:5672"), "own");
}

#[test]
fn addresses_and_inventory_tell_machines_apart() {
    let (mut one, mut two) = pair();
    one.clustering = Some(sample::clustering("d", "10.0.7.11", 4000, &[]));
    two.clustering = Some(sample::clustering("d", "10.0.7.12", 4000, &[]));
    let apart = sample::deployment(vec![one.clone(), two.clone()]);
    assert!(apart.spans_machines());
    let together = sample::assemble(vec![one, two], None, None, |declared| {
        for node in &mut declared.nodes {
            node.machine = Some("vm1".to_owned());
        }
    });
    assert_eq!(together.same_machine(&together.nodes[0], &together.nodes[1]), Some(true));
}

#[test]
fn loopback_members_and_upstreams_show_one_machine() {
    let (mut one, mut two) = pair();
    let members: &[(&str, u16)] = &[("127.0.0.1", 4000), ("127.0.0.1", 4001)];
    one.clustering = Some(sample::clustering("d", "127.0.0.1", 4000, members));
    two.clustering = Some(sample::clustering("d", "127.0.0.1", 4001, members));
    let deployment = sample::deployment(vec![one, two]);
    assert_eq!(deployment.same_machine(&deployment.nodes[0], &deployment.nodes[1]), Some(true));

    let (one, mut two) = pair();
    sample::offset(&mut two, 1);
    let server = sample::server("api.corp.test", 443, &[("127.0.0.1", 8243), ("127.0.0.1", 8244)]);
    let deployment = sample::assemble(vec![one, two], Some(sample::proxy(vec![server])), None, |_| {});
    assert_eq!(deployment.same_machine(&deployment.nodes[0], &deployment.nodes[1]), Some(true));
    assert_eq!(deployment.balancer("api.corp.test").unwrap().nodes, [0, 1]);
}

#[test]
fn containers_are_known_by_their_service_names() {
    let (mut one, _) = pair();
    one.key_management = Some(sample::keys("https://wso2apim-pattern-2-km-service:9443/services/"));
    let deployment = sample::deployment(vec![one.clone(), sample::node(1, "apim-km")]);
    assert!(deployment.in_containers());
    assert_eq!(deployment.same_machine(&deployment.nodes[0], &deployment.nodes[1]), Some(false));
    assert_eq!(resolved(&deployment, 0, "https://km.wso2.svc:9443/"), "apim-km servlet HTTPS");

    let hosts = sample::hosts(&[("node2", "10.0.7.12")]);
    one.key_management = Some(sample::keys("https://node2:9443/services/"));
    let deployment = sample::assemble(vec![one, sample::node(1, "node2")], None, Some(hosts), |_| {});
    assert!(!deployment.in_containers());
}

#[test]
fn cluster_domains_of_several_gateways_are_zones() {
    let gateway = |index, name: &str, domain: &str| {
        let mut node = sample::node(index, name);
        node.clustering = Some(sample::clustering(domain, name, 4000, &[]));
        node
    };
    let names = ["gw-lan1", "gw-lan2", "gw-dmz1", "gw-dmz2"];
    let domains = ["lan", "lan", "dmz", "dmz"];
    let nodes = (0..4).map(|index| gateway(index, names[index], domains[index])).collect();
    let deployment = sample::deployment(nodes);
    let sizes: Vec<usize> = deployment.groups(Role::Gateway).iter().map(Vec::len).collect();
    assert_eq!(sizes, [2, 2]);

    let nodes = vec![gateway(0, "gw1", "lan"), gateway(1, "gw2", "lna")];
    assert_eq!(sample::deployment(nodes).groups(Role::Gateway).len(), 1);
}

#[test]
fn environments_of_one_publisher_and_labels_are_zones() {
    let mut publisher = sample::node(0, "pub");
    publisher.environments.push(sample::environment("lan", "https://gw1:9443/services/"));
    publisher.environments.push(sample::environment("dmz", "https://gw2:9443/services/"));
    let deployment = sample::deployment(vec![publisher, sample::node(1, "gw1"), sample::node(2, "gw2")]);
    assert_eq!(deployment.groups(Role::Gateway).len(), 2);

    let labelled = |index, name: &str, label: &str| {
        let mut node = sample::node(index, name);
        node.artifact_pull = Some(ArtifactPull { enabled: written(true), labels: vec![written(label)] });
        node
    };
    let deployment = sample::deployment(vec![labelled(0, "gw1", "a"), labelled(1, "gw2", "b")]);
    assert_eq!(deployment.groups(Role::Gateway).len(), 2);
}

#[test]
fn a_gateway_serves_the_environments_whose_first_known_url_leads_to_its_domain() {
    let mut publisher = sample::node(0, "pub");
    publisher.roles = [Role::Publisher].into();
    publisher.environments.push(sample::environment("lan", "https://gw1:9443/services/"));
    publisher.environments.push(sample::environment("dmz", "https://balancer:9443/services/"));
    publisher.environments[1].endpoints =
        vec![sample::url("https://gw3:8243"), sample::url("https://gw1:8243")];
    let gateway = |index, name: &str, domain: &str| {
        let mut node = sample::node(index, name);
        node.roles = [Role::GatewayWorker].into();
        node.clustering = Some(sample::clustering(domain, name, 4000, &[]));
        node
    };
    let gateways = [
        gateway(1, "gw1", "lan"),
        gateway(2, "gw2", "lan"),
        gateway(3, "gw3", "dmz"),
        gateway(4, "gw4", "x"),
    ];
    let deployment = sample::deployment([publisher].into_iter().chain(gateways).collect());
    let reaching: Vec<Vec<String>> =
        deployment.nodes.iter().map(|node| deployment.environments_reaching(node)).collect();
    assert_eq!(
        reaching,
        [vec![], vec!["lan".to_owned()], vec!["lan".to_owned()], vec!["dmz".to_owned()], vec![]]
    );
}

#[test]
fn inventory_zones_decide() {
    let (one, two) = pair();
    let deployment = sample::assemble(vec![one, two], None, None, |declared| {
        declared.nodes[0].zone = Some("lan".to_owned());
        declared.nodes[1].zone = Some("dmz".to_owned());
    });
    assert!(!deployment.same_zone(&deployment.nodes[0], &deployment.nodes[1]));
}

#[test]
fn artifacts_travel_as_the_inventory_the_synchroniser_or_the_era_says() {
    let synchronizer = |commits: bool| DeploymentSynchronizer {
        span: sample::span(),
        enabled: written(true),
        auto_commit: Some(written(commits)),
        auto_checkout: Some(written(true)),
        repository_type: Some(written("svn")),
        svn_url: None,
        svn_user: None,
        svn_password: None,
        append_tenant: None,
    };
    let (mut one, mut two) = pair();
    one.synchronizer = Some(synchronizer(true));
    two.synchronizer = Some(synchronizer(false));
    let deployment = sample::deployment(vec![one, two]);
    assert_eq!(deployment.sync_mode(&deployment.nodes[1]), SyncMode::Svn(Some(0)));

    let (one, mut two) = pair();
    two.environments.push(sample::environment("Default", "https://node1:9443/services/"));
    let deployment = sample::assemble(vec![one, two], None, None, |declared| {
        declared.artifacts = Some(declared::DeclaredArtifacts::Rsync(None));
    });
    assert_eq!(deployment.sync_mode(&deployment.nodes[0]), SyncMode::Rsync(Some(0)));

    let mut four = sample::node(0, "node1");
    four.config_model = ConfigModel::Toml;
    four.version = Some(Version::new(4, 0, 0));
    let deployment = sample::deployment(vec![four]);
    assert_eq!(deployment.sync_mode(&deployment.nodes[0]), SyncMode::Database);
    let deployment = sample::deployment(vec![sample::node(0, "node1")]);
    assert_eq!(deployment.sync_mode(&deployment.nodes[0]), SyncMode::Unknown);
}
