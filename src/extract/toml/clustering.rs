//! `[clustering]`.

use super::settings::{List, Settings};
use crate::extract::variables::Variables;
use crate::extract::xml::guarded;
use crate::model::clustering::{Clustering, Member};
use crate::model::{Origin, Setting};
use crate::syntax::url;

/// Clustering is on exactly when `membership_scheme` is written, whatever it says.
pub(super) fn clustering(settings: &Settings<'_>, variables: &Variables) -> Clustering {
    let get = |key: &str| settings.get(&format!("clustering.{key}"));
    let span = settings.table_place("clustering");
    let scheme = settings.written("clustering.membership_scheme");
    let enabled = match &scheme {
        Some(scheme) => Setting::at(true, scheme.span, Origin::Written),
        None => Setting::at(false, span, Origin::Derived),
    };
    let local_member_host = get("local_member_host").map(|host| variables.fill(host));
    let local_host = match &local_member_host {
        Some(host) => host.text().map_or(crate::model::Host::Unknown, |text| variables.host(text)),
        None => crate::model::Host::Own,
    };
    let list = settings.list("clustering.members").unwrap_or_else(|| List {
        span,
        items: Vec::new(),
        origin: Origin::Derived,
    });
    let members: Vec<Member> =
        list.items.iter().filter(|item| !item.value.is_empty()).map(|item| member(item, variables)).collect();
    let members_vanilla = members.iter().all(Member::is_shipped);
    Clustering {
        span,
        enabled,
        domain: Some(settings.get_or("clustering.domain", "wso2.carbon.domain")),
        scheme,
        local_member_host,
        local_host,
        local_member_port: settings.port("clustering.local_member_port", 4000),
        members_span: list.span,
        members,
        members_vanilla: members_vanilla && list.origin != Origin::Unknown,
        parameters: settings
            .under("clustering.properties")
            .into_iter()
            .map(|(name, value)| (name.clone(), guarded(&name, value)))
            .collect(),
        group_management: None,
        own_file: None,
    }
}

/// One `host:port` text. The template splits it at the colon; without one the member has no port.
fn member(text: &Setting, variables: &Variables) -> Member {
    let known = text.origin != Origin::Unknown;
    let (host, port) = url::split_host_port(&text.value).unwrap_or((0..text.value.len(), None));
    let piece = |range: std::ops::Range<usize>| {
        let value = text.value.get(range.clone()).unwrap_or("").to_owned();
        variables.fill(Setting::at(value, text.part(range), text.origin))
    };
    let host_name = piece(host);
    Member {
        host: match host_name.text() {
            Some(name) if known => variables.host(name),
            _ => crate::model::Host::Unknown,
        },
        host_name,
        port: port.map(|range| piece(range).port()),
        span: text.span,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{lower, under};
    use super::*;
    use crate::model::Host;

    #[test]
    fn members_point_into_their_text() {
        let text = "[server]\nnode_ip = \"10.0.0.1\"\n[clustering]\nmembership_scheme = \"wka\"\n\
                    members = [\"10.0.0.1:4000\", \"Node2:4001\", \"bare\", \"$env{PEER}\"]\n\
                    [clustering.properties]\n\
                    groupPassword = \"x\"";
        lower("4.2.0", text, |settings, variables| {
            let found = clustering(settings, variables);
            assert!(found.enabled.is_true() && found.is_wka() && !found.members_vanilla);
            assert_eq!(found.local_host, Host::Name("10.0.0.1".to_owned()));
            assert_eq!(found.local_member_port.value, 4000);
            let second = &found.members[1];
            assert_eq!(second.host, Host::Name("node2".to_owned()));
            assert_eq!(under(text, second.host_name.span), "Node2");
            assert_eq!(under(text, second.port.as_ref().unwrap().span), "4001");
            assert_eq!(under(text, second.span), "\"Node2:4001\"");
            assert!(found.members[2].port.is_none());
            assert_eq!(found.members[3].host, Host::Unknown);
            assert_eq!(found.parameters[0].0, "groupPassword");
        });
    }

    #[test]
    fn clustering_without_a_scheme_is_off() {
        let text = "[clustering]\ndomain = \"a\"";
        lower("4.2.0", text, |settings, variables| {
            let found = clustering(settings, variables);
            assert!(found.enabled.is_false() && found.members_vanilla && found.scheme.is_none());
            assert_eq!(under(text, found.enabled.span), "[clustering]");
            assert_eq!(found.local_host, Host::Own);
        });
    }
}
