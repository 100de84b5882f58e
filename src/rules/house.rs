//! Rules of the house: what apimlint.toml asks of the settings of its nodes, beside the rules that everybody has.

use std::collections::BTreeMap;

use super::Finding;
use crate::input::inventory::{Expectation, HouseRule};
use crate::model::drift::fits;
use crate::model::{Deployment, Node, Role, settings};
use crate::source::Span;
use crate::syntax::secrets;
use crate::syntax::settings::paths::{Separator, without_positions};

/// What a rule of the house finds.
pub fn check(rule: &HouseRule, deployment: &Deployment) -> Vec<Finding> {
    let nodes: Vec<&Node> = deployment.nodes.iter().filter(|node| is_asked(rule, node)).collect();
    let found: Vec<Found<'_>> = nodes.iter().flat_map(|node| settings_of(rule, node)).collect();
    match &rule.expectation {
        Expectation::Values(values) => {
            let is_right = |found: &Found<'_>| values.iter().any(|value| fits(&value.text, &found.value));
            let wanted = listed(values.iter().map(|value| value.text.as_str()));
            let wrong = found.iter().filter(|found| !is_right(found));
            wrong.map(|found| found.finding(rule, &format!("should be {wanted}"))).collect()
        }
        Expectation::Forbidden(values) => {
            let is_wrong = |found: &&Found<'_>| values.iter().any(|value| fits(&value.text, &found.value));
            found.iter().filter(is_wrong).map(|found| found.finding(rule, "must not be that")).collect()
        }
        Expectation::Absent => found.iter().map(|found| found.finding(rule, "must not be set")).collect(),
        Expectation::Present => {
            let has = |node: &Node| found.iter().any(|found| found.node.index == node.index);
            nodes.iter().filter(|node| !has(node)).map(|node| missing(rule, node)).collect()
        }
        Expectation::Same => apart(rule, &nodes, &found),
        Expectation::Different => alike(rule, &found),
    }
}

/// A setting that a rule asks about.
struct Found<'a> {
    node: &'a Node,
    path: String,
    value: String,
    is_secret: bool,
    place: Span,
}

impl Found<'_> {
    /// The value as a report may show it.
    fn shown(&self) -> String {
        let is_long = self.value.chars().count() > 80 || self.value.contains(char::is_control);
        if self.is_secret || is_long {
            "this value".to_owned()
        } else {
            format!("\"{}\"", secrets::hide(&self.value))
        }
    }

    fn finding(&self, rule: &HouseRule, wrong: &str) -> Finding {
        let said = format!("{} has {} at {}, which {wrong}", self.node.name, self.shown(), self.path);
        said_by(rule, self.place, &self.shown(), said, &self.node.name)
    }
}

/// A finding in the words of the rule, where it has some.
fn said_by(rule: &HouseRule, place: Span, label: &str, said: String, node: &str) -> Finding {
    let message = rule.message.as_ref().map_or(said, |message| format!("{node}: {}", message.text));
    let finding = Finding::new(place, label, message);
    match &rule.help {
        Some(help) => finding.help(&help.text),
        None => finding,
    }
}

/// True for a node that the rule is about.
fn is_asked(rule: &HouseRule, node: &Node) -> bool {
    let role = |word: &str| Role::parse(word).is_some_and(|role| node.acts_as(role));
    (rule.nodes.is_empty() || rule.nodes.iter().any(|pattern| fits(&pattern.text, &node.name)))
        && (rule.roles.is_empty() || rule.roles.iter().any(|word| role(&word.text)))
}

/// What the node writes in the files and at the paths of the rule.
fn settings_of<'a>(rule: &HouseRule, node: &'a Node) -> Vec<Found<'a>> {
    let mut found = Vec::new();
    for (file, _, parsed) in node.own_documents().filter(|(file, ..)| is_file(rule, file)) {
        for setting in settings::written(parsed) {
            if fits(&rule.path.text, &setting.path) {
                found.push(Found {
                    node,
                    is_secret: Separator::of(file).names_secret(&setting.path),
                    path: without_positions(&setting.path),
                    value: setting.value,
                    place: setting.span,
                });
            }
        }
    }
    found
}

/// True for a file of the rule, named from the home or from `repository/conf`.
fn is_file(rule: &HouseRule, file: &str) -> bool {
    let pattern = rule.file.text.as_str();
    fits(pattern, file) || file.strip_prefix("repository/conf/").is_some_and(|name| fits(pattern, name))
}

/// A node that does not set what it should: at the file that should hold it, else at its main file.
fn missing(rule: &HouseRule, node: &Node) -> Finding {
    let file = node.own_documents().find(|(file, ..)| is_file(rule, file));
    let place = file.map_or(node.identity.span, |(_, id, _)| Span::new(id, 0, 0));
    let said = format!("{} does not set {} in {}", node.name, rule.path.text, rule.file.text);
    said_by(rule, place, "is not set here", said, &node.name)
}

/// The settings by path, in the order of the nodes.
fn by_path<'f, 'a>(found: &'f [Found<'a>]) -> BTreeMap<&'f str, Vec<&'f Found<'a>>> {
    let mut paths: BTreeMap<&str, Vec<&Found<'_>>> = BTreeMap::new();
    for one in found {
        paths.entry(&one.path).or_default().push(one);
    }
    paths
}

/// Settings that differ between nodes and should not: one finding a path, at the first that differs from most.
fn apart(rule: &HouseRule, nodes: &[&Node], found: &[Found<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, settings) in by_path(found) {
        let values: Vec<(&Node, Option<&Found<'_>>)> = nodes
            .iter()
            .map(|node| (*node, settings.iter().copied().find(|found| found.node.index == node.index)))
            .collect();
        let value = |found: &Option<&Found<'_>>| found.map(|found| found.value.clone());
        let count =
            |wanted: &Option<String>| values.iter().filter(|(_, found)| value(found) == *wanted).count();
        let most = values.iter().map(|(_, found)| count(&value(found))).max().unwrap_or(0);
        let Some((model, usual)) = values.iter().find(|(_, found)| count(&value(found)) == most) else {
            continue;
        };
        let Some((odd, own)) = values.iter().find(|(_, found)| value(found) != value(usual)) else {
            continue;
        };
        let shown = |found: &Option<&Found<'_>>| found.map_or_else(|| "nothing".to_owned(), Found::shown);
        let place =
            |node: &Node, found: &Option<&Found<'_>>| found.map_or(node.identity.span, |found| found.place);
        let said = format!("{} has {} at {path}, {} has {}", odd.name, shown(own), model.name, shown(usual));
        let mut finding = said_by(rule, place(odd, own), &shown(own), said, &odd.name);
        for (node, other) in values.iter().filter(|(node, _)| node.index != odd.index) {
            finding = finding.related(place(node, other), shown(other));
        }
        findings.push(finding);
    }
    findings
}

/// Settings that two nodes have alike and should not: one finding for each that repeats another.
fn alike(rule: &HouseRule, found: &[Found<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, settings) in by_path(found) {
        for (position, second) in settings.iter().enumerate() {
            let repeats =
                |first: &&&Found<'_>| first.value == second.value && first.node.index != second.node.index;
            let Some(first) = settings.iter().take(position).find(repeats) else { continue };
            let said =
                format!("{} has {} at {path}, as {} has", second.node.name, second.shown(), first.node.name);
            let finding = said_by(rule, second.place, &second.shown(), said, &second.node.name);
            findings.push(finding.related(first.place, "the same here"));
        }
    }
    findings
}

/// `"a"`, `"a" or "b"`.
fn listed<'a>(values: impl Iterator<Item = &'a str>) -> String {
    values.map(|value| format!("\"{value}\"")).collect::<Vec<_>>().join(" or ")
}
