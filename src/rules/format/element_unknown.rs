//! A misspelt element or attribute is skipped, and the server goes on with its default.

use super::{base, is_read_by_name, known_files};
use crate::catalog::vocabulary;
use crate::diagnostic::Edit;
use crate::model::texts::{Placed, elements};
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule, nearest};
use crate::source::Span;
use crate::syntax::xml::{Attribute, Element};

/// FM009.
pub static RULE: Rule = Rule { card: "FM009-element-unknown", check: Check::Node(check) };

fn check(deployment: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    for (path, document, known) in known_files(node) {
        for placed in elements(document).iter().filter(|placed| is_read_by_name(path, &placed.path)) {
            let file = File { deployment, node, name: base(path), known };
            findings.extend(file.element(placed));
            findings.extend(placed.element.attributes.iter().filter_map(|own| file.attribute(placed, own)));
        }
    }
}

/// A file with what is known of it.
struct File<'a> {
    deployment: &'a Deployment,
    node: &'a Node,
    name: &'a str,
    known: &'a vocabulary::File,
}

impl File<'_> {
    fn element(&self, placed: &Placed<'_>) -> Option<Finding> {
        let (parent, name) = placed.path.rsplit_once('/')?;
        if self.known.has(&placed.path) || !self.known.has(parent) {
            return None;
        }
        let names = self.known.names_under(parent).filter(|name| !name.starts_with('@'));
        // A name that is at home elsewhere is misspelt here only if nothing but its case is wrong.
        let is_known_elsewhere = self.known.paths_of(name).next().is_some();
        let right = meant(name, names)?;
        if is_known_elsewhere && !right.eq_ignore_ascii_case(name) {
            return None;
        }
        let element = placed.element;
        let place = if element.children.is_empty() { element.span } else { element.start_tag };
        let mut finding = self.finding(place, name, right);
        finding.fix = self.renamed(element, right);
        Some(finding)
    }

    fn attribute(&self, placed: &Placed<'_>, attribute: &Attribute) -> Option<Finding> {
        if !self.known.has(&placed.path) || attribute.namespace.is_some() {
            return None;
        }
        if attribute.name == "name" {
            return self.key(placed, attribute);
        }
        if self.known.has(&format!("{}/@{}", placed.path, attribute.name)) {
            return None;
        }
        let names = self.known.names_under(&placed.path).filter_map(|name| name.strip_prefix('@'));
        let right = meant(&attribute.name, names)?;
        let span = attribute.value.span;
        let length = u32::try_from(attribute.name.len()).ok()?;
        let name = Span { end: span.start + length, ..span };
        Some(self.finding(span, &attribute.name, right).fix(Some(name), right))
    }

    /// A parameter by the value of its `name`; only what the cluster reads is known well enough.
    fn key(&self, placed: &Placed<'_>, attribute: &Attribute) -> Option<Finding> {
        if placed.path != "/axisconfig/clustering/parameter" {
            return None;
        }
        let name = attribute.value.text.trim();
        if self.known.keys_of(&placed.path).any(|key| key == name) || OTHER_PARAMETERS.contains(&name) {
            return None;
        }
        let right = meant(name, self.known.keys_of(&placed.path).chain(OTHER_PARAMETERS))?;
        let text = &attribute.value;
        Some(self.finding(text.span, name, right).fix(Some(text.part(0..text.text.len())), right))
    }

    fn finding(&self, place: Span, name: &str, right: &str) -> Finding {
        let message = format!("{} of {} has {name}, which no version reads", self.name, self.node.name);
        Finding::new(place, format!("{right}?"), message).help(format!("write {right}, or remove it"))
    }

    /// The edits of both tags; none where a prefix hides the name.
    fn renamed(&self, element: &Element, right: &str) -> Vec<Edit> {
        let text = self.deployment.sources.slice(element.span);
        let name = &element.name;
        let starts = text.strip_prefix('<').is_some_and(|rest| rest.starts_with(name.as_str()));
        let end_tag = format!("</{name}>");
        let Some(length) = u32::try_from(name.len()).ok().filter(|_| starts) else { return Vec::new() };
        let edit = |start: u32| {
            let span = Span { start, end: start + length, ..element.span };
            Edit { span, text: right.to_owned() }
        };
        let first = edit(element.span.start + 1);
        if text.ends_with("/>") {
            vec![first]
        } else if text.ends_with(&end_tag) {
            vec![first, edit(element.span.end - length - 1)]
        } else {
            Vec::new()
        }
    }
}

/// Parameters of the cluster that no untouched file has (`HazelcastConstants`, `ClusteringConstants`).
const OTHER_PARAMETERS: [&str; 14] = [
    "groupPassword",
    "licenseKey",
    "localMemberBindAddress",
    "localMemberBindPort",
    "loggingType",
    "membershipSchemeClassName",
    "mgtCenterURL",
    "multicastTimeout",
    "multicastTTL",
    "awsRegion",
    "accessKey",
    "secretKey",
    "securityGroup",
    "iamRole",
];

/// The known name that somebody meant: the same letters in other case, or one or two letters away.
fn meant<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    nearest(name, known, if name.len() < 6 { 1 } else { 2 }).first().copied()
}
