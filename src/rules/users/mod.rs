//! Rules about users and their database.

pub mod admin_account_mismatch;
pub mod admin_creation_impossible;
pub mod admin_name_unqualified;
pub mod admin_password_fragile;
pub mod password_digest_mismatch;
pub mod secondary_user_store_mismatch;
pub mod service_credentials_mismatch;
pub mod user_database_local;
pub mod user_database_mismatch;
pub mod user_store_mismatch;

use crate::model::node::Node;
use crate::model::users::Users;

/// A node and its user management.
#[derive(Clone, Copy)]
struct Compared<'a> {
    node: &'a Node,
    users: &'a Users,
}

/// The nodes whose user management is known.
fn compared<'a>(nodes: &[&'a Node]) -> Vec<Compared<'a>> {
    nodes.iter().filter_map(|node| Some(Compared { node, users: node.users.as_ref()? })).collect()
}
