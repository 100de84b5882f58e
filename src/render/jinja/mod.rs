//! The template language of the packs: HubSpot's Jinjava, configured as WSO2's config-mapper does.
//!
//! `org.wso2.config.mapper.JinjaParser` is the same in all its releases: `lstripBlocks` and `trimBlocks` on, else defaults,
//! which means nested interpretation on and no limits but a depth of ten. What differs between the Jinjava releases of the
//! packs is a [`Dialect`]. [`parse`] gives a tree with the place of everything, [`Template::render`] what the server writes.

use crate::render::value::Map;
use std::collections::BTreeSet;

mod evaluate;
mod expression;
mod filters;
mod interpret;
mod item;
mod macros;
mod methods;
mod operators;
mod parse;
mod paths;
mod raised;
mod rendered;
mod scan;
mod symbols;
mod tags;
#[cfg(test)]
mod tests;
mod tests_of;
mod tree;

pub use crate::render::value::{KeyPath, Step};
pub use rendered::{Frame, FrameId, FrameKind, Piece, Rendered, Source};
pub use tree::{
    Binary, Branch, Dialect, Expression, ExpressionKind, Extent, Fault, FaultKind, Loop, Macro, Name, Node,
    NodeKind, SetBlock, Template, Unary,
};

/// Reads a template. Never fails: Jinjava is lenient, and what it complains about is listed in [`Template::faults`].
///
/// `text` is a template as `FileUtils.readFile` gives it: see [`lines_of_file`].
#[must_use]
pub fn parse(text: &str, dialect: Dialect) -> Template {
    parse::parse(text, dialect, BTreeSet::new())
}

impl Template {
    /// What the server writes for this template with a configuration: the tables that the keys' dots make.
    #[must_use]
    pub fn render(&self, context: &Map) -> Rendered {
        interpret::render(self, context)
    }
}

/// A template file as the mapper sees it (`FileUtils.readFile`): every line, the last one too, ends in a line feed.
#[must_use]
pub fn lines_of_file(content: &str) -> std::borrow::Cow<'_, str> {
    if !content.contains('\r') && (content.is_empty() || content.ends_with('\n')) {
        return content.into();
    }
    let mut text = content.replace("\r\n", "\n").replace('\r', "\n");
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text.into()
}

/// Reads an expression that stands in no template, as the newest Jinjava would; one that cannot be read is
/// [`ExpressionKind::Invalid`].
#[must_use]
pub fn parse_expression(text: &str) -> Expression {
    expression::parse_at(text, Extent::new(0, text.len()), Dialect::V2_7_2, &BTreeSet::new())
}
