//! Where a node's files lie in what was given, and what their home-relative paths are.

use std::collections::BTreeSet;

use super::store::{Entry, Store};

/// How much of a node was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TreeKind {
    /// An API-M home: a file that is not there is not on the server.
    Home,
    /// Some of the files: what is not there is as in the vanilla pack.
    Overlay,
    /// One file that stands for a node.
    SingleFile,
}

/// A home-relative folder (ends in `/`, or is empty) or file, and where the store has it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    home: String,
    store: String,
}

/// The ways between home-relative paths and paths of the store. Both ways agree: a path of the store has one
/// home-relative path, the one of its longest place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    places: Vec<Place>,
}

/// What a search for a node found.
#[derive(Debug)]
pub(super) enum Found {
    /// One node.
    Node(Layout),
    /// Several side by side, by their folders.
    Several(Vec<String>),
    /// None.
    Nothing,
}

/// Wrapping folders to look through: `wso2am-2.6.0/carbon/repository/conf` needs two.
const WRAPPING_LEVELS: usize = 2;
/// Folders to look at in one search; what is wider is no node with a wrapping folder.
const MOST_FOLDERS: usize = 400;

/// Files that lie at the top of `repository/conf` and tell a conf folder.
const CONF_FILES: [&str; 24] = [
    "api-manager.xml",
    "app-manager.xml",
    "appmanager.xml",
    "application-authenticators.xml",
    "broker.xml",
    "cache.xml",
    "carbon.xml",
    "claim-config.xml",
    "config-validation.xml",
    "deployment.toml",
    "event-broker.xml",
    "event-processor.xml",
    "hazelcast.properties",
    "jndi.properties",
    "jndi2.properties",
    "log4j.properties",
    "log4j2.properties",
    "metrics.xml",
    "nhttp.properties",
    "passthru-http.properties",
    "registry.xml",
    "synapse.properties",
    "synapse-handlers.xml",
    "user-mgt.xml",
];

/// Files of `repository/conf`'s folders; an overlay may hold them flat at its top.
const NESTED_FILES: [(&str, &str); 22] = [
    ("analytics-datasources.xml", "repository/conf/datasources/"),
    ("api-manager.sh", "bin/"),
    ("application-authentication.xml", "repository/conf/identity/"),
    ("authenticators.xml", "repository/conf/security/"),
    ("axis2.xml", "repository/conf/axis2/"),
    ("axis2_client.xml", "repository/conf/axis2/"),
    ("catalina-server.xml", "repository/conf/tomcat/"),
    ("cipher-text.properties", "repository/conf/security/"),
    ("cipher-tool.properties", "repository/conf/security/"),
    ("data-bridge-config.xml", "repository/conf/data-bridge/"),
    ("embedded-ldap.xml", "repository/conf/identity/"),
    ("identity.xml", "repository/conf/identity/"),
    ("jmsEventPublisher.xml", "repository/deployment/server/eventpublishers/"),
    ("jmx.xml", "repository/conf/etc/"),
    ("master-datasources.xml", "repository/conf/datasources/"),
    ("metrics-datasources.xml", "repository/conf/datasources/"),
    ("qpid-config.xml", "repository/conf/advanced/"),
    ("secret-conf.properties", "repository/conf/security/"),
    ("stats-datasources.xml", "repository/conf/datasources/"),
    ("tenant-axis2.xml", "repository/conf/axis2/"),
    ("thrift-authentication.xml", "repository/conf/identity/"),
    ("wso2server.sh", "bin/"),
];

/// Folders of `repository/conf` that tell a conf folder when a configuration file lies in them.
const CONF_FOLDERS: [&str; 11] = [
    "advanced",
    "analytics",
    "axis2",
    "data-bridge",
    "datasources",
    "email",
    "etc",
    "identity",
    "multitenancy",
    "security",
    "tomcat",
];

/// Folders of `repository/deployment/server` that an overlay may hold at its top.
const SERVER_FOLDERS: [&str; 6] =
    ["eventpublishers", "eventreceivers", "eventstreams", "executionplans", "jaggeryapps", "synapse-configs"];

/// Folders of `conf` in products of the stream processor family (analytics since 2.6), whose home has no
/// `repository/conf`.
const RUNTIME_FOLDERS: [&str; 7] = ["dashboard", "editor", "manager", "portal", "runner", "server", "worker"];

impl Layout {
    /// A home at this folder of the store (empty, or ending in `/`).
    pub(super) fn home(at: &str) -> Self {
        Self { places: vec![Place { home: String::new(), store: at.to_owned() }] }
    }

    /// A conf folder at `conf`, and beside it (in `beside`) what belongs to the node without being in it.
    fn conf(conf: &str, beside: &str, flat: &[String]) -> Self {
        let place = |home: &str, store: String| Place { home: home.to_owned(), store };
        let mut places = vec![place("repository/conf/", conf.to_owned())];
        for folder in ["deployment", "components", "resources", "tenants"] {
            places.push(place(&format!("repository/{folder}/"), format!("{beside}{folder}/")));
        }
        places.push(place("repository/", format!("{beside}repository/")));
        places.push(place("bin/", format!("{beside}bin/")));
        for folder in SERVER_FOLDERS {
            places.push(place(
                &format!("repository/deployment/server/{folder}/"),
                format!("{beside}{folder}/"),
            ));
        }
        for name in flat {
            if let Some(folder) = nested_folder(name) {
                places.push(place(&format!("{folder}{name}"), format!("{conf}{name}")));
            }
        }
        Self { places }
    }

    /// One file of the store under one home-relative path.
    pub(super) fn single(home: &str, store: &str) -> Self {
        Self { places: vec![Place { home: home.to_owned(), store: store.to_owned() }] }
    }

    /// Where the store may have a home-relative path, the likelier place first.
    pub(super) fn to_store(&self, home: &str) -> Vec<String> {
        let mut found = Vec::new();
        for place in &self.places {
            if let Some(rest) = below(home, &place.home) {
                let path = format!("{}{rest}", place.store);
                if self.to_home(&path).as_deref() == Some(home) && !found.contains(&path) {
                    found.push(path);
                }
            }
        }
        found
    }

    /// The home-relative path of a path of the store; `None` for what is no part of the node.
    pub(super) fn to_home(&self, store: &str) -> Option<String> {
        self.places
            .iter()
            .filter_map(|place| below(store, &place.store).map(|rest| (place, rest)))
            .max_by_key(|(place, _)| place.store.len())
            .map(|(place, rest)| format!("{}{rest}", place.home))
    }

    /// Folders of the store (without the last `/`) that hold what belongs below a home-relative folder (which ends in
    /// `/` or is empty), and single files that do.
    pub(super) fn folders(&self, home: &str) -> (BTreeSet<String>, BTreeSet<String>) {
        let (mut folders, mut files) = (BTreeSet::new(), BTreeSet::new());
        for place in &self.places {
            let is_file = !(place.store.is_empty() || place.store.ends_with('/'));
            if place.home.starts_with(home) {
                if is_file {
                    files.insert(place.store.clone());
                } else {
                    folders.insert(place.store.trim_end_matches('/').to_owned());
                }
            } else if let (false, Some(rest)) = (is_file, below(home, &place.home)) {
                folders.insert(format!("{}{rest}", place.store).trim_end_matches('/').to_owned());
            }
        }
        (folders, files)
    }

    /// True when the given path is the home itself, so that its own paths are home-relative.
    pub(super) fn is_home(&self) -> bool {
        matches!(self.places.as_slice(), [place] if place.home.is_empty())
    }
}

/// What of `path` stands behind a place's prefix; for the place of a file only the empty rest.
fn below<'a>(path: &'a str, prefix: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(prefix)?;
    (prefix.is_empty() || prefix.ends_with('/') || rest.is_empty()).then_some(rest)
}

/// The home-relative folder of a file that an overlay holds flat; every `*-datasources.xml` is one.
fn nested_folder(name: &str) -> Option<&'static str> {
    if let Some((_, folder)) = NESTED_FILES.iter().find(|(known, _)| *known == name) {
        return Some(folder);
    }
    name.ends_with("-datasources.xml").then_some("repository/conf/datasources/")
}

/// The home-relative path of a lone file that can stand for a node.
pub(super) fn place_of_file(name: &str) -> Option<String> {
    if let Some(folder) = nested_folder(name) {
        return Some(format!("{folder}{name}"));
    }
    if CONF_FILES.contains(&name) {
        return Some(format!("repository/conf/{name}"));
    }
    name.ends_with(".toml").then(|| "repository/conf/deployment.toml".to_owned())
}

/// True for the extensions that configuration files have.
pub(super) fn is_configuration(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    ["xml", "toml", "properties", "json", "yaml", "yml"].contains(&extension)
}

/// Looks for the node in a store: at its top, else in wrapping folders, the nearest first.
pub(super) fn find(store: &dyn Store) -> Found {
    let mut level = vec![String::new()];
    let mut looked_at = 0;
    for _ in 0..=WRAPPING_LEVELS {
        let mut found = Vec::new();
        let mut next = Vec::new();
        for folder in level {
            looked_at += 1;
            if looked_at > MOST_FOLDERS {
                return Found::Nothing;
            }
            let entries = store.entries(folder.trim_end_matches('/'));
            if let Some(layout) = classify(store, &folder, &entries) {
                found.push((folder, layout));
                continue;
            }
            next.extend(
                entries
                    .iter()
                    .filter(|entry| entry.is_folder && !entry.name.starts_with('.'))
                    .map(|entry| format!("{folder}{}/", entry.name)),
            );
        }
        if found.len() > 1 {
            return Found::Several(
                found.into_iter().map(|(folder, _)| folder.trim_end_matches('/').to_owned()).collect(),
            );
        }
        if let Some((_, layout)) = found.pop() {
            return Found::Node(layout);
        }
        level = next;
    }
    Found::Nothing
}

/// Tells whether a folder (empty, or ending in `/`) is a node, and how its files lie.
fn classify(store: &dyn Store, folder: &str, entries: &[Entry]) -> Option<Layout> {
    let has_folder = |name: &str| entries.iter().any(|entry| entry.is_folder && entry.name == name);
    let inside = |name: &str| store.entries(&format!("{folder}{name}"));
    if has_folder("repository") {
        let conf = inside("repository/conf");
        let is_home = conf.iter().any(|entry| !entry.is_folder && is_configuration(&entry.name))
            || is_conf(store, &format!("{folder}repository/conf/"), &conf)
            || !inside("repository/deployment/server").is_empty() && !is_conf(store, folder, entries);
        if is_home {
            return Some(Layout::home(folder));
        }
    }
    if has_folder("conf") {
        let has_runtime = inside("conf").iter().any(|entry| {
            entry.is_folder
                && RUNTIME_FOLDERS.contains(&entry.name.as_str())
                && inside(&format!("conf/{}", entry.name)).iter().any(|file| file.name == "deployment.yaml")
        });
        if has_runtime {
            return Some(Layout::home(folder));
        }
    }
    let flat = |entries: &[Entry]| -> Vec<String> {
        entries.iter().filter(|entry| !entry.is_folder).map(|entry| entry.name.clone()).collect()
    };
    if is_conf(store, folder, entries) {
        return Some(Layout::conf(folder, folder, &flat(entries)));
    }
    for name in ["conf", "confs"] {
        if has_folder(name) {
            let (conf, inner) = (format!("{folder}{name}/"), inside(name));
            if is_conf(store, &conf, &inner) {
                return Some(Layout::conf(&conf, folder, &flat(&inner)));
            }
        }
    }
    let has_server_files = !inside("deployment/server").is_empty()
        || SERVER_FOLDERS.iter().any(|name| has_folder(name) && !inside(name).is_empty());
    has_server_files.then(|| Layout::conf(folder, folder, &flat(entries)))
}

/// True when the folder holds files of `repository/conf`, as it does or flat.
fn is_conf(store: &dyn Store, folder: &str, entries: &[Entry]) -> bool {
    entries.iter().any(|entry| {
        if entry.is_folder {
            CONF_FOLDERS.contains(&entry.name.as_str())
                && store
                    .entries(&format!("{folder}{}", entry.name))
                    .iter()
                    .any(|file| !file.is_folder && is_configuration(&file.name))
        } else {
            CONF_FILES.contains(&entry.name.as_str())
                || is_configuration(&entry.name) && nested_folder(&entry.name).is_some()
        }
    })
}

/// Tells a home from an overlay: only a home has the product's own components or its start scripts. A version file alone
/// is what people add to an overlay to say which version it is for.
pub(super) fn kind(layout: &Layout, store: &dyn Store) -> TreeKind {
    let at = |home: &str| layout.to_store(home);
    let has_folder = |home: &str| at(home).iter().any(|path| store.is_folder(path));
    let has_file = |home: &str| at(home).iter().any(|path| store.is_file(path));
    let start_scripts = || at("bin").iter().map(|path| store.entries(path).len()).max().unwrap_or(0);
    let is_home = layout.is_home()
        && (has_folder("repository/components")
            || start_scripts() >= 3 && (has_file("repository/conf/carbon.xml") || has_folder("lib")));
    if is_home { TreeKind::Home } else { TreeKind::Overlay }
}
