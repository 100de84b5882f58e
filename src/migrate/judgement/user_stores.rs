//! User stores: the class of the primary one follows from `user_store.type`, others are files of their own.

use super::data_sources::keeps_users;
use super::{Answer, Question};
use crate::migrate::inversion::Wanted;
use crate::migrate::inversion::draft::Draft;
use crate::migrate::{Key, Legacy, Note, Risk};
use crate::model::Version;
use crate::render::value::Value;

const FILE: &str = "repository/conf/user-mgt.xml";
/// One store; where there are several, their classes tell them apart.
const STORE: &str = "/UserManager/Realm/UserStoreManager";
const CLASS: &str = "[@class='";

/// Classes of the XML versions, with the types that have them in `infer.json`.
const TYPES: [(&str, &str); 4] = [
    ("org.wso2.carbon.user.core.jdbc.JDBCUserStoreManager", DATABASE),
    ("org.wso2.carbon.user.core.ldap.ReadOnlyLDAPUserStoreManager", "read_only_ldap"),
    ("org.wso2.carbon.user.core.ldap.ReadWriteLDAPUserStoreManager", "read_write_ldap"),
    ("org.wso2.carbon.user.core.ldap.ActiveDirectoryUserStoreManager", "active_directory"),
];
const DATABASE: &str = "database";

/// The user stores of a node.
#[derive(Debug, Default)]
pub struct UserStores {
    /// Class of the primary one, which stands first.
    primary: Option<String>,
    /// What the target's type of it is, where that is not what a fresh pack has.
    kind: Option<&'static str>,
    /// What the directory has all users and groups under; the types of directories do not start without it.
    base: Option<String>,
}

impl UserStores {
    /// Looks a node over, one of a deployment: all of its nodes have the same users.
    pub fn of(legacy: &Legacy, nodes: &[Legacy], version: Version) -> Self {
        let all = legacy.settings(FILE);
        let primary = all.iter().find_map(|setting| match setting.path.strip_prefix(STORE)? {
            "/@class" => Some(setting.value.clone()),
            rest => Some(rest.strip_prefix(CLASS)?.split_once("']")?.0.to_owned()),
        });
        let kind = TYPES.iter().find(|(class, _)| primary.as_deref() == Some(*class)).map(|(_, kind)| *kind);
        // The fresh pack of 4.x has `database_unique_id`: users of older versions have no such identifiers.
        let is_other = kind.is_some_and(|kind| {
            kind != DATABASE || (version.at_least(4, 0) && nodes.iter().any(keeps_users))
        });
        let users = all.iter().find(|setting| {
            setting.path.starts_with(STORE) && setting.path.ends_with("/Property[@name='UserSearchBase']")
        });
        let base = users.map(|setting| setting.value.split_once(',').map_or("", |(_, base)| base.trim()));
        let base = base.map(str::to_owned).filter(|_| kind != Some(DATABASE));
        Self { primary, kind: kind.filter(|_| is_other), base }
    }

    /// The type of the primary user store, and what it asks for.
    pub fn kind(&self) -> Vec<(Key, Value)> {
        let Some(kind) = self.kind else { return Vec::new() };
        let base = self.base.iter().map(|base| ("user_store.base_dn", base.as_str()));
        let keys = base.chain([("user_store.type", kind)]);
        keys.map(|(key, value)| (Key::dotted(key), Value::Text(value.to_owned()))).collect()
    }

    /// What becomes of a setting of one store among several: the target has the primary one alone in this file.
    pub fn answer(&self, question: Question) -> Option<Answer> {
        let (class, rest) = question
            .path
            .strip_prefix(STORE)
            .filter(|_| question.file == FILE)?
            .strip_prefix(CLASS)?
            .split_once("']")?;
        if self.primary.as_deref() != Some(class) {
            return Some(match question.value {
                Some(_) => Answer::manual(
                    Risk::High,
                    "a user store besides the primary one: add it in the console of the new server, or as a file of its own \
                     in repository/deployment/server/userstores",
                ),
                None => Answer::obsolete("the node has no such user store"),
            });
        }
        let (file, value) = (question.file.to_owned(), question.value.map(str::to_owned));
        Some(Answer::Moved(Wanted { file, path: format!("{STORE}{rest}"), value }, None))
    }

    /// What is to be said where users keep the identifiers of an older version.
    pub fn note(&self) -> Option<Note> {
        (self.kind == Some(DATABASE)).then(kept)
    }
}

/// The type of the user store that a deployment.toml of before 3.2 means, where a node of the deployment has the users in a
/// database that a new server can take over. Source: WSO2's upgrade guides of 3.0.0 to 4.1.0 set it.
pub fn kind_of(written: &Draft, version: Version, nodes: &[Legacy]) -> Option<(Key, Value)> {
    let key = Key::dotted("user_store.type");
    let is_database = match written.get(&key) {
        Some(Value::Text(kind)) => kind == DATABASE,
        _ => true,
    };
    let is_older = !version.at_least(3, 2) && is_database && nodes.iter().any(keeps_users);
    is_older.then(|| (key, Value::Text(DATABASE.to_owned())))
}

/// What is to be said of users who keep the identifiers of an older version.
pub fn kept() -> Note {
    let text = "user_store.type = \"database\" reads the users as the old server left them: change it to \
                \"database_unique_id\", the default of 4.x, only once the user store is migrated to unique IDs";
    Note { risk: Risk::Low, text: text.to_owned() }
}
