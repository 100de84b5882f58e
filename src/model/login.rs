//! Accounts with which a node logs in to services of itself and of other nodes.

use super::endpoint::Endpoint;
use super::value::{Secret, Setting};
use crate::syntax::amqp;

/// What a node logs in to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// Admin services of a gateway, to deploy APIs.
    Gateway,
    /// Admin services of the key manager.
    KeyManager,
    /// Admin services that authenticate users of the portals.
    Authentication,
    /// Admin services of the Traffic Manager, to deploy throttling policies.
    Policies,
    /// Data receivers of the Traffic Manager.
    Events,
    /// Message broker of the Traffic Manager.
    Broker,
    /// Event hub of the control plane.
    EventHub,
}

impl Service {
    /// What to call it in a message.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::KeyManager => "key manager",
            Self::Authentication => "authentication service",
            Self::Policies => "policy deployer",
            Self::Events => "event receiver",
            Self::Broker => "message broker",
            Self::EventHub => "event hub",
        }
    }
}

/// One account, used while the service that it is for is switched on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// What for.
    pub service: Service,
    /// Where.
    pub endpoints: Vec<Endpoint>,
    /// Name, variables filled in.
    pub user_name: Option<Setting>,
    /// Password; that of the administrator where a variable or a default stands for it.
    pub password: Option<Setting<Secret>>,
    /// True where name and password are those of the node's own administrator by a variable or a default.
    pub is_own_administrator: bool,
    /// True where the password stands in a URL and holds a letter that would have to be escaped there.
    pub breaks_url: bool,
}

impl Login {
    /// The account as the service sees it, without the tenant of the administrator. Names in broker URLs have `!` for `@`.
    pub fn account(&self) -> Option<String> {
        let text = self.user_name.as_ref()?.text()?;
        let name = if self.service == Service::Broker { amqp::decode_user(text) } else { text.to_owned() };
        Some(name.strip_suffix(SUPER_TENANT).map_or_else(|| name.clone(), str::to_owned))
    }
}

/// End of the name of an account of the administrator's tenant.
pub const SUPER_TENANT: &str = "@carbon.super";

/// True for a letter that the URL of a broker takes for something else.
pub fn is_fragile(letter: char) -> bool {
    "@#%&?/+:' ".contains(letter) || !letter.is_ascii()
}
