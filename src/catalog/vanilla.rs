//! The settings of untouched packs, file by file, read from `rules/vanilla` when they are asked for.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::compressed::Compressed;
use super::lines::{self, Section};
use crate::source::{FileId, Span};
use crate::syntax::settings::{Form, Kind, Setting, build_json, build_xml, value_digest};
use crate::syntax::{Scalar, json, properties, xml};

/// One product in one version as it comes from the download.
#[derive(Debug)]
pub struct Pack {
    /// `wso2am` or `wso2appm`.
    pub product: &'static str,
    /// The version, such as `2.6.0`.
    pub version: &'static str,
    text: Compressed,
    sections: OnceLock<BTreeMap<&'static str, Section<'static>>>,
    /// The XML files that were asked for, placed in the file that was the first to stand for them.
    trees: OnceLock<BTreeMap<&'static str, OnceLock<Option<xml::Document>>>>,
    keys: OnceLock<Keys>,
}

/// What the config mapper of a pack does to the keys of deployment.toml.
#[derive(Debug)]
struct Keys {
    defaults: BTreeMap<String, String>,
    renamed: BTreeMap<String, Vec<String>>,
    inferred: Vec<Inference>,
}

/// When `key` has this value, `target` gets the other; both keys may hold one `$1`, which stands for the same
/// part.
#[derive(Debug)]
struct Inference {
    key: String,
    value: String,
    target: String,
    assigned: String,
}

macro_rules! packs {
    ($($product:literal $version:literal,)*) => {
        static PACKS: [Pack; [$($version),*].len()] = [$(
            Pack {
                product: $product,
                version: $version,
                text: Compressed::new(include_bytes!(concat!(
                    env!("OUT_DIR"), "/", $product, "-", $version, ".settings"
                ))),
                sections: OnceLock::new(),
                trees: OnceLock::new(),
                keys: OnceLock::new(),
            },
        )*];
    };
}

packs! {
    "wso2am" "1.10.0",
    "wso2am" "2.0.0",
    "wso2am" "2.1.0",
    "wso2am" "2.2.0",
    "wso2am" "2.5.0",
    "wso2am" "2.6.0",
    "wso2am" "3.0.0",
    "wso2am" "4.0.0",
    "wso2am" "4.1.0",
    "wso2am" "4.2.0",
    "wso2am" "4.3.0",
    "wso2am" "4.5.0",
    "wso2appm" "1.0.0",
    "wso2appm" "1.2.0",
}

/// The pack of exactly this version.
pub fn pack(product: &str, version: &str) -> Option<&'static Pack> {
    packs(product).find(|pack| pack.version == version)
}

/// The packs of a product, oldest first.
pub fn packs(product: &str) -> impl Iterator<Item = &'static Pack> {
    PACKS.iter().filter(move |pack| pack.product == product)
}

/// The pack of this version or else of the version before it; the oldest for anything older. `None` for a
/// product that we do not know and for what is no version.
pub fn nearest(product: &str, version: &str) -> Option<&'static Pack> {
    let wanted = numbers(version)?;
    let not_newer =
        packs(product).filter(|pack| numbers(pack.version).is_some_and(|have| have <= wanted)).last();
    not_newer.or_else(|| packs(product).next())
}

/// The value of a setting of the file at `path` as [`Pack::settings`] gives it, so that the two can be compared.
pub fn recorded(path: &str, setting: &Setting) -> String {
    let is_prose = setting.kind == Kind::Text
        && setting.value.len() > 100
        && setting.value.split_whitespace().nth(12).is_some();
    let digest = || Setting { value: format!("sha256:{}", value_digest(&setting.value)), ..setting.clone() };
    let setting = if is_prose { Cow::Owned(digest()) } else { Cow::Borrowed(setting) };
    if Form::of(path).has_literals() { setting.literal() } else { setting.value.clone() }
}

/// True for a file that the vanilla data of versions with XML files knows if packs have it: settings of the server, and
/// what it deploys and somebody may have edited. `path` is home-relative.
pub fn is_configuration(path: &str) -> bool {
    let inside = |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    if inside("repository/conf") {
        return path != "repository/conf/README";
    }
    if let Some(("jaggeryapps", app)) =
        path.strip_prefix("repository/deployment/server/").and_then(|path| path.split_once('/'))
    {
        let file = app.split_once('/').map(|(_, file)| file).unwrap_or_default();
        let is_site = file.strip_prefix("site/conf/site").is_some_and(|end| end.ends_with(".json"));
        return is_site || file == "jaggery.conf";
    }
    DEPLOYED.iter().any(|folder| inside(folder)) || path == "repository/resources/tenant-conf.json"
}

/// True for a file of the vanilla data that the server writes when it first starts: a home without it changed nothing.
/// (`SolrClient` of wso2/carbon-registry.)
pub fn is_made_at_start(path: &str) -> bool {
    path.starts_with("repository/conf/solr/")
}

/// Folders outside `repository/conf` all of whose files are configuration.
const DEPLOYED: [&str; 6] = [
    "repository/deployment/server/eventpublishers",
    "repository/deployment/server/eventreceivers",
    "repository/deployment/server/eventstreams",
    "repository/deployment/server/executionplans",
    "repository/deployment/server/synapse-configs",
    "repository/resources/api_templates",
];

/// `2.6.0` and `2.6.0.3-SNAPSHOT` as comparable numbers: major, minor, patch.
fn numbers(version: &str) -> Option<[u32; 3]> {
    let mut numbers = version.split(['.', '-', '_']).map_while(|part| part.parse().ok());
    Some([numbers.next()?, numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)])
}

impl Pack {
    /// True where settings come from `repository/conf/deployment.toml`.
    pub fn is_toml(&self) -> bool {
        self.section("defaults").is_some()
    }

    /// The files whose settings are known, home-relative, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &'static str> {
        self.sections().keys().copied().filter(|path| path.contains('/'))
    }

    /// True when the settings of this file are known.
    pub fn has(&self, path: &str) -> bool {
        path.contains('/') && self.section(path).is_some()
    }

    /// The settings of a file as path and value, in the order of the file; values of JSON and TOML files are
    /// literals. Of prose (texts of e-mails, long descriptions) there is only a digest, `sha256:…`: see
    /// [`recorded`].
    pub fn settings(&self, path: &str) -> impl Iterator<Item = (Cow<'static, str>, String)> + use<> {
        let literal = Form::of(path).has_literals();
        lines::settings(self.section(path).unwrap_or_default()).map(move |(path, value)| {
            (path, if literal { value.to_owned() } else { lines::unescape(value).into_owned() })
        })
    }

    /// An XML file as a tree in which every place is the empty span at the start of `file`.
    pub fn xml(&self, path: &str, file: FileId) -> Option<xml::Document> {
        let trees = self.trees.get_or_init(|| self.paths().map(|path| (path, OnceLock::new())).collect());
        let build = || {
            let settings: Vec<_> = self.settings(path).collect();
            build_xml(file, settings.iter().map(|(path, value)| (path.as_ref(), value.as_str()))).ok()
        };
        let mut document = trees.get(path)?.get_or_init(build).clone()?;
        place(&mut document, Span::new(file, 0, 0));
        Some(document)
    }

    /// A properties file, its places as in [`Pack::xml`].
    pub fn properties(&self, path: &str, file: FileId) -> Option<properties::Document> {
        self.section(path)?;
        let plain = |text: &str| Scalar::plain(text, Span::new(file, 0, 0), 0);
        let settings = self.settings(path);
        let property = |(key, value): (Cow<str>, String)| properties::Property {
            key: plain(&key),
            value: plain(&value),
        };
        Some(properties::Document { properties: settings.map(property).collect(), comments: Vec::new() })
    }

    /// A JSON file, its places as in [`Pack::xml`].
    pub fn json(&self, path: &str, file: FileId) -> Option<json::Document> {
        let settings: Vec<_> = lines::settings(self.section(path)?).collect();
        build_json(file, settings.iter().map(|(path, value)| (path.as_ref(), *value))).ok()
    }

    /// What the server takes for a deployment.toml key that is written nowhere and inferred from nothing:
    /// text without its quotes, arrays of scalars in one line. May hold `$ref{key}`.
    pub fn toml_default(&self, key: &str) -> Option<&str> {
        self.keys().defaults.get(key).map(String::as_str)
    }

    /// All defaults whose key is `prefix` or starts with `prefix.`, sorted by key.
    pub fn toml_defaults_under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.keys()
            .defaults
            .range(prefix.to_owned()..)
            .take_while(move |(key, _)| key.starts_with(prefix))
            .filter(move |(key, _)| {
                key.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
            .map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// The keys that the server sets from this key of deployment.toml; empty for a key that it uses as it is.
    pub fn key_mapping(&self, key: &str) -> &[String] {
        self.keys().renamed.get(key).map_or(&[], Vec::as_slice)
    }

    /// The keys from which the server sets this one, sorted: where a user may also have written it.
    pub fn mapped_from<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        let renamed = self.keys().renamed.iter();
        renamed
            .filter(move |(_, targets)| targets.iter().any(|target| target == key))
            .map(|(from, _)| from.as_str())
    }

    /// What the server infers from a key that is written with this value (`ValueInferrer` of
    /// wso2/config-mapper): keys with their values, which a written key outranks and which outrank defaults.
    /// Values may hold `$ref{key}`.
    pub fn inferred(&self, key: &str, value: &str) -> Vec<(String, String)> {
        let rules = &self.keys().inferred;
        // A rule for this very key hides those for a family of keys.
        let exact = rules.iter().any(|rule| rule.key == key);
        let fitting = rules.iter().filter(|rule| rule.value == value && (!exact || rule.key == key));
        let mut found: Vec<_> = fitting
            .filter_map(|rule| {
                let part = matched(&rule.key, key)?;
                Some((rule.target.replace("$1", part), rule.assigned.replace("$1", part)))
            })
            .collect();
        // What is inferred may itself infer something; the list grows while it is read, and each key is taken
        // once.
        let mut next = 0;
        while let Some((key, value)) = found.get(next).cloned() {
            for rule in rules.iter().filter(|rule| rule.key == key && rule.value == value) {
                if found.iter().all(|(known, _)| *known != rule.target) {
                    found.push((rule.target.clone(), rule.assigned.clone()));
                }
            }
            next += 1;
        }
        found
    }

    /// Every key that the mapper knows by a default or a mapping.
    pub(super) fn mapper_keys(&self) -> impl Iterator<Item = &str> {
        let keys = self.keys();
        keys.defaults.keys().chain(keys.renamed.keys()).map(String::as_str)
    }

    /// The values of a key from which something is inferred.
    pub(super) fn inferring_values<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        let inferred = self.keys().inferred.iter();
        inferred.filter(move |inference| inference.key == key).map(|inference| inference.value.as_str())
    }

    fn sections(&self) -> &BTreeMap<&'static str, Section<'static>> {
        let sections = || lines::sections(self.text.text()).map(|section| (section.name, section)).collect();
        self.sections.get_or_init(sections)
    }

    fn section(&self, name: &str) -> Option<&'static str> {
        let section = self.sections().get(name)?;
        match section.as_in {
            None => Some(section.body),
            Some(version) => Some(pack(self.product, version)?.sections().get(name)?.body),
        }
    }

    fn keys(&self) -> &Keys {
        self.keys.get_or_init(|| {
            let read = |section| lines::settings(self.section(section).unwrap_or_default());
            let mut keys = Keys { defaults: BTreeMap::new(), renamed: BTreeMap::new(), inferred: Vec::new() };
            keys.defaults.extend(read("defaults").map(|(key, value)| (key.into_owned(), plain(value))));
            for (key, targets) in read("renamed") {
                keys.renamed.insert(key.into_owned(), targets.split(", ").map(str::to_owned).collect());
            }
            for (condition, assignment) in read("inferred") {
                // `key is "value" then target`, and the value that the target gets.
                if let Some((key, rest)) = condition.split_once(" is ")
                    && let Some((value, target)) = rest.split_once(" then ")
                {
                    let (key, target) = (key.to_owned(), target.to_owned());
                    keys.inferred.push(Inference {
                        key,
                        value: plain(value),
                        target,
                        assigned: plain(assignment),
                    });
                }
            }
            keys
        })
    }
}

/// Moves everything in a tree to one place.
fn place(document: &mut xml::Document, span: Span) {
    let mut open = vec![&mut document.root];
    while let Some(element) = open.pop() {
        (element.span, element.start_tag, element.text.span) = (span, span, span);
        element.attributes.iter_mut().for_each(|attribute| attribute.value.span = span);
        open.extend(&mut element.children);
    }
}

/// A literal without the quotes of a text.
fn plain(literal: &str) -> String {
    let file = FileId { owner: 0, index: 0 };
    match json::parse(file, literal).map(|document| document.root) {
        Ok(json::Value::String(scalar)) => scalar.text,
        _ => literal.to_owned(),
    }
}

/// What stands for `$1`: letters, digits and `_`, so not `my-db`; empty where pattern and key are the same.
fn matched<'a>(pattern: &str, key: &'a str) -> Option<&'a str> {
    match pattern.split_once("$1") {
        Some((before, after)) => {
            let part = key.strip_prefix(before)?.strip_suffix(after)?;
            let word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
            (!part.is_empty() && part.chars().all(word)).then_some(part)
        }
        None => (pattern == key).then_some(""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::settings::Settings;

    const FILE: FileId = FileId { owner: 3, index: 4 };

    fn value<'a>(document: &'a xml::Document, path: &[&str]) -> &'a str {
        document.root.descend(path).unwrap().text.text.as_str()
    }

    #[test]
    fn every_file_of_every_pack_can_be_read() {
        for pack in &PACKS {
            assert!(!pack.sections().is_empty(), "{} {}", pack.product, pack.version);
            for path in pack.paths() {
                let lines = pack.section(path).unwrap().lines();
                let lines =
                    lines.filter(|line| line.contains(" =") || !(line.is_empty() || line.ends_with('/')));
                assert_eq!(lines.count(), pack.settings(path).count(), "{} {path}", pack.version);
                let form = Form::of(path);
                if form == Form::Xml {
                    let document = pack.xml(path, FILE).unwrap_or_else(|| panic!("{} {path}", pack.version));
                    let again = document.settings().into_iter().map(|setting| (setting.path, setting.value));
                    let expected = pack.settings(path).map(|(path, value)| (path.into_owned(), value));
                    assert_eq!(again.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
                    assert_eq!(document.root.span, Span::new(FILE, 0, 0));
                } else if form == Form::Json {
                    let document = pack.json(path, FILE).unwrap_or_else(|| panic!("{} {path}", pack.version));
                    assert_eq!(document.settings().len(), pack.settings(path).count());
                } else if form == Form::Properties {
                    let document = pack.properties(path, FILE).unwrap();
                    assert_eq!(document.properties.len(), pack.settings(path).count());
                }
            }
        }
    }

    #[test]
    fn what_is_recorded_of_prose_is_a_digest() {
        let of = |path: &str, value: &str, kind| {
            let span = Span::new(FILE, 0, 0);
            recorded(path, &Setting { path: "/a".to_owned(), value: value.to_owned(), kind, span })
        };
        assert_eq!(of("a.xml", "a b", Kind::Text), "a b");
        assert_eq!(of("a.json", "a b", Kind::Text), "\"a b\"");
        assert_eq!(of("a.json", "true", Kind::Literal), "true");
        let (list, prose) = ("word,".repeat(40), "word ".repeat(40));
        assert_eq!(of("a.properties", &list, Kind::Text), list);
        let digest = of("a.xml", &prose, Kind::Text);
        assert!(digest.starts_with("sha256:") && digest.len() == 71);
        assert_eq!(of("a.xml", &"word\r\n  ".repeat(40), Kind::Text), digest);
        assert_eq!(of("a.json", &prose, Kind::Text), format!("\"{digest}\""));
    }

    #[test]
    fn files_of_configuration_are_told_by_their_place() {
        let server = "repository/deployment/server";
        for path in [
            "repository/conf/identity/service-providers/default.xml",
            "repository/resources/tenant-conf.json",
            "repository/resources/api_templates/velocity_template.xml",
            &format!("{server}/eventpublishers/jmsEventPublisher.xml"),
            &format!("{server}/synapse-configs/default/sequences/main.xml"),
            &format!("{server}/jaggeryapps/store/site/conf/site.json"),
            &format!("{server}/jaggeryapps/store/jaggery.conf"),
        ] {
            assert!(is_configuration(path), "{path}");
        }
        for path in [
            "repository/conf/README",
            "repository/config/carbon.xml",
            "repository/resources/security/wso2carbon.jks",
            "bin/wso2server.sh",
            &format!("{server}/jaggeryapps/store/site/conf/locales/js/site.json"),
            &format!("{server}/webapps/oauth2/WEB-INF/web.xml"),
        ] {
            assert!(!is_configuration(path), "{path}");
        }
        for pack in packs("wso2am").filter(|pack| !pack.is_toml()) {
            assert!(pack.paths().all(is_configuration), "{}", pack.version);
            assert_eq!(pack.paths().filter(|path| is_made_at_start(path)).count(), 12, "{}", pack.version);
        }
    }

    #[test]
    fn a_fact_stands_once() {
        for pack in PACKS.iter() {
            for section in pack.sections().values() {
                let older = packs(pack.product).take_while(|other| other.version != pack.version);
                match section.as_in {
                    Some(version) => {
                        let holder = older.filter(|other| other.version == version).last();
                        let held = holder.and_then(|holder| holder.sections().get(section.name)).unwrap();
                        assert!(held.as_in.is_none(), "{} {}", pack.version, section.name);
                        assert_eq!(section.body.trim(), "", "{} {}", pack.version, section.name);
                    }
                    None => {
                        let alike = |other: &Section| !other.body.is_empty() && other.body == section.body;
                        let double = older.filter_map(|other| other.sections().get(section.name)).any(alike);
                        assert!(!double, "{} {}", pack.version, section.name);
                    }
                }
            }
        }
    }

    #[test]
    fn xml_packs_hold_the_ports_that_everything_else_follows_from() {
        for pack in PACKS.iter().filter(|pack| !pack.is_toml()) {
            let carbon = pack.xml("repository/conf/carbon.xml", FILE).unwrap();
            assert_eq!(value(&carbon, &["Version"]), pack.version);
            assert_eq!(value(&carbon, &["Ports", "Offset"]), "0");
            let tomcat = pack.xml("repository/conf/tomcat/catalina-server.xml", FILE).unwrap();
            let service = tomcat.root.child("Service").unwrap();
            let ports: Vec<_> = service
                .children_named("Connector")
                .filter_map(|child| child.attribute_text("port"))
                .collect();
            assert_eq!(ports, ["9763", "9443"]);
            let axis2 = pack.xml("repository/conf/axis2/axis2.xml", FILE).unwrap();
            for (name, port) in [("http", "8280"), ("https", "8243")] {
                let receiver = axis2.root.child_with("transportReceiver", "name", name).unwrap();
                assert_eq!(receiver.child_with("parameter", "name", "port").unwrap().text.text, port);
            }
            let clustering = axis2.root.child("clustering").unwrap();
            assert_eq!(clustering.attribute_text("enable"), Some("false"));
            assert_eq!(
                clustering.child_with("parameter", "name", "localMemberPort").unwrap().text.text,
                "4000"
            );
            let registry = pack.xml("repository/conf/registry.xml", FILE).unwrap();
            assert_eq!(value(&registry, &["currentDBConfig"]), "wso2registry");
            let database = registry.root.child_with("dbConfig", "name", "wso2registry").unwrap();
            assert_eq!(database.child("dataSource").unwrap().text.text, "jdbc/WSO2CarbonDB");
        }
    }

    #[test]
    fn the_traffic_manager_element_came_with_2_2() {
        for (version, expected) in [("2.0.0", false), ("2.1.0", false), ("2.2.0", true), ("2.6.0", true)] {
            let pack = pack("wso2am", version).unwrap();
            let document = pack.xml("repository/conf/api-manager.xml", FILE).unwrap();
            let throttling = document.root.child("ThrottlingConfigurations").unwrap();
            assert_eq!(throttling.child("TrafficManager").is_some(), expected, "{version}");
        }
    }

    #[test]
    fn toml_packs_hold_defaults_mappings_and_inferences() {
        for pack in PACKS.iter().filter(|pack| pack.is_toml()) {
            assert_eq!(pack.toml_default("transport.https.properties.port"), Some("9443"));
            assert_eq!(pack.toml_default("clustering.local_member_port"), Some("4000"));
            assert_eq!(
                pack.key_mapping("transport.receiver.tcp_port"),
                ["transport.thrift.receiver.tcpPort", "transport.binary.receiver.tcpPort"]
            );
            let under: Vec<_> = pack.toml_defaults_under("keystore.primary").collect();
            assert!(
                under.iter().any(|(key, value)| *key == "keystore.primary.type" && *value == "JKS"),
                "{under:?}"
            );
            let infers = |key: &str, value: &str, target: &str, expected: &str| {
                let inferred = pack.inferred(key, value);
                let pair = (target.to_owned(), expected.to_owned());
                assert!(inferred.contains(&pair), "{} {key} {value}: {inferred:?}", pack.version);
            };
            infers("database.um_db.type", "mysql", "database.um_db.driver", "com.mysql.jdbc.Driver");
            infers("database.um_db.type", "oracle", "database.um_db.validationQuery", "SELECT 1 FROM DUAL");
            infers("server.server_role", "traffic-manager", "system.parameter.profile", "traffic-manager");
            let manager = "org.wso2.carbon.user.core.tenant.JDBCTenantManager";
            infers("user_store.type", "database", "tenant_mgt.tenant_manager.class", manager);
            assert!(pack.inferred("database.um_db.type", "no such").is_empty());
            assert!(pack.inferred("database.um-db.type", "mysql").is_empty());
            assert!(pack.has("repository/conf/deployment.toml") && !pack.has("defaults"));
        }
    }

    #[test]
    fn a_rule_for_one_key_hides_the_rule_for_its_family() {
        let inferred =
            |version, value| pack("wso2am", version).unwrap().inferred("database.apim_db.type", value).len();
        assert_eq!(inferred("3.0.0", "mysql"), 3);
        assert_eq!(inferred("3.0.0", "oracle"), 0);
        assert_eq!(inferred("4.0.0", "oracle"), 3);
    }

    #[test]
    fn a_version_without_data_takes_the_one_before() {
        let nearest = |version| nearest("wso2am", version).map(|pack| pack.version);
        assert_eq!(nearest("2.6.0"), Some("2.6.0"));
        assert_eq!(nearest("2.6.0.7"), Some("2.6.0"));
        assert_eq!(nearest("3.2.0"), Some("3.0.0"));
        assert_eq!(nearest("4.7"), Some("4.5.0"));
        assert_eq!(nearest("1.8.0"), Some("1.10.0"));
        assert_eq!(nearest("latest"), None);
        assert!(super::nearest("wso2is", "5.7.0").is_none());
        assert!(pack("wso2am", "2.3.0").is_none());
    }
}
