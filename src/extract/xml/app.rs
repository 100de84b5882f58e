//! app-manager.xml and the addresses of its surroundings.

use crate::extract::files::Files;
use crate::extract::variables::Variables;
use crate::extract::view::View;
use crate::model::app::AppManager;
use crate::model::{Endpoint, Purpose};

/// What app-manager.xml says beyond what it shares with api-manager.xml.
pub(super) fn app_manager(root: View<'_>, variables: &Variables) -> Option<AppManager> {
    let _ = (root, variables);
    None
}

/// Addresses that belong to no other topic, with their purpose.
pub(super) fn references(files: &mut Files, variables: &Variables) -> Vec<(Purpose, Endpoint)> {
    let _ = (files, variables);
    Vec::new()
}
