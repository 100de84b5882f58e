//! JDBC URLs of the databases that the products support.

use std::ops::Range;

use super::url;

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
    /// empty for H2 files, for names that the client resolves elsewhere (Oracle TNS alias, DB2 catalog), and where the
    /// URL leaves the host to the data source.
    pub hosts: Vec<JdbcHost>,
    /// Database, SID, service name, or the path of an H2 file (for H2 without `;` settings, `jdbc:h2:` cut off).
    /// For other vendors with the word behind `jdbc:` in front.
    pub database: String,
    /// Instance of SQL Server, from `host\instance` or the `instance` or `instanceName` parameter, as written.
    pub instance: Option<String>,
    /// Parameters behind `?` or `;`, in order, as written (`databaseName` is not repeated here). Passwords may be
    /// among them.
    pub parameters: Vec<(String, String)>,
    /// The part of the text without its parameters: what `cacheId` documents. It may hold `user/password@`.
    pub bare: Range<usize>,
}

/// One host of a JDBC URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JdbcHost {
    /// Host name or address, lower case; a placeholder in it as written.
    pub host: String,
    /// Port, the vendor's default where none is written; `None` where it is a placeholder.
    pub port: Option<u16>,
    /// The host in the text; where the driver takes `localhost` because none is written, the URL without parameters.
    pub range: Range<usize>,
}

/// Reads a JDBC URL; `None` where it does not start with `jdbc:`.
pub fn parse(text: &str) -> Option<JdbcUrl> {
    let whole = url::trim(text, 0..text.len());
    let body = after(text, &whole, "jdbc:")?;
    let known = [
        ("mysql:", Vendor::MySql),
        ("mysql+srv:", Vendor::MySql),
        ("mariadb:", Vendor::MariaDb),
        ("postgresql:", Vendor::PostgreSql),
        ("oracle:", Vendor::Oracle),
        ("sqlserver:", Vendor::SqlServer),
        ("microsoft:sqlserver:", Vendor::SqlServer),
        ("jtds:sqlserver:", Vendor::SqlServer),
        ("db2:", Vendor::Db2),
        ("h2:", Vendor::H2),
    ];
    let found = known.into_iter().find_map(|(prefix, vendor)| Some((vendor, after(text, &body, prefix)?)));
    let (vendor, rest) = found.unwrap_or((Vendor::Other, body));
    let mark = url::find(text, rest.clone(), |byte| matches!(byte, b'?' | b';')).unwrap_or(rest.end);
    let mut reader = Reader {
        text,
        url: JdbcUrl {
            vendor,
            hosts: Vec::new(),
            database: String::new(),
            instance: None,
            parameters: Vec::new(),
            bare: whole.start..mark,
        },
        values: Vec::new(),
    };
    if text.as_bytes().get(mark) == Some(&b'?') {
        reader.parameters(mark + 1..rest.end, b'&');
    } else {
        reader.parameters(mark + 1..rest.end, b';');
    }
    let main = rest.start..mark;
    match vendor {
        Vendor::MySql | Vendor::MariaDb => reader.mysql(main),
        Vendor::PostgreSql => reader.postgresql(main),
        Vendor::Oracle => reader.oracle(main),
        Vendor::SqlServer => reader.sql_server(main),
        Vendor::Db2 => reader.db2(main, rest.end),
        Vendor::H2 => reader.h2(main),
        Vendor::Other => reader.other(main),
    }
    Some(reader.url)
}

impl JdbcUrl {
    /// What tells databases apart: vendor family (MySQL and MariaDB are one), hosts in any order with their ports,
    /// database, instance of SQL Server and `currentSchema` of PostgreSQL. Equal means one database, unless a part is
    /// a placeholder; for H2 files on one node only. No other parameter is in it, and no password.
    pub fn identity(&self) -> String {
        let (family, folds_case) = match self.vendor {
            Vendor::MySql | Vendor::MariaDb => ("mysql", false),
            Vendor::PostgreSql => ("postgresql", false),
            Vendor::Oracle => ("oracle", true),
            Vendor::SqlServer => ("sqlserver", true),
            Vendor::Db2 => ("db2", true),
            Vendor::H2 => ("h2", false),
            Vendor::Other => ("other", false),
        };
        let shown = |host: &JdbcHost| match host.port {
            Some(port) => format!("{}:{port}", host.host),
            None => format!("{}:?", host.host),
        };
        let mut hosts: Vec<String> = self.hosts.iter().map(shown).collect();
        hosts.sort_unstable();
        let database = self.h2_file().unwrap_or(&self.database);
        let database = if folds_case { database.to_lowercase() } else { database.to_owned() };
        let mut identity = format!("{family}://{}", hosts.join(","));
        if let Some(instance) = &self.instance {
            identity.push('\\');
            identity.push_str(&instance.to_lowercase());
        }
        identity.push('/');
        identity.push_str(&database);
        if let Some(schema) = self.current_schema() {
            identity.push_str("?currentSchema=");
            identity.push_str(schema);
        }
        identity
    }

    /// True where a part of the identity is a placeholder or template text, so that it cannot be compared.
    pub fn has_placeholder(&self) -> bool {
        let unknown = |text: &str| text.contains(['{', '<']);
        self.hosts.iter().any(|host| host.port.is_none() || unknown(&host.host))
            || unknown(&self.database)
            || self.instance.as_deref().is_some_and(unknown)
            || self.current_schema().is_some_and(unknown)
    }

    /// The path of an embedded H2 database without `file:` and a leading `./`; `None` for servers, for databases in
    /// memory and for other vendors.
    pub fn h2_file(&self) -> Option<&str> {
        let in_memory = || self.database.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("mem:"));
        if self.vendor != Vendor::H2 || !self.hosts.is_empty() || in_memory() {
            return None;
        }
        let path = self.database.strip_prefix("file:").unwrap_or(&self.database);
        Some(path.strip_prefix("./").unwrap_or(path))
    }

    fn current_schema(&self) -> Option<&str> {
        let of_postgresql = self.vendor == Vendor::PostgreSql;
        let found = self.parameters.iter().find(|(name, _)| of_postgresql && name == "currentSchema");
        found.map(|(_, value)| value.as_str())
    }
}

const MYSQL_PORT: u16 = 3306;
const POSTGRESQL_PORT: u16 = 5432;
const ORACLE_PORT: u16 = 1521;
const SQL_SERVER_PORT: u16 = 1433;
const DB2_PORT: u16 = 50000;
const H2_PORT: u16 = 9092;

/// What stands behind a prefix of the range, case ignored.
fn after(text: &str, range: &Range<usize>, prefix: &str) -> Option<Range<usize>> {
    let end = range.start + prefix.len();
    let same = end <= range.end && text.get(range.start..end)?.eq_ignore_ascii_case(prefix);
    same.then_some(end..range.end)
}

fn byte(text: &str, at: usize, wanted: u8) -> bool {
    text.as_bytes().get(at) == Some(&wanted)
}

/// Cuts a range at the first such byte; the second part lies behind it, and is empty where there is none.
fn cut(text: &str, range: Range<usize>, wanted: u8) -> (Range<usize>, Range<usize>) {
    match url::find(text, range.clone(), |byte| byte == wanted) {
        Some(at) => (range.start..at, at + 1..range.end),
        None => (range.clone(), range.end..range.end),
    }
}

/// Finds a byte outside of parentheses and brackets; closing ones without an opening one count for nothing.
fn find_at_top(text: &str, range: Range<usize>, wanted: u8) -> Option<usize> {
    let mut depth = 0_usize;
    let mut from = range.start;
    loop {
        let at = url::find(text, from..range.end, |byte| byte == wanted || b"()[]".contains(&byte))?;
        match text.as_bytes().get(at)? {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => return Some(at),
            _ => {}
        }
        from = at + 1;
    }
}

fn split_at_top(text: &str, range: Range<usize>, separator: u8) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut from = range.start;
    while let Some(at) = find_at_top(text, from..range.end, separator) {
        parts.push(from..at);
        from = at + 1;
    }
    parts.push(from..range.end);
    parts
}

struct Reader<'a> {
    text: &'a str,
    url: JdbcUrl,
    /// Names of parameters, lower case, and the places of their values.
    values: Vec<(String, Range<usize>)>,
}

impl Reader<'_> {
    fn owned(&self, range: Range<usize>) -> String {
        self.text.get(range).unwrap_or("").trim().to_owned()
    }

    fn parameters(&mut self, range: Range<usize>, separator: u8) {
        let mut from = range.start;
        while from < range.end {
            let end = self.parameter_end(from..range.end, separator);
            let part = url::trim(self.text, from..end);
            // In deployment.toml the separator is an entity, since templates print the URL into XML.
            let part = after(self.text, &part, "amp;").filter(|_| separator == b'&').unwrap_or(part);
            if !part.is_empty() {
                let (name, value) = cut(self.text, part, b'=');
                let name = self.owned(name);
                let lower = name.to_ascii_lowercase();
                let names_database = matches!(lower.as_str(), "databasename" | "database");
                if !(names_database && self.url.vendor == Vendor::SqlServer) {
                    self.url.parameters.push((name, self.owned(value.clone())));
                }
                self.values.push((lower, value));
            }
            from = end + 1;
        }
    }

    /// SQL Server takes separators within braces as part of the value: `password={a;b}`.
    fn parameter_end(&self, range: Range<usize>, separator: u8) -> usize {
        let mut from = range.start;
        if self.url.vendor == Vendor::SqlServer
            && let Some(equals) =
                url::find(self.text, range.clone(), |byte| byte == b'=' || byte == separator)
            && self.text.get(equals..).is_some_and(|rest| rest.starts_with("={"))
        {
            let close =
                self.text.get(equals..range.end).and_then(|rest| memchr::memchr(b'}', rest.as_bytes()));
            from = close.map_or(from, |at| equals + at);
        }
        url::find(self.text, from..range.end, |byte| byte == separator).unwrap_or(range.end)
    }

    fn value(&self, names: &[&str]) -> Option<Range<usize>> {
        let found = self.values.iter().find(|(name, _)| names.contains(&name.as_str()));
        found.map(|(_, value)| url::trim(self.text, value.clone()))
    }

    fn port(&self, range: Option<Range<usize>>, default: Option<u16>) -> Option<u16> {
        match range {
            Some(range) => self.text.get(range)?.trim().parse().ok(),
            None => default,
        }
    }

    fn push(&mut self, host: Range<usize>, port: Option<u16>) {
        let range = url::trim(self.text, host);
        let mut host = String::with_capacity(range.len());
        let mut from = range.start;
        for (at, char) in self.text.get(range.clone()).unwrap_or("").char_indices() {
            let at = range.start + at;
            if at >= from {
                from = url::opaque_end(self.text, at).unwrap_or(from);
            }
            host.push(if at < from { char } else { char.to_ascii_lowercase() });
        }
        if !host.is_empty() {
            self.url.hosts.push(JdbcHost { host, port, range });
        }
    }

    /// `host`, `host:port` or `[address]:port`, with or without `user:password@`.
    fn host(&mut self, range: Range<usize>, default: Option<u16>) {
        let range = url::trim(self.text, range);
        let start = url::rfind(self.text, range.clone(), b'@').map_or(range.start, |at| at + 1);
        if let Some((host, port, _)) = url::authority(self.text, start..range.end) {
            let port = self.port(port, default);
            self.push(host, port);
        }
    }

    fn implied_localhost(&mut self, port: u16) {
        let range = self.url.bare.clone();
        self.url.hosts.push(JdbcHost { host: "localhost".to_owned(), port: Some(port), range });
    }

    /// `[replication:|loadbalance:|…]//hosts/database`
    fn mysql(&mut self, main: Range<usize>) {
        let Some(slashes) = self.text.get(main.clone()).and_then(|rest| rest.find("//")) else {
            self.url.database = self.owned(main);
            return;
        };
        let start = main.start + slashes + 2;
        let end = find_at_top(self.text, start..main.end, b'/').unwrap_or(main.end);
        self.url.database = self.owned((end + 1).min(main.end)..main.end);
        let mut parts = split_at_top(self.text, start..end, b',');
        parts.reverse();
        let mut unpacked = false;
        while let Some(part) = parts.pop() {
            let part = url::trim(self.text, part);
            let inner = self.text.get(part.clone()).unwrap_or("");
            // A list in brackets, which may share one login, is opened once; [::1] is an address.
            if let Some(open) = inner.find('[')
                && !unpacked
                && inner.ends_with(']')
                && inner
                    .get(open + 1..inner.len() - 1)
                    .is_some_and(|list| list.parse::<std::net::Ipv6Addr>().is_err())
            {
                unpacked = true;
                let list = split_at_top(self.text, part.start + open + 1..part.end - 1, b',');
                parts.extend(list.into_iter().rev());
                continue;
            }
            if inner.contains('(') {
                self.key_values(part);
            } else {
                self.host(part, Some(MYSQL_PORT));
            }
        }
        if self.url.hosts.is_empty() && start == end {
            self.implied_localhost(MYSQL_PORT);
        }
    }

    /// `address=(host=h)(port=p)` or `(host=h,port=p)`
    fn key_values(&mut self, range: Range<usize>) {
        let (mut host, mut port) = (None, None);
        let mut from = range.start;
        while from < range.end {
            let end =
                url::find(self.text, from..range.end, |byte| b"(),".contains(&byte)).unwrap_or(range.end);
            let (name, value) = cut(self.text, from..end, b'=');
            match self.owned(name).to_ascii_lowercase().as_str() {
                "host" => host = Some(value),
                "port" => port = Some(value),
                _ => {}
            }
            from = end + 1;
        }
        if let Some(host) = host {
            let port = self.port(port, Some(MYSQL_PORT));
            self.push(host, port);
        }
    }

    /// `//hosts/database` or `database`
    fn postgresql(&mut self, main: Range<usize>) {
        let (hosts, database) = match after(self.text, &main, "//") {
            Some(rest) => cut(self.text, rest, b'/'),
            None => (main.start..main.start, after(self.text, &main, "/").unwrap_or(main)),
        };
        self.url.database = self.owned(database);
        if hosts.is_empty() {
            self.implied_localhost(POSTGRESQL_PORT);
            return;
        }
        for host in url::split_at(self.text, hosts, b',') {
            self.host(host, Some(POSTGRESQL_PORT));
        }
    }

    /// `thin:user/password@address`, `oci:@address`
    fn oracle(&mut self, main: Range<usize>) {
        let (_, rest) = cut(self.text, main, b':');
        let descriptor = url::find(self.text, rest.clone(), |byte| byte == b'(').unwrap_or(rest.end);
        let at = url::rfind(self.text, rest.start..descriptor, b'@');
        let address = url::trim(self.text, at.map_or(rest.start, |at| at + 1)..rest.end);
        if byte(self.text, address.start, b'(') {
            self.descriptor(address);
            return;
        }
        let protocol = url::find(self.text, address.clone(), |byte| byte == b'/')
            .filter(|slash| byte(self.text, slash + 1, b'/') && slash + 2 <= address.end);
        if let Some(slash) = protocol {
            let in_directory = after(self.text, &address, "ldap").is_some();
            if in_directory {
                self.url.database = self.owned(address);
            } else {
                self.easy_connect(slash + 2..address.end);
            }
            return;
        }
        let is_address = url::find(self.text, address.clone(), |byte| matches!(byte, b':' | b'/'))
            .is_some_and(|mark| at.is_some() || byte(self.text, mark, b':'));
        if is_address {
            self.easy_connect(address);
        } else if at.is_some() {
            // A name of tnsnames.ora. Without the `@` it may as well be a login.
            self.url.database = self.owned(address);
        }
    }

    /// `host:1521:SID`, `host:1521/service`, `host1,host2:1521/service:dedicated/instance`
    fn easy_connect(&mut self, range: Range<usize>) {
        let (hosts, service) = cut(self.text, range, b'/');
        let end =
            url::find(self.text, service.clone(), |byte| matches!(byte, b':' | b'/')).unwrap_or(service.end);
        self.url.database = self.owned(service.start..end);
        for part in url::split_at(self.text, hosts, b',') {
            let part = url::trim(self.text, part);
            let (host, rest) = if byte(self.text, part.start, b'[') {
                let (host, rest) = cut(self.text, part.start + 1..part.end, b']');
                (host, cut(self.text, rest, b':').1)
            } else {
                cut(self.text, part, b':')
            };
            let (port, sid) = cut(self.text, rest, b':');
            if self.url.database.is_empty() {
                self.url.database = self.owned(sid);
            }
            let port = self.port(Some(port).filter(|port| !port.is_empty()), Some(ORACLE_PORT));
            self.push(host, port);
        }
    }

    /// `(DESCRIPTION=(ADDRESS=(HOST=h)(PORT=p))(CONNECT_DATA=(SERVICE_NAME=s)))`, read without regard to nesting: each
    /// ADDRESS, and each second HOST, starts a host.
    fn descriptor(&mut self, range: Range<usize>) {
        let (mut host, mut port) = (None, None);
        let mut from = range.start;
        while let Some(open) = url::find(self.text, from..range.end, |byte| byte == b'(') {
            let is_mark = |byte: u8| b"=()".contains(&byte);
            let equals = url::find(self.text, open + 1..range.end, is_mark).unwrap_or(range.end);
            from = equals;
            if !byte(self.text, equals, b'=') {
                continue;
            }
            let key = self.owned(open + 1..equals).to_ascii_uppercase();
            let end = url::find(self.text, equals + 1..range.end, |byte| b"()".contains(&byte));
            let value = url::trim(self.text, equals + 1..end.unwrap_or(range.end));
            if key == "ADDRESS" || key == "HOST" && host.is_some() {
                self.address(host.take(), port.take());
            }
            match key.as_str() {
                "HOST" => host = Some(value),
                "PORT" => port = Some(value),
                "SERVICE_NAME" | "SID" if self.url.database.is_empty() => {
                    self.url.database = self.owned(value)
                }
                _ => {}
            }
        }
        self.address(host, port);
    }

    fn address(&mut self, host: Option<Range<usize>>, port: Option<Range<usize>>) {
        if let Some(host) = host {
            let port = self.port(port, Some(ORACLE_PORT));
            self.push(host, port);
        }
    }

    /// `//host\instance:port;databaseName=d` and `//host:port/d;instance=i` (jTDS)
    fn sql_server(&mut self, main: Range<usize>) {
        let rest = after(self.text, &main, "//").unwrap_or(main.end..main.end);
        let (server, path) = cut(self.text, rest, b'/');
        let (host, behind) = cut(self.text, server.clone(), b'\\');
        let mut instance = self.value(&["instance", "instancename"]);
        if behind.is_empty() {
            self.host(server, Some(SQL_SERVER_PORT));
        } else {
            let (name, port) = cut(self.text, behind, b':');
            // Copied from Java source the backslash may be doubled.
            let doubled = self
                .text
                .get(name.clone())
                .map_or(0, |name| name.len() - name.trim_start_matches('\\').len());
            instance = Some(name.start + doubled..name.end);
            let port = self.port(Some(port).filter(|port| !port.is_empty()), Some(SQL_SERVER_PORT));
            self.push(host, port);
        }
        if self.url.hosts.is_empty()
            && let Some(server) = self.value(&["servername", "server"])
        {
            let port = self.port(self.value(&["portnumber", "port"]), Some(SQL_SERVER_PORT));
            self.push(server, port);
        }
        self.url.instance = instance.map(|range| self.owned(range)).filter(|name| !name.is_empty());
        let named = self.value(&["databasename", "database"]).map(|range| self.owned(range));
        let jtds = self.text.get(self.url.bare.clone()).is_some_and(|bare| bare.contains("jtds"));
        self.url.database = match self.owned(path) {
            path if jtds && !path.is_empty() => path,
            _ => named.unwrap_or_default(),
        };
    }

    /// `//host:port/database:parameter=value;` or `database`
    fn db2(&mut self, main: Range<usize>, whole_end: usize) {
        let (hosts, database) = match after(self.text, &main, "//") {
            Some(rest) => cut(self.text, rest, b'/'),
            None => (main.start..main.start, main),
        };
        let (database, behind) = cut(self.text, database, b':');
        if behind.start > database.end {
            // The parameters start at the colon; those read behind the first `;` are among them.
            self.url.bare.end = database.end;
            self.url.parameters.clear();
            self.values.clear();
            self.parameters(behind.start..whole_end, b';');
        }
        self.url.database = self.owned(database);
        for host in url::split_at(self.text, hosts, b',') {
            self.host(host, Some(DB2_PORT));
        }
    }

    /// `tcp://hosts/path`, `ssl://hosts/path`, `mem:name`, `file:path` or a path
    fn h2(&mut self, main: Range<usize>) {
        let server = ["tcp://", "ssl://"].into_iter().find_map(|prefix| after(self.text, &main, prefix));
        let Some(server) = server else {
            self.url.database = self.owned(main);
            return;
        };
        let (hosts, path) = cut(self.text, server, b'/');
        self.url.database = self.owned(path);
        for host in url::split_at(self.text, hosts, b',') {
            self.host(host, Some(H2_PORT));
        }
    }

    fn other(&mut self, main: Range<usize>) {
        let (vendor, rest) = cut(self.text, main, b':');
        let database = match self.text.get(rest.clone()).and_then(|text| text.find("//")) {
            Some(slashes) => {
                let (hosts, path) = cut(self.text, rest.start + slashes + 2..rest.end, b'/');
                for host in url::split_at(self.text, hosts, b',') {
                    self.host(host, None);
                }
                path
            }
            None => url::rfind(self.text, rest.clone(), b'@').map_or(rest.start, |at| at + 1)..rest.end,
        };
        self.url.database = format!("{}:{}", self.owned(vendor), self.owned(database));
    }
}

#[cfg(test)]
#[allow(clippy::string_slice)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn is(text: &str, identity: &str) {
        let url = parse(text).unwrap();
        assert_eq!(url.identity(), identity, "{text}");
        for host in &url.hosts {
            let raw = &text[host.range.clone()];
            assert!(raw.eq_ignore_ascii_case(&host.host) || host.range == url.bare, "{text}: {raw}");
        }
    }

    fn parameters(text: &str) -> String {
        let shown = |(name, value): &(String, String)| format!("{name}={value}");
        parse(text).unwrap().parameters.iter().map(shown).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn mysql_and_mariadb() {
        is("jdbc:mysql://DB1.corp.test:3306/am?autoReconnect=true", "mysql://db1.corp.test:3306/am");
        is("jdbc:mariadb://db1/am", "mysql://db1:3306/am");
        is("jdbc:mysql://h2:3307,h1/db?x=y", "mysql://h1:3306,h2:3307/db");
        is("jdbc:mysql:replication://m,s:3307/db", "mysql://m:3306,s:3307/db");
        is("jdbc:mysql:loadbalance://[a:1,b:2]/db", "mysql://a:1,b:2/db");
        is("jdbc:mysql://u:p@[a:1,b]/db", "mysql://a:1,b:3306/db");
        is("jdbc:mysql://u:p@h:1/db", "mysql://h:1/db");
        is("jdbc:mysql://[::1]:3307/db", "mysql://::1:3307/db");
        is("jdbc:mysql://[::1]/db", "mysql://::1:3306/db");
        is(
            "jdbc:mysql://address=(protocol=tcp)(host=A)(port=1),address=(host=b)/db",
            "mysql://a:1,b:3306/db",
        );
        is("jdbc:mysql://(host=a,port=1,user=x),(host=b)/db", "mysql://a:1,b:3306/db");
        is("jdbc:mysql:///db", "mysql://localhost:3306/db");
        is("jdbc:mysql://h:3306/am;x=y", "mysql://h:3306/am");
        is("jdbc:mysql://h", "mysql://h:3306/");
    }

    #[test]
    fn postgresql() {
        is("jdbc:postgresql://h1,h2:5433/Db?ssl=true", "postgresql://h1:5432,h2:5433/Db");
        is("jdbc:postgresql:db", "postgresql://localhost:5432/db");
        is("jdbc:postgresql:///db", "postgresql://localhost:5432/db");
        is("jdbc:postgresql:/", "postgresql://localhost:5432/");
        is("jdbc:postgresql://h/db?ssl=1&currentSchema=S", "postgresql://h:5432/db?currentSchema=S");
    }

    #[test]
    fn oracle() {
        is("jdbc:oracle:thin:@Host:1522:ORCL", "oracle://host:1522/orcl");
        is("jdbc:oracle:thin:@//host:1521/svc.corp.test", "oracle://host:1521/svc.corp.test");
        is("jdbc:oracle:thin:@host:1521/svc", "oracle://host:1521/svc");
        is("jdbc:oracle:thin:@tcps://h1,h2:2484/svc:dedicated/i1", "oracle://h1:1521,h2:2484/svc");
        is("jdbc:oracle:thin:scott/t@ger@host:1521:XE", "oracle://host:1521/xe");
        is("jdbc:oracle:thin:@host/svc", "oracle://host:1521/svc");
        is("jdbc:oracle:thin:@[::1]:1521/svc", "oracle://::1:1521/svc");
        is("jdbc:oracle:oci:@AMDB", "oracle:///amdb");
        is("jdbc:oracle:oci8:@host:1521:AMDB", "oracle://host:1521/amdb");
        is("jdbc:oracle:thin:scott/tiger", "oracle:///");
        is(
            "jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS_LIST=(ADDRESS = (PROTOCOL=TCP)(HOST = B)(PORT=1522))\
             (ADDRESS=(PORT=1523)(host=a)))(CONNECT_DATA=(SERVER=DEDICATED)(SERVICE_NAME=Am)))",
            "oracle://a:1523,b:1522/am",
        );
        is("jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS=(HOST=a))(CONNECT_DATA=(SID=x)))", "oracle://a:1521/x");
    }

    #[test]
    fn sql_server() {
        is(r"jdbc:sqlserver://Host\Inst:1433;databaseName=Am;encrypt=true", r"sqlserver://host:1433\inst/am");
        is(r"jdbc:sqlserver://Host\\Inst;DATABASE=Am", r"sqlserver://host:1433\inst/am");
        is(
            "jdbc:sqlserver://host;databasename=am;sendStringParametersAsUnicode=false",
            "sqlserver://host:1433/am",
        );
        is("jdbc:sqlserver://;serverName=H;portNumber=1500;databaseName=am", "sqlserver://h:1500/am");
        is("jdbc:jtds:sqlserver://host:1434/Am;instance=x", r"sqlserver://host:1434\x/am");
        is("jdbc:jtds:sqlserver://host;databaseName=am", "sqlserver://host:1433/am");
        is("jdbc:sqlserver://localhost/SQLExpress:1433", "sqlserver://localhost:1433/");
        assert_eq!(parameters("jdbc:sqlserver://h;password={a;b};databaseName=x;c=d"), "password={a;b} c=d");
        is("jdbc:sqlserver://h;password={a;b};databaseName=x;c=d", "sqlserver://h:1433/x");
    }

    #[test]
    fn db2() {
        let text = "jdbc:db2://host:50001/AM:currentSchema=X;sslConnection=true;";
        is(text, "db2://host:50001/am");
        assert_eq!(parameters(text), "currentSchema=X sslConnection=true");
        assert_eq!(&text[parse(text).unwrap().bare], "jdbc:db2://host:50001/AM");
        is("jdbc:db2://host/AM", "db2://host:50000/am");
        is("jdbc:db2:AM", "db2:///am");
    }

    #[test]
    fn h2() {
        let text = "jdbc:h2:repository/database/WSO2CARBON_DB;DB_CLOSE_ON_EXIT=FALSE;LOCK_TIMEOUT=60000";
        is(text, "h2:///repository/database/WSO2CARBON_DB");
        assert_eq!(parse(text).unwrap().database, "repository/database/WSO2CARBON_DB");
        assert_eq!(parameters(text), "DB_CLOSE_ON_EXIT=FALSE LOCK_TIMEOUT=60000");
        assert_eq!(&text[parse(text).unwrap().bare], "jdbc:h2:repository/database/WSO2CARBON_DB");
        is("jdbc:h2:./repository/x", "h2:///repository/x");
        is("jdbc:h2:file:/opt/x", "h2:////opt/x");
        is("jdbc:h2:tcp://Host/~/db", "h2://host:9092/~/db");
        is("jdbc:h2:ssl://host:9093/db", "h2://host:9093/db");
        is("jdbc:h2:mem:x", "h2:///mem:x");
        is("jdbc:h2:;AUTO_SERVER=TRUE", "h2:///");
        assert_eq!(parse("jdbc:h2:mem:x").unwrap().h2_file(), None);
        assert_eq!(parse("jdbc:h2:tcp://h/x").unwrap().h2_file(), None);
        assert_eq!(parse("jdbc:h2:file:./x").unwrap().h2_file(), Some("x"));
    }

    #[test]
    fn others() {
        let url = parse(" jdbc:derby://Localhost:1527/reportdb;create=false ").unwrap();
        assert_eq!(url.identity(), "other://localhost:1527/derby:reportdb");
        is("jdbc:x:u/p@db", "other:///x:db");
        is("JDBC:MySQL://h/db", "mysql://h:3306/db");
        assert_eq!(parse("jdbd:mysql://h/db"), None);
        assert_eq!(parse(""), None);
        assert_eq!(parse("$ref{database.url}"), None);
    }

    #[test]
    fn placeholders_stay() {
        let text = "jdbc:mysql://${DB.Host}:${db.port}/$env{AM_DB}?a=${x;y}&amp;b=c";
        let url = parse(text).unwrap();
        assert_eq!(url.hosts[0].host, "${DB.Host}");
        assert_eq!(url.hosts[0].port, None);
        assert_eq!(url.database, "$env{AM_DB}");
        assert_eq!(parameters(text), "a=${x;y} b=c");
        for text in [
            "jdbc:mysql://h:${p}/db",
            "jdbc:mysql://h/{{ db }}",
            "jdbc:oracle:thin:@${h}:1521:X",
            "jdbc:sqlserver://h;databaseName=$ref{x}",
            "jdbc:h2:${sys:carbon.home}/x;AUTO_SERVER=TRUE",
            "jdbc:postgresql://h/db?currentSchema=${s}",
        ] {
            assert!(parse(text).unwrap().has_placeholder(), "{text}");
        }
        for text in ["jdbc:mysql://h:1/db?x=${y}", "jdbc:h2:./x", "jdbc:postgresql:db"] {
            assert!(!parse(text).unwrap().has_placeholder(), "{text}");
        }
    }

    #[test]
    fn a_login_is_no_part_of_the_identity() {
        for text in [
            "jdbc:oracle:thin:scott/canary@h:1:x",
            "jdbc:oracle:thin:scott/canary",
            "jdbc:mysql://scott:canary@h/db?password=canary",
            "jdbc:mysql://address=(host=h)(password=canary)/db",
            "jdbc:sqlserver://h;password=canary",
            "jdbc:x://scott:canary@h/db",
            "jdbc:x:scott/canary@h",
        ] {
            assert!(!parse(text).unwrap().identity().contains("canary"), "{text}");
        }
    }

    fn holds(text: &str) {
        let Some(url) = parse(text) else { return };
        url.identity();
        url.has_placeholder();
        assert!(text.get(url.bare.clone()).is_some());
        assert!(url.hosts.iter().all(|host| text.get(host.range.clone()).is_some()), "{text}");
    }

    #[test]
    fn cut_off_anywhere() {
        for text in [
            "jdbc:mysql:replication://u:é@[a:1,[::1]:2],address=(host=é)(port=${p})/dbé?a=b&amp;c=d",
            "jdbc:postgresql://é:1,[::1]:2/db?currentSchema=é",
            "jdbc:oracle:thin:é/ü@(DESCRIPTION=(ADDRESS=(HOST=é)(PORT=1))(CONNECT_DATA=(SID=ü)))",
            "jdbc:oracle:thin:é/ü@//[::1]:1,é:2/s:d/i?x=y",
            r"jdbc:sqlserver://é\\ü:1/x;password={a;b};databaseName=é",
            "jdbc:jtds:sqlserver://é:1/x;instance=é",
            "jdbc:db2://é:1/é:a=b;c=d;",
            "jdbc:h2:tcp://é:1,b/~/é;A=B",
            "jdbc:é://é:1/é",
        ] {
            for (at, _) in text.char_indices() {
                holds(&text[..at]);
            }
            holds(text);
        }
    }

    proptest! {
        #[test]
        fn any_text(
            vendor in "(mysql:|postgresql:|oracle:thin:|sqlserver:|jtds:sqlserver:|db2:|h2:|h2:tcp:|x:)",
            slashes in "(//|@|@//|)",
            tail in "(address=|host=|HOST=|[aé😀:/@\\[\\]\\(\\)$\\{\\},;?&=1\\\\ ]){0,30}",
        ) {
            holds(&format!("jdbc:{vendor}{slashes}{tail}"));
        }
    }
}
