//! Well-known members: elements of their own in axis2.xml, one list in deployment.toml of 3.x.

use std::collections::BTreeMap;

use super::{Answer, Question};
use crate::migrate::{Key, Legacy};
use crate::model::Version;
use crate::render::value::Value;

const FILE: &str = "repository/conf/axis2/axis2.xml";
const CLUSTERING: &str = "/axisconfig/clustering/";
const ENABLED: &str = "/axisconfig/clustering/@enable";
const SCHEME: &str = "/axisconfig/clustering/parameter[@name='membershipScheme']";
const MULTICAST: &str = "/axisconfig/clustering/parameter[@name='mcast";
const MEMBER: &str = "/axisconfig/clustering/members/member";

/// The well-known members of a node.
#[derive(Debug, Default)]
pub struct Members {
    addresses: Vec<Value>,
    /// True where the node says that it is in no cluster, which an element without the switch does not.
    is_off: bool,
    /// How members find each other.
    scheme: Option<String>,
}

impl Members {
    /// Looks a node over.
    pub fn of(legacy: &Legacy) -> Self {
        let all = legacy.settings(FILE);
        let mut members: BTreeMap<usize, [Option<String>; 2]> = BTreeMap::new();
        let is_off = match all.iter().find(|setting| setting.path == ENABLED) {
            Some(switch) => switch.value.trim().eq_ignore_ascii_case("false"),
            None => !all.iter().any(|setting| setting.path.starts_with(CLUSTERING)),
        };
        let scheme = all.iter().find(|setting| setting.path == SCHEME).map(|setting| setting.value.clone());
        for setting in all {
            let Some((position, part)) = apart(&setting.path) else { continue };
            let [host, port] = members.entry(position).or_default();
            match part {
                "hostName" => *host = Some(setting.value),
                "port" => *port = Some(setting.value),
                _ => {}
            }
        }
        let address = |[host, port]: [Option<String>; 2]| Some(Value::Text(format!("{}:{}", host?, port?)));
        Self { addresses: members.into_values().filter_map(address).collect(), is_off, scheme }
    }

    /// What becomes of a member, and of the switch: 4.x needs no cluster, 3.x has one list of all, and a cluster where a
    /// scheme is set, so that nothing of a cluster that is off may be written.
    pub fn answer(&self, question: Question, version: Version) -> Option<Answer> {
        if version.at_least(4, 0) || question.file != FILE {
            return None;
        }
        if self.is_off && question.path.starts_with(CLUSTERING) {
            return Some(Answer::obsolete("clustering is off on this node: nothing reads it"));
        }
        if question.path == ENABLED && question.value == Some("true") {
            let scheme = Value::Text(self.scheme.clone().unwrap_or_else(|| "multicast".to_owned()));
            return Some(Answer::Keys(vec![(Key::dotted("clustering.membership_scheme"), scheme)], None));
        }
        let is_multicast = self.scheme.as_deref().is_none_or(|scheme| scheme == "multicast");
        if question.path.starts_with(MULTICAST) && !is_multicast {
            return Some(Answer::obsolete("members are found by this scheme without multicast"));
        }
        apart(question.path)?;
        if self.addresses.is_empty() {
            // What a scheme without a list of members asks nobody for does no harm in the target either.
            let asks = self.scheme.as_deref().is_none_or(|scheme| scheme == "wka");
            return (!asks).then(|| {
                Answer::obsolete(
                    "members find each other by another scheme than a list of addresses: nothing asks for it",
                )
            });
        }
        let members = Value::List(self.addresses.clone());
        Some(Answer::Keys(vec![(Key::dotted("clustering.members"), members)], None))
    }
}

/// The position of a member, from 1, and what stands in it.
fn apart(path: &str) -> Option<(usize, &str)> {
    let rest = path.strip_prefix(MEMBER)?;
    let (position, part) = rest.split_once('/')?;
    if position.is_empty() {
        return Some((1, part));
    }
    let position = position.strip_prefix('[')?.strip_suffix(']')?.parse().ok()?;
    Some((position, part))
}
