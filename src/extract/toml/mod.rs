//! TOML nodes: deployment.toml, inferred values and defaults lowered to the model.

mod clustering;
mod databases;
mod edited;
mod gateway;
mod keys;
mod logins;
mod ports;
mod references;
mod registry;
mod security;
mod server;
mod settings;
mod throttling;
mod tokens;
mod users;
mod written;

use self::settings::Settings;
use super::files::Files;
use super::key_store_files::look_into;
use super::listeners::port_variables;
use super::variables::{Variables, known_properties};
use super::xml;
use crate::catalog::vanilla;
use crate::model::{Node, Product, Setting};

/// Home-relative path of the one file that a TOML node is configured in.
pub(super) const DEPLOYMENT: &str = "repository/conf/deployment.toml";

/// Fills in all parts of a node that its deployment.toml speaks about. The product, the version and what the
/// input holds are set; every part of the model is empty.
pub(super) fn extract(node: &mut Node, files: &mut Files) {
    node.artifacts = xml::artifacts(files);
    node.libraries = xml::libraries(files);
    node.secondary_user_stores = xml::secondary_user_stores(files);
    let Some(document) = files.toml(DEPLOYMENT) else {
        node.identity = server::unread(files.place(DEPLOYMENT));
        node.deployment_toml = written::unread(files);
        return;
    };
    let version = node.version;
    let is_api_manager = matches!(node.product, Product::ApiManager | Product::Unknown);
    // Keys and their defaults hardly differ between versions: where none is known the latest pack speaks.
    let latest = || vanilla::packs("wso2am").last().filter(|_| is_api_manager);
    let pack = files.pack().or_else(latest);
    let settings = Settings::new(&document, pack);
    let given = node.system_property("portOffset").map(Setting::port);
    let offset = given.unwrap_or_else(|| settings.port("server.offset", 0));

    node.listeners = ports::listeners(&settings, &offset, version, is_api_manager);
    let variables = Variables {
        ports: port_variables(&node.listeners, &offset),
        host_name: settings.get("server.hostname").and_then(|name| name.text().map(str::to_owned)),
        admin_name: settings.get("super_admin.username").and_then(|name| name.text().map(str::to_owned)),
        system: known_properties(node),
    };
    let administrator =
        Administrator { password: settings.get("super_admin.password").filter(|text| text.text().is_some()) };

    // Identity Server has keys of its own, which no model here knows.
    node.deployment_toml = match is_api_manager {
        true => written::written(&document, &settings, node.told_version(), files),
        false => written::unread(files),
    };
    node.edited_files = edited::edited_files(node, files);
    node.identity = server::identity(&settings, offset);
    node.connectors = server::connectors(&settings, &variables);
    node.data_sources = databases::data_sources(&settings, is_api_manager);
    node.database_uses = databases::database_uses(&settings, &node.data_sources);
    if let Some((_, text)) = files.text(DEPLOYMENT) {
        databases::mark_spare(&mut node.data_sources, &node.database_uses, text);
    }
    node.registry = is_api_manager.then(|| registry::registry(&settings, &variables));
    node.users = Some(users::users(&settings));
    node.clustering = Some(clustering::clustering(&settings, &variables));
    node.key_stores = keys::key_stores(&settings);
    look_into(&mut node.key_stores, files, true);
    node.security = security::security(&settings, &document);
    node.token_notification = tokens::notification(&settings, &variables);
    if is_api_manager {
        node.environments = gateway::environments(&settings, &variables, &administrator);
        node.artifact_pull = gateway::artifact_pull(&settings, version);
        let keys = keys::key_management(&settings, &variables);
        let throttling = throttling::throttling(&settings, &variables, version);
        node.logins = logins::logins(&settings, &node.environments, &keys, &throttling);
        node.key_management = Some(keys);
        node.throttling = Some(throttling);
        node.tokens = Some(tokens::tokens(&settings, &variables));
        node.other_references = server::references(&settings, &variables);
        node.event_processor = Some(throttling::event_processor(&settings, &variables));
        node.event_publishers = xml::event_publishers(files);
        node.stock_publishers = xml::stock_publishers(files, version);
        if node.is_before(4, 0) {
            node.jndi_files = xml::jndi_files(files, &node.event_publishers, &variables);
            node.jndi_files_missing = xml::jndi_files_missing(files, node);
        }
    }
}

/// What `${admin.password}` stands for.
struct Administrator {
    password: Option<Setting>,
}

impl Administrator {
    /// A password with its placeholders filled in.
    fn fill(&self, text: Setting, variables: &Variables) -> Setting {
        match &self.password {
            Some(password) if text.text() == Some("${admin.password}") => {
                Setting::at(password.value.clone(), text.span, text.origin)
            }
            _ => variables.fill(text),
        }
    }
}

#[cfg(test)]
mod fixture {
    use super::*;
    use crate::catalog::vanilla;
    use crate::extract::listeners::port_variables;
    use crate::source::{FileId, Span};
    use crate::syntax::toml;

    /// Lowers a text as a node of this version and hands the settings and variables over.
    pub(in crate::extract::toml) fn lower<T>(
        version: &str,
        text: &str,
        check: impl FnOnce(&Settings<'_>, &Variables) -> T,
    ) -> T {
        let file = FileId { owner: 0, index: 0 };
        let document = toml::parse(file, text).expect("parses");
        let settings = Settings::new(&document, vanilla::pack("wso2am", version));
        let offset = settings.port("server.offset", 0);
        let listeners = ports::listeners(&settings, &offset, crate::model::Version::parse(version), true);
        let variables = Variables { ports: port_variables(&listeners, &offset), ..Variables::default() };
        check(&settings, &variables)
    }

    /// The text under a span.
    pub(in crate::extract::toml) fn under(text: &str, span: Span) -> &str {
        text.get(span.start as usize..span.end as usize).expect("inside")
    }
}

#[cfg(test)]
mod tests {
    use super::fixture::lower;
    use super::*;
    use crate::extract::tests::Folder;
    use crate::model::Origin;
    use crate::model::Version;
    use crate::model::database::{DataSource, LogicalDatabase};
    use crate::model::ports::ListenerKind;

    #[test]
    fn a_whole_node_is_read_from_its_one_file() {
        let text = "[server]\nhostname = \"gw.corp.test\"\noffset = 1\n[database.shared_db]\n\
                    type = \"mysql\"\n\
                    hostname = \"db\"\nport = \"3306\"\nname = \"shared\"\n[[apim.gateway.environment]]\n\
                    name = \"Default\"";
        let folder = Folder::of(&[
            (DEPLOYMENT, text),
            ("repository/resources/security/wso2carbon.jks", "abc"),
            ("bin/version.txt", "WSO2 API Manager 4.2.0"),
            ("bin/api-manager.sh", "JAVA_OPTS=\"$JAVA_OPTS -DportOffset=3\"\n"),
        ]);
        let node = folder.node().node;
        assert_eq!((node.product, node.version), (Product::ApiManager, Some(Version::new(4, 2, 0))));
        assert_eq!(node.port(ListenerKind::ServletHttps), Some(9446));
        assert_eq!(node.identity.host_name.as_ref().and_then(Setting::text), Some("gw.corp.test"));
        let users = node.database(LogicalDatabase::Users).unwrap().0;
        assert_eq!(users.url.as_ref().unwrap().value, "jdbc:mysql://db:3306/shared");
        assert_eq!(node.environments.len(), 1);
        let digest = node.key_stores[0].digest.as_deref();
        assert_eq!(digest.and_then(|digest| digest.get(..8)), Some("ba7816bf"));
        assert!(node.registry.is_some() && node.clustering.is_some() && node.artifact_pull.is_some());
        assert!(node.throttling.is_some_and(|throttling| throttling.event_hub.is_some()));
    }

    #[test]
    fn of_a_file_that_cannot_be_read_nothing_is_known() {
        let found = Folder::of(&[(DEPLOYMENT, "[server\nhostname = \"a\"")]).node();
        assert_eq!(found.unread.len(), 1);
        let identity = found.node.identity;
        assert_eq!(identity.host_name.unwrap().origin, Origin::Unknown);
        assert_eq!(identity.offset.origin, Origin::Unknown);
        assert!(found.node.listeners.is_empty() && found.node.clustering.is_none());
    }

    /// Every table and list that the topics read, in every shape that TOML can give it.
    #[test]
    fn no_shape_of_a_known_key_makes_a_topic_panic() {
        const KEYS: [&str; 18] = [
            "server",
            "server.offset",
            "server.hostname",
            "clustering",
            "clustering.members",
            "database",
            "database.apim_db",
            "database.shared_db.pool_options",
            "datasource",
            "apim",
            "apim.throttling",
            "apim.throttling.url_group",
            "apim.throttling.throttle_decision_endpoints",
            "apim.gateway.environment",
            "apim.gateway.environment.virtual_host",
            "apim.sync_runtime_artifacts.gateway.gateway_labels",
            "keystore.tls",
            "user_store",
        ];
        const VALUES: [&str; 9] = [
            "5",
            "-1",
            "\"\"",
            "\",,\"",
            "\"$ref{\"",
            "[]",
            "[1, [\"a:b:c\"], {x = 1}]",
            "[{name = \"a\", virtual_host = 1}]",
            "{name = [\"a\"], url = 1}",
        ];
        let mut texts: Vec<String> = KEYS.iter().map(|key| format!("[{key}]\nname = 1")).collect();
        texts.extend(KEYS.iter().map(|key| format!("[[{key}]]\nname = 1\ntraffic_manager_urls = \"a, b\"")));
        for key in KEYS {
            texts.extend(VALUES.iter().map(|value| format!("{key} = {value}")));
        }
        for (version, text) in
            ["3.0.0", "4.5.0"].iter().flat_map(|version| texts.iter().map(move |text| (version, text)))
        {
            let version_number = Version::parse(version);
            lower(version, text, |settings, variables| {
                let offset = settings.port("server.offset", 0);
                let administrator = Administrator { password: settings.get("super_admin.password") };
                let identity = server::identity(settings, offset);
                let sources = databases::data_sources(settings, true);
                let mut spans = vec![identity.span, users::users(settings).span];
                spans.extend(server::connectors(settings, variables).iter().map(|connector| connector.span));
                spans.extend(sources.iter().map(DataSource::place));
                spans.extend(
                    databases::database_uses(settings, &sources).iter().map(|usage| usage.reference.span),
                );
                spans.extend(registry::registry(settings, variables).mounts.iter().map(|mount| mount.span));
                let cluster = clustering::clustering(settings, variables);
                spans.extend(cluster.members.iter().map(|member| member.host_name.span));
                let environments = gateway::environments(settings, variables, &administrator);
                spans.extend(environments.iter().map(|environment| environment.span));
                let pull = gateway::artifact_pull(settings, version_number);
                spans.extend(pull.iter().flat_map(|pull| &pull.labels).map(|label| label.span));
                spans.push(keys::key_management(settings, variables).span);
                spans.extend(keys::key_stores(settings).iter().map(|store| store.location.span));
                let throttling = throttling::throttling(settings, variables, version_number);
                spans.extend(throttling.brokers.iter().map(|broker| broker.host_span));
                for span in spans {
                    assert!(span.start <= span.end && span.end as usize <= text.len(), "{text}: {span:?}");
                }
            });
        }
    }
}
