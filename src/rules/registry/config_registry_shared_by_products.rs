//! API Manager and Identity Server write their settings over each other in one config space.

use crate::model::Deployment;
use crate::model::database::{DataSource, LogicalDatabase};
use crate::model::node::{Node, Product};
use crate::model::registry::{CONFIG_PATH, Mount};
use crate::rules::{Check, Finding, Rule};

/// RG016.
pub static RULE: Rule =
    Rule { card: "RG016-config-registry-shared-by-products", check: Check::Deployment(check) };

/// The mounted config space of a node.
struct Config<'a> {
    node: &'a Node,
    mount: &'a Mount,
    source: &'a DataSource,
}

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let of = |product: Product| deployment.nodes.iter().filter(move |node| node.product == product);
    for keys in of(Product::IdentityServer).filter_map(config) {
        let managers = of(Product::ApiManager).filter_map(config);
        let same: Vec<Config<'_>> = managers.filter(|other| is_one_space(deployment, &keys, other)).collect();
        findings.extend(finding(&keys, &same));
    }
}

fn config(node: &Node) -> Option<Config<'_>> {
    let mount = node.registry.as_ref()?.mount(CONFIG_PATH).filter(|mount| mount.path.is_written())?;
    Some(Config { node, mount, source: node.database(LogicalDatabase::Config)?.0 })
}

fn is_one_space(deployment: &Deployment, left: &Config<'_>, right: &Config<'_>) -> bool {
    let target = |config: &Config<'_>| {
        let path = config.mount.target_path.as_ref()?.text()?;
        Some(path.trim_end_matches('/').to_owned())
    };
    target(left).is_some_and(|path| target(right) == Some(path))
        && deployment.same_database((left.node, left.source), (right.node, right.source)) == Some(true)
}

fn finding(keys: &Config<'_>, managers: &[Config<'_>]) -> Option<Finding> {
    let first = managers.first()?;
    let target = keys.mount.target_path.as_ref()?;
    let message = format!(
        "{} and {} are of different products and share the config space {}",
        keys.node.name, first.node.name, target.value
    );
    let mut finding = Finding::new(target.span, "also another product's", message)
        .help("give each product a target path of its own, such as /_system/config/iskm");
    for manager in managers {
        let place = manager.mount.target_path.as_ref().map_or(manager.mount.span, |path| path.span);
        finding = finding.related(place, format!("the same on {}", manager.node.name));
    }
    Some(finding)
}
