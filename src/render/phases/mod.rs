//! The phases of wso2/config-mapper: from the tables of deployment.toml to the values that templates read.

mod defaults;
mod fault;
mod hierarchy;
mod inference;
mod key_mapping;
mod origin;
mod references;
mod rules;
mod secrets;
mod tables;
mod units;
mod validation;
mod variables;
mod version;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::render::value::{Map, Value};
use crate::syntax::java_hash::JavaHashMap;
use crate::syntax::server_toml::Document;

pub use fault::{Fault, FaultKind};
pub use origin::{Origin, Origins, Reference, ReferenceKind, Trace};
pub use rules::{RuleFault, RuleTexts, Rules};
pub use units::{DurationFault, duration_fault};
pub use version::MapperVersion;

use origin::Held;

/// What a server's process would hand to the mapper.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// Environment variables, for `$env{…}`.
    pub variables: BTreeMap<String, String>,
    /// Java system properties, for `$sys{…}`.
    pub properties: BTreeMap<String, String>,
    /// Whether `$env{…}` and `$sys{…}` of unknown name stay as written; otherwise they are faults.
    pub keep_unresolved: bool,
}

/// What the phases make of a deployment.toml.
#[derive(Debug)]
pub struct Configuration {
    /// The tree that templates read (`JinjaParser.getHierarchicalDottedKeyMap`).
    pub context: Map,
    /// The mapper's own keys with their values, in the order of Java's `HashMap` (`Context.templateData`).
    pub flat: Vec<(String, Value)>,
    /// Where each value came from.
    pub origins: Origins,
}

/// `Context.templateData`.
type Data = JavaHashMap<String, Held>;

/// Runs the phases (`ConfigParser.parse` up to the templates).
///
/// # Errors
/// All that would stop the server, as far as one phase can find it; later phases are not reached.
pub fn configure(
    document: &Document,
    rules: &Rules,
    environment: &Environment,
    version: MapperVersion,
) -> Result<Configuration, Vec<Fault>> {
    let tables = tables::read(document, version)?;
    let mut data = Data::new();
    data.put_all(tables.entries);
    key_mapping::map(&mut data, &rules.key_mappings)?;
    inference::infer(&mut data, &rules.infer)?;
    defaults::add(&mut data, &rules.default);
    origin::note_references(&mut data);
    secrets::check(&data, tables.secrets, version)?;
    variables::resolve(&mut data, environment, version)?;
    references::resolve(&mut data)?;
    units::convert(&mut data, &rules.unit_resolve)?;
    validation::validate(&data, &rules.validator)?;
    let context = hierarchy::context(&data)?;
    let flat = data.iter().map(|(key, held)| (key.clone(), held.value.clone())).collect();
    Ok(Configuration { context, flat, origins: Origins::new(&data) })
}

/// Adds what went wrong to the faults and goes on.
fn collect(faults: &mut Vec<Fault>, result: Result<(), Fault>) {
    faults.extend(result.err());
}

/// What a phase ends with.
fn outcome(faults: Vec<Fault>) -> Result<(), Vec<Fault>> {
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}
