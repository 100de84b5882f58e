//! app-manager.xml of App Manager nodes, and the addresses that belong to no other topic.

use super::paths;
use crate::extract::files::Files;
use crate::extract::variables::Variables;
use crate::extract::view::View;
use crate::model::app::AppManager;
use crate::model::{Endpoint, Purpose, Setting};

/// The root's own settings; gateway environments and key management are read as in api-manager.xml.
pub(super) fn app_manager(root: View<'_>, variables: &Variables) -> AppManager {
    let filled = |names: &[&str]| root.leaf(names).filter(|text| !text.value.is_empty());
    AppManager {
        span: root.element.start_tag,
        data_source: filled(&["DataSourceName"]),
        activity_data_source_root: filled(&["UiActivityPublishDataSourceName"]),
        activity_data_source_analytics: filled(&["Analytics", "UIActivityPublishDataSourceName"]),
        activity_data_source_elsewhere: activity_elsewhere(root),
        analytics_span: root.child("Analytics").map(|view| view.element.start_tag),
        storage: filled(&["DataSources", "Storage"]),
        identity_provider: filled(&["SSOConfiguration", "IdentityProviderUrl"])
            .and_then(|text| variables.endpoint(text)),
    }
}

/// The first element that is meant as data source of activities and that no release finds: names are read in their exact
/// case.
fn activity_elsewhere(root: View<'_>) -> Option<Setting> {
    const NAME: &str = "UiActivityPublishDataSourceName";
    let holders = [(root, NAME)].into_iter().chain(
        root.element
            .children
            .iter()
            .filter(|child| !child.children.is_empty())
            .map(|child| {
                (child, if child.name == "Analytics" { "UIActivityPublishDataSourceName" } else { "" })
            })
            .map(|(element, name)| (View { element, ..root }, name)),
    );
    holders
        .flat_map(|(holder, name)| holder.element.children.iter().map(move |child| (child, name)))
        .filter(|(child, name)| child.name.eq_ignore_ascii_case(NAME) && child.name != *name)
        .map(|(element, _)| View { element, ..root }.text())
        .find(|text| !text.value.is_empty())
}

/// `APIStore/ServerURL` and `APIStore/URL` of api-manager.xml: who serves the store.
pub(super) fn references(files: &mut Files, variables: &Variables) -> Vec<(Purpose, Endpoint)> {
    let Some(file) = files.xml(paths::API_MANAGER) else { return Vec::new() };
    [("ServerURL", Purpose::StoreService), ("URL", Purpose::Store)]
        .into_iter()
        .filter_map(|(name, purpose)| Some((purpose, file.root().leaf(&["APIStore", name])?)))
        .filter_map(|(purpose, text)| Some((purpose, variables.endpoint(text)?)))
        .collect()
}
