//! A JMS publisher or transport names a JNDI file that is not there: it never connects, and its events are lost.

use std::collections::BTreeMap;

use crate::model::flows::jndi_path;
use crate::model::{ConfigModel, Deployment, Node, Setting};
use crate::rules::{Check, Finding, Rule, base};

/// TM004.
pub static RULE: Rule = Rule { card: "TM004-jndi-file-missing", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    if !node.is_api_manager() {
        return;
    }
    let mut users: BTreeMap<String, Vec<&Setting>> = BTreeMap::new();
    for provider in node.jndi_providers() {
        if let Some(path) = jndi_path(provider).filter(|path| node.jndi_files_missing.contains(path)) {
            users.entry(path).or_default().push(provider);
        }
    }
    findings.extend(users.iter().filter_map(|(path, users)| finding(node, path, users)));
}

fn finding(node: &Node, path: &str, users: &[&Setting]) -> Option<Finding> {
    let (first, others) = users.split_first()?;
    let other_case = node.files.iter().find(|file| file.eq_ignore_ascii_case(path));
    let (seen, help) = match other_case {
        Some(file) => (
            format!(" (it has {}; case counts)", base(file)),
            format!("write {file}, or rename the file to {}", base(path)),
        ),
        None if node.config_model == ConfigModel::Toml && !node.is_before(3, 2) => (
            String::new(),
            "take the event publisher out and set apim.throttling.event_duplicate_url, which makes both files"
                .to_owned(),
        ),
        None => (
            String::new(),
            format!("create {path} with the connection factory and the topic that are looked up in it, or name another file"),
        ),
    };
    let finding =
        Finding::new(first.span, "no such file", format!("{} has no {path}{seen}", node.name)).help(help);
    Some(others.iter().fold(finding, |finding, user| finding.related(user.span, "used here, too")))
}
