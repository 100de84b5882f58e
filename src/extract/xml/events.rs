//! Event publishers and JNDI files.

use crate::extract::files::Files;
use crate::extract::variables::Variables;
use crate::model::throttling::{EventPublisher, JndiFile};

/// The files under `eventpublishers`, sorted by path.
pub(in crate::extract) fn event_publishers(files: &mut Files, variables: &Variables) -> Vec<EventPublisher> {
    let _ = (files, variables);
    Vec::new()
}

/// `jndi.properties` and the JNDI files that publishers refer to.
pub(in crate::extract) fn jndi_files(
    files: &mut Files,
    publishers: &[EventPublisher],
    variables: &Variables,
) -> Vec<JndiFile> {
    let _ = (files, publishers, variables);
    Vec::new()
}
