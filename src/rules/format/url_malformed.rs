//! A broken URL is looked up as it stands: the call fails when it is made, long after the start.

use std::collections::BTreeSet;

use super::{base, is_configuration};
use crate::catalog::vanilla::Pack;
use crate::model::texts::Text;
use crate::model::{Deployment, Node, settings};
use crate::rules::{Check, Finding, Rule};
use crate::syntax::url;

/// FM013.
pub static RULE: Rule =
    Rule { card: include_str!("../../../rules/FM013-url-malformed.md"), check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let pack = settings::pack(node);
    for text in node.texts().iter().filter(|text| is_configuration(text.file) && is_url(text.value())) {
        let value = &text.scalar.text;
        if let Some((range, reason)) = url::fault(value) {
            let message =
                format!("the URL {} in {} of {} is broken: {reason}", text.key(), base(text.file), node.name);
            findings.push(
                Finding::new(text.scalar.part(range), reason, message)
                    .help("write it as scheme://host:port/path"),
            );
        } else if let Some((range, name)) = unknown_variable(value, node, pack, text) {
            let message = format!(
                "{} in {} of {} holds ${{{name}}}, which the server does not know",
                text.key(),
                base(text.file),
                node.name
            );
            findings.push(
                Finding::new(text.scalar.part(range), "no such variable", message)
                    .help("write the name of a variable of the server, or the value itself"),
            );
        }
    }
}

/// True for a text that is meant as a URL or a list of them. Databases and brokers have rules of their own; patterns are none.
fn is_url(value: &str) -> bool {
    let folded = value.to_ascii_lowercase();
    let begins = folded.trim_start_matches(['{', ' ']);
    let schemes = ["http", "https", "tcp", "ssl", "ws", "wss", "ldap", "ldaps"];
    let is_meant =
        schemes.iter().any(|scheme| begins.strip_prefix(scheme).is_some_and(|rest| rest.starts_with(":/")));
    is_meant && !value.contains(['*', '^', '(', '[', '<']) && !value.contains("{{")
}

/// The first `${name}` that no server of this version fills in.
fn unknown_variable<'a>(
    value: &'a str,
    node: &Node,
    pack: Option<&Pack>,
    text: &Text<'_>,
) -> Option<(std::ops::Range<usize>, &'a str)> {
    let mut shipped: Option<BTreeSet<String>> = None;
    variables(value).find(|(_, name)| {
        let is_set = || node.system_property(name).is_some();
        let known = shipped.get_or_insert_with(|| shipped_variables(pack, text.file));
        let is_plain = name.chars().all(|letter| letter.is_ascii_lowercase() || ".-_".contains(letter));
        is_plain && !known.is_empty() && !KNOWN.contains(name) && !known.contains(*name) && !is_set()
    })
}

/// Names of `${name}` with the places of the whole.
fn variables(value: &str) -> impl Iterator<Item = (std::ops::Range<usize>, &str)> {
    value.match_indices("${").filter_map(|(start, mark)| {
        let name = value.get(start + mark.len()..)?.split_once('}')?.0;
        Some((start..start + mark.len() + name.len() + 1, name))
    })
}

/// What every server of the family fills in (`CarbonUtils`, `ServerConfiguration`, `APIUtil`).
const KNOWN: [&str; 18] = [
    "admin.password",
    "admin.username",
    "auth.url.port",
    "carbon.context",
    "carbon.home",
    "carbon.host",
    "carbon.local.ip",
    "carbon.management.port",
    "carbon.protocol",
    "http.nio.port",
    "https.nio.port",
    "jms.password",
    "jms.port",
    "jms.url",
    "jms.username",
    "mgt.transport.http.port",
    "mgt.transport.https.port",
    "receiver.url.port",
];

/// The variables in the untouched file; empty where it is not known.
fn shipped_variables(pack: Option<&Pack>, file: &str) -> BTreeSet<String> {
    let settings = pack.map(|pack| settings::vanilla_settings(pack, file)).unwrap_or_default();
    let names = settings
        .iter()
        .flat_map(|setting| variables(&setting.value).map(|(_, name)| name.to_owned()).collect::<Vec<_>>());
    names.collect()
}
