//! Rules about data sources and the databases behind them.

pub mod auto_commit_mismatch;
pub mod broker_database_shared;
pub mod connection_test_missing;
pub mod database_host_loopback;
pub mod database_mismatch;
pub mod database_overlap;
pub mod datasource_duplicate;
pub mod datasource_undefined;
pub mod datasource_unused;
pub mod driver_jar_missing;
pub mod driver_url_mismatch;
pub mod h2_shared_database;
pub mod validation_query_mismatch;

use crate::model::Deployment;
use crate::model::sharing::Sharer;
use crate::rules::Finding;
use crate::source::Span;

/// Points at what the node uses in place of the right database, and at the data source of that one if the node has it.
pub(super) fn with_sources(
    deployment: &Deployment,
    finding: Finding,
    sharer: &Sharer<'_>,
    reference: &Sharer<'_>,
) -> Finding {
    let places = [sharer.source.place(), sharer.usage.reference.span];
    let is_apart = |place: &Span| !place.overlaps(&finding.primary.span);
    let apart: Vec<Span> = places.into_iter().filter(is_apart).collect();
    let finding =
        apart.into_iter().fold(finding, |finding, place| finding.related(place, "used on this node"));
    let right = (reference.node, reference.source);
    let spare = sharer
        .node
        .data_sources
        .iter()
        .filter(|source| source.spare)
        .find(|source| deployment.same_database((sharer.node, source), right) == Some(true));
    match spare.and_then(|source| source.jndi_name.as_ref()) {
        Some(jndi_name) => finding.related(jndi_name.span, "nothing uses it yet"),
        None => finding,
    }
}

/// The instruction for a node that should use the database of another one.
pub(super) fn adoption(sharer: &Sharer<'_>, reference: &Sharer<'_>) -> String {
    let (other, shown) = (&reference.node.name, reference.source.shown());
    let change = match sharer.source.parts.kind {
        Some(_) => format!("change [database.{}] so that it leads to", sharer.source.name.value),
        None => "set the url to".to_owned(),
    };
    if sharer.names_another(reference) {
        let name = &reference.usage.reference.value;
        format!("name a data source of {shown} here, as {other} does ({name})")
    } else if sharer.source.differs_in_servers(reference.source) {
        format!(
            "{change} {shown}, as on {other}; if both names mean one server, give the hosts file with --hosts"
        )
    } else {
        format!("{change} {shown}, as on {other}")
    }
}
