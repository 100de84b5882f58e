//! Throttling of api-manager.xml.

use crate::extract::variables::Variables;
use crate::extract::view::View;
use crate::model::throttling::Throttling;

/// `ThrottlingConfigurations` of api-manager.xml.
pub(super) fn throttling(root: View<'_>, variables: &Variables) -> Option<Throttling> {
    let _ = (root, variables);
    None
}
