//! `[super_admin]`, `[user_store]` and `[realm_manager]`.

use super::databases;
use super::settings::Settings;
use crate::model::users::Users;

/// User management. The user store is named by its type where one is written, else by its class.
pub(super) fn users(settings: &Settings<'_>) -> Users {
    let store = settings
        .written("user_store.type")
        .or_else(|| settings.written("user_store.class"))
        .or_else(|| settings.get("user_store.type"));
    Users {
        span: settings.table_place("super_admin"),
        data_source: Some(databases::user_reference(settings)),
        add_admin: settings.get("super_admin.create_admin_account").map(|text| text.boolean()),
        admin_name: settings.get("super_admin.username"),
        admin_password: settings.get("super_admin.password").map(|password| password.secret()),
        email_names: Some(settings.switch("tenant_mgt.enable_email_domain", false)),
        user_store: store,
        properties: settings.under("user_store.properties"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{lower, under};
    use super::*;

    #[test]
    fn properties_are_the_written_ones_and_what_the_type_infers() {
        let text = "[super_admin]\nusername = \"svc\"\npassword = \"p\"\ncreate_admin_account = true\n\
                    [user_store]\n\
                    type = \"read_only_ldap\"\nconnection_url = \"ldap://d:389\"\nbase_dn = \"dc=corp\"";
        lower("4.2.0", text, |settings, _| {
            let found = users(settings);
            let property = |name: &str| {
                let entry = found.properties.iter().find(|(key, _)| key == name);
                entry.map(|(_, value)| value.value.as_str())
            };
            assert_eq!(property("ConnectionURL"), Some("ldap://d:389"));
            assert_eq!(property("UserSearchBase"), Some("ou=Users,dc=corp"));
            assert_eq!(found.user_store.as_ref().map(|kind| kind.value.as_str()), Some("read_only_ldap"));
            assert!(found.add_admin.is_some_and(|flag| flag.is_true()));
            assert_eq!(under(text, found.span), "[super_admin]");
            assert_eq!(format!("{:?}", found.admin_password.unwrap().value), "********");
        });
    }
}
