//! A gateway that does not pull artifacts, or pulls others than its group, misses APIs after its next start.

use crate::model::sharing::listed;
use crate::model::{ConfigModel, Deployment, Node, Role, Setting, SyncMode};
use crate::rules::{Check, Finding, Rule, majority_preferring};
use crate::source::Span;

/// DY010.
pub static RULE: Rule = Rule { card: "DY010-artifact-sync-disabled", check: Check::Deployment(check) };

/// A gateway with its labels in order, and where they stand.
type Known<'a> = (&'a Node, Vec<String>, Span);

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let pulls = |node: &&Node| {
        node.config_model == ConfigModel::Toml
            && node.is_at_least(4, 0)
            && node.acts_as(Role::Gateway)
            && !node.acts_as(Role::Publisher)
            && deployment.sync_mode(node) == SyncMode::Database
    };
    let gateways: Vec<&Node> = deployment.nodes.iter().filter(pulls).collect();
    findings.extend(gateways.iter().filter_map(|gateway| disabled(deployment, gateway)));
    for group in deployment.groups(Role::Gateway) {
        let group: Vec<&Node> = group.into_iter().filter(pulls).collect();
        findings.extend(labels(deployment, &group));
    }
}

fn disabled(deployment: &Deployment, gateway: &Node) -> Option<Finding> {
    let enabled = &gateway.artifact_pull.as_ref()?.enabled;
    if !enabled.is_false() || !enabled.is_written() {
        return None;
    }
    let message = format!("{} does not pull APIs from the control plane", gateway.name);
    let finding = Finding::new(enabled.span, "switched off", message)
        .help("set enable under [apim.sync_runtime_artifacts.gateway] to true, or say mode = \"shared\" under [artifacts] in apimlint.toml if the gateways share a folder")
        .fix(enabled.bare("false"), "true");
    let planes = deployment.publishers().filter(|plane| plane.index != gateway.index);
    Some(planes.fold(finding, |finding, plane| {
        finding.related(plane.name_place(), format!("{} deploys APIs", plane.name))
    }))
}

/// The gateways of a group whose labels differ from those of most others; of equally common ones those that are environments
/// of a control plane are right.
fn labels(deployment: &Deployment, group: &[&Node]) -> Vec<Finding> {
    let environments: Vec<&str> = deployment
        .publishers()
        .flat_map(|plane| &plane.environments)
        .filter_map(|environment| environment.known_name())
        .collect();
    let of = |node: &Node| -> Option<(Vec<String>, Span)> {
        let pull = node.artifact_pull.as_ref().filter(|pull| pull.enabled.is_true())?;
        let mut names: Vec<String> =
            pull.labels.iter().map(|label| Setting::text(label).map(str::to_owned)).collect::<Option<_>>()?;
        names.sort();
        names.dedup();
        Some((names, pull.labels.first()?.span))
    };
    let known: Vec<Known<'_>> =
        group.iter().filter_map(|node| of(node).map(|(names, span)| (*node, names, span))).collect();
    let agree = |(_, one, _): &Known<'_>, (_, other, _): &Known<'_>| one == other;
    let are_environments =
        |(_, names, _): &Known<'_>| names.iter().all(|name| environments.contains(&name.as_str()));
    let Some((peer, common, place)) = majority_preferring(&known, agree, are_environments) else {
        return Vec::new();
    };
    let wrong = known.iter().filter(|(_, names, _)| names != common);
    let finding = |(node, names, span): &Known<'_>| {
        let message = format!(
            "{} pulls APIs of {}, {} in the same gateway group those of {}",
            node.name,
            listed(names),
            peer.name,
            listed(common)
        );
        Finding::new(*span, "other labels", message)
            .help(format!("set gateway_labels as on {}", peer.name))
            .related(*place, format!("labels of {}", peer.name))
    };
    wrong.map(finding).collect()
}
