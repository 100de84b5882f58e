//! A portal whose nodes are set up differently looks and behaves differently, depending on which node answers.

use std::collections::{BTreeMap, BTreeSet};

use super::list;
use crate::input::Parsed;
use crate::model::drift::Kind;
use crate::model::portal::PortalApp;
use crate::model::{Deployment, Node, settings};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// DR004.
pub static RULE: Rule = Rule { card: "DR004-portal-settings-drift", check: Check::Deployment(check) };

/// So many settings stand in the message.
const NAMED: usize = 3;

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for group in deployment.copies(Kind::Role) {
        for app in [PortalApp::Publisher, PortalApp::Store, PortalApp::Admin] {
            let sites: Vec<Site<'_>> =
                group.iter().filter_map(|node| Site::of(deployment, node, app)).collect();
            findings.extend(drifts(&sites, app));
        }
    }
}

/// The site.json of one app on one node.
struct Site<'a> {
    node: &'a Node,
    /// Values by path, the node's own addresses under one name, with their places.
    values: BTreeMap<String, (String, Span)>,
    start: Span,
}

impl<'a> Site<'a> {
    fn of(deployment: &Deployment, node: &'a Node, app: PortalApp) -> Option<Self> {
        let path = format!("repository/deployment/server/jaggeryapps/{}/site/conf/site.json", app.name());
        let (_, parsed) = node.documents.get(&path)?;
        let Parsed::Json(document) = parsed else { return None };
        let own: Vec<&str> = deployment.addresses(node).collect();
        let meaning = |literal: String| {
            let is_own = own.iter().any(|address| literal.to_ascii_lowercase().contains(*address));
            if is_own { "the node itself".to_owned() } else { literal }
        };
        // Other rules compare the facts of the reverse proxy.
        let wanted =
            settings::written(parsed).into_iter().filter(|setting| !setting.path.starts_with("reverseProxy"));
        let values = wanted.map(|setting| (setting.path.clone(), (meaning(setting.literal()), setting.span)));
        Some(Self { node, values: values.collect(), start: document.root.span() })
    }
}

fn drifts(sites: &[Site<'_>], app: PortalApp) -> Vec<Finding> {
    let paths: BTreeSet<&String> = sites.iter().flat_map(|site| site.values.keys()).collect();
    let mut odd: BTreeMap<usize, Vec<&String>> = BTreeMap::new();
    for path in paths {
        let values: Vec<Option<&str>> =
            sites.iter().map(|site| site.values.get(path).map(|(value, _)| value.as_str())).collect();
        let count = |value: &Option<&str>| values.iter().filter(|other| *other == value).count();
        let most = values.iter().map(count).max().unwrap_or(0);
        let Some(usual) = values.iter().find(|value| count(value) == most) else { continue };
        for (position, _) in values.iter().enumerate().filter(|(_, value)| *value != usual) {
            odd.entry(position).or_default().push(path);
        }
    }
    odd.iter().filter_map(|(position, paths)| finding(sites, *position, paths, app)).collect()
}

fn finding(sites: &[Site<'_>], position: usize, paths: &[&String], app: PortalApp) -> Option<Finding> {
    let site = sites.get(position)?;
    let place = |site: &Site<'_>| {
        let held = paths.iter().find_map(|path| site.values.get(*path));
        held.map_or(Span { end: site.start.start + 1, ..site.start }, |(_, place)| *place)
    };
    let others: Vec<&Site<'_>> = sites.iter().filter(|other| other.node.index != site.node.index).collect();
    let names: Vec<&str> = others.iter().map(|other| other.node.name.as_str()).collect();
    let named: Vec<&str> = paths.iter().take(NAMED).map(|path| path.as_str()).collect();
    let more = if paths.len() > NAMED { ", …" } else { "" };
    let message = format!(
        "{} has another site.json for its {} than {}: {}{more}",
        site.node.name,
        app.name(),
        list(&names),
        named.join(", ")
    );
    let finding = Finding::new(place(site), "differs", message)
        .help("bring the files to one state; only reverseProxy may need the node's own values");
    Some(others.into_iter().fold(finding, |finding, other| finding.related(place(other), "on this node")))
}
