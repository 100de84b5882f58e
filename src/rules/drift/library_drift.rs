//! Nodes with different jars run different code: a class is missing on one of them, or behaves as it did a version ago.

use std::collections::{BTreeMap, BTreeSet};

use super::list;
use crate::model::drift::Kind;
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule, letters};

/// DR006.
pub static RULE: Rule = Rule { card: "DR006-library-drift", check: Check::Deployment(check) };

/// So many jars stand in the message.
const NAMED: usize = 3;

/// Folders into which people put jars.
const FOLDERS: [&str; 2] = ["repository/components/lib/", "repository/components/dropins/"];

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for group in deployment.copies(Kind::Role) {
        let members: Vec<&Node> = group.into_iter().filter(|node| node.libraries.is_some()).collect();
        findings.extend(drift(&members));
    }
}

/// The one finding of a group, or none.
fn drift(members: &[&Node]) -> Option<Finding> {
    let mut holders: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (position, node) in members.iter().enumerate() {
        for jar in jars(node) {
            holders.entry(jar).or_default().push(position);
        }
    }
    let differing: Vec<(&str, Vec<usize>)> = holders
        .into_iter()
        .filter(|(jar, holders)| holders.len() < members.len() && !is_reported(members, holders, jar))
        .collect();
    let (_, first) = differing.first()?;
    // The node that most of the differences are about.
    let apart = |position: usize| {
        differing
            .iter()
            .filter(|(_, holders)| (holders.len() * 2 > members.len()) != holders.contains(&position))
            .count()
    };
    let odd = (0..members.len()).max_by_key(|position| (apart(*position), std::cmp::Reverse(*position)))?;
    let odd = if members.len() == 2 { *first.first()? } else { odd };
    let node = members.get(odd)?;
    let others: Vec<&str> =
        members.iter().filter(|other| other.index != node.index).map(|other| other.name.as_str()).collect();
    let named: Vec<String> = differing
        .iter()
        .take(NAMED)
        .map(|(jar, holders)| {
            let sign = if holders.contains(&odd) { "only here" } else { "not here" };
            format!("{jar} ({sign})")
        })
        .collect();
    let more = if differing.len() > NAMED { ", …" } else { "" };
    let message = format!(
        "{} has other jars in repository/components than {}: {}{more}",
        node.name,
        list(&others),
        named.join(", ")
    );
    let mut finding = Finding::new(node.identity.span, "has other jars", message)
        .help("put the same jars in the same versions into lib and dropins of all nodes of a role");
    for other in members.iter().filter(|other| other.index != node.index) {
        finding = finding.related(other.identity.span, "compared with this node");
    }
    Some(finding)
}

fn jars(node: &Node) -> BTreeSet<&str> {
    let within =
        |path: &'_ String| FOLDERS.iter().any(|folder| path.starts_with(folder)) && path.ends_with(".jar");
    node.files.iter().filter(|path| within(path)).filter_map(|path| path.rsplit('/').next()).collect()
}

/// Drivers of databases by what the names of their jars hold, letters and digits only.
const DRIVERS: [&str; 8] =
    ["db2jcc", "jtds", "mariadbjava", "mssqljdbc", "mysqlconnector", "ojdbc", "postgresql", "sqljdbc"];

/// True for a driver of which some node has no version at all: a rule about data sources speaks about that.
fn is_reported(members: &[&Node], holders: &[usize], jar: &str) -> bool {
    let own = letters(jar);
    DRIVERS.iter().filter(|driver| own.contains(**driver)).any(|driver| {
        let lacks = |node: &Node| !jars(node).iter().any(|jar| letters(jar).contains(driver));
        members.iter().enumerate().any(|(position, node)| !holders.contains(&position) && lacks(node))
    })
}
