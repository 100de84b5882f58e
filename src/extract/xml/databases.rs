//! Data sources, and the places that name them by JNDI name.

use crate::extract::files::Files;
use crate::extract::mentions::unmentioned;
use crate::extract::variables::Variables;
use crate::extract::view::View;
use crate::model::database::{DataSource, DatabaseUse, LogicalDatabase, UrlParts, bound};
use crate::model::registry::{CONFIG_PATH, GOVERNANCE_PATH};
use crate::model::{Node, Origin, Product, Setting};
use crate::source::FileId;
use crate::syntax::{jdbc, xml};

const FOLDER: &str = "repository/conf/datasources";
const BROKER: &str = "repository/conf/broker.xml";
/// JNDI name that the server asks for when it reads statistics.
const STATISTICS: &str = "jdbc/WSO2AM_STATS_DB";
/// JNDI name of App Manager's storage where app-manager.xml names none.
const STORAGE: &str = "jdbc/ES_Storage";
/// Files beside the main one that name the database of the identity component.
const IDENTITY: [&str; 3] = [
    "repository/conf/identity/identity.xml",
    "repository/conf/thrift-authentication.xml",
    "repository/conf/identity/thrift-authentication.xml",
];

/// Likewise in App Manager; what its thrift-authentication.xml names stays local.
const APP_IDENTITY: [&str; 2] = ["repository/conf/identity.xml", "repository/conf/identity/identity.xml"];

/// The data sources of a node.
pub(super) struct DataSources {
    /// The entries of all files, in the order in which the server reads them.
    pub entries: Vec<DataSource>,
    /// True when no entry can be missing: every file could be read and no JNDI name is a placeholder.
    pub complete: bool,
}

/// Reads every `*-datasources.xml`. An overlay replaces the vanilla files that it has and leaves the others.
pub(super) fn data_sources(files: &mut Files, variables: &Variables) -> DataSources {
    let mut paths: Vec<_> = files
        .list_with_vanilla(FOLDER)
        .into_iter()
        .filter(|path| path.ends_with("-datasources.xml") && path.matches('/').count() == 3)
        .collect();
    // The server starts with this file (carbon-kernel `DataSourceManager`).
    paths.sort_by_key(|path| !path.ends_with("/master-datasources.xml"));
    let mut found = DataSources { entries: Vec::new(), complete: files.is_home() || files.pack().is_some() };
    for path in &paths {
        match files.xml(path) {
            Some(file) => found.entries.extend(of_file(file.root(), path, variables)),
            None => found.complete = false,
        }
    }
    let is_unknown = |entry: &DataSource| entry.jndi_name.as_ref().is_some_and(|name| name.text().is_none());
    found.complete &= !found.entries.iter().any(is_unknown);
    found
}

fn of_file(root: View<'_>, path: &str, variables: &Variables) -> Vec<DataSource> {
    let lists = root.children("datasources");
    lists
        .flat_map(|list| list.children("datasource"))
        .map(|entry| data_source(entry, path, variables))
        .collect()
}

fn data_source(entry: View<'_>, path: &str, variables: &Variables) -> DataSource {
    const OWN: [&str; 4] = ["url", "username", "password", "driverClassName"];
    let span = entry.place();
    let configuration = entry.descend(&["definition", "configuration"]);
    let value = |name: &str| configuration?.value(&[name]).map(|text| variables.fill(text));
    // With `dataSourceClassName` the connection stands in properties of the driver's own data source.
    let property = |name: &str| {
        let list = configuration?.child("dataSourceProps")?;
        let property = list
            .element
            .children_named("property")
            .find(|child| child.attribute_text("name").is_some_and(|text| text.eq_ignore_ascii_case(name)))?;
        View { element: property, ..list }.value(&[]).map(|text| variables.fill(text))
    };
    let url = value("url").or_else(|| property("url"));
    let is_aliased = configuration
        .and_then(|view| view.child("url"))
        .is_some_and(|view| view.element.attribute("secretAlias").is_some());
    let options = configuration.into_iter().flat_map(|view| &view.element.children);
    DataSource {
        name: entry
            .value(&["name"])
            .map(|text| variables.fill(text))
            .unwrap_or_else(|| Setting::at(String::new(), span, Origin::Derived)),
        jndi_name: entry.value(&["jndiConfig", "name"]).map(|text| variables.fill(text)),
        jdbc: url.as_ref().filter(|_| !is_aliased).and_then(|url| jdbc::parse(&url.value)),
        url,
        driver: value("driverClassName").or_else(|| value("dataSourceClassName")),
        user_name: value("username").or_else(|| property("user")),
        password: value("password").or_else(|| property("password")).map(|text| text.secret()),
        parts: UrlParts::default(),
        options: options
            .filter(|child| child.children.is_empty() && !OWN.contains(&child.name.as_str()))
            .map(|element| (element.name.clone(), View { element, ..entry }))
            .filter_map(|(name, view)| Some((name, variables.fill(view.value(&[])?))))
            .collect(),
        spare: false,
        pool: configuration.map_or(span, |view| view.element.start_tag),
        span,
        file: path.to_owned(),
    }
}

/// Who uses which data source for what. Registry and users must stand in the node already.
pub(super) fn uses(
    node: &Node,
    api: Option<View<'_>>,
    files: &mut Files,
    complete: bool,
) -> Vec<DatabaseUse> {
    let mut named: Vec<(LogicalDatabase, Setting)> = Vec::new();
    let mut add = |database, reference: Option<Setting>| {
        named.extend(reference.map(|reference| (database, reference)));
    };
    let registry = node.registry.as_ref();
    let entry = |name: &str| {
        let names = node.data_sources.iter().filter_map(|entry| entry.jndi_name.as_ref());
        names.into_iter().find(|jndi| jndi.text() == Some(name)).cloned()
    };
    add(LogicalDatabase::Api, api.and_then(|root| root.value(&["DataSourceName"])));
    let identity: &[&str] = match node.product {
        Product::ApiManager | Product::Unknown => &IDENTITY,
        Product::AppManager => &APP_IDENTITY,
        Product::IdentityServer | Product::Analytics => &[],
    };
    for path in identity {
        let file = files.xml(path);
        let names = &["JDBCPersistenceManager", "DataSource", "Name"];
        add(LogicalDatabase::Api, file.and_then(|file| file.root().value(names)));
    }
    add(LogicalDatabase::Users, node.users.as_ref().and_then(|users| users.data_source.clone()));
    add(LogicalDatabase::Governance, registry.and_then(|r| r.mounted_data_source(GOVERNANCE_PATH).cloned()));
    add(LogicalDatabase::Config, registry.and_then(|r| r.mounted_data_source(CONFIG_PATH).cloned()));
    add(LogicalDatabase::Local, registry.and_then(|r| r.local_data_source().cloned()));
    for store in ["messageStore", "contextStore"] {
        let file = files.xml(BROKER);
        add(LogicalDatabase::Broker, file.and_then(|file| broker_store(file.root(), store)));
    }
    add(LogicalDatabase::Statistics, entry(STATISTICS));
    if node.product == Product::AppManager {
        let storage = api.and_then(|root| root.value(&["DataSources", "Storage"]));
        add(LogicalDatabase::Storage, storage.or_else(|| entry(STORAGE)));
    }
    let is_named = |setting: &Setting| named.iter().any(|(_, other)| other.span == setting.span);
    let others = registry.into_iter().flat_map(|registry| &registry.db_configs);
    let others = others.filter_map(|entry| entry.data_source.clone()).filter(|name| !is_named(name));
    let others: Vec<_> = others.map(|name| (LogicalDatabase::Registry, name)).collect();
    named.extend(others);
    named.into_iter().map(|(database, reference)| usage(database, reference, node, complete)).collect()
}

/// Marks the entries that nobody uses. The places that name data sources must stand in the node already.
pub(super) fn mark_spare(node: &mut Node, files: &mut Files) {
    let Some(pack) = files.pack() else { return };
    let inside = |path: &&str| path.strip_prefix(FOLDER).is_some_and(|rest| rest.starts_with('/'));
    let documents: Vec<_> =
        pack.paths().filter(inside).filter_map(|path| pack.xml(path, FileId::NOWHERE)).collect();
    let root = |document: &'_ xml::Document| {
        of_file(View { element: &document.root, origin: Origin::Vanilla }, "", &Variables::default())
    };
    let vanilla: Vec<String> =
        documents.iter().flat_map(root).filter_map(|entry| entry.jndi_name).map(|name| name.value).collect();
    let is_used = |name: &str| node.database_uses.iter().any(|usage| usage.reference.text() == Some(name));
    let names = |entry: &DataSource| -> Option<Vec<String>> {
        let name = entry.jndi_name.as_ref().filter(|name| name.is_written())?.text()?;
        if is_used(name) || vanilla.iter().any(|known| known == name) {
            return None;
        }
        let names = [name, &entry.name.value].into_iter().filter(|name| !name.is_empty());
        Some(names.map(str::to_owned).collect())
    };
    let entries = node.data_sources.iter().enumerate();
    let spare = unmentioned(files, entries.filter_map(|(index, entry)| Some((index, names(entry)?))), FOLDER);
    for (index, entry) in node.data_sources.iter_mut().enumerate() {
        entry.spare = spare.contains(&index);
    }
}

/// What the embedded broker keeps its messages or its other data in.
fn broker_store(root: View<'_>, store: &str) -> Option<Setting> {
    let store = root.descend(&["persistence", store])?;
    store.child_with("property", "name", "dataSource")?.value(&[])
}

/// A name that no entry has may still be right where entries can be missing: then it is unknown.
fn usage(database: LogicalDatabase, reference: Setting, node: &Node, complete: bool) -> DatabaseUse {
    let data_source = reference.text().and_then(|name| bound(&node.data_sources, name));
    let is_unknown = data_source.is_none() && (!complete || reference.value.contains(['$', '{', '<']));
    let reference = if is_unknown { reference.with_origin(Origin::Unknown) } else { reference };
    DatabaseUse { database, reference, data_source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::xml::tests::parse;
    use crate::syntax::jdbc::Vendor;

    fn read(text: &str) -> Vec<DataSource> {
        let document = parse(text);
        let root = View { element: &document.root, origin: Origin::Written };
        of_file(root, "repository/conf/datasources/master-datasources.xml", &Variables::default())
    }

    #[test]
    fn an_entry_is_read_and_a_commented_one_is_not() {
        let found = read(
            r#"<datasources-configuration xmlns:svns="http://org.wso2.securevault/configuration"><datasources>
            <datasource>
                <name>WSO2AM_DB</name><description>x</description>
                <jndiConfig><name>jdbc/WSO2AM_DB</name></jndiConfig>
                <definition type="RDBMS"><configuration>
                    <url>jdbc:mysql://db.corp.test:3306/apimgt?useSSL=false</url>
                    <username>apim</username>
                    <password svns:secretAlias="db.password">password</password>
                    <driverClassName>com.mysql.jdbc.Driver</driverClassName>
                    <testOnBorrow>true</testOnBorrow>
                    <validationQuery/>
                </configuration></definition>
            </datasource>
            <!--datasource><name>OTHER</name></datasource-->
            </datasources></datasources-configuration>"#,
        );
        assert_eq!(found.len(), 1);
        let entry = found.first().unwrap();
        assert_eq!(entry.jndi_name.as_ref().and_then(Setting::text), Some("jdbc/WSO2AM_DB"));
        assert_eq!(entry.jdbc.as_ref().map(|url| url.vendor), Some(Vendor::MySql));
        assert_eq!(entry.password.as_ref().map(|password| password.origin), Some(Origin::Unknown));
        assert!(entry.option("testOnBorrow").is_some());
        assert!(entry.option("validationQuery").is_none());
        assert!(entry.option("url").is_none());
    }

    #[test]
    fn a_placeholder_leaves_the_identity_unknown() {
        let found = read(
            "<d><datasources><datasource><name>A</name><definition><configuration>\
             <url>jdbc:mysql://{{ HOST }}:3306/am</url></configuration></definition></datasource></datasources></d>",
        );
        let entry = found.first().unwrap();
        assert_eq!(entry.jndi_name, None);
        assert_eq!(entry.identity(), None);
    }

    #[test]
    fn a_connection_in_data_source_properties_counts() {
        let found = read(
            "<d><datasources><datasource><name>A</name><definition><configuration>\
             <dataSourceClassName>com.mysql.jdbc.jdbc2.optional.MysqlXADataSource</dataSourceClassName>\
             <dataSourceProps><property name=\"URL\">jdbc:mysql://db/am</property>\
             <property name=\"user\">root</property><property name=\"password\">s3cret</property></dataSourceProps>\
             </configuration></definition></datasource></datasources></d>",
        );
        let entry = found.first().unwrap();
        assert_eq!(entry.user_name.as_ref().and_then(Setting::text), Some("root"));
        assert!(entry.jdbc.is_some());
        assert!(!format!("{found:?}").contains("s3cret"));
    }
}
