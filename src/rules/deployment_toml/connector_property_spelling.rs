//! Keys under `transport.https.properties` become attributes of the connector as they are: `proxy_port` is none, and the
//! portals redirect to the port of the node itself.

use crate::model::deployment_toml::{DeploymentToml, WrittenKey};
use crate::model::{Deployment, Node};
use crate::rules::{Check, Finding, Rule};

/// TL013.
pub static RULE: Rule = Rule { card: "TL013-connector-property-spelling", check: Check::Node(check) };

/// Attributes of a connector of Tomcat.
const ATTRIBUTES: [&str; 62] = [
    "SSLEnabled",
    "URIEncoding",
    "acceptCount",
    "acceptorThreadCount",
    "address",
    "allowTrace",
    "asyncTimeout",
    "bindOnInit",
    "ciphers",
    "clientAuth",
    "compressableMimeType",
    "compressibleMimeType",
    "compression",
    "compressionMinSize",
    "connectionLinger",
    "connectionTimeout",
    "connectionUploadTimeout",
    "crlFile",
    "disableUploadTimeout",
    "enableLookups",
    "executor",
    "keepAliveTimeout",
    "keyAlias",
    "keyPass",
    "keystoreFile",
    "keystorePass",
    "keystoreType",
    "maxConnections",
    "maxCookieCount",
    "maxExtensionSize",
    "maxHttpHeaderSize",
    "maxKeepAliveRequests",
    "maxParameterCount",
    "maxPostSize",
    "maxSavePostSize",
    "maxSwallowSize",
    "maxThreads",
    "maxTrailerSize",
    "minSpareThreads",
    "noCompressionUserAgents",
    "parseBodyMethods",
    "port",
    "processorCache",
    "protocol",
    "proxyName",
    "proxyPort",
    "redirectPort",
    "relaxedPathChars",
    "relaxedQueryChars",
    "scheme",
    "secure",
    "server",
    "sessionCacheSize",
    "sessionTimeout",
    "socketBuffer",
    "sslEnabledProtocols",
    "sslProtocol",
    "tcpNoDelay",
    "truststoreFile",
    "truststorePass",
    "useBodyEncodingForURI",
    "xpoweredBy",
];

/// Tables whose keys become attributes.
const TABLES: [&str; 2] = ["transport.https.properties", "transport.http.properties"];

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let Some(toml) = &node.deployment_toml else { return };
    for table in TABLES {
        findings.extend(toml.keys_in(table).filter_map(|(name, key)| misspelt(node, toml, name, key)));
    }
}

fn misspelt(node: &Node, toml: &DeploymentToml, name: &str, key: &WrittenKey) -> Option<Finding> {
    if toml.knows_by_name(&key.path) {
        return None;
    }
    let meant = super::misspelt(name, &ATTRIBUTES)?;
    let message = format!("{} sets {}, but {name} is no attribute of a connector", node.name, key.name);
    Some(Finding::new(key.span, "ignored", message).help(format!("write {meant}")).fix(Some(key.span), meant))
}
