//! Rules about versions of products and of what their files hold.

pub mod setting_of_other_version;
pub mod version_mixed;

use crate::model::Node;
use crate::model::node::VersionEvidence;

/// True where the version is told, not guessed from what the files hold.
fn is_certain(node: &Node) -> bool {
    matches!(node.version_evidence, VersionEvidence::Given | VersionEvidence::Stated)
}
