//! Hazelcast clustering: domain, scheme, the node's own address and the members it lists.

use super::endpoint::Host;
use super::value::Setting;
use crate::source::Span;

/// axis2.xml `clustering`, or the TOML table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clustering {
    /// The `clustering` element (start tag), or the TOML header; the file where neither stands.
    pub span: Span,
    /// `@enable`; in TOML true exactly when `membership_scheme` is set.
    pub enabled: Setting<bool>,
    /// Domain.
    pub domain: Option<Setting>,
    /// Membership scheme as written.
    pub scheme: Option<Setting>,
    /// `localMemberHost`.
    pub local_member_host: Option<Setting>,
    /// Whom `localMemberHost` means; own where it is absent.
    pub local_host: Host,
    /// `localMemberPort`; the offset does not shift it (carbon-kernel `HazelcastClusteringAgent`).
    pub local_member_port: Setting<u16>,
    /// The `members` element or the TOML value; where absent, the place that should hold it.
    pub members_span: Span,
    /// The listed members.
    pub members: Vec<Member>,
    /// True when the list is what the untouched pack has: 127.0.0.1:4000 alone, or nothing.
    pub members_vanilla: bool,
    /// All other `parameter` elements by name, in file order.
    pub parameters: Vec<(String, Setting)>,
    /// `groupManagement/@enable`; XML only.
    pub group_management: Option<Setting<bool>>,
    /// Root of `repository/conf/hazelcast.xml`, where the node has one.
    pub own_file: Option<Span>,
}

/// One well-known member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Host as written.
    pub host_name: Setting,
    /// Whom it means.
    pub host: Host,
    /// Port as written.
    pub port: Option<Setting<u16>>,
    /// The `member` element or the TOML string.
    pub span: Span,
}

impl Member {
    /// True for the entry of the untouched pack, 127.0.0.1:4000.
    pub fn is_shipped(&self) -> bool {
        self.host_name.text() == Some("127.0.0.1")
            && self.port.as_ref().and_then(Setting::known) == Some(&4000)
    }

    /// The host as written, and the port where it is known: `10.0.7.11:4000`.
    pub fn address(&self) -> String {
        match self.port.as_ref().and_then(Setting::known) {
            Some(port) => format!("{}:{port}", self.host_name.value),
            None => self.host_name.value.clone(),
        }
    }
}

impl Clustering {
    /// Scheme, trimmed and lower case; `None` where unknown or absent.
    pub fn scheme_name(&self) -> Option<String> {
        self.scheme.as_ref().and_then(Setting::text).map(str::to_ascii_lowercase)
    }

    /// True for an enabled node with scheme `wka`.
    pub fn is_wka(&self) -> bool {
        self.enabled.is_true() && self.scheme_name().as_deref() == Some("wka")
    }

    /// A parameter by name.
    pub fn parameter(&self, name: &str) -> Option<&Setting> {
        self.parameters.iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    /// Domain text, if known.
    pub fn domain_name(&self) -> Option<&str> {
        self.domain.as_ref().and_then(Setting::text)
    }
}
