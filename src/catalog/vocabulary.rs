//! The elements and attributes that the server reads from its main XML files, of all versions of a product: those of the
//! untouched packs, and those of `rules/vanilla/samples.list`, which no untouched file sets.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::{lines, vanilla};
use crate::syntax::settings::paths::{Separator, last_step, without_predicates};

/// The files whose elements are known, relative to `repository/conf`.
const FILES: [&str; 10] = [
    "api-manager.xml",
    "app-manager.xml",
    "axis2/axis2.xml",
    "broker.xml",
    "carbon.xml",
    "data-bridge/data-bridge-config.xml",
    "datasources/master-datasources.xml",
    "registry.xml",
    "tomcat/catalina-server.xml",
    "user-mgt.xml",
];

static API_MANAGER: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::of_packs("wso2am"));
static APP_MANAGER: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::of_packs("wso2appm"));

/// What is known of the XML files of one product, by file.
#[derive(Debug, Default)]
pub struct Vocabulary(BTreeMap<&'static str, File>);

/// What is known of one XML file. Paths hold names alone: `/Server/Ports/Offset`, `/Server/Service/Connector/@port`.
#[derive(Debug, Default)]
pub struct File {
    paths: BTreeSet<String>,
    /// Those that occur several times in one parent, or that an attribute or a child tells apart.
    repeated: BTreeSet<String>,
    /// Paths by their last name.
    by_name: BTreeMap<String, BTreeSet<String>>,
    /// Values of `@name` by the path of the element.
    keys: BTreeMap<String, BTreeSet<String>>,
}

/// The vocabulary of a product; `None` for one that we do not know.
pub fn of(product: &str) -> Option<&'static Vocabulary> {
    match product {
        "wso2am" => Some(&API_MANAGER),
        "wso2appm" => Some(&APP_MANAGER),
        _ => None,
    }
}

impl Vocabulary {
    /// The file at a home-relative path. Every file of data sources has the elements of the main one.
    pub fn file(&self, path: &str) -> Option<&File> {
        let name = path.strip_prefix("repository/conf/")?;
        let is_source = name.starts_with("datasources/") && name.ends_with("-datasources.xml");
        self.0.get(if is_source { "datasources/master-datasources.xml" } else { name })
    }

    fn of_packs(product: &str) -> Self {
        let mut vocabulary = Self::default();
        for pack in vanilla::packs(product).filter(|pack| !pack.is_toml()) {
            for name in FILES {
                let file = vocabulary.0.entry(name).or_default();
                for (path, _) in pack.settings(&format!("repository/conf/{name}")) {
                    file.learn(&path);
                }
            }
        }
        for section in lines::sections(include_str!("../../rules/vanilla/samples.list")) {
            let Some(file) = vocabulary.0.get_mut(section.name) else { continue };
            // An App Manager has no api-manager.xml, and nothing that a sample of another product shows.
            if file.paths.is_empty() {
                continue;
            }
            for (parent, names) in lines::settings(section.body) {
                names.split(' ').for_each(|name| file.learn(&format!("{parent}/{name}")));
            }
        }
        vocabulary.0.retain(|_, file| !file.paths.is_empty());
        vocabulary
    }
}

impl File {
    /// Takes up a path of a setting and those of the elements around it.
    fn learn(&mut self, path: &str) {
        for prefix in Separator::Slash.prefixes(path) {
            let start = prefix.len() - last_step(prefix).len();
            let (parent, step) = prefix.split_at(start);
            let parent = without_predicates(parent.trim_end_matches('/'));
            let (name, predicates) = step.split_at(step.find('[').unwrap_or(step.len()));
            let path = format!("{parent}/{name}");
            for predicate in predicates.split('[').skip(1) {
                self.repeated.insert(path.clone());
                let Some((key, value)) = predicate.split_once('=') else { continue };
                self.insert(format!("{path}/{key}"));
                if key == "@name" {
                    let value = value.trim_end_matches(']').trim_matches(['\'', '"']);
                    self.keys.entry(path.clone()).or_default().insert(value.to_owned());
                }
            }
            self.insert(path);
        }
    }

    fn insert(&mut self, path: String) {
        let name = last_step(&path).to_owned();
        self.by_name.entry(name).or_default().insert(path.clone());
        self.paths.insert(path);
    }

    /// True for a path that some version knows.
    pub fn has(&self, path: &str) -> bool {
        self.paths.contains(path)
    }

    /// True for an element that no version repeats within its parent and that no list holds.
    pub fn is_single(&self, path: &str) -> bool {
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
        let holder = last_step(parent).to_ascii_lowercase();
        self.has(path) && !self.repeated.contains(path) && !holder.contains(&name.to_ascii_lowercase())
    }

    /// The paths that end in this name, sorted.
    pub fn paths_of(&self, name: &str) -> impl Iterator<Item = &str> {
        self.by_name.get(name).into_iter().flatten().map(String::as_str)
    }

    /// The names of the elements or, with their `@`, attributes directly under a path, sorted.
    pub fn names_under<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a str> {
        let start = format!("{path}/");
        let within = self.paths.range(start.clone()..).take_while(move |known| known.starts_with(&start));
        within.filter_map(move |known| known.get(path.len() + 1..)).filter(|name| !name.contains('/'))
    }

    /// The values of `@name` by which elements of this path are told apart, sorted.
    pub fn keys_of(&self, path: &str) -> impl Iterator<Item = &str> {
        self.keys.get(path).into_iter().flatten().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str) -> &'static File {
        of("wso2am").unwrap().file(&format!("repository/conf/{name}")).unwrap()
    }

    #[test]
    fn elements_are_known_by_their_names_alone() {
        let carbon = file("carbon.xml");
        assert!(carbon.has("/Server/Ports/Offset") && carbon.has("/Server/MgtHostName"));
        assert!(!carbon.has("/Server/Offset"));
        assert_eq!(carbon.paths_of("Offset").collect::<Vec<_>>(), ["/Server/Ports/Offset"]);
        let catalina = file("tomcat/catalina-server.xml");
        assert!(catalina.has("/Server/Service/Connector/@port"));
        assert!(catalina.names_under("/Server/Service/Connector").any(|name| name == "@proxyPort"));
        let axis2 = file("axis2/axis2.xml");
        let mut keys = axis2.keys_of("/axisconfig/clustering/parameter");
        assert!(keys.any(|key| key == "localMemberHost"));
    }

    #[test]
    fn lists_are_told_from_what_occurs_once() {
        let manager = file("api-manager.xml");
        assert!(manager.is_single("/APIManager/DataSourceName"));
        assert!(manager.is_single("/APIManager/ThrottlingConfigurations"));
        assert!(manager.is_single("/APIManager/APIGateway/Environments/Environment/ServerURL"));
        assert!(!manager.is_single("/APIManager/APIGateway/Environments/Environment"));
        assert!(!manager.is_single("/APIManager/OAuthConfigurations/ScopeWhitelist/Scope"));
        assert!(!file("axis2/axis2.xml").is_single("/axisconfig/clustering/members/member"));
        assert!(!file("registry.xml").is_single("/wso2registry/dbConfig"));
    }

    #[test]
    fn each_product_has_its_own() {
        assert!(of("wso2appm").unwrap().file("repository/conf/app-manager.xml").is_some());
        assert!(of("wso2appm").unwrap().file("repository/conf/api-manager.xml").is_none());
        assert!(of("wso2is-km").is_none());
    }
}
