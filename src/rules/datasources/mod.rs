//! Rules about data sources and the databases behind them.

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

use crate::model::sharing::Sharer;

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
