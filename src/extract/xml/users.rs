//! user-mgt.xml: the realm, its administrator and the primary user store.

use crate::extract::files::Files;
use crate::extract::variables::Variables;
use crate::extract::view::View;
use crate::model::users::{SecondaryUserStore, Users};
use crate::model::{Origin, Setting};

/// What user-mgt.xml says; `None` where it has no realm.
pub(super) fn users(root: View<'_>, carbon: Option<View<'_>>, variables: &Variables) -> Option<Users> {
    let realm = root.child("Realm")?;
    let configuration = realm.child("Configuration")?;
    let value = |names: &[&str]| configuration.value(names).map(|text| variables.fill(text));
    let store = realm.child("UserStoreManager");
    Some(Users {
        span: configuration.element.start_tag,
        data_source: configuration
            .child_with("Property", "name", "dataSource")
            .and_then(|view| view.value(&[]))
            .map(|text| variables.fill(text)),
        add_admin: value(&["AddAdmin"]).map(|text| text.boolean()),
        admin_name: value(&["AdminUser", "UserName"]),
        admin_password: value(&["AdminUser", "Password"]).map(|text| text.secret()),
        email_names: carbon.map(|carbon| {
            let absent = || Setting::at(false, carbon.element.start_tag, Origin::Derived);
            carbon.value(&["EnableEmailUserName"]).map_or_else(absent, |text| text.boolean())
        }),
        user_store: store.and_then(|store| store.attribute("class")).map(|text| variables.fill(text)),
        properties: store.map(|store| properties(store, variables)).unwrap_or_default(),
    })
}

/// The secondary user stores of the main tenant and of others.
pub(in crate::extract) fn secondary(files: &mut Files) -> Option<Vec<SecondaryUserStore>> {
    const MAIN: &str = "repository/deployment/server/userstores";
    const TENANTS: &str = "repository/tenants";
    if !files.has_folder(MAIN) {
        return None;
    }
    let mut paths = files.list(MAIN);
    paths.extend(files.list(TENANTS).into_iter().filter(|path| path.contains("/userstores/")));
    paths.retain(|path| path.ends_with(".xml"));
    Some(paths.into_iter().filter_map(|path| of_file(files, path)).collect())
}

fn of_file(files: &mut Files, path: String) -> Option<SecondaryUserStore> {
    let document = files.written_xml(&path)?;
    let root = View { element: &document.root, origin: Origin::Written };
    Some(SecondaryUserStore {
        path,
        class: root
            .attribute("class")
            .unwrap_or_else(|| Setting::at(String::new(), root.element.start_tag, Origin::Derived)),
        properties: properties(root, &Variables::default()),
        span: root.element.start_tag,
    })
}

fn properties(store: View<'_>, variables: &Variables) -> Vec<(String, Setting)> {
    let named = store.children("Property").filter_map(|view| {
        let name = view.element.attribute_text("name")?;
        (!is_secret(name)).then(|| (name.to_owned(), variables.fill(view.text())))
    });
    named.collect()
}

/// Properties that hold a password stay out of the model, which prints its texts.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with("password") && name != "storesaltedpassword"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::xml::tests::parse;

    #[test]
    fn passwords_never_become_text() {
        let document = parse(
            r#"<UserManager><Realm>
                <Configuration>
                    <AddAdmin>true</AddAdmin>
                    <AdminUser><UserName>admin</UserName><Password>s3cret</Password></AdminUser>
                    <Property name="dataSource">jdbc/WSO2UM_DB</Property>
                </Configuration>
                <UserStoreManager class="org.wso2.carbon.user.core.ldap.ReadWriteLDAPUserStoreManager">
                    <Property name="ConnectionURL">ldap://dir.corp.test:389</Property>
                    <Property name="ConnectionPassword">s3cret</Property>
                    <Property name="StoreSaltedPassword">true</Property>
                </UserStoreManager>
                <UserStoreManager class="second"/>
            </Realm></UserManager>"#,
        );
        let found =
            users(View { element: &document.root, origin: Origin::Written }, None, &Variables::default())
                .unwrap();
        assert_eq!(found.data_source.as_ref().and_then(Setting::text), Some("jdbc/WSO2UM_DB"));
        assert_eq!(found.admin_name.as_ref().and_then(Setting::text), Some("admin"));
        let names: Vec<_> = found.properties.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["ConnectionURL", "StoreSaltedPassword"]);
        assert!(!format!("{found:?}").contains("s3cret"));
        assert!(found.admin_password.unwrap().value.is("s3cret"));
    }
}
