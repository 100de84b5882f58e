//! The primary user store: its class follows from `user_store.type`.

use super::{Answer, Question};
use crate::migrate::inversion::Wanted;
use crate::migrate::{Key, Legacy};
use crate::model::{Version, settings};
use crate::render::value::Value;

const FILE: &str = "repository/conf/user-mgt.xml";
const STORE: &str = "/UserManager/Realm/UserStoreManager[@class='";

/// Classes of the XML versions, with the types that have them in `infer.json`.
const TYPES: [(&str, &str); 4] = [
    ("org.wso2.carbon.user.core.jdbc.JDBCUserStoreManager", "database"),
    ("org.wso2.carbon.user.core.ldap.ReadOnlyLDAPUserStoreManager", "read_only_ldap"),
    ("org.wso2.carbon.user.core.ldap.ReadWriteLDAPUserStoreManager", "read_write_ldap"),
    ("org.wso2.carbon.user.core.ldap.ActiveDirectoryUserStoreManager", "active_directory"),
];

/// The type of a user store that the node changed; the fresh pack of 4.x has `database_unique_id`, whose users have
/// other identifiers.
pub fn kind(legacy: &Legacy, version: Version) -> Option<(Key, Value)> {
    let changed = |setting: &&crate::migrate::Customised| {
        setting.file == FILE && setting.path.starts_with(STORE) && setting.value.is_some()
    };
    let customised = legacy.customised.iter().find(changed)?;
    let (class, _) = customised.path.strip_prefix(STORE)?.split_once("']")?;
    let all = settings::of(legacy.node, legacy.pack, FILE);
    let own = all.iter().any(|setting| setting.path == customised.path);
    let (_, name) = TYPES.iter().find(|(known, _)| *known == class && own)?;
    // 4.x reads the user store of an older version by its unique identifiers once the databases are migrated.
    if *name == "database" && version.at_least(4, 0) {
        return None;
    }
    Some((Key::dotted("user_store.type"), Value::Text((*name).to_owned())))
}

/// What becomes of a property of the JDBC user store: 4.x has another class for it.
pub fn answer(question: Question, version: Version) -> Option<Answer> {
    let (class, rest) =
        question.path.strip_prefix(STORE).filter(|_| question.file == FILE)?.split_once("']")?;
    if !version.at_least(4, 0) || !class.ends_with(".jdbc.JDBCUserStoreManager") {
        return None;
    }
    let path = format!("{STORE}org.wso2.carbon.user.core.jdbc.UniqueIDJDBCUserStoreManager']{rest}");
    let (file, value) = (question.file.to_owned(), question.value.map(str::to_owned));
    Some(Answer::Moved(Wanted { file, path, value }, None))
}
