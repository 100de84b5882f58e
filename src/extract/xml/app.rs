//! app-manager.xml of App Manager nodes, and the addresses that belong to no other topic.

use super::paths;
use crate::extract::files::Files;
use crate::extract::variables::Variables;
use crate::extract::view::View;
use crate::model::app::{AppManager, AssertionConsumer};
use crate::model::{Endpoint, Purpose, Setting};
use crate::syntax::json::Value;

/// The root's own settings; gateway environments and key management are read as in api-manager.xml.
pub(super) fn app_manager(root: View<'_>, files: &mut Files, variables: &Variables) -> AppManager {
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
        provider_urls: provider_urls(root, files, variables),
        consumers: SSO_FILES
            .iter()
            .filter_map(|path| files.xml(path))
            .flat_map(|file| consumers(file.root(), variables))
            .collect(),
    }
}

/// Where releases keep the service providers of single sign-on.
const SSO_FILES: [&str; 2] =
    ["repository/conf/identity/sso-idp-config.xml", "repository/conf/sso-idp-config.xml"];

fn provider_urls(root: View<'_>, files: &mut Files, variables: &Variables) -> Vec<Endpoint> {
    let configurators = root.descend(&["SSOConfiguration", "Configurators"]);
    let mut urls: Vec<Endpoint> = configurators
        .iter()
        .flat_map(|list| list.children("Configurator"))
        .filter_map(|one| one.leaf(&["parameters", "providerURL"]))
        .filter_map(|text| variables.endpoint(text))
        .collect();
    for portal in ["publisher", "store"] {
        let path = format!("repository/deployment/server/jaggeryapps/{portal}/config/{portal}.json");
        let Some((document, origin)) = files.json(&path) else { continue };
        let url = document.root.get("ssoConfiguration").and_then(|sso| sso.value.get("identityProviderURL"));
        if let Some(Value::String(text)) = url.map(|member| &member.value) {
            urls.extend(variables.endpoint(variables.fill(Setting::read(text, origin))));
        }
    }
    urls
}

fn consumers(root: View<'_>, variables: &Variables) -> Vec<AssertionConsumer> {
    let providers = root.child("ServiceProviders");
    let providers = providers.iter().flat_map(|list| list.children("ServiceProvider"));
    providers
        .map(|provider| {
            let listed = provider.child("AssertionConsumerServiceURLs");
            let listed = listed.iter().flat_map(|list| list.children("AssertionConsumerServiceURL"));
            let single = ["DefaultAssertionConsumerServiceURL", "AssertionConsumerService"];
            let single = single.iter().filter_map(|name| provider.child(name));
            AssertionConsumer {
                issuer: provider.leaf(&["Issuer"]).map(|issuer| issuer.value).unwrap_or_default(),
                urls: listed.chain(single).filter_map(|view| variables.endpoint(view.text())).collect(),
            }
        })
        .collect()
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
