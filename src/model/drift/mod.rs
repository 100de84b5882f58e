//! Settings that differ between nodes which should be copies of each other (rule atlas 2.4 and 3, "Groups").

mod files;
mod keys;
mod meaning;
mod patterns;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use rayon::prelude::*;

use self::files::File;
use self::meaning::{Group, Meaning};
use self::patterns::Patterns;
pub use self::patterns::fits;
use super::database::{DataSource, LogicalDatabase};
use super::deployment::Deployment;
use super::node::{Node, Role};
use crate::source::Span;
use crate::syntax::settings::paths::Separator;

static NODE_SPECIFIC: LazyLock<Patterns> =
    LazyLock::new(|| Patterns::parse(include_str!("../../../rules/drift/node-specific.list")));
static GATEWAY: LazyLock<Patterns> =
    LazyLock::new(|| Patterns::parse(include_str!("../../../rules/drift/gateway.list")));

/// More differences in one file are told as one: the nodes are no copies, and a list helps nobody.
const MOST: usize = 20;

/// Which settings to compare between which nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What clients of a gateway see: gateways of one zone with the same portals.
    Gateway,
    /// Everything else: nodes with the same roles.
    Role,
}

/// A setting, an element or a file in which nodes of one group differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// The file, relative to `repository/conf`.
    pub file: String,
    /// Path of the setting or of the outermost element that some nodes lack.
    pub path: String,
    /// What differs.
    pub subject: Subject,
    /// What each node has, in node order; nodes that nobody can tell of are left out.
    pub sides: Vec<Side>,
}

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The value of a setting that all nodes have.
    Value,
    /// Whether a setting or an element is there.
    Presence,
    /// How often an element is there: the values of the sides are numbers.
    Count,
    /// So many settings of one file.
    File(usize),
}

/// One node's side of a drift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// The node, by index.
    pub node: usize,
    /// Sides with the same number mean the same; 0 is what most have, of equally frequent ones what nobody wrote, else the
    /// first node's.
    pub rank: usize,
    /// The value as the file spells it, where it fits in a line and is no secret; `None` where nothing is there.
    pub value: Option<String>,
    /// Where it stands; where nothing does, what should hold it.
    pub place: Span,
    /// Whether the node has it.
    pub presence: Presence,
    /// The settings of an element that other nodes lack or have more often, each from the start of its line.
    pub settings: Vec<Span>,
}

/// Whether a node has a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// In a file of the node.
    Written,
    /// By the server's default, or in a file of the untouched pack.
    Default,
    /// Not at all.
    Absent,
}

impl Deployment {
    /// The drifts of one kind, by group, file and path.
    pub fn drifts(&self, kind: Kind) -> Vec<Drift> {
        let groups = self.copies(kind);
        let compare = |group: &Vec<&Node>| {
            let context = Group::of(self, group);
            let own = own_databases(group);
            let elsewhere = databases_elsewhere(group);
            let names = conf_files(group).into_iter();
            let names: Vec<&str> =
                names.filter(|name| kind == Kind::Role || GATEWAY.has_file(name)).collect();
            let is_gateway = group.iter().all(|node| node.acts_as(Role::Gateway));
            let wanted = |file: &str, path: &str| {
                let visible = is_gateway && GATEWAY.has(file, path);
                visible == (kind == Kind::Gateway)
                    && !NODE_SPECIFIC.has(file, path)
                    && !own.iter().any(|database| is_of_database(path, database))
                    && !elsewhere.iter().any(|database| follows_from_url(path, database))
            };
            names
                .par_iter()
                .map(|name| in_file(self, group, &context, name, &wanted, MOST))
                .collect::<Vec<_>>()
                .concat()
        };
        groups.iter().flat_map(compare).collect()
    }

    /// What differs between the files of all nodes under `repository/conf`, whatever their roles. The nodes are of one
    /// product, version and model.
    pub fn differences(&self) -> Differences {
        let group: Vec<&Node> = self.nodes.iter().collect();
        let context = Group::of(self, &group);
        let names = conf_files(&group);
        let of = |own: bool| {
            let wanted = |file: &str, path: &str| NODE_SPECIFIC.has(file, path) == own;
            let in_file = |name: &&str| in_file(self, &group, &context, name, &wanted, usize::MAX);
            names.iter().flat_map(in_file).collect()
        };
        Differences { unexplained: of(false), own: of(true) }
    }

    /// Groups of two and more nodes of one product and version whose settings should be the same.
    pub fn copies(&self, kind: Kind) -> Vec<Vec<&Node>> {
        let portals = |node: &Node| (node.acts_as(Role::Publisher), node.acts_as(Role::Store));
        let alike = |left: &Node, right: &Node| {
            let same_work = match kind {
                Kind::Role => left.roles == right.roles,
                Kind::Gateway => {
                    left.acts_as(Role::Gateway)
                        && right.acts_as(Role::Gateway)
                        && portals(left) == portals(right)
                }
            };
            same_work
                && left.product == right.product
                && left.version == right.version
                && left.config_model == right.config_model
                && self.same_zone(left, right)
        };
        let mut groups: Vec<Vec<&Node>> = Vec::new();
        for node in self.nodes.iter().filter(|node| node.version.is_some() && !node.roles.is_empty()) {
            match groups.iter_mut().find(|group| group.iter().all(|member| alike(member, node))) {
                Some(group) => group.push(node),
                None => groups.push(vec![node]),
            }
        }
        groups.retain(|group| group.len() > 1);
        groups
    }
}

/// What differs between nodes, by file and path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    /// Nothing in the settings themselves says why.
    pub unexplained: Vec<Drift>,
    /// What each node has for itself: addresses, ports, peers, sizes.
    pub own: Vec<Drift>,
}

/// The files of a group that were read, relative to `repository/conf`.
fn conf_files<'a>(group: &[&'a Node]) -> BTreeSet<&'a str> {
    let paths = group.iter().flat_map(|node| node.documents.keys());
    paths.filter_map(|path| path.strip_prefix("repository/conf/")).collect()
}

/// Names of the data sources behind the databases that each node has for itself.
fn own_databases(group: &[&Node]) -> BTreeSet<String> {
    let of_node = |node: &&Node| {
        [LogicalDatabase::Local, LogicalDatabase::Broker]
            .into_iter()
            .filter_map(|database| node.database(database)?.0.name.text().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    group.iter().flat_map(of_node).collect()
}

/// Names of the data sources that lead to different databases.
fn databases_elsewhere<'a>(group: &[&'a Node]) -> BTreeSet<&'a str> {
    let sources: Vec<&DataSource> = group.iter().flat_map(|node| &node.data_sources).collect();
    let leads_elsewhere = |source: &&&DataSource| {
        let Some(one) = source.identity() else { return false };
        let same_name = |other: &&&DataSource| other.name.text() == source.name.text();
        sources.iter().filter(same_name).filter_map(|other| other.identity()).any(|other| other != one)
    };
    sources.iter().filter(leads_elsewhere).filter_map(|source| source.name.text()).collect()
}

fn in_file(
    deployment: &Deployment,
    group: &[&Node],
    context: &Group<'_>,
    name: &str,
    wanted: &(dyn Fn(&str, &str) -> bool + Sync),
    most: usize,
) -> Vec<Drift> {
    let path = format!("repository/conf/{name}");
    let files = files::read(deployment, group, &path);
    if files.len() < 2 {
        return Vec::new();
    }
    let separator = Separator::of(name);
    let all: BTreeSet<&str> = files
        .iter()
        .flat_map(|file| file.values.keys().map(String::as_str))
        .filter(|path| wanted(name, path))
        .collect();
    let mut found: Vec<Drift> = Vec::new();
    let mut missing: BTreeSet<String> = BTreeSet::new();
    let mut counted: BTreeSet<&str> = BTreeSet::new();
    for path in all {
        // The outermost element that some node lacks.
        let lacking = separator.prefixes(path).find(|prefix| files.iter().any(|file| !file.has(prefix)));
        let drift = match lacking {
            Some(prefix) if missing.contains(prefix) => None,
            Some(prefix) => {
                let drift = presence(deployment, context, &files, name, prefix, path);
                if drift.is_some() {
                    missing.insert(prefix.to_owned());
                }
                drift
            }
            None => {
                match (difference(deployment, context, &files, name, path), uneven(&files, separator, path)) {
                    (Some(_), Some(prefix)) => {
                        counted.insert(prefix).then(|| count(deployment, &files, name, prefix)).flatten()
                    }
                    (drift, _) => drift,
                }
            }
        };
        found.extend(drift);
    }
    if found.len() > most { vec![summary(&files, name, &found)] } else { found }
}

/// A setting that every node has, if it does not mean the same.
fn difference(
    deployment: &Deployment,
    context: &Group<'_>,
    files: &[File<'_>],
    name: &str,
    path: &str,
) -> Option<Drift> {
    // What a variable stands for differs where it is set.
    if files.windows(2).all(|pair| matches!(pair, [one, other] if one.texts(path).eq(other.texts(path)))) {
        return None;
    }
    if follows_from_key_store(files, Separator::of(name), path) {
        return None;
    }
    let secret = files.iter().any(|file| file.is_secret(path));
    let hidden = secret || files.iter().any(|file| file.holds_secret(deployment, path));
    let mut sides: Vec<(&File<'_>, Vec<Meaning>)> = Vec::new();
    for file in files {
        let values = file.values.get(path).map_or(&[][..], Vec::as_slice);
        let mut meanings: Vec<Meaning> =
            values.iter().map(|value| context.meaning(file.node.index, &value.text, secret)).collect();
        if meanings.is_empty() {
            meanings.push(Meaning::Known(String::new()));
        }
        if secret && file.has_alias(path) || meanings.contains(&Meaning::Unknown) {
            continue;
        }
        meanings.sort();
        sides.push((file, meanings));
    }
    let is_written = |file: &File<'_>| {
        file.values.get(path).and_then(|values| values.first()).is_none_or(|value| value.span.is_some())
    };
    let ranks = ranks(sides.iter().map(|(file, meanings)| (meanings, is_written(file))))?;
    let sides = sides.iter().zip(ranks).map(|((file, _), rank)| {
        let values = file.values.get(path).map_or(&[][..], Vec::as_slice);
        let shown = match values {
            [one] if !hidden => printable(&one.text),
            _ => None,
        };
        let place = values.first().and_then(|value| value.span).unwrap_or_else(|| file.place(path));
        let presence = if is_written(file) { Presence::Written } else { Presence::Default };
        Side { node: file.node.index, rank, value: shown, place, presence, settings: Vec::new() }
    });
    Some(Drift {
        file: name.to_owned(),
        path: spelling(files, path),
        subject: Subject::Value,
        sides: sides.collect(),
    })
}

/// The outermost element around a setting that some nodes have more often than others.
fn uneven<'p>(files: &[File<'_>], separator: Separator, path: &'p str) -> Option<&'p str> {
    let first = files.first()?;
    separator.prefixes(path).find(|prefix| files.iter().any(|file| file.count(prefix) != first.count(prefix)))
}

/// An element that nodes have in different numbers: what is in it cannot be compared one by one.
fn count(deployment: &Deployment, files: &[File<'_>], name: &str, prefix: &str) -> Option<Drift> {
    let ranks = ranks(files.iter().map(|file| (file.count(prefix), true)))?;
    let sides = files.iter().zip(ranks).map(|(file, rank)| Side {
        node: file.node.index,
        rank,
        value: Some(file.count(prefix).to_string()),
        place: file.last_element(prefix),
        presence: Presence::Written,
        settings: file.settings_in(deployment, Separator::of(name), prefix),
    });
    let path = spelling(files, prefix);
    Some(Drift { file: name.to_owned(), path, subject: Subject::Count, sides: sides.collect() })
}

/// An element that some node lacks; `path` is a setting in it. `None` where lacking it means the same.
fn presence(
    deployment: &Deployment,
    context: &Group<'_>,
    files: &[File<'_>],
    name: &str,
    prefix: &str,
    path: &str,
) -> Option<Drift> {
    if prefix == path && files.iter().all(|file| is_default(context, file, path)) {
        return None;
    }
    if follows_from_type(files, Separator::of(name), prefix)
        || follows_from_key_store(files, Separator::of(name), prefix)
    {
        return None;
    }
    let hidden = files.iter().any(|file| file.is_secret(path) || file.holds_secret(deployment, path));
    let ranks = ranks(files.iter().map(|file| (file.has(prefix), file.has(prefix))))?;
    let sides = files.iter().zip(ranks).map(|(file, rank)| {
        let present = file.has(prefix);
        let value = match file.values.get(prefix).map(Vec::as_slice) {
            Some([one]) if !hidden => printable(&one.text),
            _ => None,
        };
        let place = if present { file.element(prefix) } else { file.place(prefix) };
        let presence = if present { Presence::Written } else { Presence::Absent };
        let settings = file.settings_in(deployment, Separator::of(name), prefix);
        Side { node: file.node.index, rank, value, place, presence, settings }
    });
    let (path, subject) = (spelling(files, prefix), Subject::Presence);
    Some(Drift { file: name.to_owned(), path, subject, sides: sides.collect() })
}

/// True for password, alias and type of key stores that are different files.
fn follows_from_key_store(files: &[File<'_>], separator: Separator, path: &str) -> bool {
    let Some(store) = separator.parent(path) else { return false };
    let mut rest = path.strip_prefix(store).unwrap_or_default().chars();
    let Some(joint) = rest.next() else { return false };
    let named = match rest.as_str() {
        "Password" | "KeyAlias" | "KeyPassword" | "Type" => "Location",
        "@keystorePass" | "@keyAlias" | "@keystoreType" => "@keystoreFile",
        "password" | "alias" | "key_password" | "type" => "file_name",
        _ => return false,
    };
    let key = format!("{store}{joint}{named}");
    let name = |file: &File<'_>| -> Option<String> {
        let path = file.texts(&key).next()?;
        Some(path.rsplit('/').next().unwrap_or(path).to_owned())
    };
    let names: Option<BTreeSet<String>> = files.iter().map(name).collect();
    names.is_some_and(|names| names.len() > 1)
}

/// True for what stands in a table of deployment.toml whose `type` differs: another type asks for other keys.
fn follows_from_type(files: &[File<'_>], separator: Separator, path: &str) -> bool {
    let tables = std::iter::successors(separator.parent(path), |table| separator.parent(table));
    let mut types = tables.map(|table| format!("{table}.type"));
    files.iter().all(|file| file.toml().is_some())
        && types.any(|key| {
            let is_known = files.iter().all(|file| file.values.contains_key(&key));
            let differs =
                |pair: &[File<'_>]| matches!(pair, [one, other] if one.texts(&key).ne(other.texts(&key)));
            is_known && files.windows(2).any(differs)
        })
}

/// True where a file lacks a setting, or sets it to what the server takes without it: nothing, `false`, or what the
/// untouched pack has. Unknown values count as that.
fn is_default(context: &Group<'_>, file: &File<'_>, path: &str) -> bool {
    let Some(values) = file.values.get(path) else { return !file.has(path) };
    let secret = file.is_secret(path);
    let vanilla = file.vanilla(path);
    values.iter().all(|value| match context.meaning(file.node.index, &value.text, secret) {
        Meaning::Unknown => true,
        Meaning::Known(text) => match &vanilla {
            Some(vanilla) => context.meaning(file.node.index, vanilla, secret) == Meaning::Known(text),
            None => text.is_empty() || text == "false",
        },
    })
}

/// The path as the files spell it.
fn spelling(files: &[File<'_>], path: &str) -> String {
    let written = files.iter().find_map(|file| file.spelling.get(path));
    written.map_or(path, String::as_str).to_owned()
}

/// Many differences in one file.
fn summary(files: &[File<'_>], name: &str, drifts: &[Drift]) -> Drift {
    let mut apart: BTreeMap<usize, usize> = BTreeMap::new();
    for side in drifts.iter().flat_map(|drift| &drift.sides).filter(|side| side.rank > 0) {
        *apart.entry(side.node).or_default() += 1;
    }
    let sides = files.iter().map(|file| {
        let rank = usize::from(apart.contains_key(&file.node.index));
        let presence = Presence::Written;
        let place = file.start();
        Side { node: file.node.index, rank, value: None, place, presence, settings: Vec::new() }
    });
    Drift {
        file: name.to_owned(),
        path: String::new(),
        subject: Subject::File(drifts.len()),
        sides: sides.collect(),
    }
}

/// Numbers what sides mean, the most frequent first, of equally frequent ones what nobody wrote; `None` where all mean the
/// same.
fn ranks<T: Ord>(meanings: impl Iterator<Item = (T, bool)>) -> Option<Vec<usize>> {
    let (meanings, written): (Vec<T>, Vec<bool>) = meanings.unzip();
    let mut counts: BTreeMap<&T, (usize, (bool, usize))> = BTreeMap::new();
    for (index, (meaning, written)) in meanings.iter().zip(written).enumerate() {
        counts.entry(meaning).or_insert((0, (written, index))).0 += 1;
    }
    if counts.len() < 2 {
        return None;
    }
    let mut order: Vec<_> = counts.into_iter().collect();
    order.sort_by_key(|(_, (count, first))| (std::cmp::Reverse(*count), *first));
    let rank = |meaning: &T| order.iter().position(|(known, _)| *known == meaning);
    meanings.iter().map(rank).collect()
}

/// True for a setting of this data source.
fn is_of_database(path: &str, database: &str) -> bool {
    path.contains(&format!("datasource[name='{database}']"))
        || path
            .strip_prefix("database.")
            .and_then(|rest| rest.strip_prefix(database))
            .is_some_and(|rest| rest.starts_with('.'))
}

/// True for a setting of this data source beside its URL: login, driver and pool follow from where that leads.
fn follows_from_url(path: &str, database: &str) -> bool {
    let name = path.rsplit(['.', '/']).next().unwrap_or(path);
    is_of_database(path, database) && !name.eq_ignore_ascii_case("url")
}

/// A value that a message can hold.
fn printable(text: &str) -> Option<String> {
    let text = text.trim();
    let plain = text.chars().count() <= 80 && !text.contains(char::is_control);
    plain.then(|| text.to_owned())
}
