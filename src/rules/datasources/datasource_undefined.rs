//! A name that no data source has: the component that asks for it does not start, and the server goes on without it.

use crate::model::database::{DataSource, DatabaseUse};
use crate::model::node::{ConfigModel, Node, Product};
use crate::model::{Deployment, Setting};
use crate::rules::{Check, Finding, Rule, letters, unique_near};
use crate::source::Span;

/// DS002.
pub static RULE: Rule = Rule { card: "DS002-datasource-undefined", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let toml = node.config_model == ConfigModel::Toml;
    // An input without any data source leaves them to somebody else; templates of other servers define their own.
    let is_left_out = !node.data_sources.iter().any(is_written) && !toml;
    if is_left_out || (toml && node.product == Product::IdentityServer) {
        return;
    }
    let mut seen: Vec<Span> = Vec::new();
    for usage in node.database_uses.iter().filter(|usage| usage.data_source.is_none()) {
        let place = usage.reference.span;
        // One entry of registry.xml serves several spaces.
        let Some(name) = usage.reference.text().filter(|_| !seen.contains(&place)) else { continue };
        seen.push(place);
        if usage.reference.is_written() {
            findings.push(undefined(node, usage, name));
        } else if let Some(source) = renamed(node, name) {
            findings.extend(misnamed(node, source, name));
        }
    }
}

fn is_written(source: &DataSource) -> bool {
    source.jndi_name.as_ref().is_some_and(Setting::is_written)
}

fn undefined(node: &Node, usage: &DatabaseUse, name: &str) -> Finding {
    let toml = node.config_model == ConfigModel::Toml;
    let reference = &usage.reference;
    let message = format!(
        "{} defines no data source {name}, which it names for the {}",
        node.name,
        usage.database.noun()
    );
    let finding = Finding::new(reference.span, "no data source of this name", message);
    let Some(right) = meant(node, usage, name) else {
        return finding.help(match toml {
            true => format!("add [[datasource]] with id = \"{}\", or name one that exists", bare(name)),
            false => format!("add a datasource with the JNDI name {name}, or name one that exists"),
        });
    };
    // The realm manager names data sources without the prefix, which the template adds.
    let written = jndi_names(node).find(|(_, jndi_name)| *jndi_name == right);
    let written = written.and_then(|(source, _)| source.jndi_name.as_ref()).filter(|name| name.is_written());
    let finding = match written {
        Some(jndi_name) => finding.related(jndi_name.span, "a name that exists"),
        None => finding,
    };
    let is_bare = toml && reference.bare(name).is_none() && reference.value.starts_with("jdbc/");
    let text = if is_bare { bare(right) } else { right };
    finding.help(format!("write {text}")).fix(reference.bare(name), text)
}

/// A JNDI name without its usual start.
fn bare(name: &str) -> &str {
    name.strip_prefix("jdbc/").unwrap_or(name)
}

fn jndi_names(node: &Node) -> impl Iterator<Item = (&DataSource, &str)> {
    node.data_sources.iter().filter_map(|source| Some((source, source.jndi_name.as_ref()?.text()?)))
}

/// The JNDI name that is most likely meant: the same but for its start, the only near one, or that of the data source which
/// has the name itself.
fn meant<'a>(node: &'a Node, usage: &DatabaseUse, name: &str) -> Option<&'a str> {
    let serves_another = |jndi_name: &str| {
        let mut uses = node.database_uses.iter();
        uses.any(|other| other.database != usage.database && other.reference.text() == Some(jndi_name))
    };
    let same = jndi_names(node).find(|(_, other)| bare(other) == bare(bare(name)));
    let near = || {
        let mut names: Vec<&str> =
            jndi_names(node).map(|(_, name)| name).filter(|name| !serves_another(name)).collect();
        names.dedup();
        unique_near(name, &names)
    };
    let named = || jndi_names(node).find(|(source, _)| source.name.text() == Some(bare(name)));
    same.map(|(_, name)| name).or_else(near).or_else(|| named().map(|(_, name)| name))
}

/// The written data source that nothing uses and that is called after this JNDI name, which a file asks for that nobody
/// touched.
fn renamed<'a>(node: &'a Node, name: &str) -> Option<&'a DataSource> {
    let is_used =
        |jndi_name: &str| node.database_uses.iter().any(|usage| usage.reference.text() == Some(jndi_name));
    let mut written =
        jndi_names(node).filter(|(source, jndi_name)| is_written(source) && !is_used(jndi_name));
    let called = |(source, _): &(&DataSource, &str)| {
        source.name.text().is_some_and(|entry| letters(entry) == letters(bare(name)))
    };
    written.find(called).map(|(source, _)| source)
}

fn misnamed(node: &Node, source: &DataSource, name: &str) -> Option<Finding> {
    let jndi_name = source.jndi_name.as_ref()?;
    let found = jndi_name.text()?;
    let message = format!("{} has no data source {name}, which other files name, but {found}", node.name);
    Some(
        Finding::new(jndi_name.span, "named by no file", message)
            .help(format!("write {name}"))
            .fix(jndi_name.bare(found), name),
    )
}
