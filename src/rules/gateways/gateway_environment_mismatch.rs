//! Two publishers, or publisher and store, that know different gateway environments: keys, endpoints and console entries of
//! an API come and go with the node that answers.

use std::collections::BTreeMap;

use crate::model::gateway::{ENVIRONMENT_TYPES, Environment};
use crate::model::{Deployment, Node, Role, Setting};
use crate::rules::{Check, Finding, Rule};

/// GW003.
pub static RULE: Rule = Rule { card: "GW003-gateway-environment-mismatch", check: Check::Deployment(check) };

/// A named environment.
#[derive(Clone, Copy)]
struct Named<'a> {
    environment: &'a Environment,
    setting: &'a Setting,
}

type Environments<'a> = BTreeMap<&'a str, Named<'a>>;

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let portals = |node: &&Node| {
        // From 4.0 on the developer portal reads the database.
        let store = node.acts_as(Role::Store) && !node.is_at_least(4, 0);
        node.is_api_manager() && (node.acts_as(Role::Publisher) || store)
    };
    let nodes: Vec<(&Node, Environments<'_>)> = deployment
        .nodes
        .iter()
        .filter(portals)
        .filter_map(|node| Some((node, environments(node)?)))
        .collect();
    for (node, own) in &nodes {
        let usual = usual(deployment, &nodes, node);
        let Some((model, theirs)) = usual.filter(|(model, _)| model.index != node.index) else { continue };
        findings.extend(names(model, theirs, node, own));
        findings.extend(types(model, theirs, node, own));
    }
}

/// The environments by name; `None` where one of them is unknown or nobody wrote them.
fn environments(node: &Node) -> Option<Environments<'_>> {
    let mut found = BTreeMap::new();
    for environment in &node.environments {
        let setting = environment.name.as_ref().filter(|name| name.is_written())?;
        found.entry(setting.text()?).or_insert(Named { environment, setting });
    }
    (!found.is_empty()).then_some(found)
}

/// The publisher of the zone whose environments most have, by their names, then by their types; of several the first.
fn usual<'a, 'b>(
    deployment: &Deployment,
    nodes: &'b [(&'a Node, Environments<'a>)],
    node: &Node,
) -> Option<&'b (&'a Node, Environments<'a>)> {
    let of_zone = || nodes.iter().filter(|(other, _)| deployment.same_zone(node, other));
    let names = |set: &Environments<'a>| set.keys().copied().collect::<Vec<_>>();
    let kinds = |set: &Environments<'a>| {
        let lower = |named: &Named<'_>| kind(named.environment).map(|kind| kind.value.to_ascii_lowercase());
        set.iter().map(|(name, named)| (*name, lower(named))).collect::<Vec<_>>()
    };
    let (mut named, mut alike) = (BTreeMap::new(), BTreeMap::new());
    for (_, set) in of_zone() {
        *named.entry(names(set)).or_insert(0) += 1;
        *alike.entry(kinds(set)).or_insert(0) += 1;
    }
    let publishers = of_zone().filter(|(other, _)| other.acts_as(Role::Publisher));
    publishers.rev().max_by_key(|(_, set)| (named.get(&names(set)), alike.get(&kinds(set))))
}

fn names(model: &Node, theirs: &Environments<'_>, node: &Node, own: &Environments<'_>) -> Option<Finding> {
    let extra: Vec<&Named<'_>> =
        own.iter().filter(|(name, _)| !theirs.contains_key(*name)).map(|(_, named)| named).collect();
    let absent: Vec<&Named<'_>> =
        theirs.iter().filter(|(name, _)| !own.contains_key(*name)).map(|(_, named)| named).collect();
    let list = |all: &[&Named<'_>]| {
        let names: Vec<String> = all.iter().map(|named| format!("\"{}\"", named.setting.value)).collect();
        names.join(", ")
    };
    if let Some(first) = extra.first() {
        let instead =
            if absent.is_empty() { String::new() } else { format!(", which has {}", list(&absent)) };
        let message = format!(
            "{} has gateway environment {}, unknown to {}{instead}",
            node.name,
            list(&extra),
            model.name,
        );
        let finding = Finding::new(first.setting.span, format!("{} does not know it", model.name), message)
            .help("use the same names on every publisher and store");
        let other = absent.first().copied().or_else(|| theirs.values().next());
        let place = other.map(|named| named.environment.span);
        let label = format!("the environments of {}", model.name);
        // In deployment.toml the name stands below the header.
        let header = first.environment.span;
        let finding = match header.contains(&first.setting.span) {
            true => finding,
            false => finding.related(header, "this environment"),
        };
        return Some(match place {
            Some(span) => finding.related(span, label),
            None => finding,
        });
    }
    let missing = absent.first()?;
    let last = own.values().max_by_key(|named| named.environment.span)?;
    let message = format!("{} lacks gateway environment {} of {}", node.name, list(&absent), model.name);
    let finding = Finding::new(last.environment.span, "the environments end here", message)
        .help(format!("add the environment as {} has it", model.name))
        .related(missing.setting.span, format!("{} has it", model.name));
    let is_store = !node.acts_as(Role::Publisher);
    Some(if is_store { finding.variant("missing-on-store") } else { finding })
}

fn types<'a>(
    model: &'a Node,
    theirs: &'a Environments<'a>,
    node: &'a Node,
    own: &'a Environments<'a>,
) -> impl Iterator<Item = Finding> + 'a {
    own.iter().filter_map(move |(name, named)| {
        let other = theirs.get(name)?;
        let (one, two) = (kind(named.environment)?, kind(other.environment)?);
        if one.value.eq_ignore_ascii_case(&two.value) {
            return None;
        }
        let message = format!(
            "{} has environment \"{name}\" as {}, {} as {}",
            node.name, one.value, model.name, two.value,
        );
        let finding = Finding::new(one.span, format!("{} here", one.value), message)
            .help("use the same type on every publisher and store")
            .related(two.span, format!("{} here", two.value));
        Some(finding)
    })
}

fn kind(environment: &Environment) -> Option<&Setting> {
    // Of a type that the server does not know GW007 speaks.
    let kind = environment.kind.as_ref();
    kind.filter(|kind| kind.text().is_some_and(|text| ENVIRONMENT_TYPES.contains(&text)))
}
