//! Nodes of different cluster domains ignore each other, whatever their member lists say.

use crate::model::clustering::Clustering;
use crate::model::{ConfigModel, Deployment, Node, Role, Setting};
use crate::rules::{Check, Finding, Rule, majority};
use crate::source::Span;

/// CL011.
pub static RULE: Rule = Rule { card: "CL011-cluster-domain-mismatch", check: Check::Deployment(check) };

/// The domain of every untouched pack.
const SHIPPED_DOMAIN: &str = "wso2.carbon.domain";

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let pairs: Vec<(&Node, &Node)> =
        deployment.pairs().filter(|(left, right)| is_mismatch(deployment, left, right)).collect();
    let mut done: Vec<usize> = Vec::new();
    for (first, _) in &pairs {
        if done.contains(&first.index) {
            continue;
        }
        let nodes = connected(first, &pairs);
        done.extend(nodes.iter().map(|node| node.index));
        let Some(common) = most_common(&nodes) else { continue };
        for node in nodes.iter().filter(|node| domain(node) != Some(common)) {
            let others: Vec<&Node> = pairs
                .iter()
                .filter_map(|(left, right)| match node.index {
                    index if index == left.index => Some(*right),
                    index if index == right.index => Some(*left),
                    _ => None,
                })
                .collect();
            let is_tie = domain(node).is_some_and(|own| count(&nodes, own) == count(&nodes, common));
            findings.extend(finding(deployment, node, &others, common, is_tie));
        }
    }
}

fn domain(node: &Node) -> Option<&str> {
    node.active_clustering().and_then(Clustering::domain_name)
}

fn is_mismatch(deployment: &Deployment, left: &Node, right: &Node) -> bool {
    let (Some(one), Some(other)) = (domain(left), domain(right)) else { return false };
    one != other
        && (deployment.entry_for(left, right).is_some()
            || deployment.entry_for(right, left).is_some()
            || (left.product == right.product
                && (deployment.same_group(left, right) || portals_of_old(deployment, left, right))
                && !names_zones(one, other)))
}

/// Publisher and store of App Manager and of API Manager up to 2.0 share caches through the cluster.
fn portals_of_old(deployment: &Deployment, left: &Node, right: &Node) -> bool {
    let is_old = |node: &Node| node.is_app_manager() || (node.is_api_manager() && node.is_before(2, 1));
    let are =
        |publisher: &Node, store: &Node| publisher.acts_as(Role::Publisher) && store.acts_as(Role::Store);
    is_old(left)
        && is_old(right)
        && deployment.same_zone(left, right)
        && (are(left, right) || are(right, left))
}

/// True for domains that differ only in the word of a network zone, such as `gw.lan` and `gw.dmz`.
fn names_zones(left: &str, right: &str) -> bool {
    const ZONES: [&str; 8] = ["lan", "dmz", "wan", "internal", "external", "intranet", "internet", "private"];
    let words = |text: &str| -> Vec<String> {
        text.split(|letter: char| !letter.is_ascii_alphanumeric()).map(str::to_ascii_lowercase).collect()
    };
    let (left, right) = (words(left), words(right));
    let is_zone = |word: &&String| ZONES.contains(&word.as_str());
    left.iter().find(is_zone) != right.iter().find(is_zone)
}

/// The nodes that mismatches tie to this one, in node order.
fn connected<'a>(first: &'a Node, pairs: &[(&'a Node, &'a Node)]) -> Vec<&'a Node> {
    let mut nodes = vec![first];
    loop {
        let has = |node: &Node| nodes.iter().any(|known| known.index == node.index);
        let next = pairs.iter().find_map(|(left, right)| match (has(left), has(right)) {
            (true, false) => Some(*right),
            (false, true) => Some(*left),
            _ => None,
        });
        match next {
            Some(node) => nodes.push(node),
            None => break,
        }
    }
    nodes.sort_by_key(|node| node.index);
    nodes
}

/// The domain that most nodes have; of equally common ones one that somebody chose, then the first.
fn most_common<'a>(nodes: &[&'a Node]) -> Option<&'a str> {
    let mut names: Vec<&str> = nodes.iter().filter_map(|node| domain(node)).collect();
    names.sort_by_key(|name| *name == SHIPPED_DOMAIN);
    majority(&names, PartialEq::eq).copied()
}

fn count(nodes: &[&Node], name: &str) -> usize {
    nodes.iter().filter(|node| domain(node) == Some(name)).count()
}

fn finding(
    deployment: &Deployment,
    node: &Node,
    others: &[&Node],
    common: &str,
    is_tie: bool,
) -> Option<Finding> {
    let peer = others.iter().find(|other| domain(other) == Some(common)).or(others.first())?;
    let (own, theirs) = (domain(node)?, domain(peer)?);
    let reason = if deployment.entry_for(node, peer).is_some() {
        format!(", which {} lists as a member,", node.name)
    } else if deployment.entry_for(peer, node).is_some() {
        format!(", which lists {} as a member,", node.name)
    } else {
        String::new()
    };
    let message =
        format!("{} is in cluster domain {own}, but {}{reason} is in {theirs}", node.name, peer.name);
    let mut help = match node.config_model {
        ConfigModel::Xml => format!("set the parameter domain to {theirs}"),
        ConfigModel::Toml => format!("set domain under [clustering] to \"{theirs}\""),
    };
    if is_tie && own != SHIPPED_DOMAIN {
        help = format!("{help}, or that of {} to {own}", peer.name);
    }
    let mut finding = Finding::new(place(node)?, "another domain", message).help(help);
    for other in others {
        finding = finding.related(place(other)?, format!("domain of {}", other.name));
    }
    Some(finding)
}

fn place(node: &Node) -> Option<Span> {
    let clustering = node.clustering.as_ref()?;
    Some(clustering.domain.as_ref().map_or(clustering.span, |domain: &Setting| domain.span))
}
