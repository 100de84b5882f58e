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
    /// Whether e-mail addresses are user names: carbon.xml `EnableEmailUserName`, `tenant_mgt.enable_email_domain`.
    pub email_names: Option<Setting<bool>>,
    /// Class (XML) or type (TOML) of the primary user store.
    pub user_store: Option<Setting>,
    /// Properties of the primary user store in file order.
    pub properties: Vec<(String, Setting)>,
}

/// A file under `userstores`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondaryUserStore {
    /// Home-relative path.
    pub path: String,
    /// Class of the user store.
    pub class: Setting,
    /// Properties in file order; those that hold a password are left out.
    pub properties: Vec<(String, Setting)>,
    /// The root element (start tag).
    pub span: Span,
}

/// What kind of user store a class or a type stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Tables of the user database.
    Database,
    /// LDAP or Active Directory.
    Directory,
    /// Made by somebody else.
    Other,
}

impl Users {
    /// The kind of user store by its class (XML) or type (TOML).
    pub fn family(store: &str) -> Family {
        let store = store.to_lowercase();
        if store.contains("jdbc") || store.starts_with("database") {
            Family::Database
        } else if store.contains("ldap") || store.contains("directory") {
            Family::Directory
        } else {
            Family::Other
        }
    }

    /// True where the users are known to be kept in the user database.
    pub fn are_in_database(&self) -> bool {
        self.user_store.as_ref().and_then(Setting::text).map(Self::family) == Some(Family::Database)
    }

    /// A property of the primary user store.
    pub fn property(&self, name: &str) -> Option<&Setting> {
        self.properties.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// True unless `AddAdmin` keeps the server from creating the administrator.
    pub fn creates_admin(&self) -> bool {
        !self.add_admin.as_ref().is_some_and(Setting::is_false)
    }
}
