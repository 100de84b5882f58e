//! Nodes that name one cache differently: what one node changes stays old in the caches of the others.

use crate::model::database::DataSource;
use crate::model::node::Node;
use crate::model::registry::{CachedDatabase, RemoteInstance};
use crate::model::{Deployment, Setting};
use crate::rules::{Check, Finding, Rule, majority};
use crate::source::Span;

/// RG012.
pub static RULE: Rule = Rule { card: "RG012-cache-id-mismatch", check: Check::Deployment(check) };

/// A `cacheId` and the database that it should name.
#[derive(Clone)]
struct Cached<'a> {
    node: &'a Node,
    cache_id: &'a Setting,
    text: &'a str,
    source: &'a DataSource,
    named: Option<CachedDatabase>,
}

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let all: Vec<Cached<'_>> = deployment.nodes.iter().flat_map(cached).collect();
    let to_judge = all.iter().filter(|one| !one.is_that_of_a_peer(&all)).cloned();
    for group in deployment.by_database(to_judge, |cached| (cached.node, cached.source)) {
        findings.extend(of_database(&group));
    }
}

/// The instances of a node whose database is known.
fn cached(node: &Node) -> Vec<Cached<'_>> {
    let Some(registry) = &node.registry else { return Vec::new() };
    // An instance on the local registry is RG006's.
    let own = |instance: &&RemoteInstance| registry.leads_to_local(instance).is_none();
    let instances = registry.instances.iter().filter(own).filter_map(|instance| {
        let cache_id = instance.cache_id.as_ref()?;
        let name = registry.db_config(instance.db_config.as_ref()?.text()?)?.data_source.as_ref()?.text()?;
        let source = node.data_source(name).filter(|source| source.readable().is_some())?;
        Some(Cached {
            node,
            cache_id,
            text: cache_id.text()?,
            source,
            named: CachedDatabase::parse(cache_id.text()?),
        })
    });
    instances.collect()
}

/// What is wrong with the cache ids of one database.
fn of_database(group: &[Cached<'_>]) -> Vec<Finding> {
    let is_one = group.iter().all(|cached| group.first().is_some_and(|first| first.is_like(cached)));
    let by_policy = is_one && group.iter().any(|one| group.iter().any(|other| one.user() != other.user()));
    let written = || group.iter().filter(|cached| cached.cache_id.is_written());
    let own: Vec<Finding> = written()
        .filter_map(|cached| {
            let fault = cached.fault().filter(|fault| !(by_policy && *fault == Fault::User))?;
            Some(cached.named_another(fault, group))
        })
        .collect();
    let is_cluster = group.iter().any(|one| group.iter().any(|other| one.node.index != other.node.index));
    if is_one && is_cluster {
        // Caches under one wrong name still understand each other: the first finding points at all of them.
        return own.into_iter().take(1).map(|finding| finding.variant("alike")).collect();
    }
    if !own.is_empty() || is_one {
        return own;
    }
    let Some(right) = majority(group, Cached::is_like) else { return own };
    let differing =
        written().filter(|cached| !cached.is_like(right) && cached.node.index != right.node.index);
    differing.map(|cached| cached.differs_from(right)).collect()
}

/// In what a `cacheId` differs from the data source.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    User,
    Database,
}

impl Cached<'_> {
    /// True for the cache id of another node, right there, while the data source here is another one: RG011 speaks of that.
    fn is_that_of_a_peer(&self, all: &[Self]) -> bool {
        let is_right_there = |other: &Self| {
            let is_peer = self.node.index != other.node.index && self.node.product == other.node.product;
            is_peer && self.is_like(other) && other.fault().is_none()
        };
        self.fault() == Some(Fault::Database) && all.iter().any(is_right_there)
    }

    fn user(&self) -> Option<&str> {
        self.source.user_name.as_ref().and_then(Setting::text)
    }

    /// Parameters of the URL make no other cache.
    fn is_like(&self, other: &Self) -> bool {
        match (&self.named, &other.named) {
            (Some(own), Some(theirs)) => own == theirs,
            _ => self.text == other.text,
        }
    }

    /// A text that names no database is compared with that of other nodes only.
    fn fault(&self) -> Option<Fault> {
        let named = self.named.as_ref()?;
        if self.source.identity().is_some_and(|identity| identity != named.database) {
            return Some(Fault::Database);
        }
        self.user().is_some_and(|user| user != named.user).then_some(Fault::User)
    }

    fn named_another(&self, fault: Fault, group: &[Self]) -> Finding {
        let own = &self.node.name;
        let (user, database) = self.named.as_ref().map_or(("", ""), |named| (&named.user, &named.database));
        let message = match fault {
            Fault::User => {
                format!(
                    "{own}'s cacheId names user {user}, the datasource uses {}",
                    self.user().unwrap_or_default()
                )
            }
            Fault::Database => {
                format!("{own}'s cacheId names {database}, the datasource is {}", self.source.shown())
            }
        };
        let right = format!("{}@{}", self.user().unwrap_or("user"), self.source.shown());
        let mut finding = Finding::new(self.cache_id.span, "names another cache", message)
            .help(format!("write {right}"))
            .related(self.source_place(fault), "the datasource behind it");
        let mut peers: Vec<&str> = Vec::new();
        for peer in
            group.iter().filter(|peer| peer.node.index != self.node.index && peer.cache_id.is_written())
        {
            if !peers.contains(&peer.node.name.as_str()) {
                peers.push(&peer.node.name);
                finding = finding.related(peer.cache_id.span, format!("as {} has it", peer.node.name));
            }
        }
        finding
    }

    fn source_place(&self, fault: Fault) -> Span {
        let user = self.source.user_name.as_ref().filter(|user| user.is_written() && fault == Fault::User);
        user.map_or_else(|| self.source.place(), |user| user.span)
    }

    fn differs_from(&self, right: &Self) -> Finding {
        let (own, other) = (&self.node.name, &right.node.name);
        let message = format!("{own} and {other} mount one database under different cache ids");
        Finding::new(self.cache_id.span, "another cache", message)
            .help(format!("write the same cacheId as on {other}"))
            .related(right.cache_id.span, format!("the cacheId of {other}"))
    }
}
