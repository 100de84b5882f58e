//! A publisher pushes to a gateway from which nothing is copied: its APIs stay there, or the next copy wipes them out.

use crate::model::deployment::SyncMode;
use crate::model::node::Role;
use crate::model::ports::ListenerKind;
use crate::model::{ConfigModel, Deployment, Endpoint, Node};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// GW002.
pub static RULE: Rule = Rule { card: "GW002-sync-writer-bypassed", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for publisher in deployment.publishers().filter(|node| pushes(node)) {
        let mode = deployment.sync_mode(publisher);
        let (SyncMode::Rsync(writer) | SyncMode::Svn(writer)) = mode else { continue };
        let writer = writer.and_then(|index| deployment.nodes.get(index));
        for url in publisher.environments.iter().filter_map(|environment| environment.service_url.as_ref()) {
            let target = deployment.resolve(publisher, url).node_index(publisher.index);
            let Some(target) = target.and_then(|index| deployment.nodes.get(index)) else { continue };
            match writer {
                Some(writer) if writer.index == target.index || !deployment.same_zone(writer, target) => {}
                Some(writer) => {
                    findings.push(bypassed(deployment, mode, publisher, url, target, writer));
                }
                None if is_worker(target) => findings.push(on_worker(publisher, url, target)),
                None => {}
            }
        }
    }
}

/// From 4.0 on gateways pull.
fn pushes(node: &Node) -> bool {
    node.is_api_manager() && (node.config_model == ConfigModel::Xml || node.is_before(4, 0))
}

/// `gateway-worker` as `server_role` of 3.x is the profile of every gateway and says nothing.
fn is_worker(node: &Node) -> bool {
    node.config_model == ConfigModel::Xml && node.is_only(Role::GatewayWorker)
}

fn bypassed(
    deployment: &Deployment,
    mode: SyncMode,
    publisher: &Node,
    url: &Endpoint,
    target: &Node,
    writer: &Node,
) -> Finding {
    let to = to(publisher, target);
    let svn = matches!(mode, SyncMode::Svn(_));
    let (place, label) = if svn { commits(writer) } else { (own_url(writer), "its artifacts are copied") };
    let but = match (svn, writer.index == publisher.index) {
        (false, false) => format!("{} is the node whose artifacts are copied", writer.name),
        (false, true) => "its own artifacts are copied".to_owned(),
        (true, false) => format!("{} is the node that commits artifacts to SVN", writer.name),
        (true, true) => "itself is the node that commits artifacts to SVN".to_owned(),
    };
    let message = format!("{} publishes to {to}, but {but}", publisher.name);
    let help = match deployment.address_for(publisher, writer, ListenerKind::ServletHttps) {
        Some(address) => format!("set it to https://{address}/services/, the address of {}", writer.name),
        None => format!("set it to the services URL of {}", writer.name),
    };
    Finding::new(url.text.span, format!("publishes to {to}"), message).help(help).related(place, label)
}

fn on_worker(publisher: &Node, url: &Endpoint, target: &Node) -> Finding {
    let to = to(publisher, target);
    let message =
        format!("{} publishes to {to}, a gateway worker: only managers add artifacts", publisher.name);
    Finding::new(url.text.span, format!("publishes to {to}"), message)
        .help("name the gateway manager, from which artifacts reach the workers")
        .related(target.identity.span, "gateway worker")
}

fn to<'a>(publisher: &Node, target: &'a Node) -> &'a str {
    if publisher.index == target.index { "itself" } else { &target.name }
}

/// Where the writer says that it commits, if the configuration and not the inventory made it the writer.
fn commits(writer: &Node) -> (Span, &'static str) {
    let synchronizer = writer.synchronizer.as_ref();
    let auto_commit = synchronizer.and_then(|synchronizer| synchronizer.auto_commit.as_ref());
    let place =
        auto_commit.filter(|value| value.is_true()).map_or_else(|| own_url(writer), |value| value.span);
    (place, "commits artifacts")
}

fn own_url(writer: &Node) -> Span {
    let urls = writer.environments.iter().filter_map(|environment| environment.service_url.as_ref());
    urls.map(|url| url.text.span).next().unwrap_or(writer.identity.span)
}
