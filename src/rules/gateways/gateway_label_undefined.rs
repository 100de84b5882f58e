//! A gateway pulls the APIs of labels that no control plane knows: it starts, and serves nothing.

use std::collections::BTreeSet;

use crate::model::gateway::Environment;
use crate::model::{Deployment, Node, Role, Setting};
use crate::rules::{Check, Finding, Rule, letters};

/// GW010.
pub static RULE: Rule = Rule { card: "GW010-gateway-label-undefined", check: Check::Deployment(check) };

/// A label with the gateway that listens to it.
struct Label<'a> {
    gateway: &'a Node,
    setting: &'a Setting,
    text: &'a str,
}

/// An environment with the control plane that defines it.
struct Defined<'a> {
    node: &'a Node,
    environment: &'a Environment,
    setting: &'a Setting,
    text: &'a str,
}

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let Some(defined) = defined(deployment) else { return };
    let Some(labels) = labels(deployment) else { return };
    if defined.is_empty() || labels.is_empty() {
        return;
    }
    let names: BTreeSet<&str> = defined.iter().map(|defined| defined.text).collect();
    let listened: BTreeSet<&str> = labels.iter().map(|label| label.text).collect();
    let unserved: Vec<&Defined<'_>> = defined
        .iter()
        .filter(|defined| !listened.contains(defined.text) && defined.environment.is_regular())
        .collect();
    let unknown: Vec<&Label<'_>> = labels.iter().filter(|label| !names.contains(label.text)).collect();
    for label in &unknown {
        findings.push(undefined(label, &defined, &unserved));
    }
    // Beside an unknown label the environment is what that one should name, and an all-in-one serves what it publishes.
    let serves_itself = deployment.publishers().any(|node| pulls_labels(node) && node.acts_as(Role::Gateway));
    if unknown.is_empty() && deployment.is_complete() && !serves_itself {
        let mut seen = BTreeSet::new();
        let first = unserved.into_iter().filter(|defined| seen.insert(defined.text));
        findings.extend(first.map(|defined| without_gateway(defined, &labels)));
    }
}

/// The environments of all control planes; `None` where one of them has a name that nobody can tell.
fn defined(deployment: &Deployment) -> Option<Vec<Defined<'_>>> {
    let mut found = Vec::new();
    for node in deployment.publishers().filter(|node| pulls_labels(node)) {
        for environment in &node.environments {
            let setting = environment.name.as_ref()?;
            found.push(Defined { node, environment, setting, text: setting.text()? });
        }
    }
    Some(found)
}

/// The labels of all gateways that pull and have no portal of their own; `None` where one of them is unknown.
fn labels(deployment: &Deployment) -> Option<Vec<Label<'_>>> {
    let mut found = Vec::new();
    let pulls = |node: &&Node| pulls_labels(node) && !node.acts_as(Role::Publisher);
    for gateway in deployment.gateways().filter(pulls) {
        let Some(pull) = gateway.artifact_pull.as_ref().filter(|pull| !pull.enabled.is_false()) else {
            continue;
        };
        for setting in &pull.labels {
            found.push(Label { gateway, setting, text: setting.text()? });
        }
    }
    Some(found)
}

fn pulls_labels(node: &Node) -> bool {
    node.is_api_manager() && node.is_at_least(3, 2)
}

fn undefined(label: &Label<'_>, defined: &[Defined<'_>], unserved: &[&Defined<'_>]) -> Finding {
    let mut names: Vec<String> = defined.iter().map(|one| format!("\"{}\"", one.text)).collect();
    names.sort_unstable();
    names.dedup();
    let message = format!(
        "{} listens to gateway label \"{}\", which is no environment of {}",
        label.gateway.name,
        label.text,
        nodes(defined),
    );
    let alike = |one: &&Defined<'_>| letters(one.text) == letters(label.text);
    let only = match unserved {
        [one] => Some(*one),
        _ => None,
    };
    let meant = defined.iter().find(alike).or(only);
    let finding = Finding::new(label.setting.span, "no environment has this name", message);
    match meant {
        Some(one) => finding
            .help(format!("write \"{}\", exactly as the environment is named", one.text))
            .related(one.setting.span, "the environment that no gateway listens to"),
        // It may have been added in the admin portal.
        None => {
            let finding = finding.help(format!(
                "the environments are {}; one that was added in the admin portal has to be named as it is there",
                names.join(", "),
            ));
            let places = defined.first().map(|one| one.setting.span);
            let finding =
                places.into_iter().fold(finding, |finding, span| finding.related(span, "defined here"));
            finding.variant("maybe-in-portal")
        }
    }
}

fn without_gateway(defined: &Defined<'_>, labels: &[Label<'_>]) -> Finding {
    let mut heard: Vec<String> = labels.iter().map(|label| format!("\"{}\"", label.text)).collect();
    heard.sort_unstable();
    heard.dedup();
    let message = format!(
        "{} defines environment \"{}\", but no gateway listens to that label",
        defined.node.name, defined.text,
    );
    let finding =
        Finding::new(defined.setting.span, "APIs deployed here reach no gateway", message).help(format!(
            "add \"{}\" to gateway_labels of a gateway; they listen to {}",
            defined.text,
            heard.join(", ")
        ));
    let finding = labels.iter().filter(|label| label.gateway.index != defined.node.index).fold(
        finding,
        |finding, label| {
            finding.related(label.setting.span, format!("{} listens to this", label.gateway.name))
        },
    );
    finding.variant("environment-unserved")
}

/// `cp1 and cp2`.
fn nodes(defined: &[Defined<'_>]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for one in defined {
        if !names.contains(&one.node.name.as_str()) {
            names.push(&one.node.name);
        }
    }
    names.join(" and ")
}
