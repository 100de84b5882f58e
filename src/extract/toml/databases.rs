//! `[database.*]` and `[[datasource]]`, and who uses them.

use super::DEPLOYMENT;
use super::settings::Settings;
use crate::model::database::{DataSource, DatabaseUse, LogicalDatabase, UrlParts, bound};
use crate::model::{Origin, Setting};
use crate::source::Span;
use crate::syntax::jdbc;

/// Embedded databases of 3.0, whose templates hold them as text: later packs state them as defaults.
const LOCAL_URL: &str = "jdbc:h2:./repository/database/WSO2CARBON_DB;DB_CLOSE_ON_EXIT=FALSE;MVCC=TRUE";
const BROKER_URL: &str =
    "jdbc:h2:./repository/database/WSO2MB_DB;DB_CLOSE_ON_EXIT=FALSE;LOCK_TIMEOUT=60000;MVCC=TRUE";

/// JNDI names that the templates give to the tables.
const LOCAL: &str = "jdbc/WSO2CarbonDB";
const SHARED: &str = "jdbc/SHARED_DB";
const CONFIG: &str = "jdbc/WSO2CONFIG_DB";
const API: &str = "jdbc/WSO2AM_DB";
const BROKER: &str = "WSO2MBStoreDB";

/// Tables in the order of the rendered file: name, JNDI name, and whether the data source exists without the
/// table.
const TABLES: [(&str, &str, bool); 8] = [
    ("local", LOCAL, true),
    ("shared_db", SHARED, true),
    ("user", "jdbc/WSO2USER_DB", false),
    ("sync_runtime_artifacts_db", "jdbc/WSO2AS_DB", false),
    ("config", CONFIG, false),
    ("apim_db", API, true),
    ("mb.store_db", BROKER, true),
    ("identity_db", "jdbc/WSO2IdentityDB", false),
];

/// All data sources: those of the built-in tables, then every `[[datasource]]`. A server that is no API
/// Manager has only those that it writes.
pub(super) fn data_sources(settings: &Settings<'_>, is_api_manager: bool) -> Vec<DataSource> {
    let mut found: Vec<DataSource> = TABLES
        .into_iter()
        .filter(|(name, _, always)| {
            (*always && is_api_manager) || settings.has_table(&format!("database.{name}"))
        })
        .map(|(name, jndi_name, _)| of_table(settings, name, jndi_name))
        .collect();
    found.extend(settings.entries("datasource").into_iter().map(|entry| {
        let id = entry.get("id");
        let url = entry.get("url");
        DataSource {
            jndi_name: id.as_ref().map(|id| id.map(|id| format!("jdbc/{id}"))),
            name: id.unwrap_or_else(|| Setting::at(String::new(), entry.span(), Origin::Unknown)),
            jdbc: parsed(url.as_ref()),
            url,
            driver: entry.get("driver"),
            user_name: entry.get("username"),
            password: entry.get("password").map(|password| password.secret()),
            parts: UrlParts::default(),
            options: options(entry.under("pool_options"), entry.get("validationQuery")),
            spare: false,
            pool: entry.span(),
            span: entry.span(),
            file: DEPLOYMENT.to_owned(),
        }
    }));
    found
}

fn of_table(settings: &Settings<'_>, name: &str, jndi_name: &str) -> DataSource {
    let table = format!("database.{name}");
    let get = |key: &str| settings.get(&format!("{table}.{key}"));
    let span = settings.table_place(&table);
    let origin = if settings.has_table(&table) { Origin::Written } else { Origin::Derived };
    let embedded = match name {
        "local" => Some(LOCAL_URL),
        "mb.store_db" => Some(BROKER_URL),
        _ => None,
    };
    let url = get("url").or_else(|| Some(Setting::at(embedded?.to_owned(), span, Origin::Derived)));
    let driver = get("driver").map(|driver| match settings.written(&format!("{table}.type")) {
        Some(kind) if driver.origin == Origin::Derived => Setting::at(driver.value, kind.span, driver.origin),
        _ => driver,
    });
    let driver = driver.or_else(|| {
        Some(Setting::at(embedded.and(Some("org.h2.Driver"))?.to_owned(), span, Origin::Derived))
    });
    DataSource {
        name: Setting::at(name.to_owned(), span, origin),
        jndi_name: Some(Setting::at(jndi_name.to_owned(), span, Origin::Derived)),
        jdbc: parsed(url.as_ref()),
        url,
        driver,
        user_name: get("username"),
        password: get("password").map(|password| password.secret()),
        parts: url_parts(settings, &table),
        options: options(settings.under(&format!("{table}.pool_options")), get("validationQuery")),
        spare: false,
        pool: settings.table_place(&format!("{table}.pool_options")),
        span,
        file: DEPLOYMENT.to_owned(),
    }
}

/// The options of a pool, with the test query beside them unless they hold one: both are rendered, and the server takes the
/// later.
fn options(pool: Vec<(String, Setting)>, query: Option<Setting>) -> Vec<(String, Setting)> {
    const QUERY: &str = "validationQuery";
    let query = query.filter(|_| !pool.iter().any(|(name, _)| name == QUERY));
    pool.into_iter().chain(query.map(|query| (QUERY.to_owned(), query))).collect()
}

/// The keys that the URL of a built-in table follows from.
fn url_parts(settings: &Settings<'_>, table: &str) -> UrlParts {
    let written = |key: &str| settings.written(&format!("{table}.{key}"));
    if written("url").is_some() {
        return UrlParts::default();
    }
    let kind = written("type");
    let is_oracle = kind.as_ref().and_then(Setting::text) == Some("oracle");
    UrlParts {
        host: written("hostname"),
        port: written("port"),
        database: written(if is_oracle { "sid" } else { "name" }),
        kind,
    }
}

fn parsed(url: Option<&Setting>) -> Option<jdbc::JdbcUrl> {
    jdbc::parse(url?.text()?)
}

/// JNDI name behind the users: `realm_manager.data_source`, without `jdbc/`, else the shared database.
pub(super) fn user_reference(settings: &Settings<'_>) -> Setting {
    match settings.written("realm_manager.data_source") {
        Some(name) => {
            let jndi_name = format!("jdbc/{}", name.value);
            Setting::at(jndi_name, name.span, name.origin)
        }
        None => derived(SHARED, settings.table_place("database.shared_db")),
    }
}

/// JNDI name behind the config registry.
pub(super) fn config_reference(settings: &Settings<'_>) -> Setting {
    match settings.has_table("database.config") {
        true => derived(CONFIG, settings.table_place("database.config")),
        false => governance_reference(settings),
    }
}

/// JNDI name behind the governance registry.
pub(super) fn governance_reference(settings: &Settings<'_>) -> Setting {
    derived(SHARED, settings.table_place("database.shared_db"))
}

/// JNDI name behind the local registry.
pub(super) fn local_reference(settings: &Settings<'_>) -> Setting {
    derived(LOCAL, settings.table_place("database.local"))
}

fn derived(text: &str, span: Span) -> Setting {
    Setting::at(text.to_owned(), span, Origin::Derived)
}

/// Who uses which data source for what.
pub(super) fn database_uses(settings: &Settings<'_>, data_sources: &[DataSource]) -> Vec<DatabaseUse> {
    let api = settings
        .written("apim.datasource.name")
        .unwrap_or_else(|| derived(API, settings.table_place("database.apim_db")));
    let mut references = vec![
        (LogicalDatabase::Api, api),
        (LogicalDatabase::Users, user_reference(settings)),
        (LogicalDatabase::Governance, governance_reference(settings)),
        (LogicalDatabase::Config, config_reference(settings)),
        (LogicalDatabase::Local, local_reference(settings)),
        (LogicalDatabase::Broker, derived(BROKER, settings.table_place("database.mb.store_db"))),
    ];
    references.extend(settings.written("identity.data_source").map(|name| (LogicalDatabase::Api, name)));
    let is_complete =
        data_sources.iter().all(|entry| entry.jndi_name.as_ref().is_some_and(|name| name.text().is_some()));
    references
        .into_iter()
        .map(|(database, reference)| {
            let data_source = reference.text().and_then(|name| bound(data_sources, name));
            // A name that no entry has may be that of an entry which cannot be read.
            let is_unknown = data_source.is_none() && reference.is_written() && !is_complete;
            let reference = if is_unknown { reference.with_origin(Origin::Unknown) } else { reference };
            DatabaseUse { database, reference, data_source }
        })
        .filter(|usage| usage.data_source.is_some() || usage.reference.origin != Origin::Derived)
        .collect()
}

/// Marks the data sources that nothing in the text of deployment.toml names. Of the built-in tables only the one for users
/// has to be named.
pub(super) fn mark_spare(data_sources: &mut [DataSource], uses: &[DatabaseUse], text: &str) {
    const USERS: &str = "user";
    for entry in data_sources {
        let Some(jndi_name) = &entry.jndi_name else { continue };
        // An entry of the list writes its own name once; the name of a table is the template's.
        let own = match jndi_name.origin {
            Origin::Written => 1,
            Origin::Derived if entry.name.value == USERS => 0,
            _ => continue,
        };
        let is_used = uses.iter().any(|usage| usage.reference.text() == jndi_name.text());
        let bare = jndi_name.value.strip_prefix("jdbc/").unwrap_or(&jndi_name.value);
        entry.spare = entry.name.is_written() && !is_used && text.matches(bare).count() <= own;
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{lower, under};
    use super::*;

    #[test]
    fn a_type_and_its_parts_make_a_url_and_a_driver() {
        let text = "[database.shared_db]\ntype = \"mysql\"\nhostname = \"db.corp.test\"\nport = 3306\n\
                    name = \"shared\"\n\
                    username = \"u\"\npassword = \"p\"\n[database.apim_db]\ntype = \"oracle\"\n\
                    hostname = \"o\"\nport = 1521\n\
                    sid = \"AM\"\npool_options.maxActive = \"9\"\n[database.config]\n\
                    url = \"jdbc:mysql://db:3306/conf\"\n\
                    [[datasource]]\nid = \"WSO2_STATS\"\nurl = \"jdbc:mysql://db:3306/stats\"\n\
                    [datasource.pool_options]\n\
                    maxWait = 1";
        lower("4.2.0", text, |settings, _| {
            let sources = data_sources(settings, true);
            let found = |name: &str| {
                let entry = sources.iter().find(|entry| entry.name.value == name).expect("defined");
                let text = |value: &Option<Setting>| value.as_ref().map(|value| value.value.clone());
                (text(&entry.jndi_name), text(&entry.url), text(&entry.driver))
            };
            let expect = |jndi: &str, url: &str, driver: &str| {
                (Some(jndi.to_owned()), Some(url.to_owned()), Some(driver.to_owned()))
            };
            assert_eq!(
                found("shared_db"),
                expect("jdbc/SHARED_DB", "jdbc:mysql://db.corp.test:3306/shared", "com.mysql.jdbc.Driver")
            );
            assert_eq!(
                found("apim_db"),
                expect("jdbc/WSO2AM_DB", "jdbc:oracle:thin:@o:1521/AM", "oracle.jdbc.OracleDriver")
            );
            assert_eq!(found("WSO2_STATS").0.as_deref(), Some("jdbc/WSO2_STATS"));
            let shared = &sources[1];
            assert_eq!(under(text, shared.place()), "[database.shared_db]");
            assert_eq!(shared.url.as_ref().map(|url| url.origin), Some(Origin::Derived));
            let api = sources.iter().find(|entry| entry.name.value == "apim_db").unwrap();
            assert_eq!(api.option("maxActive").map(|value| value.value.as_str()), Some("9"));
            assert_eq!(api.option("maxWait").map(|value| value.origin), Some(Origin::Derived));
            assert_eq!(
                api.option("validationQuery").map(|value| value.value.as_str()),
                Some("SELECT 1 FROM DUAL")
            );
            let uses = database_uses(settings, &sources);
            let used = |database| {
                let usage = uses.iter().find(|usage| usage.database == database).unwrap();
                sources[usage.data_source.unwrap()].name.value.clone()
            };
            assert_eq!(used(LogicalDatabase::Api), "apim_db");
            assert_eq!(used(LogicalDatabase::Users), "shared_db");
            assert_eq!(used(LogicalDatabase::Governance), "shared_db");
            assert_eq!(used(LogicalDatabase::Config), "config");
            assert_eq!(used(LogicalDatabase::Local), "local");
            assert_eq!(used(LogicalDatabase::Broker), "mb.store_db");
        });
    }

    #[test]
    fn the_realm_names_its_data_source_without_prefix() {
        let text =
            "[realm_manager]\ndata_source = \"WSO2USER_DB\"\n[database.user]\nurl = \"jdbc:mysql://db:1/u\"";
        lower("4.2.0", text, |settings, _| {
            let sources = data_sources(settings, true);
            let uses = database_uses(settings, &sources);
            let users = uses.iter().find(|usage| usage.database == LogicalDatabase::Users).unwrap();
            assert_eq!(users.reference.value, "jdbc/WSO2USER_DB");
            assert_eq!(under(text, users.reference.span), "\"WSO2USER_DB\"");
            assert_eq!(sources[users.data_source.unwrap()].name.value, "user");
        });
    }

    #[test]
    fn the_embedded_databases_of_3_0_are_known() {
        lower("3.0.0", "", |settings, _| {
            let sources = data_sources(settings, true);
            assert!(sources.iter().filter(|entry| entry.is_embedded()).count() >= 3);
        });
    }

    #[test]
    fn an_unknown_type_leaves_the_default_in_place() {
        lower("4.2.0", "[database.apim_db]\ntype = \"postgresql\"\nhostname = \"a\"", |settings, _| {
            let sources = data_sources(settings, true);
            let api = sources.iter().find(|entry| entry.name.value == "apim_db").unwrap();
            assert!(api.is_embedded());
        });
    }
}
