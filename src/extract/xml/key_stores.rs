//! Key stores that the files of a node name.

use crate::extract::files::Files;
use crate::extract::variables::Variables;
use crate::model::keys::KeyStore;

/// Every place that names a key store.
pub(super) fn key_stores(files: &mut Files, variables: &Variables) -> Vec<KeyStore> {
    let _ = (files, variables);
    Vec::new()
}
