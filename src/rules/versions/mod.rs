//! Rules about versions of products and of what their files hold.

pub mod key_manager_version_mismatch;
pub mod setting_of_other_version;
pub mod update_level_mixed;
pub mod version_mixed;

use crate::model::Node;
use crate::source::Span;

/// What states the version, else the file that should.
fn place(node: &Node) -> Span {
    node.version_stated.unwrap_or(node.identity.span)
}
