//! What the shape of a node's files tells where nothing states product or version.

use std::sync::Arc;

use super::files::Files;
use crate::catalog::fingerprint;
use crate::model::{ConfigModel, Product, Version};
use crate::syntax::toml::{self, Item, Table};
use crate::syntax::xml::Document;

const APP_MANAGER: &str = "repository/conf/app-manager.xml";
const DEPLOYMENT: &str = "repository/conf/deployment.toml";
/// Files that are read anyway and that change between versions.
const XML: [&str; 10] = [
    "repository/conf/api-manager.xml",
    "repository/conf/axis2/axis2.xml",
    "repository/conf/broker.xml",
    "repository/conf/carbon.xml",
    "repository/conf/data-bridge/data-bridge-config.xml",
    "repository/conf/datasources/master-datasources.xml",
    "repository/conf/identity/identity.xml",
    "repository/conf/registry.xml",
    "repository/conf/tomcat/catalina-server.xml",
    "repository/conf/user-mgt.xml",
];

/// What the shape tells of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub version: Version,
    /// True where nothing speaks for or against the version.
    pub is_guess: bool,
}

impl Shape {
    fn told(version: Version) -> Self {
        Self { version, is_guess: false }
    }
}

/// The nearest version by the elements or keys that the node writes.
pub(super) fn version(files: &mut Files, product: Product, model: ConfigModel) -> Option<Shape> {
    match (product, model) {
        (Product::ApiManager, ConfigModel::Xml) => {
            let written: Vec<(&str, Arc<Document>)> =
                XML.iter().filter_map(|path| Some((*path, files.written_xml(path)?))).collect();
            let documents: Vec<_> =
                written.iter().map(|(path, document)| (*path, document.as_ref())).collect();
            fingerprint::nearest_version(&documents).and_then(Version::parse).map(Shape::told)
        }
        (Product::ApiManager, ConfigModel::Toml) => files.toml(DEPLOYMENT).map(|document| by_keys(&document)),
        (Product::AppManager, _) => {
            files.written_xml(APP_MANAGER).and_then(|document| app_manager(&document)).map(Shape::told)
        }
        _ => None,
    }
}

/// 1.0 names the data source of activities at the root, 1.2 below `Analytics` (carbon-appmgt `APIMgtDBUtil`).
fn app_manager(document: &Document) -> Option<Version> {
    let root = &document.root;
    if root.descend(&["Analytics", "UIActivityPublishDataSourceName"]).is_some() {
        Some(Version::new(1, 2, 0))
    } else {
        root.child("UiActivityPublishDataSourceName").map(|_| Version::new(1, 0, 0))
    }
}

/// Keys that only 4.x reads or that its pack has.
const KEYS_OF_4: [&str; 9] = [
    "apim.ai",
    "apim.analytics.auth_token",
    "apim.analytics.config_endpoint",
    "apim.event_hub.event_duplicate_url",
    "apim.gateway.environment.gateway_type",
    "apim.gateway.environment.provider",
    "apim.gateway.environment.websub_event_receiver_http_endpoint",
    "apim.open_telemetry",
    "apim.webhooks",
];
/// Keys that only 3.x reads.
const KEYS_OF_3: [&str; 7] = [
    "apim.analytics.store_api_url",
    "apim.analytics.url_group",
    "apim.cache.recent_apis",
    "apim.cache.tags",
    "apim.sync_runtime_artifacts.publisher",
    "apim.throttling.enable_policy_deploy",
    "apim.throttling.receiver_url",
];
/// Keys that came late in 3.x and that hardly any node of it has.
const KEYS_SINCE_3_2: [&str; 2] = ["apim.event_hub", "apim.sync_runtime_artifacts"];
/// Values of `server.server_role` and names of the first gateway environment: in 4.x, in 3.x.
const VALUES: [(&str, &str, &[&str]); 2] = [
    (
        "server.server_role",
        "control-plane",
        &["api-publisher", "api-store", "api-devportal", "api-key-manager"],
    ),
    ("apim.gateway.environment.name", "Default", &["Production and Sandbox"]),
];

/// First the generation, which decides over half of the rules: 3.x and 4.x have most keys in common. Then the nearest
/// version of that generation. A node that tells neither is 3.x, which knows less.
fn by_keys(document: &toml::Document) -> Shape {
    let root = &document.root;
    let count = |keys: &[&str]| keys.iter().filter(|key| !find(root, key).is_empty()).count();
    let (mut newer, mut older) = (count(&KEYS_OF_4), count(&KEYS_OF_3));
    for (key, of_4, of_3) in VALUES {
        for item in find(root, key) {
            if let Item::Scalar(text, _) = item {
                newer += usize::from(text.text == of_4);
                older += usize::from(of_3.contains(&text.text.as_str()));
            }
        }
    }
    let late = count(&KEYS_SINCE_3_2);
    let is_4 = newer > older || newer == older && late > 0;
    let nearest = fingerprint::nearest_toml_version(document).and_then(Version::parse);
    match nearest.filter(|version| version.at_least(4, 0) == is_4) {
        Some(version) => Shape::told(version),
        None if is_4 => Shape::told(Version::new(4, 0, 0)),
        None => Shape { version: Version::new(3, 2, 0), is_guess: newer + older + late == 0 },
    }
}

/// What the keys of a deployment.toml tell of another product than API Manager.
pub(super) fn product(files: &mut Files) -> Option<Product> {
    if !files.has(DEPLOYMENT) {
        return None;
    }
    let document = files.toml(DEPLOYMENT)?;
    let has = |key: &str| !find(&document.root, key).is_empty();
    if has("database.identity_db") {
        return Some(Product::IdentityServer);
    }
    // Micro Integrator.
    let is_integrator = has("service_catalog") || has("management_api") || has("internal_apis");
    (is_integrator && !has("apim") && !has("database")).then_some(Product::Unknown)
}

/// What stands under a dotted key, in all tables of an array of tables.
fn find<'a>(root: &'a Table, key: &str) -> Vec<&'a Item> {
    let mut tables = vec![root];
    let mut found = Vec::new();
    for part in key.split('.') {
        found = tables.iter().filter_map(|table| table.get(part)).collect();
        tables = found
            .iter()
            .flat_map(|item| match item {
                Item::Table(table) => std::slice::from_ref(table),
                Item::Tables(tables) => tables.as_slice(),
                Item::Scalar(..) | Item::Array(..) => &[],
            })
            .collect();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn version_of(text: &str) -> Version {
        by_keys(&toml::parse(FileId { owner: 0, index: 0 }, text).unwrap()).version
    }

    #[test]
    fn the_generation_is_told_by_keys_and_values() {
        for text in [
            "[server]\nserver_role = \"control-plane\"\n",
            "[[apim.gateway.environment]]\nname = \"Default\"\nprovider = \"wso2\"\n",
            "[apim.event_hub]\nenable = true\n",
        ] {
            assert_eq!(version_of(text).major, 4, "{text}");
        }
        for text in [
            "[server]\nserver_role = \"api-store\"\n",
            "[[apim.gateway.environment]]\nname = \"Production and Sandbox\"\n[apim.event_hub]\nenable = true\n",
            "[[apim.analytics.url_group]]\nanalytics_url = [\"tcp://a:7612\"]\n",
            "[server]\nhostname = \"a\"\n",
        ] {
            assert_eq!(version_of(text).major, 3, "{text}");
        }
    }

    #[test]
    fn keys_are_found_in_every_table_of_an_array() {
        let text = "[[a.b]]\nc = 1\n[[a.b]]\nd = 2\n[[a.b]]\nc = 3\n";
        let document = toml::parse(FileId { owner: 0, index: 0 }, text).unwrap();
        assert_eq!(find(&document.root, "a.b.c").len(), 2);
        assert_eq!(find(&document.root, "a.x.c").len(), 0);
    }
}
