//! Rules about how values and files are written, whatever they mean.

pub mod amqp_url_malformed;
pub mod element_duplicate;
pub mod element_pseudo_commented;
pub mod json_malformed;
pub mod placeholder_unfilled;
pub mod xml_malformed;

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

/// The XML files of a node whose elements we know, with what we know of them.
fn known_files(node: &Node) -> impl Iterator<Item = (&str, &xml::Document, &'static vocabulary::File)> {
    let vocabulary = vocabulary::of(node.product.as_str());
    node.own_documents().filter_map(move |(path, _, parsed)| {
        let Parsed::Xml(document) = parsed else { return None };
        Some((path, document.as_ref(), vocabulary?.file(path)?))
    })
}

/// Last part of a path.
fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
