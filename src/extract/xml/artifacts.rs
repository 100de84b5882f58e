//! Deployed artifacts and added libraries.

use crate::extract::files::Files;
use crate::model::gateway::Artifacts;

/// Deployed files; `None` where the input lacks the folder.
pub(in crate::extract) fn artifacts(files: &mut Files) -> Option<Artifacts> {
    let _ = files;
    None
}

/// Names of the jars in `repository/components`; `None` where the input lacks `lib`.
pub(in crate::extract) fn libraries(files: &Files) -> Option<Vec<String>> {
    let _ = files;
    None
}
