//! Hazelcast clustering of axis2.xml.

use sha2::{Digest, Sha256};

use crate::extract::variables::Variables;
use crate::extract::view::View;
use crate::model::clustering::{Clustering, Member};
use crate::model::{Host, Origin, Setting};
use crate::syntax::hexadecimal;

/// Port of a member that sets none (carbon-kernel `HazelcastClusteringAgent`).
const DEFAULT_PORT: u16 = 4000;
/// Parameters that have a place of their own in the model.
const OWN: [&str; 4] = ["domain", "membershipScheme", "localMemberHost", "localMemberPort"];

/// The `clustering` element of axis2.xml; disabled, at the root element, where there is none.
pub(super) fn clustering(axis2: View<'_>, variables: &Variables) -> Clustering {
    let found = axis2.child("clustering");
    let element = found.unwrap_or(axis2);
    let span = element.element.start_tag;
    let parameter = |name: &str| {
        let text = found?.child_with("parameter", "name", name)?.value(&[])?;
        Some(variables.fill(text))
    };
    // As written: `${carbon.local.ip}` is an address of the machine that no file shows, and no loopback.
    let host = found
        .and_then(|view| view.child_with("parameter", "name", "localMemberHost")?.value(&[]))
        .map(|text| {
            let is_known = text.text().is_some_and(|text| variables.expand(text).is_some());
            if is_known { text } else { text.with_origin(Origin::Unknown) }
        });
    let list = found.and_then(|view| view.child("members"));
    let members: Vec<Member> = list
        .into_iter()
        .flat_map(|list| list.children("member"))
        .map(|view| member(view, variables))
        .collect();
    Clustering {
        span,
        enabled: found
            .and_then(|view| view.attribute("enable"))
            .map_or_else(|| Setting::at(false, span, Origin::Derived), |text| variables.fill(text).boolean()),
        domain: parameter("domain"),
        scheme: parameter("membershipScheme"),
        local_host: host.as_ref().map_or(Host::Own, |text| whom(text, variables)),
        local_member_host: host,
        local_member_port: parameter("localMemberPort")
            .map_or_else(|| Setting::at(DEFAULT_PORT, span, Origin::Derived), |text| text.port()),
        members_span: list.map_or(span, |view| view.element.span),
        members_vanilla: members.iter().all(Member::is_shipped),
        members,
        parameters: found.map(|view| parameters(view, variables)).unwrap_or_default(),
        group_management: found
            .and_then(|view| view.child("groupManagement")?.attribute("enable"))
            .map(|text| variables.fill(text).boolean()),
        own_file: None,
    }
}

fn member(view: View<'_>, variables: &Variables) -> Member {
    let span = view.place();
    let host_name = view
        .value(&["hostName"])
        .map(|text| variables.fill(text))
        .unwrap_or_else(|| Setting::at(String::new(), span, Origin::Derived));
    Member {
        host: whom(&host_name, variables),
        host_name,
        port: view.value(&["port"]).map(|text| variables.fill(text).port()),
        span,
    }
}

fn whom(text: &Setting, variables: &Variables) -> Host {
    text.text().map_or(Host::Unknown, |text| variables.host(text))
}

/// All other parameters; nested `property` elements as `parameter/property`. Of a secret only a digest is kept, enough
/// to compare.
fn parameters(view: View<'_>, variables: &Variables) -> Vec<(String, Setting)> {
    let mut found = Vec::new();
    for parameter in view.children("parameter") {
        let Some(name) = parameter.element.attribute_text("name").filter(|name| !OWN.contains(name)) else {
            continue;
        };
        if parameter.element.children.is_empty() {
            if let Some(text) = parameter.value(&[]) {
                found.push((name.to_owned(), guarded(name, variables.fill(text))));
            }
            continue;
        }
        for property in parameter.children("property") {
            if let (Some(inner), Some(text)) =
                (property.element.attribute_text("name"), property.attribute("value"))
            {
                found.push((format!("{name}/{inner}"), guarded(inner, variables.fill(text))));
            }
        }
    }
    found
}

/// Of a secret only a digest is kept, enough to compare.
pub(in crate::extract) fn guarded(name: &str, text: Setting) -> Setting {
    let name = name.to_ascii_lowercase();
    let is_secret = ["password", "secret", "accesskey", "licensekey"].iter().any(|word| name.contains(word));
    if !is_secret {
        return text;
    }
    Setting::at(hexadecimal(Sha256::digest(&text.value)), text.span, text.origin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::xml::tests::parse;

    fn read(text: &str) -> Clustering {
        let document = parse(text);
        clustering(View { element: &document.root, origin: Origin::Written }, &Variables::default())
    }

    #[test]
    fn the_untouched_list_is_told_from_a_written_one() {
        let vanilla = "<members><member><hostName>127.0.0.1</hostName><port>4000</port></member></members>";
        let wrap = |members: &str| {
            format!(
                "<axisconfig><clustering enable=\"true\"><parameter name=\"membershipScheme\">WKA </parameter>\
                 <parameter name=\"localMemberHost\">10.0.0.1</parameter>{members}</clustering></axisconfig>"
            )
        };
        let found = read(&wrap(vanilla));
        assert!(found.members_vanilla && found.is_wka());
        assert_eq!(found.local_host, Host::Name("10.0.0.1".to_owned()));
        assert_eq!((found.local_member_port.value, found.local_member_port.origin), (4000, Origin::Derived));
        assert!(!read(&wrap(&vanilla.replace("4000", "4001"))).members_vanilla);
        let none = read(&wrap(""));
        assert!(none.members_vanilla);
        assert_eq!(none.members_span, none.span);
    }

    #[test]
    fn no_clustering_element_means_off() {
        let found = read("<axisconfig><parameter name=\"a\">b</parameter></axisconfig>");
        assert!(found.enabled.is_false());
        assert_eq!(found.local_host, Host::Own);
        assert!(found.parameters.is_empty());
    }

    #[test]
    fn secrets_are_kept_as_digests_and_properties_by_their_path() {
        let found = read(
            "<axisconfig><clustering enable=\"false\"><parameter name=\"groupPassword\">s3cret</parameter>\
             <parameter name=\"properties\"><property name=\"subDomain\" value=\"worker\"/></parameter>\
             <parameter name=\"domain\">d</parameter></clustering></axisconfig>",
        );
        assert!(!format!("{found:?}").contains("s3cret"));
        let names: Vec<_> = found.parameters.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["groupPassword", "properties/subDomain"]);
    }

    #[test]
    fn placeholders_are_nobody() {
        let found = read(
            "<axisconfig><clustering enable=\"true\"><parameter name=\"localMemberHost\">{{ IP }}</parameter>\
             <members><member><hostName>${peer}</hostName><port>x</port></member></members></clustering></axisconfig>",
        );
        assert_eq!(found.local_host, Host::Unknown);
        let member = found.members.first().unwrap();
        assert_eq!(member.host, Host::Unknown);
        assert_eq!(member.port.as_ref().unwrap().known(), None);
    }
}
