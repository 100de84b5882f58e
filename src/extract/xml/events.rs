//! Event publishers and the JNDI files that they publish through. 3.x nodes have the same files.

use std::collections::BTreeSet;

use super::throttling::amqp_brokers;
use crate::catalog::vanilla::Pack;
use crate::extract::files::Files;
use crate::extract::variables::Variables;
use crate::extract::view::View;
use crate::model::flows;
use crate::model::throttling::{ConnectionFactory, Destination, EventPublisher, JndiFile};
use crate::model::{Node, Origin, Setting, Version};
use crate::source::{FileId, Span};
use crate::syntax::{amqp, properties};

/// Folder of the event publishers.
const EVENT_PUBLISHERS: &str = "repository/deployment/server/eventpublishers";
/// The JNDI file of the untouched pack.
const JNDI: &str = "repository/conf/jndi.properties";

/// The files under `eventpublishers`, sorted by path; an overlay adds its own to the vanilla ones.
pub(in crate::extract) fn event_publishers(files: &mut Files) -> Vec<EventPublisher> {
    let paths = files.list_with_vanilla(EVENT_PUBLISHERS);
    paths
        .iter()
        .filter(|path| path.ends_with(".xml"))
        .filter_map(|path| Some(event_publisher(path, files.xml(path)?.root())))
        .collect()
}

/// The event publishers of the untouched pack; none where no pack of just that version is known, or where the node has
/// none of its own.
pub(in crate::extract) fn stock_publishers(files: &Files, version: Option<Version>) -> Vec<EventPublisher> {
    let is_of_version = |pack: &&Pack| {
        let same = |pack: Version, node: Version| (pack.major, pack.minor) == (node.major, node.minor);
        Version::parse(pack.version).zip(version).is_some_and(|(pack, node)| same(pack, node))
    };
    let Some(pack) = files.pack().filter(is_of_version) else { return Vec::new() };
    if files.list(EVENT_PUBLISHERS).is_empty() {
        return Vec::new();
    }
    pack.paths()
        .filter(|path| path.starts_with(EVENT_PUBLISHERS))
        .filter_map(|path| {
            let document = pack.xml(path, FileId::NOWHERE)?;
            Some(event_publisher(path, View { element: &document.root, origin: Origin::Vanilla }))
        })
        .collect()
}

/// `jndi.properties` and the JNDI files that publishers refer to, by home-relative path.
pub(in crate::extract) fn jndi_files(
    files: &mut Files,
    publishers: &[EventPublisher],
    variables: &Variables,
) -> Vec<JndiFile> {
    let referred = publishers.iter().filter_map(|publisher| publisher.provider_url.as_ref()?.text());
    let paths: BTreeSet<_> =
        referred.chain([JNDI]).map(home_relative).filter(|path| path.ends_with(".properties")).collect();
    paths
        .into_iter()
        .filter_map(|path| {
            let (document, origin) = files.properties(&path)?;
            Some(jndi_file(&path, &document, files.place(&path), origin, variables))
        })
        .collect()
}

/// The provider URLs of the JMS transports of axis2.xml, which stand in parameters of parameters.
pub(super) fn jms_providers(axis2: View<'_>) -> Vec<Setting> {
    let transports = axis2.children("transportReceiver").chain(axis2.children("transportSender"));
    transports
        .flat_map(|transport| transport.children("parameter"))
        .filter_map(|factory| factory.child_with("parameter", "name", "java.naming.provider.url"))
        .map(View::text)
        .filter(|provider| provider.value.ends_with(".properties"))
        .collect()
}

/// The files that something refers to and that are not there, though the input holds their folder. Those that it holds and
/// that cannot be read are not among them.
pub(in crate::extract) fn jndi_files_missing(files: &Files, node: &Node) -> Vec<String> {
    let providers = node.jndi_providers().into_iter();
    let referred: BTreeSet<String> = providers.filter_map(flows::jndi_path).collect();
    let is_missing = |path: &String| {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        !folder.is_empty() && files.has_folder(folder) && !files.has(path) && node.jndi_file(path).is_none()
    };
    referred.into_iter().filter(|path| !node.renders(path) && is_missing(path)).collect()
}

/// The path of a JNDI file below the server's home.
pub fn home_relative(path: &str) -> String {
    path.trim_start_matches("${carbon.home}").trim_start_matches("./").trim_start_matches('/').to_owned()
}

/// One file of `repository/deployment/server/eventpublishers`.
fn event_publisher(file: &str, root: View<'_>) -> EventPublisher {
    let foreign_root = foreign_root(root);
    let is_refused = foreign_root.is_some();
    let from = root.child("from");
    let to = root.child("to");
    let property = |name: &str| to.and_then(|to| to.child_with("property", "name", name)).map(View::text);
    EventPublisher {
        file: file.to_owned(),
        foreign_root,
        name: root.attribute("name"),
        stream: from.and_then(|from| from.attribute("streamName")),
        stream_version: from.and_then(|from| from.attribute("version")),
        mapping: root.child("mapping").and_then(|mapping| mapping.attribute("type")),
        adapter: to.and_then(|to| to.attribute("eventAdapterType")),
        provider_url: property("java.naming.provider.url"),
        destination_type: property("transport.jms.DestinationType"),
        destination: property("transport.jms.Destination"),
        connection_factory: property("transport.jms.ConnectionFactoryJNDIName"),
        active: !is_refused
            && root
                .attribute("processing")
                .is_none_or(|processing| !processing.value.eq_ignore_ascii_case("disable")),
        span: root.element.start_tag,
    }
}

/// What the root is called, if that is no event publisher (carbon-analytics-common `EventPublisherDeployer`).
fn foreign_root(root: View<'_>) -> Option<String> {
    const NAMESPACE: &str = "http://wso2.org/carbon/eventpublisher";
    // What stands in for a file of the pack has no namespaces.
    if root.origin != Origin::Written {
        return None;
    }
    let name = &root.element.name;
    match root.element.namespace.as_deref() {
        Some(NAMESPACE) => (name != "eventPublisher").then(|| name.clone()),
        Some(other) => Some(format!("{name} of namespace {other}")),
        None => Some(format!("{name} without namespace")),
    }
}

/// A JNDI properties file. Where a key stands twice the last counts, as in Java.
fn jndi_file(
    path: &str,
    document: &properties::Document,
    span: Span,
    origin: Origin,
    variables: &Variables,
) -> JndiFile {
    let mut jndi = JndiFile {
        path: path.to_owned(),
        span,
        connection_factories: Vec::new(),
        topics: Vec::new(),
        queues: Vec::new(),
    };
    for property in &document.properties {
        if document.get(&property.key.text) != Some(property) {
            continue;
        }
        let value = Setting::read(&property.value, origin);
        let Some((kind, name)) = property.key.text.split_once('.') else { continue };
        let span = property.key.span;
        let destination = |value| Destination { name: name.to_owned(), span, value };
        match kind {
            "connectionfactory" => {
                jndi.connection_factories.push(connection_factory(name, span, &value, variables));
            }
            "topic" | "destination" => jndi.topics.push(destination(value)),
            "queue" => jndi.queues.push(destination(value)),
            _ => {}
        }
    }
    jndi
}

fn connection_factory(name: &str, span: Span, url: &Setting, variables: &Variables) -> ConnectionFactory {
    let parsed = amqp::parse(&url.value);
    let credential = |range: Option<&std::ops::Range<usize>>| {
        let range = range?;
        let text = amqp::decode(url.value.get(range.clone())?);
        Some(variables.fill(Setting::at(text, url.part(range.clone()), url.origin)))
    };
    ConnectionFactory {
        name: name.to_owned(),
        span,
        brokers: amqp_brokers(url, variables),
        user: credential(parsed.as_ref().and_then(|parsed| parsed.user.as_ref())),
        password: credential(parsed.as_ref().and_then(|parsed| parsed.password.as_ref()))
            .map(|password| password.secret()),
        url: url.secret(),
    }
}
