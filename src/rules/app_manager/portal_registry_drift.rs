//! registry.xml of publisher and store say different things, though only the URL of the remote instance may differ.

use std::collections::BTreeMap;

use super::{is_publisher, is_store};
use crate::input::Parsed;
use crate::model::node::Node;
use crate::model::registry::{CONFIG_PATH, DbConfig, GOVERNANCE_PATH, Registry};
use crate::model::{Deployment, Setting};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;
use crate::syntax::settings::Settings;

/// AP009.
pub static RULE: Rule = Rule { card: "AP009-portal-registry-drift", check: Check::Deployment(check) };

const FILE: &str = "repository/conf/registry.xml";
const ROOT: &str = "/wso2registry/";
/// So many differences are named and pointed at.
const SHOWN: usize = 3;

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    for store in deployment.nodes.iter().filter(|node| is_store(node)) {
        let publisher = deployment.nodes.iter().find(|node| {
            is_publisher(node) && deployment.same_zone(node, store) && same_release(node, store)
        });
        if let Some(publisher) = publisher {
            findings.extend(compare(publisher, store));
        }
    }
}

/// Another release has another registry.xml.
fn same_release(left: &Node, right: &Node) -> bool {
    left.version.is_none() || right.version.is_none() || left.version == right.version
}

/// A portal and what its registry.xml says.
struct Side<'a> {
    node: &'a Node,
    registry: &'a Registry,
    /// Settings by path below the root.
    settings: BTreeMap<String, (String, Span)>,
    /// Settings in the order of the file.
    order: Vec<String>,
    /// Each element below the root, and its start tag.
    elements: Vec<(Span, Span)>,
}

impl<'a> Side<'a> {
    fn of(node: &'a Node) -> Option<Self> {
        let Some((_, Parsed::Xml(document))) = node.documents.get(FILE) else { return None };
        let settings: Vec<(String, String, Span)> = document
            .settings()
            .into_iter()
            .filter_map(|one| Some((one.path.strip_prefix(ROOT)?.to_owned(), one.value, one.span)))
            .collect();
        Some(Self {
            node,
            registry: node.registry.as_ref()?,
            elements: document.root.children.iter().map(|child| (child.span, child.start_tag)).collect(),
            order: settings.iter().map(|(path, ..)| path.clone()).collect(),
            settings: settings.into_iter().map(|(path, value, span)| (path, (value, span))).collect(),
        })
    }

    fn get(&self, path: &str) -> Option<&(String, Span)> {
        self.settings.get(path)
    }

    /// True when the file has anything in this top-level element.
    fn has(&self, element: &str) -> bool {
        self.settings.keys().any(|path| top(path) == element)
    }

    /// Start tag of the element below the root that this path lies in.
    fn element(&self, path: &str) -> Option<Span> {
        let (_, leaf) = self.get(self.order.iter().find(|one| top(one) == top(path))?)?;
        let (_, start_tag) = self.elements.iter().find(|(span, _)| span.overlaps(leaf))?;
        Some(*start_tag)
    }

    /// The id of the only instance.
    fn only_instance(&self) -> Option<&'a Setting> {
        match self.registry.instances.as_slice() {
            [one] => one.id.as_ref().filter(|id| id.text().is_some()),
            _ => None,
        }
    }

    /// The same file with another id for an instance.
    fn renamed(mut self, from: &str, to: &str) -> Self {
        let (from, to) = (format!("remoteInstance[id='{from}']"), format!("remoteInstance[id='{to}']"));
        let rename = |path: String| match path.strip_prefix(&from) {
            Some(rest) => format!("{to}{rest}"),
            None => path,
        };
        self.order = self.order.into_iter().map(rename).collect();
        self.settings = self.settings.into_iter().map(|(path, value)| (rename(path), value)).collect();
        self
    }

    fn mounts(&self, path: &str) -> bool {
        self.registry.mount(path).is_some()
    }
}

/// One thing that differs.
struct Difference {
    /// What to call it, with the values seen where that is short.
    text: String,
    /// Where it stands in the store's file.
    store: Span,
    /// Where it stands in the publisher's file.
    publisher: Span,
}

fn compare(publisher: &Node, store: &Node) -> Option<Finding> {
    let (left, mut right) = (Side::of(publisher)?, Side::of(store)?);
    let mut found = Vec::new();
    // Another id is one difference, whatever refers to it.
    let ids =
        left.only_instance().zip(right.only_instance()).filter(|(there, here)| there.text() != here.text());
    if let Some((there, here)) = ids {
        right = right.renamed(&here.value, &there.value);
        let text = format!("id of remoteInstance ({} and {})", here.value, there.value);
        found.push(Difference { text, store: here.span, publisher: there.span });
    }
    found.extend(differences(&left, &right, ids.is_some()));
    let (first, rest) = found.split_first()?;
    let names: Vec<&str> = found.iter().take(SHOWN).map(|one| one.text.as_str()).collect();
    let more = found.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    let message = format!(
        "registry.xml of {} differs from that of {}: {}{more}",
        store.name,
        publisher.name,
        names.join(", ")
    );
    let mut finding = Finding::new(first.store, format!("differs from {}", publisher.name), message)
        .help(format!(
            "write the same in both files; only the url of the remoteInstance belongs to {} alone",
            store.name
        ))
        .related(first.publisher, format!("as {} has it", publisher.name));
    for one in rest.iter().take(SHOWN - 1) {
        finding = finding
            .related(one.store, format!("differs from {}", publisher.name))
            .related(one.publisher, format!("as {} has it", publisher.name));
    }
    Some(finding)
}

/// In the order of the paths, so that the order of the files makes no difference.
fn differences(publisher: &Side<'_>, store: &Side<'_>, is_renamed: bool) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut elements: Vec<&str> = Vec::new();
    for path in store.order.iter().chain(&publisher.order) {
        let element = top(path);
        match (publisher.has(element), store.has(element)) {
            (true, true) => {
                let seen = found.iter().any(|(known, _): &(&str, Difference)| *known == path)
                    || (is_renamed && path.ends_with("/instanceId"));
                if !seen && let Some(difference) = setting(publisher, store, path) {
                    found.push((path.as_str(), difference));
                }
            }
            (in_publisher, _) => {
                if !elements.contains(&element) {
                    elements.push(element);
                    let side = if in_publisher { publisher } else { store };
                    if let Some(span) = side.element(path)
                        && !speaks_of_element(publisher, store, element)
                    {
                        let root = if in_publisher { store } else { publisher }.registry.span;
                        let (in_store, there) = if in_publisher { (root, span) } else { (span, root) };
                        let text = format!("{element} only on {}", side.node.name);
                        found.push((path, Difference { text, store: in_store, publisher: there }));
                    }
                }
            }
        }
    }
    found.sort_by_key(|(path, _)| *path);
    found.into_iter().map(|(_, difference)| difference).collect()
}

/// A setting of an element that both files have.
fn setting(publisher: &Side<'_>, store: &Side<'_>, path: &str) -> Option<Difference> {
    if speaks_of_setting(publisher, store, path) {
        return None;
    }
    let (there, here) = (publisher.get(path), store.get(path));
    let is_secret = ["password", "secret"].iter().any(|word| path.to_ascii_lowercase().contains(word));
    let text = match (there, here) {
        (Some((there, _)), Some((here, _))) if is_same(there, here) => return None,
        (Some(_), Some(_)) if is_secret => path.to_owned(),
        (Some((there, _)), Some((here, _))) => {
            format!("{path} ({} and {})", shortened(here), shortened(there))
        }
        (Some(_), None) => format!("{path} only on {}", publisher.node.name),
        (None, Some(_)) => format!("{path} only on {}", store.node.name),
        (None, None) => return None,
    };
    Some(Difference {
        text,
        store: here.map(|(_, span)| *span).or_else(|| store.element(path))?,
        publisher: there.map(|(_, span)| *span).or_else(|| publisher.element(path))?,
    })
}

/// True for an element in one file only that another rule speaks about, or that proves nothing.
fn speaks_of_element(publisher: &Side<'_>, store: &Side<'_>, element: &str) -> bool {
    // RG007 and RG008: the mount is missing, and with it what it stands on.
    let lacks = |path: &str| publisher.mounts(path) != store.mounts(path);
    let of_mount = [GOVERNANCE_PATH, CONFIG_PATH].into_iter().any(lacks);
    let name = element.split('[').next().unwrap_or(element);
    let is_chain = matches!(name, "mount" | "remoteInstance" | "dbConfig");
    // RG014 speaks of doubles, RG001 of the local entry, RG015 of what lies under /_system/local.
    let is_double = is_chain && element.rsplit_once("][").is_some();
    let is_local = element == "dbConfig[@name='wso2registry']" || element == "currentDBConfig";
    let is_local_mount = name == "mount" && element.contains("/_system/local");
    let is_space =
        [GOVERNANCE_PATH, CONFIG_PATH].iter().any(|path| element == format!("mount[@path='{path}']"));
    // Without an id no mount finds the instance, which RG004 says.
    let is_nameless = element.starts_with("remoteInstance[@url");
    is_nameless || is_double || is_local || is_local_mount || is_space || (is_chain && of_mount)
}

/// True for a setting that another rule speaks about, or that is free.
fn speaks_of_setting(publisher: &Side<'_>, store: &Side<'_>, path: &str) -> bool {
    let element = top(path);
    let name = element.split('[').next().unwrap_or(element);
    let leaf = path.strip_prefix(element).unwrap_or_default().trim_start_matches('/');
    let values = [publisher, store].map(|side| side.get(path).map(|(value, _)| value.as_str()));
    let is_placeholder =
        |value: &str| ["${", "$env{", "$sys{", "{{", "<%"].iter().any(|mark| value.contains(mark));
    if values.iter().flatten().any(|value| is_placeholder(value)) {
        return true;
    }
    let any = |fits: &dyn Fn(&Registry, &str) -> bool| {
        let sides = [publisher, store].into_iter().zip(values);
        sides.into_iter().any(|(side, value)| value.is_some_and(|value| fits(side.registry, value)))
    };
    match (name, leaf) {
        // The URL is each node's own; RG012, RG009 and RG013 speak of the others.
        ("remoteInstance", "@url" | "cacheId" | "registryRoot" | "readOnly") => true,
        // RG005 and RG006.
        ("remoteInstance", "dbConfig") => any(&|registry, value| {
            registry.db_config(value).is_none()
                || registry.current.as_ref().and_then(|current| current.text()) == Some(value)
        }),
        // RG009, RG010 and RG004.
        ("mount", "targetPath") => true,
        ("mount", "@overwrite") => values.iter().any(|value| {
            !value.is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "virtual")
        }),
        ("mount", "instanceId") => any(&|registry, value| registry.instance(value).is_none()),
        // RG002, RG001.
        ("currentDBConfig", "") => any(&|registry, value| registry.db_config(value).is_none()),
        // Another database is RG011's and RG003's; the same under another name is drift.
        ("dbConfig", "dataSource") => !is_same_database(publisher, store, element),
        _ => false,
    }
}

/// True when both nodes know one networked database behind this `dbConfig`.
fn is_same_database(publisher: &Side<'_>, store: &Side<'_>, element: &str) -> bool {
    let identity = |side: &Side<'_>| {
        let is_meant = |entry: &&DbConfig| {
            entry.name.text().is_some_and(|name| element == format!("dbConfig[@name='{name}']"))
        };
        let entry = side.registry.db_configs.iter().rfind(is_meant)?;
        side.node.data_source(entry.data_source.as_ref()?.text()?)?.identity()
    };
    identity(publisher).is_some_and(|one| identity(store) == Some(one))
}

/// Java reads booleans in any case.
fn is_same(left: &str, right: &str) -> bool {
    let is_boolean = |text: &str| ["true", "false"].iter().any(|word| text.eq_ignore_ascii_case(word));
    left == right || (is_boolean(left) && left.eq_ignore_ascii_case(right))
}

fn shortened(value: &str) -> String {
    const LONGEST: usize = 60;
    if value.chars().count() <= LONGEST && !value.contains('\n') {
        return value.to_owned();
    }
    let start: String = value.chars().take_while(|letter| *letter != '\n').take(LONGEST).collect();
    format!("{start}…")
}

/// The first step of a path. A predicate may hold slashes.
fn top(path: &str) -> &str {
    let mut quote = None;
    for (index, letter) in path.char_indices() {
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(letter),
            (None, '/') => return path.get(..index).unwrap_or(path),
            (None, _) => {}
        }
    }
    path
}
