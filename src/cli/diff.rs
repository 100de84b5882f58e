//! `apimlint diff`.

use super::Status;
use super::arguments::{Diff, DiffFormat};
use super::check::request;
use super::terminal;
use crate::check::{Loaded, load};
use crate::extract;
use crate::model::{ConfigModel, Node};
use crate::report::diff::{Differences, report_human, report_json, report_markdown};

pub(super) fn run(arguments: &Diff) -> Status {
    match compared(arguments) {
        Ok(status) => status,
        Err(reason) => {
            terminal::note(&format!("error: {reason}\n\nFor more information, try 'apimlint diff --help'."));
            Status::Failed
        }
    }
}

fn compared(arguments: &Diff) -> Result<Status, String> {
    let request = request("diff", &arguments.nodes, &None, &None, &arguments.config)?;
    let extracting = extract::Options { product_version: arguments.product_version, everything: true };
    let Loaded { deployment, unread, .. } = load(&request, &extracting);
    let nodes = &deployment.nodes;
    if let (Some(first), true) = (nodes.first(), unread.is_empty())
        && nodes.len() < 2
    {
        return Err(format!("{} is the only node: name two at least", first.name));
    }
    if let Some((first, other)) = unlike(nodes) {
        return Err(format!(
            "{} is {}, {} is {}: nodes of one product and version can be compared",
            first.name,
            told(first),
            other.name,
            told(other)
        ));
    }
    let differences = deployment.differences();
    let differences = Differences {
        deployment: &deployment,
        unexplained: &differences.unexplained,
        own: &differences.own,
        unread: &unread,
    };
    let text = match arguments.format {
        DiffFormat::Human => report_human(&differences),
        DiffFormat::Markdown => report_markdown(&differences),
        DiffFormat::Json => {
            report_json(&differences).map_err(|error| format!("the report cannot be made: {error}"))?
        }
    };
    let printed = terminal::print(text.as_bytes());
    Ok(if !printed || !unread.is_empty() {
        Status::Failed
    } else if differences.unexplained.is_empty() {
        Status::Clean
    } else {
        Status::Findings
    })
}

/// The first node that is another product, version or model than the first one of all.
fn unlike(nodes: &[Node]) -> Option<(&Node, &Node)> {
    let first = nodes.first()?;
    let is_unlike = |other: &&Node| {
        (first.product, first.version, first.config_model)
            != (other.product, other.version, other.config_model)
    };
    nodes.iter().find(is_unlike).map(|other| (first, other))
}

fn told(node: &Node) -> String {
    let version = node.version.map_or("of unknown version".to_owned(), |version| version.to_string());
    let model = match node.config_model {
        ConfigModel::Xml => "XML",
        ConfigModel::Toml => "deployment.toml",
    };
    format!("{} {version} with {model}", node.product.as_str())
}
