//! JDBC URLs of the databases that the products support.

use std::ops::Range;

/// Who makes the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Vendor {
    /// `jdbc:mysql:`
    MySql,
    /// `jdbc:mariadb:`
    MariaDb,
    /// `jdbc:postgresql:`
    PostgreSql,
    /// `jdbc:oracle:`
    Oracle,
    /// `jdbc:sqlserver:` and `jdbc:jtds:sqlserver:`
    SqlServer,
    /// `jdbc:db2:`
    Db2,
    /// `jdbc:h2:`
    H2,
    /// Anything else.
    Other,
}

/// What a JDBC URL says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JdbcUrl {
    /// The vendor by prefix.
    pub vendor: Vendor,
    /// The hosts in order, lower case, with their port (the vendor's default filled in) and their place in the text;
    /// empty for H2 files.
    pub hosts: Vec<JdbcHost>,
    /// Database, SID, service name, or the path of an H2 file (for H2 without `;` settings, `jdbc:h2:` cut off).
    pub database: String,
    /// Parameters behind `?` or `;`, in order, as written (`databaseName` is not repeated here).
    pub parameters: Vec<(String, String)>,
    /// The part of the text without its parameters: what `cacheId` documents.
    pub bare: Range<usize>,
}

/// One host of a JDBC URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JdbcHost {
    /// Host name or address, lower case.
    pub host: String,
    /// Port, the vendor's default where none is written; `None` where it is a placeholder.
    pub port: Option<u16>,
    /// The host in the text.
    pub range: Range<usize>,
}

/// Reads a JDBC URL; `None` where it does not start with `jdbc:`.
pub fn parse(text: &str) -> Option<JdbcUrl> {
    let _ = text;
    None
}

impl JdbcUrl {
    /// Vendor family, hosts, ports and database: equal means one database.
    pub fn identity(&self) -> String {
        String::new()
    }

    /// True where a host, port or database is a placeholder.
    pub fn has_placeholder(&self) -> bool {
        false
    }
}
