//! Publisher and store keep images and documents of apps in different databases: what one stores the other cannot show.

use super::{is_portal, move_to};
use crate::input::Parsed;
use crate::model::Deployment;
use crate::model::database::LogicalDatabase;
use crate::model::node::Node;
use crate::model::sharing::{Sharer, node_names, uses};
use crate::rules::datasources::adoption;
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// AP001.
pub static RULE: Rule = Rule { card: "AP001-storage-database-unshared", check: Check::Deployment(check) };

const MAIN_FILE: &str = "repository/conf/datasources/master-datasources.xml";
/// The name that the portals ask for where app-manager.xml names no other.
const STORAGE: &str = "jdbc/ES_Storage";

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for mut nodes in deployment.sharers(LogicalDatabase::Storage) {
        nodes.retain(|node| is_portal(node));
        if nodes.len() < 2 {
            continue;
        }
        let all = uses(&nodes, LogicalDatabase::Storage);
        for node in &nodes {
            findings.extend(missing(node, &all));
        }
        let (own, networked): (Vec<Sharer<'_>>, Vec<Sharer<'_>>) = all
            .iter()
            .filter(|sharer| sharer.source.identity().is_some())
            .partition(|sharer| is_private(deployment, sharer, &all));
        let (right, wrong) = deployment.split(&networked);
        if let Some(reference) = right.first() {
            findings.extend(own.iter().map(|sharer| in_own_file(sharer, reference)));
            findings.extend(wrong.iter().map(|sharer| elsewhere(sharer, reference)));
        } else if let ([first, rest @ ..], true) = (own.as_slice(), nodes.len() == own.len()) {
            findings.push(in_own_files(first, rest));
        }
    }
}

/// True for an H2 file that the other portals cannot open: all but one absolute path that H2 serves to several processes
/// of a machine.
fn is_private(deployment: &Deployment, sharer: &Sharer<'_>, all: &[Sharer<'_>]) -> bool {
    let opens_together = |sharer: &Sharer<'_>| {
        sharer.source.is_embedded() && sharer.source.is_absolute_file() && sharer.source.is_auto_server()
    };
    let mut others = all.iter().filter(|other| other.node.index != sharer.node.index);
    sharer.source.is_embedded()
        && !(opens_together(sharer)
            && others.all(|other| {
                opens_together(other)
                    && deployment.same_database((sharer.node, sharer.source), (other.node, other.source))
                        != Some(false)
            }))
}

/// A node whose data sources are all known and hold no storage.
fn missing(node: &Node, all: &[Sharer<'_>]) -> Option<Finding> {
    let usage = node.database_uses.iter().find(|usage| usage.database == LogicalDatabase::Storage);
    let name = match usage {
        Some(usage) if usage.data_source.is_some() => return None,
        Some(usage) => usage.reference.text()?,
        None => STORAGE,
    };
    let Some((_, Parsed::Xml(document))) = node.documents.get(MAIN_FILE) else { return None };
    let is_read = |path: &String| node.documents.contains_key(path);
    let mut files = node.files.iter().filter(|path| {
        path.starts_with("repository/conf/datasources/") && path.ends_with("-datasources.xml")
    });
    let is_known = |name: &crate::model::Setting| name.text().is_some();
    if !files.all(is_read)
        || !node.data_sources.iter().filter_map(|source| source.jndi_name.as_ref()).all(is_known)
    {
        return None;
    }
    let list = document.root.child("datasources").unwrap_or(&document.root);
    let peer = all.iter().find(|sharer| sharer.node.index != node.index && !sharer.source.is_embedded());
    let mut finding = Finding::new(
        list.start_tag,
        "storage missing here",
        format!("{} has no data source {name} for the images and documents of apps", node.name),
    );
    let holder: Option<Span> =
        usage.filter(|usage| usage.reference.is_written()).map(|usage| usage.reference.span);
    if let Some(span) = holder {
        finding = finding.related(span, "named here");
    }
    Some(match peer {
        Some(peer) => finding
            .help(format!(
                "add a datasource with the JNDI name {name} and the url of {} ({})",
                peer.node.name,
                peer.source.shown()
            ))
            .related(peer.source.place(), format!("storage of {}", peer.node.name)),
        None => finding.help(format!(
            "add a datasource with the JNDI name {name} on a database that publisher and store both reach"
        )),
    })
}

fn in_own_file(sharer: &Sharer<'_>, reference: &Sharer<'_>) -> Finding {
    Finding::new(
        sharer.place_against(reference),
        "a file of this node",
        format!(
            "{} keeps images and documents of apps in an H2 file of its own ({}), which {} cannot see",
            sharer.node.name,
            sharer.source.shown(),
            reference.node.name
        ),
    )
    .help(move_to(sharer, reference))
    .related(reference.source.place(), format!("storage of {}", reference.node.name))
}

fn in_own_files(first: &Sharer<'_>, rest: &[Sharer<'_>]) -> Finding {
    let nodes: Vec<&Node> = std::iter::once(first).chain(rest).map(|sharer| sharer.node).collect();
    let mut finding = Finding::new(
        first.source.place(),
        "a file of this node",
        format!(
            "{} each keep images and documents of apps in an H2 file of their own ({})",
            node_names(&nodes),
            first.source.shown()
        ),
    )
    .help(format!(
        "create one storage database on a server, and set url, driverClassName, username and password of {} there on \
         every node",
        first.source.name.value
    ));
    for sharer in rest {
        finding = finding.related(sharer.source.place(), format!("another file on {}", sharer.node.name));
    }
    finding
}

fn elsewhere(sharer: &Sharer<'_>, reference: &Sharer<'_>) -> Finding {
    let (own, other) = (&sharer.node.name, &reference.node.name);
    let (shown, shown_there) = (sharer.source.shown(), reference.source.shown());
    let message = if shown == shown_there {
        format!("{own} and {other} each keep images and documents of apps at {shown} of their own machine")
    } else {
        format!("{own} keeps images and documents of apps at {shown}, but {other} at {shown_there}")
    };
    let help = if shown == shown_there {
        "set the url on both to an address that both machines reach".to_owned()
    } else {
        adoption(sharer, reference)
    };
    Finding::new(sharer.place_against(reference), "another database", message)
        .help(help)
        .related(reference.source.place(), format!("storage of {other}"))
}
