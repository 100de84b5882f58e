//! A broken URL is looked up as it stands: the call fails when it is made, long after the start.

use std::collections::{BTreeMap, BTreeSet};

use super::{base, is_configuration};
use crate::catalog::vanilla::Pack;
use crate::model::texts::Text;
use crate::model::{Deployment, Node, settings};
use crate::rules::{Check, Finding, Rule};
use crate::syntax::url;

/// FM013.
pub static RULE: Rule = Rule { card: "FM013-url-malformed", check: Check::Node(check) };

fn check(_: &Deployment, node: &Node, findings: &mut Vec<Finding>) {
    let mut shipped = Shipped { pack: settings::pack(node), of_file: BTreeMap::new() };
    let texts = node.texts();
    for text in texts.iter().filter(|text| is_configuration(text.file) && is_url(text.value())) {
        let value = &text.scalar.text;
        if let Some((range, reason)) = url::fault(value) {
            let message =
                format!("the URL {} in {} of {} is broken: {reason}", text.key(), base(text.file), node.name);
            findings.push(
                Finding::new(text.scalar.part(range), reason, message)
                    .help("write it as scheme://host:port/path"),
            );
        } else if let Some((range, name)) = unknown_variable(value, node, &mut shipped, text) {
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
fn unknown_variable<'a, 't>(
    value: &'a str,
    node: &Node,
    shipped: &mut Shipped<'t>,
    text: &Text<'t>,
) -> Option<(std::ops::Range<usize>, &'a str)> {
    variables(value).find(|(_, name)| {
        let is_plain = name.chars().all(|letter| letter.is_ascii_lowercase() || ".-_".contains(letter));
        if !is_plain || KNOWN.contains(name) || node.system_property(name).is_some() {
            return false;
        }
        let shipped = shipped.variables(text.file);
        !shipped.is_empty() && !shipped.contains(*name)
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

/// The variables in the untouched files, as far as they were asked for.
struct Shipped<'a> {
    pack: Option<&'static Pack>,
    of_file: BTreeMap<&'a str, BTreeSet<String>>,
}

impl<'a> Shipped<'a> {
    /// Those of one file; none where it is not known.
    fn variables(&mut self, file: &'a str) -> &BTreeSet<String> {
        self.of_file.entry(file).or_insert_with(|| {
            let mut names = BTreeSet::new();
            for (_, value) in self.pack.into_iter().flat_map(|pack| pack.settings(file)) {
                names.extend(variables(&value).map(|(_, name)| name.to_owned()));
            }
            names
        })
    }
}
