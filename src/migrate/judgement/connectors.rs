//! Connectors of catalina-server.xml: `[transport.http]` and `[transport.https]`, key stores apart.
//!
//! From 3.0 on what concerns TLS stands in `SSLHostConfig` and `Certificate` below the connector, under names of Tomcat 9.

use std::collections::BTreeSet;

use super::{Answer, Question};
use crate::migrate::plan::typed;
use crate::migrate::{Key, Legacy, Risk};

const FILE: &str = "repository/conf/tomcat/catalina-server.xml";
const CONNECTOR: &str = "/Server/Service/Connector[@port='";
const STORES: &str = "${carbon.home}/repository/resources/security/";

/// The connectors of a node.
#[derive(Debug)]
pub struct Connectors {
    /// Ports of those that speak TLS.
    encrypted: BTreeSet<String>,
}

impl Connectors {
    /// Looks a node over.
    pub fn of(legacy: &Legacy) -> Self {
        let all = legacy.settings(FILE);
        let encrypted = all.iter().filter_map(|setting| {
            let (port, attribute) = apart(&setting.path)?;
            let says_so = (attribute == "scheme" && setting.value == "https")
                || (attribute == "SSLEnabled" && setting.value == "true");
            says_so.then(|| port.to_owned())
        });
        Self { encrypted: encrypted.collect() }
    }

    /// What becomes of an attribute of a connector.
    pub fn answer(&self, question: Question) -> Option<Answer> {
        let (port, attribute) = apart(question.path).filter(|_| question.file == FILE)?;
        let encrypted = self.encrypted.contains(port) || port == "9443";
        let Some(value) = question.value else {
            return Some(left_out(encrypted));
        };
        let transport = Key::dotted(if encrypted { "transport.https" } else { "transport.http" });
        let key = match attribute {
            "keystoreFile" => match value.strip_prefix(STORES) {
                Some(name) => return Some(text(Key::dotted("keystore.tls.file_name"), name)),
                None => certificate("certificateKeystoreFile"),
            },
            "keystorePass" => Key::dotted("keystore.tls.password"),
            "keystoreType" => Key::dotted("keystore.tls.type"),
            "keyAlias" => Key::dotted("keystore.tls.alias"),
            "keyPass" => Key::dotted("keystore.tls.key_password"),
            "truststoreFile" | "truststorePass" | "truststoreType" => {
                let name = if attribute == "truststorePass" { "truststorePassword" } else { attribute };
                host(name)
            }
            "sslEnabledProtocols" => {
                let protocols: Vec<String> =
                    value.split(',').map(|protocol| format!("+{}", protocol.trim())).collect();
                return Some(text(host("protocols"), &protocols.join(",")));
            }
            "sslProtocol" | "ciphers" => host(attribute),
            "clientAuth" => {
                let verification = match value {
                    "true" => "required",
                    "want" => "optional",
                    _ => "none",
                };
                return Some(text(host("certificateVerification"), verification));
            }
            "compressableMimeType" => transport.name("properties").name("compressibleMimeType"),
            _ => transport.name("properties").name(attribute),
        };
        Some(text(key, value))
    }
}

fn left_out(encrypted: bool) -> Answer {
    let table = if encrypted { "transport.https.properties" } else { "transport.http.properties" };
    Answer::manual(
        Risk::Low,
        format!(
            "the node has no such attribute, and no key takes it away: see whether the default of [{table}] suits"
        ),
    )
}

fn host(name: &str) -> Key {
    Key::dotted("transport.https.sslHostConfig.properties").name(name)
}

fn certificate(name: &str) -> Key {
    Key::dotted("transport.https.sslHostConfig.certificate.properties").name(name)
}

fn text(key: Key, value: &str) -> Answer {
    Answer::Keys(vec![(key, typed(value))], None)
}

/// The port of a connector, and the attribute.
fn apart(path: &str) -> Option<(&str, &str)> {
    path.strip_prefix(CONNECTOR)?.split_once("']/@")
}
