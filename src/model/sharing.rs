//! Which nodes share a logical database, and whether their data sources mean one and the same.

use super::database::{DataSource, DatabaseUse, LogicalDatabase};
use super::deployment::Deployment;
use super::endpoint::Host;
use super::grouped::grouped;
use super::node::{ConfigModel, Node, Role};
use super::registry::Registry;
use super::value::Setting;
use crate::source::Span;
use crate::syntax::jdbc::{JdbcHost, JdbcUrl, Vendor};

/// The databases that several nodes use together, in the order in which the documentation sets them up. App Manager's
/// storage has rules of its own.
pub const SHARED: [LogicalDatabase; 4] =
    [LogicalDatabase::Api, LogicalDatabase::Users, LogicalDatabase::Governance, LogicalDatabase::Config];

/// A data source on one node with all that the node shares through it.
#[derive(Debug, Clone)]
pub struct SharedSource<'a> {
    /// The node.
    pub node: &'a Node,
    /// The data source.
    pub source: &'a DataSource,
    /// What the node keeps there, in the order of [`SHARED`]; never empty.
    pub databases: Vec<LogicalDatabase>,
}

/// A node with the data source that it keeps one logical database in.
#[derive(Debug, Clone, Copy)]
pub struct Sharer<'a> {
    /// The node.
    pub node: &'a Node,
    /// The data source.
    pub source: &'a DataSource,
    /// What names the data source.
    pub usage: &'a DatabaseUse,
}

/// A node with a data source that it opens.
pub type Opened<'a> = (&'a Node, &'a DataSource);

impl<'a> Sharer<'a> {
    /// The node and its data source.
    pub fn opened(&self) -> Opened<'a> {
        (self.node, self.source)
    }

    /// Where this node is to be changed so that it uses what another one uses: the reference where the two name
    /// different data sources, else the database of the data source.
    pub fn place_against(&self, other: &Sharer<'_>) -> Span {
        if self.names_another(other) {
            self.usage.reference.span
        } else {
            self.source.place_against(other.source)
        }
    }

    /// True where another data source of the node has the same JNDI name: only one of them is bound.
    fn is_ambiguous(&self) -> bool {
        let name = |source: &'a DataSource| source.jndi_name.as_ref().and_then(Setting::text);
        let own = name(self.source);
        own.is_some() && self.node.data_sources.iter().filter(|other| name(other) == own).count() > 1
    }

    /// True where the node itself names another data source than the other one does.
    pub fn names_another(&self, other: &Sharer<'_>) -> bool {
        self.usage.reference.is_written() && self.usage.reference.text() != other.usage.reference.text()
    }
}

impl SharedSource<'_> {
    /// What to call the databases in a message: `the user database and the governance registry database`.
    pub fn nouns(&self) -> String {
        let nouns = self.databases.iter().map(|database| format!("the {}", database.noun()));
        listed(&nouns.collect::<Vec<_>>())
    }
}

/// Where the host of a database stands.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    /// Loopback, as this node sees it.
    Loopback,
    /// An address of this node.
    Node(usize),
    /// A host that no node owns, or that several do.
    Host(String),
}

impl Deployment {
    /// The nodes that need a logical database and share it, one group a zone and product family, in node order.
    /// A group has two nodes at least: what a single node keeps it shares with nobody.
    pub fn sharers(&self, database: LogicalDatabase) -> Vec<Vec<&Node>> {
        let in_need = self.nodes.iter().filter(|node| self.needs(node, database));
        let mut groups = grouped(in_need, |left, right| {
            self.same_zone(left, right) && left.is_app_manager() == right.is_app_manager()
        });
        groups.retain(|group| group.len() > 1);
        groups
    }

    /// The data sources behind the databases of [`SHARED`], one entry for each data source of a node, in groups of nodes
    /// that share, in node order.
    pub fn shared_sources(&self) -> Vec<SharedSource<'_>> {
        let mut found: Vec<SharedSource<'_>> = Vec::new();
        for database in SHARED {
            for node in self.sharers(database).into_iter().flatten() {
                let Some((source, _)) = node.database(database) else { continue };
                match found
                    .iter_mut()
                    .find(|entry| entry.node.index == node.index && std::ptr::eq(entry.source, source))
                {
                    Some(entry) => entry.databases.push(database),
                    None => found.push(SharedSource { node, source, databases: vec![database] }),
                }
            }
        }
        found.sort_by_key(|entry| entry.node.index);
        found
    }

    /// Whether the data sources of two nodes mean one database, whatever names the hosts lines and the nodes themselves
    /// give its server. `None` where a part is unknown or nothing tells.
    pub fn same_database(&self, left: Opened<'_>, right: Opened<'_>) -> Option<bool> {
        let (left_jdbc, right_jdbc) = (left.1.readable()?, right.1.readable()?);
        if left.1.is_embedded() || right.1.is_embedded() {
            return self.same_file(left, right);
        }
        if without_hosts(left_jdbc) != without_hosts(right_jdbc) {
            return Some(false);
        }
        let (count, other_count) = (left_jdbc.hosts.len(), right_jdbc.hosts.len());
        let mut unknown = false;
        let mut matched = 0;
        for host in &left_jdbc.hosts {
            let verdicts: Vec<Option<bool>> = right_jdbc
                .hosts
                .iter()
                .map(|other| self.same_host((left.0, host), (right.0, other)))
                .collect();
            if verdicts.contains(&Some(true)) {
                matched += 1;
            } else if verdicts.contains(&None) {
                unknown = true;
            }
        }
        if matched == count && count == other_count {
            Some(true)
        } else if unknown || matched > 0 {
            // Two fail-over lists that overlap are most likely one database.
            None
        } else {
            Some(false)
        }
    }

    /// What is kept in data sources, one group a database, groups and their things in the order given. A data source that
    /// nobody can tell the database of is in no group with another.
    pub fn by_database<'a, T>(
        &self,
        kept: impl IntoIterator<Item = T>,
        opened: impl Fn(&T) -> Opened<'a>,
    ) -> Vec<Vec<T>> {
        grouped(kept, |one, other| self.same_database(opened(one), opened(other)) == Some(true))
    }

    /// True where two nodes surely keep a logical database on servers, and not in one database. The files of an untouched pack
    /// are no such database.
    pub fn keep_apart(&self, left: &Node, right: &Node, database: LogicalDatabase) -> bool {
        let (Some((one, _)), Some((other, _))) = (left.database(database), right.database(database)) else {
            return false;
        };
        !one.is_embedded()
            && !other.is_embedded()
            && self.same_database((left, one), (right, other)) == Some(false)
    }

    /// The nodes that keep their users in one networked database, in node order. A group has two nodes at least.
    pub fn user_groups(&self) -> Vec<Vec<&Node>> {
        let users = |node| Node::database(node, LogicalDatabase::Users).map(|(source, _)| (node, source));
        let networked = self.nodes.iter().filter_map(users).filter(|(_, source)| !source.is_embedded());
        let groups = self.by_database(networked, |opened| *opened).into_iter();
        let groups = groups.filter(|group| group.len() > 1);
        groups.map(|group| group.into_iter().map(|(node, _)| node).collect()).collect()
    }

    /// The entries of other nodes that should be the same database, in part at least.
    pub fn peers<'a, 'b>(
        &'b self,
        entry: &'b SharedSource<'a>,
        all: &'b [SharedSource<'a>],
    ) -> impl Iterator<Item = &'b SharedSource<'a>> {
        all.iter().filter(move |other| {
            entry.node.index != other.node.index
                && entry.node.is_app_manager() == other.node.is_app_manager()
                && entry.databases.iter().any(|database| other.databases.contains(database))
                && self.same_zone(entry.node, other.node)
        })
    }

    /// The uses whose databases can be compared. Left out are H2 files, unknown databases, those of a JNDI name that the node
    /// gives twice and those that only the node itself reaches: other rules speak about them.
    pub fn comparable<'a>(&self, uses: &[Sharer<'a>]) -> Vec<Sharer<'a>> {
        let known: Vec<Opened<'_>> = uses.iter().map(Sharer::opened).collect();
        let fits = |sharer: &&Sharer<'_>| {
            sharer.source.readable().is_some()
                && !sharer.source.is_embedded()
                && !sharer.is_ambiguous()
                && !self.is_stranded(sharer.node, sharer.source, &known)
        };
        uses.iter().filter(fits).copied().collect()
    }

    /// True when a node of a group keeps its users in the database of its own local registry. False where that is a
    /// networked database that the whole group uses: then it is the registry that should move out.
    pub fn has_local_users(&self, node: &Node, group: &[&Node]) -> bool {
        let Some((source, _)) = node.database(LogicalDatabase::Users).filter(|_| node.has_users_on_local())
        else {
            return false;
        };
        source.readable().is_some()
            && (source.is_embedded()
                || group.iter().filter(|other| other.index != node.index).any(|other| {
                    let users = other.database(LogicalDatabase::Users);
                    users.is_some_and(|(users, _)| {
                        self.same_database((node, source), (other, users)) == Some(false)
                    })
                }))
    }

    /// The sharers that use one and the same database, as many as possible, and those that surely use another.
    pub fn split<'a>(&self, sharers: &[Sharer<'a>]) -> (Vec<Sharer<'a>>, Vec<Sharer<'a>>) {
        let readable = sharers.iter().copied().filter(|sharer| sharer.source.readable().is_some());
        let mut groups = self.by_database(readable, Sharer::opened);
        let most = groups.iter().map(Vec::len).max().unwrap_or(0);
        let Some(position) = groups.iter().position(|group| group.len() == most) else {
            return (Vec::new(), Vec::new());
        };
        let right = groups.remove(position);
        let is_apart = |sharer: &Sharer<'_>| {
            let first = right.first().map(Sharer::opened);
            first.and_then(|first| self.same_database(first, sharer.opened())) == Some(false)
        };
        let mut wrong: Vec<Sharer<'a>> = groups.into_iter().flatten().filter(is_apart).collect();
        wrong.sort_by_key(|sharer| sharer.node.index);
        (right, wrong)
    }

    /// True when the server of a database is the node itself by loopback, and a node on another machine that should use
    /// the same database does not name this node: the two cannot meet.
    pub fn is_stranded(&self, node: &Node, source: &DataSource, peers: &[Opened<'_>]) -> bool {
        source.loopback_host().is_some()
            && peers.iter().any(|peer| {
                self.same_machine(node, peer.0) == Some(false)
                    && self.same_database((node, source), *peer) != Some(true)
            })
    }

    /// H2 files are one only where both nodes open the same absolute path on the same machine.
    fn same_file(&self, left: Opened<'_>, right: Opened<'_>) -> Option<bool> {
        let same_identity = left.1.identity()? == right.1.identity()?;
        if left.0.index == right.0.index || !same_identity {
            return Some(same_identity);
        }
        if !left.1.is_absolute_file() {
            return Some(false);
        }
        self.same_machine(left.0, right.0)
    }

    fn same_host(&self, left: (&Node, &JdbcHost), right: (&Node, &JdbcHost)) -> Option<bool> {
        if left.1.port != right.1.port {
            return Some(false);
        }
        let same_machine = left.0.index == right.0.index || self.same_machine(left.0, right.0) == Some(true);
        match (self.place(&left.1.host), self.place(&right.1.host)) {
            (Place::Loopback, Place::Loopback) if same_machine => Some(true),
            (Place::Loopback, Place::Loopback) => self.same_machine(left.0, right.0),
            (Place::Loopback, Place::Node(node)) => self.on_machine_of(left.0, node),
            (Place::Node(node), Place::Loopback) => self.on_machine_of(right.0, node),
            (Place::Node(left), Place::Node(right)) => Some(
                left == right
                    || self.nodes.get(left).is_some_and(|node| self.on_machine_of(node, right) == Some(true)),
            ),
            // The one name that a machine has for a database of its own and the other need not differ in substance.
            (Place::Loopback, Place::Host(_)) | (Place::Host(_), Place::Loopback) if same_machine => None,
            (one, other) => Some(one == other),
        }
    }

    fn on_machine_of(&self, node: &Node, index: usize) -> Option<bool> {
        if node.index == index {
            return Some(true);
        }
        self.same_machine(node, self.nodes.get(index)?)
    }

    fn place(&self, host: &str) -> Place {
        let mapped = self.mapped(host).unwrap_or(host);
        if Host::literal(mapped) == Host::Own {
            return Place::Loopback;
        }
        match self.owners(mapped).as_slice() {
            [owner] => Place::Node(owner.index),
            _ => Place::Host(mapped.to_ascii_lowercase()),
        }
    }
}

impl DataSource {
    /// The URL taken apart, if all that tells databases apart is known.
    pub fn readable(&self) -> Option<&JdbcUrl> {
        self.url.as_ref()?.known()?;
        self.jdbc.as_ref().filter(|jdbc| !jdbc.has_placeholder())
    }

    /// True for an embedded H2 file with an absolute path, which another node of the machine can open, too.
    pub fn is_absolute_file(&self) -> bool {
        self.jdbc.as_ref().and_then(JdbcUrl::h2_file).is_some_and(|path| {
            path.starts_with(['/', '\\']) || path.get(1..3).is_some_and(|drive| drive.starts_with(':'))
        })
    }

    /// True where H2 lets several processes open the file (`AUTO_SERVER=TRUE`).
    pub fn is_auto_server(&self) -> bool {
        self.jdbc.iter().flat_map(|jdbc| &jdbc.parameters).any(|(name, value)| {
            name.eq_ignore_ascii_case("AUTO_SERVER") && value.eq_ignore_ascii_case("true")
        })
    }

    /// The host of a networked database whose only hosts are loopback ones.
    pub fn loopback_host(&self) -> Option<&JdbcHost> {
        let hosts = &self.readable()?.hosts;
        let own = |host: &JdbcHost| Host::literal(&host.host) == Host::Own;
        hosts.first().filter(|_| hosts.iter().all(own))
    }

    /// The database in the file's own spelling without parameters, for messages: `jdbc:mysql://db.corp.test:3306/apimgt`.
    /// A URL that may hold a password is shown by its parts.
    pub fn shown(&self) -> String {
        let (Some(url), Some(jdbc)) = (self.url.as_ref().and_then(Setting::text), self.jdbc.as_ref()) else {
            return self.name.value.clone();
        };
        let bare = url.get(jdbc.bare.clone()).unwrap_or_default().trim();
        // Only `jdbc:oracle:thin:@` has nothing in front of the sign.
        if bare.split_once('@').is_some_and(|(user, rest)| !user.ends_with(':') || rest.contains('@')) {
            return jdbc.identity();
        }
        if jdbc.vendor == Vendor::SqlServer && !jdbc.database.is_empty() && !bare.ends_with(&jdbc.database) {
            return format!("{bare};databaseName={}", jdbc.database);
        }
        match jdbc.parameters.iter().find(|(name, _)| name == "currentSchema") {
            Some((_, schema)) if jdbc.vendor == Vendor::PostgreSql => {
                format!("{bare}?currentSchema={schema}")
            }
            _ => bare.to_owned(),
        }
    }

    /// True where nothing but the servers tells two databases apart: the hosts may be names of one.
    pub fn differs_in_servers(&self, other: &Self) -> bool {
        let (Some(own), Some(other)) = (self.readable(), other.readable()) else { return false };
        without_hosts(own) == without_hosts(other)
    }
}

impl Node {
    /// True when user management works on the data source of the local registry, as in the untouched pack of the XML
    /// releases. TOML packs keep users in the shared database. Where registry.xml leads to no local data source the
    /// name that the untouched pack gives it decides.
    pub fn has_users_on_local(&self) -> bool {
        const VANILLA: &str = "jdbc/WSO2CarbonDB";
        let Some((users, usage)) = self.database(LogicalDatabase::Users) else { return false };
        self.config_model == ConfigModel::Xml
            && match self.database(LogicalDatabase::Local) {
                Some((local, _)) => std::ptr::eq(users, local),
                None => usage.reference.text() == Some(VANILLA),
            }
    }

    /// True where a registry space is mounted from an instance on the `dbConfig` of the local registry.
    pub fn mounts_local_registry(&self, database: LogicalDatabase) -> bool {
        let instance = |registry: &Registry| -> Option<bool> {
            let id = registry.mount(database.mount_path()?)?.instance_id.as_ref()?.text()?;
            Some(registry.leads_to_local(registry.instance(id)?).is_some())
        };
        self.registry.as_ref().and_then(instance) == Some(true)
    }

    /// True for a part of App Manager that is the identity provider and nothing else. Whether it shares users and
    /// applications with the other parts is a question of App Manager's own rules.
    pub fn is_app_identity_provider(&self) -> bool {
        self.is_app_manager() && self.is_only(Role::IdentityProvider)
    }
}

/// `a`, `a and b`, `a, b and c`.
pub fn listed<T: AsRef<str>>(words: &[T]) -> String {
    match words {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [start @ .., last] => {
            let start: Vec<&str> = start.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", start.join(", "), last.as_ref())
        }
    }
}

/// What nodes keep a logical database in, by the place that names it. A node has several such places where the identity
/// component names its database itself.
pub fn uses<'a>(nodes: &[&'a Node], database: LogicalDatabase) -> Vec<Sharer<'a>> {
    let mut found = Vec::new();
    for node in nodes {
        for usage in node.database_uses.iter().filter(|usage| usage.database == database) {
            let source = usage.data_source.and_then(|index| node.data_sources.get(index));
            found.extend(source.map(|source| Sharer { node, source, usage }));
        }
    }
    found
}

/// Names of nodes for a message, the first few of many.
pub fn node_names(nodes: &[&Node]) -> String {
    const SHOWN: usize = 4;
    let mut names: Vec<String> = nodes.iter().take(SHOWN).map(|node| node.name.clone()).collect();
    if nodes.len() > SHOWN {
        names.push(format!("{} more", nodes.len() - SHOWN));
    }
    listed(&names)
}

fn without_hosts(jdbc: &JdbcUrl) -> String {
    JdbcUrl { hosts: Vec::new(), ..jdbc.clone() }.identity()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::database::UrlParts;
    use crate::model::sample;

    fn source(url: &str) -> DataSource {
        DataSource {
            name: sample::written("WSO2AM_DB"),
            jndi_name: None,
            url: Some(sample::written(url)),
            jdbc: crate::syntax::jdbc::parse(url),
            driver: None,
            user_name: None,
            password: None,
            parts: UrlParts::default(),
            options: Vec::new(),
            spare: false,
            pool: sample::span(),
            span: sample::span(),
            file: String::new(),
        }
    }

    /// Two nodes that cluster as these hosts, and the verdict about a database URL of each.
    fn same(hosts: (&str, &str), lines: &[(&str, &str)], left: &str, right: &str) -> Option<bool> {
        let mut nodes = vec![sample::node(0, "node1"), sample::node(1, "node2")];
        for (node, host) in nodes.iter_mut().zip([hosts.0, hosts.1]) {
            node.clustering =
                (!host.is_empty()).then(|| sample::clustering("wso2.am.domain", host, 4000, &[]));
        }
        let deployment = sample::assemble(nodes, None, Some(sample::hosts(lines)), |_| {});
        let [one, other] = deployment.nodes.as_slice() else { return None };
        deployment.same_database((one, &source(left)), (other, &source(right)))
    }

    const APART: (&str, &str) = ("10.0.7.11", "10.0.7.12");
    const TOGETHER: (&str, &str) = ("10.0.7.11", "10.0.7.11");
    const UNKNOWN: (&str, &str) = ("", "");

    #[test]
    fn names_of_one_address_are_one_server() {
        let lines = [("db.corp.test", "10.0.7.20"), ("mysql.corp.test", "10.0.7.20")];
        let (left, right) = ("jdbc:mysql://db.corp.test/am", "jdbc:mysql://MYSQL.corp.test:3306/am?x=1");
        assert_eq!(same(APART, &lines, left, right), Some(true));
        assert_eq!(same(APART, &[], left, right), Some(false));
        assert_eq!(same(APART, &lines, left, "jdbc:mysql://mysql.corp.test:3307/am"), Some(false));
    }

    #[test]
    fn loopback_is_the_own_machine() {
        let (own, first) = ("jdbc:mysql://localhost/am", "jdbc:mysql://10.0.7.11/am");
        assert_eq!(same(APART, &[], own, own), Some(false));
        assert_eq!(same(TOGETHER, &[], own, "jdbc:mysql://127.0.0.1:3306/am"), Some(true));
        assert_eq!(same(UNKNOWN, &[], own, own), None);
        assert_eq!(same(APART, &[], own, first), Some(true));
        assert_eq!(same(APART, &[], first, own), Some(false));
        assert_eq!(same(TOGETHER, &[], own, "jdbc:mysql://db.corp.test/am"), None);
    }

    #[test]
    fn lists_that_overlap_are_left_open() {
        let (both, first) = ("jdbc:mysql://a.test,b.test/am", "jdbc:mysql://a.test/am");
        assert_eq!(same(APART, &[], both, "jdbc:mysql://b.test,a.test/am"), Some(true));
        assert_eq!(same(APART, &[], both, first), None);
        assert_eq!(same(APART, &[], both, "jdbc:mysql://c.test/am"), Some(false));
    }

    #[test]
    fn embedded_files_are_one_only_on_one_machine() {
        let file = "jdbc:h2:/var/lib/wso2/AM;AUTO_SERVER=TRUE";
        assert_eq!(same(TOGETHER, &[], file, file), Some(true));
        assert_eq!(same(APART, &[], file, file), Some(false));
        assert_eq!(same(UNKNOWN, &[], file, file), None);
        assert_eq!(same(TOGETHER, &[], "jdbc:h2:repository/AM", "jdbc:h2:repository/AM"), Some(false));
    }

    #[test]
    fn a_url_is_shown_without_what_may_be_a_password() {
        assert_eq!(
            source("jdbc:mysql://u:s3cret@db.test/am?password=s3cret").shown(),
            "mysql://db.test:3306/am"
        );
        assert_eq!(source("jdbc:oracle:thin:u/s3cret@db.test:1521/am").shown(), "oracle://db.test:1521/am");
        assert_eq!(source("jdbc:h2:repository/AM;PASSWORD=s3cret").shown(), "jdbc:h2:repository/AM");
        let server = "jdbc:sqlserver://db.test;databaseName=am;password=s3cret";
        assert_eq!(source(server).shown(), "jdbc:sqlserver://db.test;databaseName=am");
    }
}
