//! Gateway environments and the deployment synchroniser.

use crate::extract::variables::Variables;
use crate::extract::view::View;
use crate::model::gateway::{DeploymentSynchronizer, Environment};

/// Gateway environments of api-manager.xml or app-manager.xml.
pub(super) fn environments(root: View<'_>, variables: &Variables) -> Vec<Environment> {
    let _ = (root, variables);
    Vec::new()
}

/// `DeploymentSynchronizer` of carbon.xml.
pub(super) fn synchronizer(carbon: View<'_>) -> Option<DeploymentSynchronizer> {
    let _ = carbon;
    None
}
