//! Rules about how values and files are written, whatever they mean.

pub mod amqp_url_malformed;
pub mod boolean_invalid;
pub mod element_duplicate;
pub mod element_misplaced;
pub mod element_pseudo_commented;
pub mod element_unknown;
pub mod encoding_mismatch;
pub mod file_misnamed;
pub mod json_malformed;
pub mod placeholder_unfilled;
pub mod url_malformed;
pub mod value_whitespace;
pub mod xml_malformed;

use super::base;
use crate::catalog::vocabulary;
use crate::input::{Parsed, Unparsed};
use crate::model::Node;
use crate::syntax::Cause;
use crate::syntax::settings::Form;
use crate::syntax::xml;

/// The files of one form that their author has to mend.
fn malformed(node: &Node, form: Form) -> impl Iterator<Item = &Unparsed> {
    node.unparsed.iter().filter(move |file| {
        !file.is_undecodable && file.error.cause == Cause::Mistake && Form::of(&file.path) == form
    })
}

/// The XML files of a node whose elements we know, with what we know of them. Older releases have others.
fn known_files(node: &Node) -> impl Iterator<Item = (&str, &xml::Document, &'static vocabulary::File)> {
    let vocabulary = vocabulary::of(node.product.as_str()).filter(|_| !node.is_older_than_known());
    node.own_documents().filter_map(move |(path, _, parsed)| {
        let Parsed::Xml(document) = parsed else { return None };
        Some((path, document.as_ref(), vocabulary?.file(path)?))
    })
}

/// True for an element that the server asks for by its name: not what axis2.xml deploys, what a data source hands to its
/// pool, and what Tomcat knows.
fn is_read_by_name(file: &str, path: &str) -> bool {
    let within = |element: &str| {
        path.strip_prefix(element).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    match file.strip_prefix("repository/conf/").unwrap_or(file) {
        "axis2/axis2.xml" => within("/axisconfig/clustering"),
        "tomcat/catalina-server.xml" => path == "/Server/Service/Connector",
        name => !name.starts_with("datasources/"),
    }
}

/// True for a file of settings. What an artifact does with its braces is its own business.
fn is_configuration(file: &str) -> bool {
    let own = ["synapse-configs", "executionplans", "eventstreams"];
    !own.iter().any(|folder| file.contains(&format!("repository/deployment/server/{folder}/")))
        && !file.starts_with("repository/resources/")
}
