//! Event publishers and the JNDI files that they publish through. 3.x nodes have the same files.

use std::collections::BTreeSet;

use super::throttling::amqp_brokers;
use crate::extract::files::Files;
use crate::extract::variables::Variables;
use crate::extract::view::View;
use crate::model::throttling::{ConnectionFactory, Destination, EventPublisher, JndiFile};
use crate::model::{Node, Origin, Setting};
use crate::source::Span;
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
        .filter_map(|path| event_publisher(path, files.xml(path)?.root()))
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

/// The files that publishers refer to and that are not there, though the input holds their folder. Those that it holds and
/// that cannot be read are not among them.
pub(in crate::extract) fn jndi_files_missing(files: &Files, node: &Node) -> Vec<String> {
    let referred: BTreeSet<String> =
        node.event_publishers.iter().filter_map(EventPublisher::jndi_path).collect();
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

/// One file of `repository/deployment/server/eventpublishers`; `None` where the root is another element.
fn event_publisher(file: &str, root: View<'_>) -> Option<EventPublisher> {
    if root.element.name != "eventPublisher" {
        return None;
    }
    let from = root.child("from");
    let to = root.child("to");
    let property = |name: &str| to.and_then(|to| to.child_with("property", "name", name)).map(View::text);
    Some(EventPublisher {
        file: file.to_owned(),
        name: root.attribute("name"),
        stream: from.and_then(|from| from.attribute("streamName")),
        stream_version: from.and_then(|from| from.attribute("version")),
        mapping: root.child("mapping").and_then(|mapping| mapping.attribute("type")),
        adapter: to.and_then(|to| to.attribute("eventAdapterType")),
        provider_url: property("java.naming.provider.url"),
        destination_type: property("transport.jms.DestinationType"),
        destination: property("transport.jms.Destination"),
        connection_factory: property("transport.jms.ConnectionFactoryJNDIName"),
        active: root
            .attribute("processing")
            .is_none_or(|processing| !processing.value.eq_ignore_ascii_case("disable")),
        span: root.element.start_tag,
    })
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
