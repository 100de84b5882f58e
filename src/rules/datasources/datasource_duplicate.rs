//! Two data sources of one name: only one of them is bound, and which one depends on the order of files.

use crate::model::database::DataSource;
use crate::model::node::{ConfigModel, Node};
use crate::model::{Deployment, Setting};
use crate::rules::{Check, Finding, Rule};

/// DS010.
pub static RULE: Rule = Rule { card: "DS010-datasource-duplicate", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let mut known: Vec<&DataSource> = Vec::new();
    for source in &node.data_sources {
        match known.iter().find_map(|first| Some((first, shared(node, first, source)?))) {
            Some((first, (what, there, here))) => {
                let (primary, other) = if here.is_written() { (here, there) } else { (there, here) };
                let message = format!("{} has two data sources with the {what} {}", node.name, here.value);
                let in_toml = source.name.is_written() && !first.name.is_written();
                let help = match in_toml && node.config_model == ConfigModel::Toml {
                    true => {
                        "choose another id, or configure the built-in database in its own table".to_owned()
                    }
                    false => "keep the entry that is meant and remove the other, or rename it".to_owned(),
                };
                let other = if other.is_written() { other.span } else { first.place() };
                findings.push(
                    Finding::new(primary.span, "a second one", message)
                        .help(help)
                        .related(source.span, "the entry")
                        .related(other, "the first one"),
                );
            }
            None => known.push(source),
        }
    }
}

/// What two data sources have in common, one of them at least in a file of the node.
fn shared<'a>(
    node: &Node,
    first: &'a DataSource,
    second: &'a DataSource,
) -> Option<(&'static str, &'a Setting, &'a Setting)> {
    let same = |left: &'a Setting, right: &'a Setting| {
        let is_one = left.text().is_some_and(|text| !text.is_empty() && right.text() == Some(text));
        (is_one && (left.is_written() || right.is_written())).then_some((left, right))
    };
    let jndi_names = || {
        let (left, right) = same(first.jndi_name.as_ref()?, second.jndi_name.as_ref()?)?;
        Some(("JNDI name", left, right))
    };
    // Of deployment.toml only ids reach the server, where they make the JNDI names.
    let names = || {
        let (left, right) =
            same(&first.name, &second.name).filter(|_| node.config_model == ConfigModel::Xml)?;
        Some(("name", left, right))
    };
    jndi_names().or_else(names)
}
