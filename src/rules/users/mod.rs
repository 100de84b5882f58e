//! Rules about users and their database.

pub mod user_database_local;
pub mod user_database_mismatch;
