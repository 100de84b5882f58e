//! Key management of api-manager.xml.

use crate::extract::variables::Variables;
use crate::extract::view::View;
use crate::model::keys::KeyManagement;

/// `APIKeyValidator`, `AuthManager` and `OAuthConfigurations` of api-manager.xml.
pub(super) fn key_management(root: View<'_>, variables: &Variables) -> Option<KeyManagement> {
    let _ = (root, variables);
    None
}
