//! User management: the realm, its database and its administrator.

use super::value::{Secret, Setting};
use crate::source::Span;

/// user-mgt.xml `/UserManager/Realm`, or `[super_admin]`, `[user_store]` and `[realm_manager]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Users {
    /// The `Configuration` element (start tag) or the TOML table.
    pub span: Span,
    /// JNDI name of the user database.
    pub data_source: Option<Setting>,
    /// `AddAdmin`.
    pub add_admin: Option<Setting<bool>>,
    /// Name of the administrator.
    pub admin_name: Option<Setting>,
    /// Password of the administrator.
    pub admin_password: Option<Setting<Secret>>,
    /// Class (XML) or type (TOML) of the primary user store.
    pub user_store: Option<Setting>,
    /// Properties of the primary user store in file order.
    pub properties: Vec<(String, Setting)>,
}
