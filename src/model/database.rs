//! Data sources and the logical databases behind them.

use super::registry::{CONFIG_PATH, GOVERNANCE_PATH};
use super::value::{Secret, Setting};
use crate::source::Span;
use crate::syntax::jdbc::JdbcUrl;

/// A database by what it is used for, not by the name of its data source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogicalDatabase {
    /// APIs, applications, subscriptions, tokens: `DataSourceName`, `[database.apim_db]`.
    Api,
    /// Users, roles, permissions: user-mgt.xml property `dataSource`, `realm_manager.data_source`.
    Users,
    /// Behind the mount of `/_system/governance`.
    Governance,
    /// Behind the mount of `/_system/config`.
    Config,
    /// The local registry: registry.xml `currentDBConfig`.
    Local,
    /// A `dbConfig` of registry.xml that neither the local registry nor one of the two spaces stands on.
    Registry,
    /// Store of the embedded broker, one per node.
    Broker,
    /// Statistics.
    Statistics,
    /// App Manager's storage of images and documents.
    Storage,
}

impl LogicalDatabase {
    /// What to call it in a message.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Api => "API Manager database",
            Self::Users => "user database",
            Self::Governance => "governance registry database",
            Self::Config => "config registry database",
            Self::Local => "local registry database",
            Self::Registry => "registry database",
            Self::Broker => "message broker database",
            Self::Statistics => "statistics database",
            Self::Storage => "storage database",
        }
    }

    /// The registry path that is mounted from it.
    pub fn mount_path(self) -> Option<&'static str> {
        match self {
            Self::Governance => Some(GOVERNANCE_PATH),
            Self::Config => Some(CONFIG_PATH),
            _ => None,
        }
    }
}

/// One `datasource` entry or `[database.*]` table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSource {
    /// `name`, or the key of the TOML table.
    pub name: Setting,
    /// JNDI name such as `jdbc/WSO2AM_DB`; absent in an entry that nothing can refer to.
    pub jndi_name: Option<Setting>,
    /// JDBC URL.
    pub url: Option<Setting>,
    /// The URL taken apart; `None` where it is unknown or no JDBC URL.
    pub jdbc: Option<JdbcUrl>,
    /// Driver class.
    pub driver: Option<Setting>,
    /// Database user.
    pub user_name: Option<Setting>,
    /// Password.
    pub password: Option<Setting<Secret>>,
    /// The keys of deployment.toml that the URL follows from; all empty where the URL is written.
    pub parts: UrlParts,
    /// Other pool settings by element name (camel case in both eras), in file order.
    pub options: Vec<(String, Setting)>,
    /// True where the node writes the entry, the untouched pack lacks it, and no file of the node names it.
    pub spare: bool,
    /// The element or table that holds the pool settings (start tag, header).
    pub pool: Span,
    /// The entry.
    pub span: Span,
    /// Home-relative path of the file it stands in.
    pub file: String,
}

/// Starts of driver classes, and what the URLs begin with that they accept.
const DRIVERS: [(&str, &[&str]); 8] = [
    ("com.mysql.", &["jdbc:mysql"]),
    ("org.mariadb.", &["jdbc:mariadb:", "jdbc:mysql:"]),
    ("oracle.jdbc.", &["jdbc:oracle:"]),
    ("com.microsoft.sqlserver.", &["jdbc:sqlserver:"]),
    ("net.sourceforge.jtds.", &["jdbc:jtds:"]),
    ("org.postgresql.", &["jdbc:postgresql:"]),
    ("com.ibm.db2.", &["jdbc:db2:"]),
    ("org.h2.Driver", &["jdbc:h2:"]),
];

/// The keys of a `[database.x]` table that stand for a URL, as far as they are written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UrlParts {
    /// `type`.
    pub kind: Option<Setting>,
    /// `hostname`.
    pub host: Option<Setting>,
    /// `port`.
    pub port: Option<Setting>,
    /// `name`, or `sid` of Oracle.
    pub database: Option<Setting>,
}

impl DataSource {
    /// Vendor, hosts, port and database, parameters dropped: equal means one database. `None` where a part is unknown.
    pub fn identity(&self) -> Option<String> {
        self.readable().map(JdbcUrl::identity)
    }

    /// True for H2, embedded or not.
    pub fn is_h2(&self) -> bool {
        self.jdbc.as_ref().is_some_and(|jdbc| jdbc.vendor == crate::syntax::jdbc::Vendor::H2)
    }

    /// True for a known database on a server.
    pub fn is_networked(&self) -> bool {
        let is_known = self.url.as_ref().is_some_and(|url| url.known().is_some());
        is_known && self.jdbc.is_some() && !self.is_h2()
    }

    /// True for an H2 file of the node's own: not `jdbc:h2:tcp:` or `jdbc:h2:ssl:`.
    pub fn is_embedded(&self) -> bool {
        self.is_h2() && self.jdbc.as_ref().is_some_and(|jdbc| jdbc.hosts.is_empty())
    }

    /// Where a finding about the database points: the URL, else the entry.
    pub fn place(&self) -> Span {
        self.url.as_ref().map_or(self.span, |url| url.span)
    }

    /// Where the database on the server is named: the URL, or the key that it follows from.
    pub fn database_place(&self) -> Span {
        self.parts.database.as_ref().map_or_else(|| self.place(), |name| name.span)
    }

    /// What is to be changed to reach the database of another entry: the URL, or the first of its keys that leads elsewhere.
    pub fn place_against(&self, other: &DataSource) -> Span {
        let (Some(own), Some(theirs)) = (&self.jdbc, &other.jdbc) else { return self.place() };
        let (own_host, their_host) = (own.hosts.first(), theirs.hosts.first());
        let parts = &self.parts;
        let differs = [
            (&parts.kind, own.vendor != theirs.vendor),
            (&parts.host, own_host.map(|host| &host.host) != their_host.map(|host| &host.host)),
            (&parts.port, own_host.map(|host| host.port) != their_host.map(|host| host.port)),
            (&parts.database, own.database != theirs.database),
        ];
        let changed = differs.into_iter().find_map(|(part, differs)| part.as_ref().filter(|_| differs));
        changed.map_or_else(|| self.place(), |part| part.span)
    }

    /// True where the driver class does not accept the URL; false for a driver that is not known.
    pub fn has_foreign_driver(&self) -> bool {
        let text = |setting: &Option<Setting>| setting.as_ref().and_then(Setting::text).map(str::to_owned);
        let (Some(driver), Some(url)) = (text(&self.driver), text(&self.url)) else { return false };
        let url = url.to_ascii_lowercase();
        let known = DRIVERS.iter().find(|(class, _)| driver.starts_with(class));
        url.starts_with("jdbc:")
            && known.is_some_and(|(_, accepted)| !accepted.iter().any(|start| url.starts_with(start)))
    }

    /// What the name of the data source says that it is for: users, or one of the registry spaces.
    pub fn purpose(&self) -> Option<LogicalDatabase> {
        let name = self.name.value.to_uppercase();
        let holds = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
        if holds(&["UM_", "_UM", "UMDB", "USER"]) {
            Some(LogicalDatabase::Users)
        } else if holds(&["CONFIG"]) {
            Some(LogicalDatabase::Config)
        } else {
            holds(&["REG", "GOV"]).then_some(LogicalDatabase::Governance)
        }
    }

    /// A pool setting by name.
    pub fn option(&self, name: &str) -> Option<&Setting> {
        self.options.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }
}

/// Index of the data source that is bound to a JNDI name: the last that has it. The server refuses an entry whose own name
/// it has seen already, before it binds it (`DataSourceRepository` of carbon-kernel 4.4.8 and later).
pub fn bound(data_sources: &[DataSource], jndi_name: &str) -> Option<usize> {
    let is_refused = |index: usize, entry: &DataSource| {
        let name = entry.name.text().filter(|name| !name.is_empty());
        name.is_some() && data_sources.iter().take(index).any(|earlier| earlier.name.text() == name)
    };
    let has_name = |entry: &DataSource| entry.jndi_name.as_ref().and_then(Setting::text) == Some(jndi_name);
    let mut entries = data_sources.iter().enumerate();
    entries.rfind(|(index, entry)| has_name(entry) && !is_refused(*index, entry)).map(|(index, _)| index)
}

/// A place that names a data source by JNDI name for a purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseUse {
    /// What for.
    pub database: LogicalDatabase,
    /// The JNDI name as written, and where.
    pub reference: Setting,
    /// Index in [`super::Node::data_sources`]; `None` where no entry has that JNDI name.
    pub data_source: Option<usize>,
}
