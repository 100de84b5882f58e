//! What the data sources of a node are used for, and under which names the target has them.
//!
//! The templates of 3.x and 4.x know a data source for each use (`[database.shared_db]`, `[database.user]`,
//! `[database.config]`); the XML versions had any names and referred to them by JNDI name.

use std::collections::BTreeMap;

use super::{Answer, Question};
use crate::migrate::inversion::Wanted;
use crate::migrate::inversion::draft::Draft;
use crate::migrate::{Key, Legacy, Risk};
use crate::model::Version;
use crate::render::value::Value;

const DATA_SOURCES: &str = "repository/conf/datasources/master-datasources.xml";
const REGISTRY: &str = "repository/conf/registry.xml";
const USERS: &str = "repository/conf/user-mgt.xml";
const API_MANAGER: &str = "repository/conf/api-manager.xml";

const ELEMENT: &str = "/datasources-configuration/datasources/datasource[name='";
const REALM_DATA_SOURCE: &str = "/UserManager/Realm/Configuration/Property[@name='dataSource']";
const STORE: &str = "/UserManager/Realm/UserStoreManager";

/// Where an untouched node keeps its own registry.
const LOCAL: &str = "WSO2_CARBON_DB";

/// What a data source is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    /// The registry of the node alone.
    Local,
    ApiManager,
    /// Users, where the registry shares their database, and the registry that nodes share.
    Shared,
    /// Users, in a database of their own.
    Users,
    /// The configuration registry, in a database of its own.
    Configuration,
    Statistics,
}

impl Use {
    /// The name that the templates give it, the name behind `jdbc/`, and its table.
    fn target(self) -> Option<(&'static str, &'static str, &'static str)> {
        match self {
            Self::Local => Some(("WSO2_CARBON_DB", "WSO2CarbonDB", "local")),
            Self::ApiManager => Some(("WSO2AM_DB", "WSO2AM_DB", "apim_db")),
            Self::Shared => Some(("WSO2_SHARED_DB", "SHARED_DB", "shared_db")),
            Self::Users => Some(("WSO2USER_DB", "WSO2USER_DB", "user")),
            Self::Configuration => Some(("WSO2CONFIG_DB", "WSO2CONFIG_DB", "config")),
            Self::Statistics => None,
        }
    }
}

/// The data sources of a node that have a known use.
#[derive(Debug, Default)]
pub struct DataSources {
    /// By the name of the element.
    uses: BTreeMap<String, Use>,
    /// By JNDI name.
    by_reference: BTreeMap<String, Use>,
    /// Instances of remote registries: what they are in the target.
    instances: BTreeMap<String, &'static str>,
    /// Their database configurations.
    configurations: BTreeMap<String, &'static str>,
    /// The database configuration of the registry of the node itself.
    current: String,
    /// JNDI names, by name.
    references: BTreeMap<String, String>,
    /// The databases behind the data sources, by name.
    databases: BTreeMap<String, Database>,
}

/// A database as a server signs in to it: URL and user.
type Database = (String, String);

impl DataSources {
    /// Looks a node over. What another node of the deployment uses a database for, this one uses it for, too: a node that
    /// has no registry mounted, or its users elsewhere, does not tell.
    pub fn of(legacy: &Legacy, nodes: &[Legacy]) -> Self {
        let mut own = Self::alone(legacy);
        let mut known: BTreeMap<Database, Use> = BTreeMap::new();
        for other in nodes.iter().map(Self::alone) {
            let used =
                other.uses.iter().filter_map(|(name, usage)| Some((other.databases.get(name)?, usage)));
            // A database that statistics share is not theirs alone.
            let used = used.filter(|((url, _), usage)| kind(url) != Some("h2") && **usage != Use::Statistics);
            for (database, usage) in used {
                let most = known.entry(database.clone()).or_insert(*usage);
                *most = (*most).max(*usage);
            }
        }
        let shared = own.databases.clone();
        let told = shared.iter().filter_map(|(name, database)| Some((name, database, known.get(database)?)));
        // Those that have a use already make room for the others.
        let (used, unused): (Vec<_>, Vec<_>) = told.partition(|(name, _, _)| own.uses.contains_key(*name));
        for (name, database, usage) in used.into_iter().chain(unused) {
            let is_of_node = matches!(own.uses.get(name), Some(Use::Local | Use::Statistics));
            let is_taken = own
                .uses
                .iter()
                .any(|(other, taken)| taken == usage && other != name && shared.get(other) != Some(database));
            if !is_of_node && !is_taken && *usage != Use::Local {
                own.uses.insert(name.clone(), *usage);
                if let Some(reference) = own.references.get(name) {
                    own.by_reference.insert(reference.clone(), *usage);
                }
            }
        }
        own
    }

    fn alone(legacy: &Legacy) -> Self {
        let values = |file: &str| -> BTreeMap<String, String> {
            let all = legacy.settings(file);
            all.into_iter().map(|setting| (setting.path, setting.value)).collect()
        };
        let (sources, registry, users) = (values(DATA_SOURCES), values(REGISTRY), values(USERS));
        let api_manager = values(API_MANAGER);
        let mut found = Self::default();
        let of_mount = |mount: &str| {
            let instance =
                registry.get(&format!("/wso2registry/mount[@path='/_system/{mount}']/instanceId"))?;
            let configuration =
                registry.get(&format!("/wso2registry/remoteInstance[id='{instance}']/dbConfig"))?;
            let reference =
                registry.get(&format!("/wso2registry/dbConfig[@name='{configuration}']/dataSource"))?;
            Some((instance, configuration, named(&sources, reference)?))
        };
        let (governance, configuration) = (of_mount("governance"), of_mount("config"));
        let shared = governance.as_ref().or(configuration.as_ref()).map(|(_, _, name)| name.clone());
        if let Some((instance, database, name)) = configuration {
            let apart = shared.as_ref().is_some_and(|shared| !alike(&sources, shared, &name));
            found.instances.insert(instance.clone(), "conf");
            found.configurations.insert(database.clone(), "configregistry");
            found.uses.insert(name, if apart { Use::Configuration } else { Use::Shared });
        }
        if let Some((instance, database, name)) = governance {
            found.instances.insert(instance.clone(), "gov");
            found.configurations.insert(database.clone(), "govregistry");
            found.uses.insert(name, Use::Shared);
        }
        if let Some(name) = users.get(REALM_DATA_SOURCE).and_then(|reference| named(&sources, reference)) {
            let apart = shared.as_ref().is_some_and(|shared| !alike(&sources, shared, &name));
            let embedded = sources.get(&url(&name)).is_some_and(|url| kind(url) == Some("h2"));
            // Untouched, users live in the database of the node.
            if !(name == "WSO2_CARBON_DB" && (embedded || shared.is_some())) {
                found.uses.insert(name, if apart { Use::Users } else { Use::Shared });
            }
        }
        let reference = api_manager.get("/APIManager/DataSourceName");
        // The name that packs give it tells where the reference is missing.
        let name = reference.and_then(|reference| named(&sources, reference));
        found.uses.entry(name.unwrap_or_else(|| "WSO2AM_DB".to_owned())).or_insert(Use::ApiManager);
        let local = format!("/wso2registry/dbConfig[@name='{}']/dataSource", current(&registry));
        let local = registry.get(&local).and_then(|reference| named(&sources, reference));
        let local = local.filter(|name| !found.uses.contains_key(name)).unwrap_or_else(|| LOCAL.to_owned());
        for (name, usage) in [(local, Use::Local), ("WSO2AM_STATS_DB".to_owned(), Use::Statistics)] {
            found.uses.entry(name).or_insert(usage);
        }
        found.current = current(&registry).to_owned();
        for (path, value) in &sources {
            if let Some((name, "jndiConfig/name")) = apart(path) {
                found.references.insert(name.to_owned(), value.clone());
            }
            let Some((name, "definition/configuration/url")) = apart(path) else { continue };
            let user = format!("{ELEMENT}{name}']/definition/configuration/username");
            let database = (sources.get(path), sources.get(&user));
            if let (Some(url), Some(user)) = database {
                found.databases.insert(name.to_owned(), (url.clone(), user.clone()));
            }
        }
        for (name, usage) in &found.uses {
            if let Some(reference) = found.references.get(name) {
                found.by_reference.insert(reference.clone(), *usage);
            }
        }
        found
    }

    /// The URLs that the node set, by which the target knows that it has the database at all, and the types that follow
    /// from them, from which driver and validation query follow. The URLs come first: a type without one asks for a host.
    pub fn first(&self, legacy: &Legacy, version: Version) -> Vec<(Key, Value)> {
        let customised = legacy.customised.iter().filter(|setting| setting.file == DATA_SOURCES);
        let known = customised.filter_map(|setting| {
            let url = setting.value.as_deref()?;
            let (name, _) =
                apart(&setting.path).filter(|(_, rest)| *rest == "definition/configuration/url")?;
            let (_, _, table) = self.uses.get(name)?.target()?;
            // 3.0.0 has no such table for the registry of the node, and `infer.json` there no MariaDB.
            if table == "local" && !version.at_least(3, 1) {
                return None;
            }
            let infers = |kind: &&str| version.at_least(3, 1) || *kind != "mariadb";
            let table = Key::dotted("database").name(table);
            let kind = kind(url).filter(infers);
            let kind = kind.map(|kind| (table.clone().name("type"), Value::Text(kind.to_owned())));
            let url = (table.name("url"), Value::Text(url.replace('&', "&amp;")));
            Some([Some(url), kind])
        });
        known.flatten().flatten().collect()
    }

    /// What becomes of a setting that is one of a data source, or refers to one.
    pub fn answer(&self, question: Question) -> Option<Answer> {
        match question.file {
            DATA_SOURCES => self.of_source(question),
            REGISTRY => self.of_registry(question),
            USERS if question.path == REALM_DATA_SOURCE => Some(self.of_realm(question)),
            USERS | API_MANAGER | "repository/conf/identity/identity.xml" => self.of_reference(question),
            _ => None,
        }
    }

    fn of_source(&self, question: Question) -> Option<Answer> {
        let (name, rest) = apart(question.path)?;
        if rest == "description" {
            return Some(Answer::obsolete("the target writes the descriptions of data sources by itself"));
        }
        if rest.starts_with("definition/configuration/databaseProps/") {
            return Some(Answer::manual(
                Risk::Medium,
                "no template writes databaseProps: give the driver its properties by pool_options.connectionProperties = \
                 \"NAME=VALUE;NAME=VALUE\" of this data source",
            ));
        }
        let Some(usage) = self.uses.get(name).copied() else { return self.of_custom(question, name, rest) };
        let Some((element, reference, table)) = usage.target() else {
            return Some(Answer::obsolete(
                "the statistics database has no successor: analytics run outside of the server from 4.0 on, and in a \
                 server of their own in 3.x",
            ));
        };
        let reference = format!("jdbc/{reference}");
        if rest == "jndiConfig/name" && question.value.is_some_and(|value| value != reference) {
            return Some(Answer::obsolete(&format!(
                "the data source is [database.{table}] now, known as {reference}; what referred to it goes along"
            )));
        }
        let file = question.file.to_owned();
        let path = format!("{ELEMENT}{element}']/{rest}");
        Some(Answer::Moved(Wanted { file, path, value: question.value.map(str::to_owned) }, None))
    }

    /// A data source of the user's own is known in the target by one name, `jdbc/` before it: what refers to it goes by
    /// that name.
    fn of_custom(&self, question: Question, name: &str, rest: &str) -> Option<Answer> {
        if name == LOCAL && !self.references.contains_key(name) {
            return Some(Answer::obsolete(
                "the registry of the node lies in another data source, which is [database.local] now",
            ));
        }
        let own = self.references.get(name)?.strip_prefix("jdbc/")?;
        if own == name {
            return None;
        }
        let (file, path) = (question.file.to_owned(), format!("{ELEMENT}{own}']/{rest}"));
        Some(Answer::Moved(Wanted { file, path, value: question.value.map(str::to_owned) }, None))
    }

    fn of_realm(&self, question: Question) -> Answer {
        let value = question.value.unwrap_or("jdbc/WSO2CarbonDB");
        let name = match self.by_reference.get(value) {
            Some(Use::Shared | Use::Local) => "SHARED_DB",
            Some(usage) => usage.target().map_or("SHARED_DB", |(_, reference, _)| reference),
            None => value.strip_prefix("jdbc/").unwrap_or(value),
        };
        let key = Key::dotted("realm_manager.data_source");
        Answer::Keys(vec![(key, Value::Text(name.to_owned()))], None)
    }

    /// A reference to a data source that has another name in the target.
    fn of_reference(&self, question: Question) -> Option<Answer> {
        let value = question.value?;
        let names = question.path == "/APIManager/DataSourceName"
            || question.path.ends_with("/JDBCPersistenceManager/DataSource/Name")
            || (question.path.starts_with(STORE) && question.path.ends_with("[@name='dataSource']"));
        let (_, reference, _) = self.by_reference.get(value).filter(|_| names)?.target()?;
        let (file, path) = (question.file.to_owned(), question.path.to_owned());
        Some(Answer::Moved(Wanted { file, path, value: Some(format!("jdbc/{reference}")) }, None))
    }

    fn of_registry(&self, question: Question) -> Option<Answer> {
        let moved = |path: String, value: Option<String>| {
            let file = question.file.to_owned();
            Some(Answer::Moved(Wanted { file, path, value }, None))
        };
        let value = question.value;
        if let Some((name, rest)) = element(question.path, "/wso2registry/dbConfig[@name='") {
            let own = match self.configurations.get(name) {
                Some(own) => own,
                None if name == self.current => "wso2registry",
                None => return None,
            };
            let translated =
                value.map(|value| match self.by_reference.get(value).and_then(|usage| usage.target()) {
                    Some((_, reference, _)) => format!("jdbc/{reference}"),
                    None => value.to_owned(),
                });
            return moved(format!("/wso2registry/dbConfig[@name='{own}']/{rest}"), translated);
        }
        if let Some((id, rest)) = element(question.path, "/wso2registry/remoteInstance[id='") {
            let own = self.instances.get(id)?;
            return match rest {
                "@url" => Some(Answer::obsolete(
                    "the address of a registry that is mounted by its database names it only: the target takes \
                     server.hostname",
                )),
                "dbConfig" => moved(
                    format!("/wso2registry/remoteInstance[id='{own}']/dbConfig"),
                    value.map(|value| self.configurations.get(value).copied().unwrap_or(value).to_owned()),
                ),
                _ => moved(
                    format!("/wso2registry/remoteInstance[id='{own}']/{rest}"),
                    value.map(str::to_owned),
                ),
            };
        }
        let (path, rest) = element(question.path, "/wso2registry/mount[@path='")?;
        let own = match path {
            "/_system/governance" => "gov",
            "/_system/config" => "conf",
            _ => {
                return Some(Answer::manual(
                    Risk::Medium,
                    format!(
                        "the target mounts /_system/governance and /_system/config only: what stands in {path} has \
                             to be copied there"
                    ),
                ));
            }
        };
        let known = value.is_some_and(|value| self.instances.contains_key(value));
        (rest == "instanceId" && known).then(|| moved(question.path.to_owned(), Some(own.to_owned())))?
    }
}

/// True for a node whose users lie in a database that a new server can take over, which the embedded one is not.
pub(super) fn keeps_users(legacy: &Legacy) -> bool {
    if let Some(draft) = legacy.deployment_toml() {
        return ["shared_db", "user"].iter().any(|table| is_kept(&draft, table));
    }
    let sources = DataSources::alone(legacy);
    let holds_users = |usage: &Use| matches!(usage, Use::Shared | Use::Users);
    let urls = sources.uses.iter().filter(|(_, usage)| holds_users(usage));
    urls.filter_map(|(name, _)| sources.databases.get(name)).any(|(url, _)| kind(url) != Some("h2"))
}

/// True where a deployment.toml has another database than the embedded one.
fn is_kept(draft: &Draft, table: &str) -> bool {
    let text = |field: &str| match draft.get(&Key::dotted("database").name(table).name(field)) {
        Some(Value::Text(text)) => Some(text.as_str()),
        _ => None,
    };
    text("type").is_some_and(|kind| kind != "h2") || text("url").is_some_and(|url| kind(url) != Some("h2"))
}

/// The name of the database configuration that the registry of the node itself has.
fn current(registry: &BTreeMap<String, String>) -> &str {
    registry.get("/wso2registry/currentDBConfig").map_or("wso2registry", String::as_str)
}

/// The name of the data source that a JNDI name belongs to.
fn named(sources: &BTreeMap<String, String>, reference: &str) -> Option<String> {
    sources.iter().find_map(|(path, value)| {
        let (name, rest) = apart(path)?;
        (rest == "jndiConfig/name" && value == reference).then(|| name.to_owned())
    })
}

/// True when two data sources log in to the same database in the same way.
fn alike(sources: &BTreeMap<String, String>, one: &str, other: &str) -> bool {
    let user = |name: &str| sources.get(&format!("{ELEMENT}{name}']/definition/configuration/username"));
    one == other || (sources.get(&url(one)) == sources.get(&url(other)) && user(one) == user(other))
}

fn url(name: &str) -> String {
    format!("{ELEMENT}{name}']/definition/configuration/url")
}

/// The name of the data source of a path, and what stands behind its element.
fn apart(path: &str) -> Option<(&str, &str)> {
    element(path, ELEMENT)
}

/// What tells an element apart whose path starts like this, and what stands behind it.
fn element<'a>(path: &'a str, start: &str) -> Option<(&'a str, &'a str)> {
    path.strip_prefix(start)?.split_once("']/")
}

/// The `type` of a JDBC URL.
fn kind(url: &str) -> Option<&'static str> {
    const KINDS: [(&str, &str); 9] = [
        ("mysql:", "mysql"),
        ("mariadb:", "mariadb"),
        ("oracle:", "oracle"),
        ("sqlserver:", "mssql"),
        ("jtds:sqlserver:", "mssql"),
        ("postgresql:", "postgre"),
        ("db2:", "db2"),
        ("h2:", "h2"),
        ("log4jdbc:mysql:", "mysql"),
    ];
    let url = url.strip_prefix("jdbc:")?;
    KINDS.iter().find(|(start, _)| url.starts_with(start)).map(|(_, kind)| *kind)
}
