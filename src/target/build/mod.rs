//! From the syntax tree of a template to what it can produce.

mod branches;
mod input;
mod lower;
mod properties;
mod xml;

use super::tree::{FileModel, Form};
use crate::render::jinja::Template;
use input::Input;

/// Why a template has no structure of its own: then it is kept as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unbalanced {
    /// A branch ends inside what it opened, or closes what it did not open.
    Branch,
    /// The body of a loop does.
    Loop,
    /// Branches within branches multiply beyond bounds.
    TooMany,
}

/// How often branches may be continued past their end before the template counts as unbalanced.
const MAX_CONTINUATIONS: usize = 200;

/// What a template produces; the error names the part that cannot be followed.
///
/// `path` is that of the rendered file. A file whose structure is not known, or whose branches do not let it be told, is
/// kept as text.
pub fn build(path: &str, template: &Template) -> Result<FileModel, String> {
    let items = lower::items(template)?;
    let structured = match Form::of(path) {
        Form::Xml => xml::document(Input::new(&items)),
        Form::Properties => properties::entries(Input::new(&items)),
        Form::Text => Err(Unbalanced::Branch),
    };
    let (form, nodes) = match structured {
        Ok(nodes) => (Form::of(path), nodes),
        Err(_) => (Form::Text, branches::text(&items)),
    };
    Ok(FileModel { path: path.to_owned(), form, nodes })
}
