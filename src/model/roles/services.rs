//! Who uses whose services: what references tell about roles.

use std::collections::BTreeSet;

use crate::model::deployment::{Deployment, Target};
use crate::model::endpoint::{Endpoint, Purpose};
use crate::model::node::{Node, Product, Role};

/// What the references of all nodes say.
pub(super) struct Services {
    nodes: Vec<Uses>,
    /// By node: the services that other nodes look for on it.
    referenced: Vec<BTreeSet<Role>>,
    pushed_to: BTreeSet<usize>,
    complete: BTreeSet<usize>,
}

/// What one node looks for elsewhere.
#[derive(Default)]
struct Uses {
    leaving: BTreeSet<Role>,
    /// Given nodes that it looks for anything on.
    targets: BTreeSet<usize>,
    /// Services that it looks for on given nodes.
    known: BTreeSet<Role>,
}

/// The service that a reference looks for; `None` where it says nothing about roles.
fn service(purpose: Purpose) -> Option<Role> {
    match purpose {
        Purpose::GatewayService => Some(Role::Gateway),
        Purpose::KeyValidation | Purpose::Authentication => Some(Role::KeyManager),
        Purpose::PolicyDeployment | Purpose::Receiver | Purpose::Broker => Some(Role::TrafficManager),
        Purpose::Store | Purpose::StoreService => Some(Role::Store),
        Purpose::EventHub | Purpose::EventBroker => Some(Role::ControlPlane),
        Purpose::GatewayEndpoint
        | Purpose::GatewayWebSocket
        | Purpose::GatewayWebHook
        | Purpose::DeveloperPortal
        | Purpose::IdentityProvider
        | Purpose::TokenNotification
        | Purpose::TokenRevocation
        | Purpose::ReceiverAuthentication
        | Purpose::DecisionBroker
        | Purpose::RemoteInstance
        | Purpose::Database => None,
    }
}

/// False for an address of its own that a node leaves as the pack has it because it does not use it: gateways deploy no
/// policies, and portals that send no events and hear no decisions need no Traffic Manager.
fn is_used(node: &Node, purpose: Purpose) -> bool {
    let Some(throttling) = &node.throttling else { return true };
    match purpose {
        Purpose::PolicyDeployment => false,
        Purpose::Receiver => !throttling.publishes.is_false(),
        Purpose::Broker | Purpose::EventBroker => !throttling.subscribes.is_false(),
        _ => true,
    }
}

/// What one address reaches.
enum Reach {
    Own,
    Nodes(Vec<usize>),
    Outside,
    Unknown,
}

fn reach(deployment: &Deployment, node: &Node, endpoint: &Endpoint) -> Reach {
    if !endpoint.text.is_written() {
        return Reach::Unknown;
    }
    match deployment.resolve(node, endpoint) {
        Target::Own(_) => Reach::Own,
        Target::Node(target, _) => Reach::Nodes(vec![target.index]),
        Target::Balancer(balancer) if balancer.nodes.contains(&node.index) => Reach::Own,
        // A HostName that several nodes share does not tell which of them serves.
        Target::Balancer(balancer) if balancer.routes.is_empty() => Reach::Outside,
        Target::Balancer(balancer) => Reach::Nodes(balancer.nodes.clone()),
        Target::Outside(_) => Reach::Outside,
        Target::Unknown => Reach::Unknown,
    }
}

/// Host and port of the receivers that a node's files list.
fn receivers(node: &Node) -> BTreeSet<(Option<&str>, Option<u16>)> {
    let references = node.references();
    references
        .into_iter()
        .filter(|reference| reference.purpose == Purpose::Receiver && reference.endpoint.text.is_written())
        .map(|reference| (reference.endpoint.host.name(), reference.endpoint.port.number))
        .collect()
}

/// What a node looks for, and where.
fn looked_for(deployment: &Deployment, node: &Node) -> Vec<(Role, Reach)> {
    // From 4.0 on gateways also hear events of the control plane over AMQP.
    let hub = node.throttling.as_ref().and_then(|throttling| throttling.event_hub.as_ref());
    let decisions = node.throttling.as_ref().map(|throttling| throttling.brokers_span);
    let has_own_list = hub.is_some_and(|hub| Some(hub.listening_span) != decisions);
    let references = node.references();
    let mut found: Vec<(Role, Reach)> = references
        .iter()
        .filter_map(|reference| {
            let role = match service(reference.purpose)? {
                // The brokers of the Traffic Managers stand in for a list that nobody wrote.
                _ if reference.purpose == Purpose::EventBroker && !has_own_list => return None,
                Role::KeyManager if node.is_app_manager() => Role::IdentityProvider,
                role => role,
            };
            let reach = reach(deployment, node, reference.endpoint);
            (!matches!(reach, Reach::Own) || is_used(node, reference.purpose)).then_some((role, reach))
        })
        .collect();
    // Whoever tells others what it decided, or was told, does so itself.
    let has = |urls: Option<&Vec<Endpoint>>| urls.is_some_and(|urls| !urls.is_empty());
    if has(node.throttling.as_ref().map(|throttling| &throttling.duplicate_urls)) {
        found.push((Role::TrafficManager, Reach::Own));
    }
    if has(hub.map(|hub| &hub.duplicate_urls)) {
        found.push((Role::ControlPlane, Reach::Own));
    }
    if let Some(provider) = node.app_manager.as_ref().and_then(|app| app.identity_provider.as_ref()) {
        found.push((Role::IdentityProvider, reach(deployment, node, provider)));
    }
    found
}

/// Traffic Managers by the word of a node that names itself beside them: they are its peers, whatever they name.
fn peers(found: &[Vec<(Role, Reach)>]) -> BTreeSet<usize> {
    let mut peers = BTreeSet::new();
    for found in found {
        let traffic =
            || found.iter().filter(|(role, _)| *role == Role::TrafficManager).map(|(_, reach)| reach);
        if traffic().any(|reach| matches!(reach, Reach::Own)) {
            let nodes = traffic().filter_map(|reach| match reach {
                Reach::Nodes(nodes) => Some(nodes),
                _ => None,
            });
            peers.extend(nodes.flatten());
        }
    }
    peers
}

impl Services {
    pub(super) fn of(deployment: &Deployment) -> Self {
        let mut all = Self {
            nodes: Vec::new(),
            referenced: vec![BTreeSet::new(); deployment.nodes.len()],
            pushed_to: BTreeSet::new(),
            complete: BTreeSet::new(),
        };
        let found: Vec<Vec<(Role, Reach)>> =
            deployment.nodes.iter().map(|node| looked_for(deployment, node)).collect();
        let peers = peers(&found);
        for (node, found) in deployment.nodes.iter().zip(found) {
            let uses = all.uses(deployment, node, &found, &peers);
            all.nodes.push(uses);
        }
        all.complete = all.complete_nodes(deployment);
        all
    }

    fn uses(
        &mut self,
        deployment: &Deployment,
        node: &Node,
        found: &[(Role, Reach)],
        peers: &BTreeSet<usize>,
    ) -> Uses {
        let mut uses = Uses::default();
        for role in found.iter().map(|(role, _)| *role).collect::<BTreeSet<_>>() {
            let reached: Vec<&Reach> =
                found.iter().filter(|(other, _)| *other == role).map(|(_, reach)| reach).collect();
            let own = reached.iter().any(|reach| matches!(reach, Reach::Own));
            let nodes: BTreeSet<usize> = reached
                .iter()
                .filter_map(|reach| if let Reach::Nodes(nodes) = reach { Some(nodes) } else { None })
                .flatten()
                .copied()
                .collect();
            let outside = reached.iter().any(|reach| matches!(reach, Reach::Outside));
            // A node of unknown address may own one of the addresses that a peer lists alike.
            let own = own
                || (role == Role::TrafficManager && peers.contains(&node.index))
                || (role == Role::TrafficManager
                    && outside
                    && nodes
                        .iter()
                        .filter_map(|index| deployment.nodes.get(*index))
                        .any(|peer| receivers(peer).len() > 1 && receivers(peer) == receivers(node)));
            if role == Role::Gateway {
                self.pushed_to.extend(&nodes);
            }
            // Whoever looks for throttling on itself, too, is a peer of the others, not their client. A
            // portal may ask one key manager and keep the other URL's default.
            let client = role == Role::KeyManager || !own;
            if client || role == Role::Gateway {
                for index in &nodes {
                    if let Some(roles) = self.referenced.get_mut(*index) {
                        roles.insert(role);
                    }
                }
            }
            // The store's URL is a public one: a foreign name does not tell who serves it.
            if client && (!nodes.is_empty() || (outside && role != Role::Store)) {
                leave(&mut uses.leaving, role);
                if !nodes.is_empty() {
                    leave(&mut uses.known, role);
                }
                uses.targets.extend(&nodes);
            }
        }
        uses
    }

    /// Nodes that serve themselves, or that only push to one that does: the second of an active-active pair
    /// publishes to the first, or both to a public name. Nobody asks a complete node for keys or throttling.
    fn complete_nodes(&self, deployment: &Deployment) -> BTreeSet<usize> {
        let serves_itself = |index: usize| self.nodes.get(index).is_some_and(|uses| uses.leaving.is_empty());
        let asked = |index: usize| {
            self.referenced.get(index).is_some_and(|roles| roles.iter().any(|role| *role != Role::Gateway))
        };
        let candidates = deployment.nodes.iter().filter(|node| node.product == Product::ApiManager);
        let candidates: Vec<usize> =
            candidates.map(|node| node.index).filter(|index| !asked(*index)).collect();
        let pushes = |index: usize| {
            self.nodes.get(index).is_some_and(|uses| {
                uses.leaving.iter().all(|role| *role == Role::Gateway)
                    && uses.targets.iter().all(|target| serves_itself(*target) && candidates.contains(target))
            })
        };
        candidates.iter().copied().filter(|index| pushes(*index)).collect()
    }

    /// Services that the node looks for elsewhere: roles that it does not have itself.
    pub(super) fn leaving(&self, node: usize) -> BTreeSet<Role> {
        self.nodes.get(node).map(|uses| uses.leaving.clone()).unwrap_or_default()
    }

    /// Services that the node looks for on other given nodes.
    pub(super) fn leaving_to_nodes(&self, node: usize) -> BTreeSet<Role> {
        self.nodes.get(node).map(|uses| uses.known.clone()).unwrap_or_default()
    }

    /// Services that other nodes look for on the node.
    pub(super) fn referenced(&self, node: usize) -> BTreeSet<Role> {
        self.referenced.get(node).cloned().unwrap_or_default()
    }

    /// True when some other node looks for the service on a given node.
    pub(super) fn anybody_is(&self, role: Role) -> bool {
        self.referenced.iter().any(|roles| roles.contains(&role))
    }

    /// True for a gateway that publishers push to.
    pub(super) fn is_pushed_to(&self, node: usize) -> bool {
        self.pushed_to.contains(&node)
    }

    /// True for a node that serves itself or only pushes to one that does.
    pub(super) fn is_complete(&self, node: usize) -> bool {
        self.complete.contains(&node)
    }
}

/// A node that asks another's event hub is no control plane: neither portal nor key manager.
fn leave(roles: &mut BTreeSet<Role>, role: Role) {
    if role == Role::ControlPlane {
        roles.extend([Role::Publisher, Role::Store, Role::KeyManager]);
    }
    roles.insert(role);
}
