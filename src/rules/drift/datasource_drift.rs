//! Nodes that open one database in different ways see different faults: one waits, one reconnects, one is refused.

use std::collections::{BTreeMap, BTreeSet};

use super::list;
use crate::model::database::DataSource;
use crate::model::sharing::{Opened, SHARED};
use crate::model::{Deployment, Setting};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;
use crate::syntax::secrets;

/// DR003.
pub static RULE: Rule = Rule { card: "DR003-datasource-drift", check: Check::Deployment(check) };

/// So many settings stand in the message.
const NAMED: usize = 3;

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let mut seen: BTreeSet<(usize, Span)> = BTreeSet::new();
    for group in sharing(deployment) {
        for (found, place) in drifts(&group) {
            if seen.insert(place) {
                findings.push(found);
            }
        }
    }
}

/// The data sources through which several nodes open one database for one purpose.
fn sharing(deployment: &Deployment) -> Vec<Vec<Opened<'_>>> {
    let mut classes: Vec<Vec<Opened<'_>>> = Vec::new();
    for database in SHARED {
        for group in deployment.sharers(database) {
            let opened = group.into_iter().filter_map(|node| Some((node, node.database(database)?.0)));
            let of_group = deployment.by_database(opened, |opened| *opened).into_iter();
            classes.extend(of_group.filter(|class| class.len() > 1));
        }
    }
    classes
}

/// One finding for each node that opens the database otherwise than most, with the node and the data source.
fn drifts(group: &[Opened<'_>]) -> Vec<(Finding, (usize, Span))> {
    let same_roles = group.windows(2).all(|pair| match pair {
        [(left, _), (right, _)] => left.roles == right.roles,
        _ => true,
    });
    let read: Vec<BTreeMap<String, (String, Span)>> =
        group.iter().map(|(_, source)| settings(source, same_roles)).collect();
    let keys: BTreeSet<&String> = read.iter().flat_map(BTreeMap::keys).collect();
    let usual: BTreeMap<&String, &str> = keys
        .into_iter()
        .filter_map(|key| {
            let values: Vec<&str> = read
                .iter()
                .filter_map(|settings| settings.get(key))
                .map(|(value, _)| value.as_str())
                .collect();
            Some((key, most(&values)?))
        })
        .collect();
    let mut found = Vec::new();
    for ((node, source), own) in group.iter().zip(&read) {
        let odd: Vec<(&String, &str, &str, Span)> = own
            .iter()
            .filter_map(|(key, (value, place))| {
                let usual = usual.get(key)?;
                (value != usual).then_some((key, value.as_str(), *usual, *place))
            })
            .collect();
        let Some((key, .., place)) = odd.first() else { continue };
        let named: Vec<String> =
            odd.iter().take(NAMED).map(|(key, value, usual, _)| format!("{key} {value} ({usual})")).collect();
        let more = if odd.len() > NAMED { ", …" } else { "" };
        let others: Vec<&str> = group
            .iter()
            .filter(|(other, _)| other.index != node.index)
            .map(|(other, _)| other.name.as_str())
            .collect();
        let message = format!(
            "{} opens {} with other settings than {}: {}{more}",
            node.name,
            source.name.value,
            list(&others),
            named.join(", ")
        );
        let mut finding = Finding::new(*place, "differs", message)
            .help("open one database in one way on all nodes, unless the difference is meant");
        for ((other, their), settings) in
            group.iter().zip(&read).filter(|((other, _), _)| other.index != node.index)
        {
            let same = settings.get(*key).map_or_else(|| their.place(), |(_, place)| *place);
            finding = finding.related(same, format!("as {} opens it", other.name));
        }
        found.push((finding, (node.index, source.span)));
    }
    found
}

/// What most have; of equally frequent values the first. `None` where all are the same.
fn most<'a>(values: &[&'a str]) -> Option<&'a str> {
    let count = |value: &str| values.iter().filter(|other| **other == value).count();
    let best = values.iter().map(|value| count(value)).max()?;
    values.iter().copied().find(|value| count(value) == best).filter(|_| best < values.len())
}

/// What is written about how to open the database: driver, user, parameters of the URL and, where asked, the pool.
fn settings(source: &DataSource, with_pool: bool) -> BTreeMap<String, (String, Span)> {
    let mut settings = BTreeMap::new();
    let mut add = |key: &str, setting: Option<&Setting>| {
        if let Some((setting, text)) = setting.and_then(|setting| Some((setting, setting.text()?)))
            && setting.is_written()
            && !text.contains('$')
            && !secrets::is_secret_key(key)
        {
            settings.insert(key.to_owned(), (folded(text), setting.span));
        }
    };
    add("driver", source.driver.as_ref());
    add("user", source.user_name.as_ref());
    for (name, value) in source.options.iter().filter(|_| with_pool) {
        add(name, Some(value));
    }
    if let Some((url, jdbc)) =
        source.url.as_ref().zip(source.jdbc.as_ref()).filter(|(url, _)| url.is_written())
    {
        for (name, value) in jdbc.parameters.iter().filter(|(name, _)| !secrets::is_secret_key(name)) {
            settings.insert(name.clone(), (folded(value), url.span));
        }
    }
    settings
}

/// Booleans in one spelling.
fn folded(text: &str) -> String {
    crate::syntax::settings::plain_spelling(text)
}
