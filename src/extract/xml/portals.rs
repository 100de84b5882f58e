//! site.json of the portals, and the servlet connectors they are reached through.

use crate::extract::files::Files;
use crate::extract::view::View;
use crate::model::portal::{Connector, Portal};

/// The portals of the node.
pub(super) fn portals(files: &mut Files) -> Vec<Portal> {
    let _ = files;
    Vec::new()
}

/// `Connector` elements of catalina-server.xml.
pub(super) fn connectors(catalina: View<'_>) -> Vec<Connector> {
    let _ = catalina;
    Vec::new()
}
