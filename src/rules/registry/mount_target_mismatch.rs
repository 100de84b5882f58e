//! One path mounted from two places of the shared registry: what one node writes there the other does not find.

use crate::model::Deployment;
use crate::model::grouped::grouped;
use crate::model::node::Node;
use crate::model::registry::{GOVERNANCE_PATH, Mount, Registry};
use crate::rules::{Check, Finding, Rule, majority_preferring};
use crate::source::Span;

/// RG009.
pub static RULE: Rule = Rule { card: "RG009-mount-target-mismatch", check: Check::Deployment(check) };

/// Where a node mounts a path from.
struct Mounted<'a> {
    node: &'a Node,
    mount: &'a Mount,
    /// `registryRoot` and `targetPath` as one path.
    source: String,
    root: Option<Span>,
}

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let mut paths: Vec<&str> = deployment
        .nodes
        .iter()
        .flat_map(|node| node.registry.iter().flat_map(|registry| &registry.mounts))
        .filter_map(|mount| mount.path.text())
        .map(|path| path.trim_end_matches('/'))
        .collect();
    paths.sort_unstable();
    paths.dedup();
    let mut places: Vec<Span> = Vec::new();
    for path in paths {
        for group in groups(deployment, path) {
            let agree = |one: &Mounted<'_>, other: &Mounted<'_>| one.source == other.source;
            // Of two the one that mounts the path from the same path.
            let right = majority_preferring(&group, agree, |mounted| mounted.source == path);
            let Some(right) = right else { continue };
            for mounted in group.iter().filter(|mounted| mounted.source != right.source) {
                // One root holds for several mounts.
                let place = place(mounted, right);
                if !places.contains(&place) {
                    places.push(place);
                    findings.push(finding(path, mounted, right));
                }
            }
        }
    }
}

/// The nodes that mount the path, by zone and product. Governance is one for the product; what else is mounted, such as the
/// config space, may be one for each role.
fn groups<'a>(deployment: &'a Deployment, path: &str) -> Vec<Vec<Mounted<'a>>> {
    let mounted = deployment.nodes.iter().filter_map(|node| mounted(node, path));
    grouped(mounted, |Mounted { node, .. }, Mounted { node: other, .. }| {
        node.product == other.product
            && deployment.same_zone(node, other)
            && (path == GOVERNANCE_PATH || deployment.same_group(node, other))
    })
}

fn mounted<'a>(node: &'a Node, path: &str) -> Option<Mounted<'a>> {
    let registry: &Registry = node.registry.as_ref()?;
    let mount = registry.mount(path)?;
    let instance = registry.instance(mount.instance_id.as_ref()?.text()?)?;
    let root = match &instance.registry_root {
        Some(root) => root.text()?.trim_end_matches('/'),
        None => "",
    };
    let target = mount.target_path.as_ref()?.text()?.trim_end_matches('/');
    let root_span = instance.registry_root.as_ref().filter(|root| root.is_written()).map(|root| root.span);
    Some(Mounted { node, mount, source: format!("{root}{target}"), root: root_span })
}

fn finding(path: &str, mounted: &Mounted<'_>, right: &Mounted<'_>) -> Finding {
    let message = format!(
        "{} mounts {path} from {}, but {} from {}",
        mounted.node.name, mounted.source, right.node.name, right.source
    );
    let finding = Finding::new(place(mounted, right), "another target", message)
        .help(format!("mount it from {} on both nodes", right.source));
    finding.related(place(right, mounted), format!("target on {}", right.node.name))
}

/// The target, or the root of the instance where the targets agree.
fn place(mounted: &Mounted<'_>, other: &Mounted<'_>) -> Span {
    let target = |mounted: &Mounted<'_>| mounted.mount.target_path.as_ref().map(|path| path.value.clone());
    let span = mounted.mount.target_path.as_ref().map_or(mounted.mount.span, |path| path.span);
    match mounted.root {
        Some(root) if target(mounted) == target(other) => root,
        _ => span,
    }
}
