//! Rules about credentials and key stores.

pub mod admin_credentials_default;
pub mod keystore_default;
pub mod keystore_mismatch;
