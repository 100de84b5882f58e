//! Where gateways send events to and hear decisions from: groups of URLs, and the brokers of jndi2.properties.

use super::{Answer, Question, SecureVault};
use crate::migrate::inversion::Wanted;
use crate::migrate::{Key, KeyPart, Legacy, Risk};
use crate::model::Version;
use crate::render::value::Value;
use crate::syntax::url_group::{self, Mode};

const FILE: &str = "repository/conf/api-manager.xml";
const THROTTLING: &str = "/APIManager/ThrottlingConfigurations/";
const BROKER: &str = "/APIManager/ThrottlingConfigurations/JMSConnectionDetails/";
const FACTORY: &str = "JMSConnectionParameters/connectionfactory.TopicConnectionFactory";
/// What stands beside the URL of the connection factory, and the system property that the old server makes of it
/// (`APIManagerConfiguration`).
const PARTS: [(&str, &str); 3] =
    [("ServiceURL", "${jms.url}"), ("Username", "${jms.username}"), ("Password", "${jms.password}")];

/// What becomes of the groups of receivers, and of a second JNDI file.
pub fn answer(legacy: &Legacy, vault: &SecureVault, question: Question, version: Version) -> Option<Answer> {
    match question.file {
        FILE => broker(legacy, vault, question).or_else(|| receivers(legacy, question)),
        // 3.x has no key for it: the file is copied.
        "repository/conf/jndi2.properties" if version.at_least(4, 0) => Some(second_broker(question)),
        _ => None,
    }
}

/// What becomes of a group of receivers.
fn receivers(legacy: &Legacy, question: Question) -> Option<Answer> {
    let element = question.path.strip_prefix(THROTTLING)?;
    let (parent, element) = element.split_once('/')?;
    let (field, other) = match element {
        "ReceiverUrlGroup" => ("traffic_manager_urls", "AuthUrlGroup"),
        "AuthUrlGroup" => ("traffic_manager_auth_urls", "ReceiverUrlGroup"),
        _ => return None,
    };
    let text = question.value?;
    let mut keys = url_groups(text, field)?;
    keys.extend(untouched(legacy, &format!("{THROTTLING}{parent}/{other}")).unwrap_or_default());
    Some(Answer::Keys(keys, outside(text)))
}

/// What becomes of address and credentials of the broker that decisions come from. 2.0 and 2.1 have them as elements of
/// their own, and put them into the URL of the connection factory by system properties that no target sets: the URL is to
/// hold what they held.
fn broker(legacy: &Legacy, vault: &SecureVault, question: Question) -> Option<Answer> {
    let element = question.path.strip_prefix(BROKER)?;
    question.value?;
    let all = legacy.settings(FILE);
    let own = |element: &str| {
        let found = all.iter().find(|setting| setting.path.strip_prefix(BROKER) == Some(element));
        found.map(|setting| setting.value.as_str())
    };
    let url = own(FACTORY)?;
    let mut asked = PARTS.iter().filter(|(_, property)| url.contains(property));
    if !asked.any(|(part, _)| [FACTORY, part].contains(&element)) {
        return None;
    }
    if let Some(secret) = vault.reference(FILE, &format!("{BROKER}Password")) {
        return Some(Answer::manual(
            Risk::High,
            format!(
                "the URL of the broker holds its password, which lies in secure vault: set throttle_decision_endpoints of \
                 [apim.throttling] to the address in ServiceURL, and username and password = \"{secret}\" in \
                 [apim.throttling.jms]"
            ),
        ));
    }
    let fill = |url: String, (part, property): &(&str, &str)| match own(part) {
        Some(value) => url.replace(property, value),
        None => url,
    };
    let (file, path) = (FILE.to_owned(), format!("{BROKER}{FACTORY}"));
    let value = Some(PARTS.iter().fold(url.to_owned(), fill));
    Some(Answer::Moved(Wanted { file, path, value }, None))
}

/// Groups such as `{tcp://a:9611,tcp://b:9611},{tcp://c:9611|tcp://d:9611}`: events go to all groups, within a group to
/// one after the other, or to the first one that lives.
fn url_groups(text: &str, field: &str) -> Option<Vec<(Key, Value)>> {
    let mut keys = Vec::new();
    for (index, group) in url_group::parse(text).groups.into_iter().enumerate() {
        let urls = group.urls.into_iter().filter_map(|url| text.get(url));
        let urls: Vec<Value> = urls.map(|url| Value::Text(url.to_owned())).collect();
        if urls.is_empty() {
            return None;
        }
        let kind = match group.mode {
            Mode::LoadBalance => "loadbalance",
            Mode::Failover | Mode::Mixed => "failover",
        };
        let table = Key::dotted("apim.throttling.url_group").item(index, None);
        keys.push((table.clone().name(field), Value::List(urls)));
        keys.push((table.name("type"), Value::Text(kind.to_owned())));
    }
    (!keys.is_empty()).then_some(keys)
}

/// The keys of the other half of the groups, where the node has it as its pack does: with a group of its own the target
/// has no default for either.
fn untouched(legacy: &Legacy, path: &str) -> Option<Vec<(Key, Value)>> {
    let field =
        if path.ends_with("AuthUrlGroup") { "traffic_manager_auth_urls" } else { "traffic_manager_urls" };
    if legacy.customised.iter().any(|setting| setting.file == FILE && setting.path == path) {
        return None;
    }
    let own = legacy.settings(FILE).into_iter().find(|setting| setting.path == path)?;
    let keys = url_groups(&own.value, field)?;
    Some(keys.into_iter().filter(|(key, _)| key.0.last() == Some(&KeyPart::Name(field.to_owned()))).collect())
}

/// What is to be said of URLs outside the braces of a text that has some.
fn outside(text: &str) -> Option<String> {
    let urls: Vec<&str> =
        url_group::parse(text).outside.into_iter().filter_map(|url| text.get(url)).collect();
    (!urls.is_empty()).then(|| {
        format!(
            "{} stands outside the braces, where the old server passed it over, and is left out: give it an \
             [[apim.throttling.url_group]] of its own if events were meant to go there",
            urls.join(", ")
        )
    })
}

/// The target writes the second JNDI file and its event publisher itself for each URL of one key.
fn second_broker(question: Question) -> Answer {
    let key = "apim.throttling.event_duplicate_url";
    let brokers = question.value.and_then(|value| value.split_once("brokerlist='"));
    match brokers.and_then(|(_, rest)| rest.split_once('\'')) {
        Some((list, _)) if question.path == "connectionfactory.TopicConnectionFactory" => {
            let plain = |url: &str| url.split_once('?').map_or(url, |(url, _)| url).trim().to_owned();
            let urls = list.split(';').map(plain).filter(|url| !url.is_empty()).map(Value::Text).collect();
            Answer::Keys(vec![(Key::dotted(key), Value::List(urls))], None)
        }
        _ => Answer::obsolete(&format!("the target writes this file by itself where {key} is set")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_told_by_braces_that_no_variable_opens() {
        let groups = |text| url_groups(text, "traffic_manager_urls").map(|keys| keys.len() / 2);
        assert_eq!(groups("tcp://${a}:${b}"), Some(1));
        assert_eq!(groups("{tcp://${a}:1,tcp://b:1},{tcp://c:1|tcp://d:1}"), Some(2));
        assert_eq!(groups(""), None);
        assert!(outside("tcp://a:1,{tcp://b:1}").unwrap().starts_with("tcp://a:1 stands outside"));
        assert_eq!(outside("{tcp://a:1},{tcp://b:1}"), None);
        let keys = url_groups("{tcp://c:1|tcp://d:1}", "traffic_manager_urls").unwrap();
        assert_eq!(keys[1].1, Value::Text("failover".to_owned()));
    }
}
